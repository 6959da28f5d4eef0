// Dates out of instants, for clocks that are right and for clocks that are wrong by centuries.
#include "setu/base/instant.hpp"

#include <catch2/catch.hpp>
#include <limits>

namespace setu {
namespace {

constexpr Instant kLeapDayNoon{1'709'208'000'000};  // 2024-02-29T12:00Z

TEST_CASE("instant: a day and an hour print as ISO 8601") {
  CHECK(iso_date(civil_date(kLeapDayNoon)) == "2024-02-29");
  CHECK(iso_hour(hour_of(kLeapDayNoon)) == "2024-02-29T12:00Z");
  CHECK(iso_date(civil_date(Instant{0})) == "1970-01-01");
  CHECK(iso_date(civil_date(Instant{-1})) == "1969-12-31");
}

TEST_CASE("instant: a month starts at its first midnight") {
  const Instant start = start_of_month(kLeapDayNoon);
  CHECK(iso_date(civil_date(start)) == "2024-02-01");
  CHECK(start.ms % kDayMs == 0);
  CHECK(start_of_month(start) == start);
  CHECK(iso_date(civil_date(start_of_month(Instant{-1}))) == "1969-12-01");
}

TEST_CASE("instant: hours never wrap, however wrong the clock") {
  CHECK(hour_of(Instant{kHourMs - 1}) == 0);
  CHECK(hour_of(Instant{kHourMs}) == 1);
  CHECK(hour_of(Instant{-kDayMs}) == 0);
  CHECK(hour_of(Instant{std::numeric_limits<std::int64_t>::min()}) == 0);
  CHECK(hour_of(Instant{std::numeric_limits<std::int64_t>::max()}) ==
        std::numeric_limits<std::uint32_t>::max());
}

TEST_CASE("instant: a phone reset to 1970, or set to 2100 or before 1970, still gives dates") {
  CHECK(iso_hour(hour_of(Instant{0})) == "1970-01-01T00:00Z");
  constexpr Instant kFebruary2100{4'106'116'800'000};  // 2100-02-12T12:00Z; 2100 has no leap day
  CHECK(iso_hour(hour_of(kFebruary2100)) == "2100-02-12T12:00Z");
  CHECK(iso_date(civil_date(Instant{kFebruary2100.ms + 17 * kDayMs})) == "2100-03-01");
  CHECK(iso_date(civil_date(Instant{-400 * kDayMs})) == "1968-11-27");
  CHECK(iso_hour(hour_of(Instant{-400 * kDayMs})) == "1970-01-01T00:00Z");
}

TEST_CASE("instant: only days of the calendar are dates") {
  CHECK(is_valid_date(2024, 2, 29));
  CHECK(is_valid_date(9999, 12, 31));
  CHECK_FALSE(is_valid_date(2023, 2, 29));
  CHECK_FALSE(is_valid_date(1900, 2, 29));
  CHECK_FALSE(is_valid_date(2024, 0, 1));
  CHECK_FALSE(is_valid_date(2024, 13, 1));
  CHECK_FALSE(is_valid_date(2024, 4, 31));
  CHECK_FALSE(is_valid_date(2024, 4, 0));
  CHECK_FALSE(is_valid_date(0, 1, 1));
  CHECK_FALSE(is_valid_date(10'000, 1, 1));
  // 256 + 2 and 256 + 29: what is cut to eight bits on the way must not become a date.
  CHECK_FALSE(is_valid_date(2024, 258, 1));
  CHECK_FALSE(is_valid_date(2024, 2, 285));
}

}  // namespace
}  // namespace setu
