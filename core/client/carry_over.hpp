#pragma once
// A copied phone comes back. Its replica never seals again (client/copied), so what was recorded on
// it and never sent is written anew by another replica of the same person, who was invited like
// anybody: the same operations under new stamps, each with the stamp that it was recorded under
// (Change::recorded), for history.
//
// Why not under the stamps it has: the phone that it is a copy of gave the same ones to other
// writes (docs/decisions/0024).
//
// Two stores, no common transaction. The new replica notes, with the writes, what they are of; then
// the old one forgets it. Between the two commits the old replica does not sync: nothing that it
// holds is renamed meanwhile. So whatever is interrupted, the next run ends it, and writes nothing
// twice.

#include "client/context.hpp"

namespace setu::client {

// `to`: an active member's. What cannot go yet, or ever, stays in `from` and is named. The errors
// are those of Client::carry_over().
[[nodiscard]] Result<CarryReport> carry_over(Context& to, Context& from);

// A carrying was interrupted; `from` waits for its end.
[[nodiscard]] Result<bool> is_leaving(Context& from);

}  // namespace setu::client
