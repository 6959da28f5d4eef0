// What a device remembers of the log: few places, dense near the end and thin in the past.

#include "client/log_memory.hpp"

#include <catch2/catch.hpp>

using namespace setu;
using namespace setu::client;

TEST_CASE("log memory: few tags name places near any position, nearer the newer they are") {
  std::vector<wire::TagAt> tags;
  constexpr std::uint64_t kEnd = 200'000;
  for (std::uint64_t position = 3; position <= kEnd; position += 7)
    add_thinning(tags, {position, {}});
  CHECK(tags.size() == wire::kMostTagsKept);
  CHECK(tags.front().position == 3);
  for (std::size_t i = 0; i + 1 < tags.size(); ++i) {
    REQUIRE(tags[i].position < tags[i + 1].position);
    const std::uint64_t gap = tags[i + 1].position - tags[i].position;
    const std::uint64_t from_end = tags.back().position - tags[i].position;
    CHECK((gap <= 14 || gap * 3 <= from_end * 2));
  }
}

TEST_CASE(
    "log memory: a place said again, or a log that ends lower, replaces what was known beyond") {
  std::vector<wire::TagAt> tags{{5, {}}, {9, {}}, {12, {}}};
  add_thinning(tags, {9, wire::LogTag{std::byte{1}}});
  CHECK(tags == std::vector<wire::TagAt>{{5, {}}, {9, wire::LogTag{std::byte{1}}}});
}
