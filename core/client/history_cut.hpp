#pragma once
// A history that was cut: who is let into a circle after an epoch that hands no key on opens
// nothing from before. What she needs of it a lead's (or, in the circles of the programme, a
// coordinator's) device carries over: under the new epoch, the merge state of each record that was
// written to before, as a moved part within the circle. docs/decisions/0023-history-cut.md says
// why.
//
// What is missing follows from the roster and the kept batches: whether a replica that could open
// only what was sealed since would show the same as this one. So any device of theirs that holds
// the old keys goes on where another stopped, and passes on what arrives late under an old key.

#include "client/context.hpp"

namespace setu::client {

// Writes what is missing, in all circles that this device carries for. How many parts; 0: nothing
// was missing. Costs a look at the circle's batches when there is news in the log, and nothing
// without.
Result<std::uint64_t> carry_over_cuts(Context& context);

// A batch that the log has at this place counts only now: it was kept back, or its key came late.
// What was found complete up to beyond there is looked at again from there. Call inside a
// transaction.
Status hear_late(Context& context, std::uint64_t position);

// How far that is, for people. Unfinished: not begun, or what was carried is not sent yet.
[[nodiscard]] Result<HistoryCutView> show_cuts(Context& context);

}  // namespace setu::client
