// Goal: no crash, full disk or older version costs anybody her key, and what was replaced or
// destroyed is not left lying about.
// Method: key files in a directory of their own, in the states that a crash can leave.

#include "cli/keyfile.hpp"

#include "scratch.hpp"

namespace setu::cli {
namespace {

constexpr std::string_view kPhrase = "river lamp onion seven chair";
constexpr Instant kNow{1'800'000'000'000};

std::string vector_line(const std::string& name, const std::string& word) {
  std::ifstream file(SETU_VECTORS_DIR "/key-file.txt");
  bool in_case = false;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) in_case = false;
    if (line == name) in_case = true;
    if (in_case && line.starts_with(word + " ")) return line.substr(word.size() + 1);
  }
  FAIL("no such vector");
  return {};
}

KeyFile make(const Scratch& home, crypto::Random& random) {
  lock::Contents contents;
  contents.replica_key = crypto::random_key(random);
  auto made = create_key_file(home.file("key"), kPhrase, crypto::KdfCost::kSmall,
                              std::move(contents), random);
  REQUIRE(made);
  return std::move(*made);
}

KeyTry try_it(const Scratch& home, std::string_view passphrase, crypto::Random& random) {
  auto tried = try_key_file(home.file("key"), passphrase, kNow, random);
  REQUIRE(tried);
  return std::move(*tried);
}

std::string key_of(const KeyTry& tried) {
  REQUIRE(tried.opened);
  return to_hex(tried.opened->unlocked.contents.replica_key.reveal());
}

}  // namespace

TEST_CASE("key file on disk: one of version 1 opens, and is of version 2 from then on") {
  REQUIRE(crypto::init());
  const Scratch home;
  crypto::SeededRandom random(1);
  const auto old = from_hex(vector_line("version-1", "bytes"));
  REQUIRE(old);
  home.write("key", *old);
  CHECK(try_it(home, "not this one", random).answer == lock::Answer::kWrong);
  CHECK(home.read("key") == *old);
  const std::string passphrase = vector_line("version-1", "passphrase");
  const std::string key = vector_line("version-1", "key");
  {
    const KeyTry opened = try_it(home, passphrase, random);
    CHECK(key_of(opened) == key);
    CHECK(opened.opened->unlocked.contents.replica == 0);
    CHECK(opened.opened->unlocked.contents.fast_aes);
  }
  CHECK(lock::decode(home.read("key")));
  CHECK(key_of(try_it(home, passphrase, random)) == key);
}

TEST_CASE("key file on disk: a try is on the disk before it is answered") {
  REQUIRE(crypto::init());
  const Scratch home;
  crypto::SeededRandom random(2);
  { make(home, random); }
  CHECK(try_it(home, "not this one", random).answer == lock::Answer::kWrong);
  const auto after = lock::decode(home.read("key"));
  REQUIRE(after);
  CHECK(after->tries.failed == 1);
  CHECK(try_it(home, kPhrase, random).opened);
  CHECK(lock::decode(home.read("key"))->tries == lock::Tries{});
}

TEST_CASE("key file on disk: what a crash left half written beside it does not matter") {
  REQUIRE(crypto::init());
  const Scratch home;
  crypto::SeededRandom random(3);
  { make(home, random); }
  const std::size_t size = GENERATE(0, 1, 700, 1224, 5000);
  home.write("key.new", Bytes(size, std::byte{7}));
  CHECK(try_it(home, kPhrase, random).opened);
  CHECK(try_it(home, kPhrase, random).opened);
  CHECK(home.read("key").size() == lock::kKeyFileSize);
}

TEST_CASE("key file on disk: room for the next one is kept, and it is random") {
  REQUIRE(crypto::init());
  const Scratch home;
  crypto::SeededRandom random(4);
  { make(home, random); }
  Bytes before;
  for (int i = 0; i < 3; ++i) {
    CHECK(try_it(home, kPhrase, random).opened);
    const Bytes spare = home.read("key.new");
    CHECK(spare.size() == lock::kKeyFileSize);
    CHECK(as_text(spare).substr(0, 7) != "SETUKEY");
    CHECK(spare != before);
    before = spare;
  }
}

TEST_CASE("key file on disk: the bytes of a replaced one are gone from its place") {
  REQUIRE(crypto::init());
  const Scratch home;
  crypto::SeededRandom random(5);
  { make(home, random); }
  // A second name keeps the old place in sight, as a look at the raw disk would.
  std::filesystem::create_hard_link(home.file("key"), home.file("place"));
  const Bytes old = home.read("place");
  CHECK(try_it(home, kPhrase, random).opened);
  const Bytes left = home.read("place");
  CHECK(left.size() == old.size());
  CHECK(as_text(left).substr(0, 7) != "SETUKEY");
  CHECK(left != old);
}

TEST_CASE("key file on disk: a destroyed one is overwritten, then gone") {
  REQUIRE(crypto::init());
  const Scratch home;
  crypto::SeededRandom random(6);
  { make(home, random); }
  CHECK(try_it(home, kPhrase, random).opened);
  std::filesystem::create_hard_link(home.file("key"), home.file("place"));
  destroy_key_file(home.file("key"), random);
  CHECK_FALSE(home.holds("key"));
  CHECK_FALSE(home.holds("key.new"));
  CHECK(as_text(home.read("place")).substr(0, 7) != "SETUKEY");
  const auto gone = try_key_file(home.file("key"), kPhrase, kNow, random);
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == Code::kNotFound);
  destroy_key_file(home.file("key"), random);  // again does no harm
}

TEST_CASE("key file on disk: there is one to a home") {
  REQUIRE(crypto::init());
  const Scratch home;
  crypto::SeededRandom random(7);
  { make(home, random); }
  const Bytes before = home.read("key");
  const auto again =
      create_key_file(home.file("key"), kPhrase, crypto::KdfCost::kSmall, lock::Contents{}, random);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Code::kInvalidArgument);
  CHECK(home.read("key") == before);
}

TEST_CASE("key file on disk: a changed passphrase counts once it is saved") {
  REQUIRE(crypto::init());
  const Scratch home;
  crypto::SeededRandom random(8);
  { make(home, random); }
  {
    KeyTry tried = try_it(home, kPhrase, random);
    REQUIRE(tried.opened);
    KeyFile& file = *tried.opened;
    REQUIRE(lock::change_passphrase(file.content, file.unlocked, "window stone apple", random));
    REQUIRE(file.save(random));
  }
  CHECK(try_it(home, kPhrase, random).answer == lock::Answer::kWrong);
  CHECK(try_it(home, "window stone apple", random).opened);
}

}  // namespace setu::cli
