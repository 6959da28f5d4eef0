#pragma once
// Batches that are closed to this device: sealed before the history of their circle was cut, under
// keys that never reach it. They count in their chains, and nothing waits for them; what is left of
// what they said comes with the states that a lead's device carried over (client/history_cut).
//
// Merging may not take a chain for heard beyond the first of them: what such a batch superseded, or
// wrote, is not known here. So which chains have any is noted, and their tips stand still.

#include <set>

#include "client/context.hpp"

namespace setu::client {

// Whether the key of this epoch is withheld for good: a later epoch does not hand it on, and no
// sealed copy of it, or of what opens it, is for this device.
[[nodiscard]] bool is_closed_to_me(const Context& context, const CircleId& circle,
                                   std::uint32_t epoch);

// Authors of a circle's chains that have closed batches.
[[nodiscard]] Result<std::set<DeviceId>> closed_chains(Context& context, const CircleId& circle);
// Call inside a transaction.
Status note_closed_chain(Context& context, const CircleId& circle, const DeviceId& author);

}  // namespace setu::client
