#pragma once
// New keys for circles: after a removal, or when a person asks; and sealed copies of the newest
// keys for members whom none reached. Each lead does this for her org, each coordinator for what is
// everybody's, as part of their syncs (tend). What is decided is a function of the roster, so that
// it does not matter who comes first: the log keeps one epoch of each number.

#include "client/context.hpp"

namespace setu::client {

// Queues the epochs that this device may begin and that are wanted. A circle waits as long as one
// that its key is sealed to is exposed itself; facts, commons and alerts begin one a day at most.
// Call inside a transaction, with nothing queued.
Status queue_epochs(Context& context);

// Queues grants of the newest keys to members and circles that lack them. Call inside a
// transaction, with nothing queued.
Status queue_missing_grants(Context& context);

// A new key for every circle that this device may begin epochs of, with the next syncs. Gives how
// many. kNotAllowed: a worker's device.
Result<std::size_t> rotate_all(Context& context);

// The same, for all of them or for one caseload with its facts, and the new keys do not hand on
// those before: who is let in later starts from what is then carried over (client/history_cut).
// kNotFound, kAmbiguous: the caseload.
Result<std::size_t> cut_history(Context& context, std::string_view caseload);
// How many of these the log does not have yet.
[[nodiscard]] Result<std::size_t> cuts_to_begin(Context& context);

}  // namespace setu::client
