#include "lock/tries.hpp"

#include <iterator>
#include <limits>

namespace setu::lock {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kWaitsMs[] = {30'000, kMinuteMs, 5 * kMinuteMs, 15 * kMinuteMs};

}  // namespace

std::int64_t wait_after(std::uint16_t failed) {
  if (failed < kFreeTries) return 0;
  const std::size_t step = failed - kFreeTries;
  return step < std::size(kWaitsMs) ? kWaitsMs[step] : kLongestWaitMs;
}

std::int64_t wait_ms(Tries& tries, Instant now) {
  const std::int64_t wait = wait_after(tries.failed);
  if (wait == 0) return 0;
  if (now < tries.last) {
    tries.last = now;
    return wait;
  }
  // As unsigned, because a damaged or hostile instant may be as far away as numbers go.
  const auto passed =
      static_cast<std::uint64_t>(now.ms) - static_cast<std::uint64_t>(tries.last.ms);
  if (passed >= static_cast<std::uint64_t>(wait)) return 0;
  return wait - static_cast<std::int64_t>(passed);
}

void note_failed(Tries& tries, Instant now) {
  if (tries.failed < std::numeric_limits<std::uint16_t>::max()) ++tries.failed;
  tries.last = now;
}

void note_opened(Tries& tries) {
  tries.failed = 0;
  tries.last = {};
}

bool is_used_up(const Tries& tries) {
  return tries.wipe_after != 0 && tries.failed >= tries.wipe_after;
}

}  // namespace setu::lock
