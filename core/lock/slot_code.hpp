#pragma once
// One slot: 132 bytes of contents under a key.
//
// Contents, never renumber: flags (1: bit 0 knows the other slot, bit 1 knows the recovery slot),
// replica (1), fast AES (1), slot (1), then four keys of 32 bytes: replica, the other's replica,
// the other's wrapping, recovery. Keys that are not known are zeros.

#include <optional>

#include "lock/slots.hpp"

namespace setu::lock {

[[nodiscard]] Slot seal_slot(const crypto::Secret& wrapping, const Contents& contents,
                             crypto::Random& random);
[[nodiscard]] std::optional<Contents> open_slot(const crypto::Secret& wrapping, const Slot& slot);

}  // namespace setu::lock
