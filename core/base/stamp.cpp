#include "setu/base/stamp.hpp"

#include <limits>
#include <tuple>

namespace setu {

Stamp StampClock::next(Instant now) {
  const std::uint32_t hour = hour_of(now);
  if (hour > last_hour) {
    last_hour = hour;
    last_counter = 0;
  } else if (last_counter < std::numeric_limits<std::uint32_t>::max()) {
    ++last_counter;
  } else {
    SETU_ASSERT(last_hour < std::numeric_limits<std::uint32_t>::max());
    ++last_hour;
    last_counter = 0;
  }
  return {last_hour, last_counter, device};
}

void StampClock::observe(const Stamp& seen, Instant now) {
  const std::uint64_t adoptable = std::uint64_t{hour_of(now)} + kMaxAdoptedLeadHours;
  if (seen.hour > adoptable) return;
  if (std::tie(seen.hour, seen.counter) > std::tie(last_hour, last_counter)) {
    last_hour = seen.hour;
    last_counter = seen.counter;
  }
}

}  // namespace setu
