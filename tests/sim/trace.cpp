#include "trace.hpp"

#include <cstdio>

namespace setu::sim {
namespace {
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kMinuteMs = 60'000;
}  // namespace

void Trace::mix(std::string_view text) {
  for (const char c : text) {
    hash_ ^= static_cast<unsigned char>(c);
    hash_ *= 0x100000001b3u;
  }
}

void Trace::note(std::string_view who, std::string_view what) {
  note_number(static_cast<std::uint64_t>(now_ms_));
  mix(who);
  mix(what);
  if (!aloud_) return;
  std::printf("day %2lld %02lld:%02lld:%02lld  %-14.*s %.*s\n",
              static_cast<long long>(now_ms_ / kDayMs),
              static_cast<long long>(now_ms_ % kDayMs / kHourMs),
              static_cast<long long>(now_ms_ % kHourMs / kMinuteMs),
              static_cast<long long>(now_ms_ % kMinuteMs / 1000), static_cast<int>(who.size()),
              who.data(), static_cast<int>(what.size()), what.data());
}

void Trace::note_number(std::uint64_t number) {
  for (int i = 0; i < 8; ++i) {
    hash_ ^= (number >> (8 * i)) & 0xff;
    hash_ *= 0x100000001b3u;
  }
}

}  // namespace setu::sim
