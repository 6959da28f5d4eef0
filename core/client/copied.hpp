#pragma once
// A device whose files were put back to an old copy of themselves, or copied to a second phone: the
// log holds batches of it that it does not have. It must never seal again, or two batches would
// claim one place in its chain. It goes on recording and showing; what it once sent it takes back
// from the log.

#include <functional>

#include "client/context.hpp"

namespace setu::client {

// For good: a note of this replica.
[[nodiscard]] Result<bool> is_copied(Context& context);

// And whether it has met a batch under its own signature that it did not write: no server can make
// that up.
[[nodiscard]] Result<bool> is_proven_copy(Context& context);
// Such a batch came from the log. Call inside a transaction.
Status note_proof(Context& context, const wire::BatchView& batch);

// Notes it, and takes what was sealed but not acknowledged apart into unsealed changes again: its
// places belong to what the log holds. Call inside a transaction.
Status become_copied(Context& context);

// The same for a circle's own batches from `from_seq` on, acknowledged or not: the log holds others
// in their places.
Status unseal_from(Context& context, const CircleId& circle, std::uint64_t from_seq);

// An own batch comes back from the log; call before it is applied. Unsealed changes that it holds
// were sent before this copy knew: they are dropped. A record that it creates under an id that this
// copy gave to another one leaves that id to it, and the other gets a new one. So does a stamp that
// this copy gave to another write of a record: what saw that write here sees it under its new
// stamp.
Status make_way_for_own(Context& context, const wire::BatchView& batch);
// The same of changes that are known from elsewhere to be in the log.
Status make_way_for(Context& context, const CircleId& circle,
                    const std::vector<wire::SeededChange>& sent);

// Goes through all that is unsealed, and writes again what `rewrite` says that it changed. Call
// inside a transaction.
using Rewrite = std::function<bool(const CircleId& circle, wire::SeededChange& mine)>;
Status rewrite_unsealed(Context& context, const Rewrite& rewrite);
// Has seen `now` instead, where it had seen `before`: then true.
bool replace_seen(Op& op, const Stamp& before, const Stamp& now);

}  // namespace setu::client
