#pragma once
// What a device does when the server's log was put back to an old copy: it goes back to what the
// log kept, and gives back what the log lost. Nothing that is shown changes.

#include "client/backfills.hpp"

namespace setu::client {

// Of what came from the log, what stood beyond `kept` is to be given back: roster entries, own
// batches and others'. The roster is replayed from what is kept: while an answer is taken in it is
// as the log has it. `heads` and `backfills`: of the circles that this device follows; those that
// the roster no longer grants it are followed anew when it does. Call inside a transaction. Cost:
// reads all roster entries, and the hash of every kept batch of the circles followed.
Status roll_back(Context& context, std::uint64_t kept, std::map<CircleId, Hash>& heads,
                 std::vector<Backfilling>& backfills);

// The head that the log has of a circle at a position, from what this device holds of it.
[[nodiscard]] Result<Hash> fold_head(Context& context, const CircleId& circle,
                                     std::uint64_t through);

// Something is still to be given back.
[[nodiscard]] Result<bool> is_giving_back(Context& context);

// Call inside a transaction, after each sealed stretch of an answer.
Status settle_giving_back(Context& context);

}  // namespace setu::client
