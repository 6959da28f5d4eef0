// Goal: a key file written by any released version opens for ever.
// Method: proto/vectors/key-file.txt, whose head says what is in it.

#include <catch2/catch.hpp>
#include <fstream>
#include <map>

#include "lock/fold.hpp"
#include "lock/key_file_v1.hpp"
#include "support.hpp"

namespace setu::lock {
namespace {

// Case name -> word -> value as written. A word that stands twice in a case is numbered.
using Cases = std::map<std::string, std::map<std::string, std::string>>;

Cases read_cases() {
  std::ifstream file(SETU_VECTORS_DIR "/key-file.txt");
  REQUIRE(file.good());
  Cases cases;
  std::string name;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) name.clear();
    if (line.empty() || line[0] == '#') continue;
    if (name.empty()) {
      name = line;
      continue;
    }
    const auto space = line.find(' ');
    cases[name][line.substr(0, space)] = line.substr(space + 1);
  }
  return cases;
}

Bytes from(const std::string& hex) {
  auto bytes = from_hex(hex);
  REQUIRE(bytes);
  return std::move(*bytes);
}

}  // namespace

TEST_CASE("key file vectors: version 1 opens") {
  const auto values = read_cases().at("version-1");
  const auto file = decode_v1(from(values.at("bytes")));
  REQUIRE(file);
  CHECK(file->fast_aes);
  const auto key = open_v1(*file, values.at("passphrase"));
  REQUIRE(key);
  CHECK(to_hex(key->reveal()) == values.at("key"));
  CHECK_FALSE(open_v1(*file, "five short word"));
}

TEST_CASE("key file vectors: version 2 opens with both of its passphrases") {
  const auto values = read_cases().at("version-2");
  const auto file = decode(from(values.at("bytes")));
  REQUIRE(file);
  CHECK(file->tries.failed == 2);
  CHECK(file->tries.last.ms == 1'800'000'000'000);
  CHECK(file->tries.wipe_after == 20);
  CHECK(to_hex(encode(*file)) == values.at("bytes"));
  crypto::SeededRandom random(1);
  for (const auto& [passphrase, key] :
       {std::pair("passphrase", "key"), std::pair("duress", "duress-key")}) {
    KeyFile copy = *file;
    const Unlocked unlocked = open_it(copy, values.at(passphrase), random);
    CHECK(to_hex(unlocked.contents.replica_key.reveal()) == values.at(key));
    CHECK(unlocked.contents.fast_aes);
  }
}

TEST_CASE("key file vectors: version 2 is made as it was made") {
  const auto values = read_cases().at("version-2");
  crypto::SeededRandom random(7);
  Made made = some_file(random);
  REQUIRE(set_duress(made.file, made.unlocked, values.at("duress"), crypto::random_key(random),
                     random));
  made.file.tries = {2, {1'800'000'000'000}, 20};
  CHECK(to_hex(encode(made.file)) == values.at("bytes"));
  CHECK(to_hex(made.unlocked.contents.replica_key.reveal()) == values.at("key"));
  CHECK(to_hex(made.unlocked.contents.other_key.reveal()) == values.at("duress-key"));
}

TEST_CASE("key file vectors: passphrases fold as they did") {
  const auto values = read_cases().at("fold");
  CHECK(values.size() >= 6);
  for (const auto& [typed, folded] : values)
    CHECK(to_hex(as_bytes(fold(as_text(from(typed))))) == folded);
}

}  // namespace setu::lock
