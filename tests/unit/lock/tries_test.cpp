// Goal: guessing gets slow, and no clock locks anybody out for ever.
// Method: the rules on clocks that run, jump and lie.

#include "lock/tries.hpp"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>
#include <limits>

namespace setu::lock {

TEST_CASE("tries: five are free, then each wait is as long or longer, up to an hour") {
  std::int64_t before = 0;
  for (std::uint16_t failed = 0; failed < 100; ++failed) {
    const std::int64_t wait = wait_after(failed);
    CHECK((wait == 0) == (failed < kFreeTries));
    CHECK(wait >= before);
    CHECK(wait <= kLongestWaitMs);
    before = wait;
  }
  CHECK(wait_after(9) == kLongestWaitMs);
}

TEST_CASE("tries: a wait ends when it has passed") {
  Tries tries{7, {1'000'000}, 0};
  const std::int64_t wait = wait_after(7);
  CHECK(wait_ms(tries, {1'000'000}) == wait);
  CHECK(wait_ms(tries, {1'000'000 + wait - 1}) == 1);
  CHECK(wait_ms(tries, {1'000'000 + wait}) == 0);
}

TEST_CASE("tries: a clock that went back to 1970 costs one wait, not for ever") {
  Tries tries{20, {4'100'000'000'000}, 0};  // noted at the year 2100
  CHECK(wait_ms(tries, {5}) == kLongestWaitMs);
  CHECK(wait_ms(tries, {5 + kLongestWaitMs - 1}) == 1);
  CHECK(wait_ms(tries, {5 + kLongestWaitMs}) == 0);
}

TEST_CASE("tries: whatever the clocks said before, a clock that runs ends the wait") {
  rc::prop("within the longest wait of the first question",
           [](std::uint16_t failed, std::int64_t last, std::uint32_t now) {
             Tries tries{failed, {last}, 0};
             const Instant asked{now};
             const std::int64_t wait = wait_ms(tries, asked);
             RC_ASSERT(wait >= 0);
             RC_ASSERT(wait <= kLongestWaitMs);
             RC_ASSERT(wait_ms(tries, {asked.ms + wait}) == 0);
           });
}

TEST_CASE("tries: the count does not run over") {
  Tries tries{std::numeric_limits<std::uint16_t>::max(), {}, 0};
  note_failed(tries, {1});
  CHECK(tries.failed == std::numeric_limits<std::uint16_t>::max());
  CHECK(tries.last == Instant{1});
}

TEST_CASE("tries: without a limit nothing is ever used up") {
  CHECK_FALSE(is_used_up({std::numeric_limits<std::uint16_t>::max(), {}, 0}));
  CHECK_FALSE(is_used_up({9, {}, 10}));
  CHECK(is_used_up({10, {}, 10}));
}

}  // namespace setu::lock
