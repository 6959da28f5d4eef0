#pragma once
// An optional lease on reading: a phone that has not heard from its server for so many days shows
// nothing of its caseload until it has. Recording never stops, and syncing lifts it.
//
// A rule for apps to keep, not a lock: whoever has passphrase and file reads them with a program of
// her own. It helps where a phone was lost while open, or its holder left without a word.

#include "setu/base/instant.hpp"

namespace setu::lock {

struct Lease {
  int days = 0;  // 0: none
};

enum class MayRead : std::uint8_t { kYes, kAfterSync };

// `last_contact`: when a server last answered, by this device's clock then. A clock that stands
// before it says nothing about how long that was: reading goes on, for the phone's battery died
// more often than it was stolen.
[[nodiscard]] constexpr MayRead may_read(Lease lease, Instant last_contact, Instant now) {
  if (lease.days <= 0 || now < last_contact) return MayRead::kYes;
  const auto away =
      static_cast<std::uint64_t>(now.ms) - static_cast<std::uint64_t>(last_contact.ms);
  const auto allowed = static_cast<std::uint64_t>(lease.days) * static_cast<std::uint64_t>(kDayMs);
  return away < allowed ? MayRead::kYes : MayRead::kAfterSync;
}

}  // namespace setu::lock
