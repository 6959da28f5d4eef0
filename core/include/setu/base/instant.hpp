#pragma once
// Time as the caller hands it in; core reads no clock.

#include <compare>
#include <cstdint>
#include <string>

namespace setu {

// Milliseconds since 1970-01-01T00:00Z by the device's own clock, which may be wrong by years.
struct Instant {
  std::int64_t ms = 0;
  friend auto operator<=>(const Instant&, const Instant&) = default;
};

inline constexpr std::int64_t kHourMs = 3'600'000;
inline constexpr std::int64_t kDayMs = 24 * kHourMs;

// Hours since 1970, never negative and never beyond 32 bits: what a clock reset to 1970 or set to
// 2100 becomes.
[[nodiscard]] std::uint32_t hour_of(Instant instant);

struct CivilDate {
  int year = 1970;
  unsigned month = 1;
  unsigned day = 1;
  friend auto operator<=>(const CivilDate&, const CivilDate&) = default;
};
// Proleptic Gregorian, UTC.
[[nodiscard]] CivilDate civil_date(Instant instant);
[[nodiscard]] Instant start_of_month(Instant instant);
[[nodiscard]] std::string iso_date(CivilDate date);      // 2026-11-23
[[nodiscard]] std::string iso_hour(std::uint32_t hour);  // 2026-11-23T14:00Z
[[nodiscard]] bool is_valid_date(int year, unsigned month, unsigned day);

}  // namespace setu
