#pragma once
// Whose batches a log takes. One rule for what is pushed and for checking what was taken.

#include "roster/roster.hpp"
#include "wire/envelope.hpp"

namespace setu::server {

// Beyond a removed device's cut, so that what was recorded before the news arrived can be looked
// at.
inline constexpr std::uint64_t kMostLateBatches = 256;

// Members; to an inbox, with that flag set, whoever may write to it; and of who was removed what
// lies within her cut, and a stretch beyond it.
[[nodiscard]] bool may_write(const roster::Roster& roster, const DeviceId& author,
                             const CircleId& circle, std::uint8_t flags, std::uint64_t seq);

}  // namespace setu::server
