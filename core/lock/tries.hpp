#pragma once
// Failed tries of a passphrase: how long to wait, and when to give everything up.
//
// Pure rules over a few bytes of the key file, so they outlive restarts. The device's clock is all
// there is, and it may go anywhere: a clock that went back restarts the wait from now, so nobody
// ever waits longer than the longest wait from the moment of asking; a clock set ahead ends the
// wait. Whoever sets clocks or copies files evades all of this (key_file.hpp).

#include <cstdint>

#include "setu/base/instant.hpp"

namespace setu::lock {

inline constexpr std::uint16_t kFreeTries = 5;  // before the first wait
inline constexpr std::int64_t kLongestWaitMs = kHourMs;
inline constexpr std::uint8_t kFewestWipeTries = 5;  // fewer, and a tired user wipes her own phone

struct Tries {
  std::uint16_t failed = 0;  // in a row; stays at its highest value
  Instant last;              // of the last failed one, or since when the wait counts
  std::uint8_t wipe_after = 0;

  friend bool operator==(const Tries&, const Tries&) = default;
};

// What is to pass after that many failed tries: nothing for the first five, then 30 s, 1, 5, 15
// minutes, then an hour each.
[[nodiscard]] std::int64_t wait_after(std::uint16_t failed);

// How long from now until the next try; 0: now. Where the clock went back behind the last try, the
// wait begins again at `now`, which `tries` then says: keep it.
[[nodiscard]] std::int64_t wait_ms(Tries& tries, Instant now);

void note_failed(Tries& tries, Instant now);
void note_opened(Tries& tries);
// As many failed tries in a row as the owner allows.
[[nodiscard]] bool is_used_up(const Tries& tries);

}  // namespace setu::lock
