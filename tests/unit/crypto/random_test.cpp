// Randomness as a port: a seed replays a run exactly, and the system's never repeats.
#include <catch2/catch.hpp>
#include <set>

#include "support.hpp"

namespace setu::crypto {
namespace {

Bytes draw(Random& random, std::size_t size) {
  Bytes bytes(size);
  random.fill(bytes);
  return bytes;
}

TEST_CASE("random: one seed gives one run, another seed another") {
  SeededRandom first(7), same(7), other(8);
  for (std::size_t size : {1u, 32u, 0u, 1000u, 8u}) {
    const Bytes bytes = draw(first, size);
    CHECK(bytes == draw(same, size));
    if (size >= 8) CHECK(bytes != draw(other, size));
  }
}

TEST_CASE("random: seeds count in all their bits") {
  std::set<Bytes> runs;
  for (int bit = 0; bit < 64; ++bit) {
    SeededRandom random(std::uint64_t{1} << bit);
    runs.insert(draw(random, 16));
  }
  CHECK(runs.size() == 64);
}

TEST_CASE("random: no draw repeats another") {
  REQUIRE(init());
  SeededRandom seeded(7);
  for (Random* random : {static_cast<Random*>(&seeded), &system_random()}) {
    std::set<Hash> drawn;
    for (int i = 0; i < 200; ++i) drawn.insert(random_id<Hash>(*random));
    CHECK(drawn.size() == 200);
  }
}

TEST_CASE("random: drawing nothing is harmless") {
  SeededRandom seeded(7);
  seeded.fill({});
  system_random().fill({});
  CHECK(random_id<Hash>(seeded) != Hash{});
}

TEST_CASE("random: a key is as long as a key, and its own") {
  SeededRandom random(7);
  const Secret first = random_key(random), second = random_key(random);
  CHECK(first.size() == kKeySize);
  CHECK_FALSE(equal(first.reveal(), second.reveal()));
}

}  // namespace
}  // namespace setu::crypto
