#include "setu/base/instant.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>

namespace setu {
namespace {

namespace chrono = std::chrono;

chrono::year_month_day ymd_of(Instant instant) {
  return chrono::year_month_day{chrono::floor<chrono::days>(
      chrono::sys_time<chrono::milliseconds>{chrono::milliseconds{instant.ms}})};
}

}  // namespace

std::uint32_t hour_of(Instant instant) {
  const std::int64_t hour = instant.ms < 0 ? 0 : instant.ms / kHourMs;
  return static_cast<std::uint32_t>(
      std::min<std::int64_t>(hour, std::numeric_limits<std::uint32_t>::max()));
}

CivilDate civil_date(Instant instant) {
  const auto ymd = ymd_of(instant);
  return {static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
          static_cast<unsigned>(ymd.day())};
}

Instant start_of_month(Instant instant) {
  const auto ymd = ymd_of(instant);
  const chrono::sys_days first{ymd.year() / ymd.month() / 1};
  return {chrono::duration_cast<chrono::milliseconds>(first.time_since_epoch()).count()};
}

std::string iso_date(CivilDate date) {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", date.year, date.month, date.day);
  return text;
}

std::string iso_hour(std::uint32_t hour) {
  char text[16];
  std::snprintf(text, sizeof text, "T%02u:00Z", hour % 24);
  return iso_date(civil_date(Instant{static_cast<std::int64_t>(hour) * kHourMs})) + text;
}

bool is_valid_date(int year, unsigned month, unsigned day) {
  // chrono::month and chrono::day keep eight bits: 258 would become February.
  return year >= 1 && year <= 9999 && month <= 12 && day <= 31 &&
         chrono::year_month_day{chrono::year{year}, chrono::month{month}, chrono::day{day}}.ok();
}

}  // namespace setu
