// Merging held against a model written from docs/merge.md (tests/fuzz/merge_model.hpp): random
// stories of two to four devices, the same ones every time. tests/fuzz has the target that searches
// for more.

#include <catch2/catch.hpp>

#include "merge_scenario.hpp"

namespace {

using namespace setu;

constexpr std::uint64_t kStories = 4000;

// SplitMix64: one word of state, the same numbers on every platform.
std::uint64_t next(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

Bytes story(std::uint64_t seed) {
  Bytes bytes(40 + next(seed) % 200);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(next(seed) >> 56);
  return bytes;
}

}  // namespace

TEST_CASE("merge: every replica shows what the model of the documented rules shows") {
  for (std::uint64_t seed = 0; seed < kStories; ++seed) {
    const auto wrong = model::play(story(seed));
    INFO("story " << seed << ": " << wrong.value_or(""));
    REQUIRE_FALSE(wrong);
  }
}
