#pragma once
// The name of one change: a hybrid logical clock cut to the hour, so that nobody learns the minute
// someone was seen.
//
// Stamps rise along a device's chain. They name writes and break ties between writes that did not
// know of each other; they decide nothing else (docs/merge.md).

#include "setu/base/ids.hpp"
#include "setu/base/instant.hpp"

namespace setu {

struct Stamp {
  std::uint32_t hour = 0;     // hours since 1970
  std::uint32_t counter = 0;  // within the hour; overflows into the next hour
  DeviceId device;            // who wrote

  // Total order: hour, counter, device.
  friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

// How far ahead of this device's clock a foreign stamp may be and still be adopted, hours.
inline constexpr std::uint32_t kMaxAdoptedLeadHours = 24;

// Produces rising stamps for one device. Kept in the replica; copy in, copy out, no hidden state.
struct StampClock {
  DeviceId device;
  std::uint32_t last_hour = 0;
  std::uint32_t last_counter = 0;

  // The next stamp: above every stamp issued or adopted before, at least the hour of `now`.
  [[nodiscard]] Stamp next(Instant now);

  // Takes note of a foreign stamp so that later stamps of this device are above it, unless it is
  // more than kMaxAdoptedLeadHours ahead of `now`: such a stamp is stored with its value, and does
  // not drag this clock along.
  void observe(const Stamp& seen, Instant now);
};

}  // namespace setu
