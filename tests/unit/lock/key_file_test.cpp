// Goal: the key file's bytes say one thing only, and damage is told from everything else.
// Method: files as made, cut, stretched, with each bit of interest flipped.

#include "lock/key_file.hpp"

#include <catch2/catch.hpp>

#include "support.hpp"

namespace setu::lock {

TEST_CASE("key file: what is written is read, byte for byte, and always as long") {
  crypto::SeededRandom random(1);
  KeyFile file = some_file(random).file;
  file.tries = {3, {-5}, 10};
  const Bytes bytes = encode(file);
  CHECK(bytes.size() == kKeyFileSize);
  const auto read = decode(bytes);
  REQUIRE(read);
  CHECK(*read == file);
}

TEST_CASE("key file: one flipped bit anywhere is damage, not a wrong passphrase") {
  crypto::SeededRandom random(2);
  const Bytes bytes = encode(some_file(random).file);
  for (std::size_t at = 8; at < bytes.size(); ++at) {  // behind the magic
    Bytes flipped = bytes;
    flipped[at] ^= std::byte{1};
    const auto read = decode(flipped);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Code::kCorrupt);
  }
}

TEST_CASE("key file: cut short or with bytes behind it, it is damaged") {
  crypto::SeededRandom random(3);
  const Bytes bytes = encode(some_file(random).file);
  for (std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{44}, bytes.size() - 1}) {
    const auto read = decode(ByteView(bytes).first(size));
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Code::kCorrupt);
  }
  Bytes longer = bytes;
  longer.push_back(std::byte{0});
  CHECK_FALSE(decode(longer));
}

TEST_CASE("key file: a newer one is said to be newer") {
  crypto::SeededRandom random(4);
  Bytes bytes = encode(some_file(random).file);
  bytes[7] = std::byte{'3'};
  const auto read = decode(bytes);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Code::kNewerFormat);
}

TEST_CASE("key file: two installations cannot be told apart but by random bytes") {
  // The stated header is equal; behind it, about half of all bits differ.
  crypto::SeededRandom random(5);
  const Bytes one = encode(some_file(random, 0).file);
  const Bytes other = encode(some_file(random, 1).file);
  constexpr std::size_t kHeader = 20;
  CHECK(equal(ByteView(one).first(kHeader), ByteView(other).first(kHeader)));
  std::size_t equal_bytes = 0;
  for (std::size_t i = kHeader; i < one.size(); ++i) equal_bytes += one[i] == other[i] ? 1 : 0;
  CHECK(equal_bytes < 20);
}

}  // namespace setu::lock
