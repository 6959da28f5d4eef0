#pragma once
// Takes in batches of others: verifies, opens, judges and applies them, parks what has to wait,
// quarantines what cannot be accepted. Nothing that a member sends can stop the rest.

#include "client/context.hpp"

namespace setu::client {

// Why a batch is kept apart that a removed device wrote after what its removal lets stand.
inline constexpr std::string_view kBeyondCut =
    "its author was removed: it is beyond where her writing counts";

// A batch as it came from the log, in the order of its chain. Stores it, applies it where that is
// possible, and gives its hash. kDiverged: the server left out an earlier batch of the chain. Call
// inside a transaction.
Result<Hash> take_batch(Context& context, std::uint64_t position, const DeviceId& author,
                        const CircleId& circle, const wire::CompactBatch& compact);

// Tries the parked batches of these circles again: after a key or a roster entry arrived. Call
// inside a transaction.
Status retry_parked(Context& context, const std::vector<CircleId>& circles);

// Batches that wait for a key which a cut of the history withholds for good wait no more. Call
// inside a transaction.
Status close_parked(Context& context);

// Forgets what a circle's batches said and applies them anew, in order of arrival, then the
// unsealed changes.
Status rebuild_circle(Context& context, const CircleId& circle);
// The same inside a transaction that is open.
Status rebuild_within(Context& context, const CircleId& circle);

// After an update that brought kinds or fields: what kept batches say of them is shown now. Costs
// nothing when the forms are those of the last time.
Status rebuild_for_new_forms(Context& context);

}  // namespace setu::client
