#pragma once
// What the server acknowledged, held against what its log shows: an acknowledgement that the log
// does not bear out is void, and what it was for is sent again.
//
// Errors: the store's.

#include "client/context.hpp"

namespace setu::client {

using Acked = std::pair<CircleId, std::uint64_t>;  // an own batch: circle and seq

// The log lacks batches before this one, which it acknowledged: those of which it never showed a
// place, or, if it did of all, the whole chain before it. Call inside a transaction.
Status send_again(Context& context, const CircleId& circle, std::uint64_t before_seq);

// Call when all that the log has was served: what was acknowledged has its place by now. False:
// something has not: it is unsent again, and its circle asked for again from before it up to the
// cursor. To a device that was removed the log is shown no further
// than that: nothing is compared.
[[nodiscard]] Result<bool> check_acks(Context& context, const std::vector<Acked>& acked,
                                      std::uint64_t cursor);

}  // namespace setu::client
