// Stamps: they rise along one device's chain whatever its clock does, and a phone from the future
// drags nobody along.
#include "setu/base/stamp.hpp"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>
#include <limits>

namespace setu {
namespace {

constexpr std::int64_t kNowMs = 1'800'000'000'000;
constexpr Instant kNow{kNowMs};

DeviceId device(int number) {
  DeviceId id;
  id.bytes[7] = static_cast<std::byte>(number);
  return id;
}

TEST_CASE("stamp: stamps of one device rise, whatever its clock does and whatever it saw") {
  rc::prop("for all clocks", [](const std::vector<std::pair<std::int32_t, std::uint8_t>>& steps) {
    StampClock clock{device(1)};
    Stamp last = clock.next(kNow);
    for (const auto& [minutes, foreign] : steps) {
      const Instant now{kNowMs + minutes * std::int64_t{60'000}};
      if (foreign % 3 == 0) clock.observe({hour_of(now) + foreign % 50, foreign, device(2)}, now);
      const Stamp next = clock.next(now);
      RC_ASSERT(last < next);
      RC_ASSERT(next.hour >= hour_of(now));
      last = next;
    }
  });
}

TEST_CASE("stamp: a stamp tells the hour and no more") {
  StampClock clock{device(1)};
  const Instant start{hour_of(kNow) * kHourMs};
  StampClock same = clock;
  CHECK(clock.next(start) == same.next(Instant{start.ms + kHourMs - 1}));
}

TEST_CASE("stamp: a write after seeing another device's stamp is above it") {
  StampClock clock{device(1)};
  const Stamp ahead{hour_of(kNow) + 5, 70, device(2)};
  clock.observe(ahead, kNow);
  CHECK(ahead < clock.next(kNow));
}

TEST_CASE("stamp: a stamp more than a day ahead does not drag the clock along") {
  const std::uint32_t edge = hour_of(kNow) + kMaxAdoptedLeadHours;
  StampClock clock{device(1)};
  clock.observe({edge + 1, 0, device(2)}, kNow);
  CHECK(clock.next(kNow).hour == hour_of(kNow));
  clock.observe({edge, 0, device(2)}, kNow);
  CHECK(clock.next(kNow).hour == edge);
  clock.observe({std::numeric_limits<std::uint32_t>::max(), 0, device(2)}, kNow);
  CHECK(clock.next(kNow).hour == edge);
}

TEST_CASE("stamp: a clock set back a year goes on counting where it was") {
  StampClock clock{device(1)};
  const Stamp before = clock.next(kNow);
  const Stamp after = clock.next(Instant{kNowMs - 365 * kDayMs});
  CHECK(before < after);
  CHECK(after.hour == before.hour);
  CHECK(after.counter == before.counter + 1);
}

TEST_CASE("stamp: a full counter goes over into the next hour") {
  StampClock clock{device(1), hour_of(kNow), std::numeric_limits<std::uint32_t>::max()};
  const Stamp next = clock.next(kNow);
  CHECK(next.hour == hour_of(kNow) + 1);
  CHECK(next.counter == 0);
}

}  // namespace
}  // namespace setu
