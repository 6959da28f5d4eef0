#pragma once
// A copied phone is noticed on both sides: the copy that finds out says so in the roster, in its
// own name. So her leads learn of it at their next sync, and so does the other copy, which nothing
// else would tell: it may be the phone itself, and the copy a thief's.
//
// Only the device can say this of itself, and only because of a batch under its own signature: a
// server cannot make it up.

#include "client/context.hpp"

namespace setu::client {

// Says it once, if it is an old copy and has the proof. Call inside a transaction.
Status queue_copy_notice(Context& context);
// Of the entries that wait to be sent: those of an old copy must not be, but for this one.
[[nodiscard]] Result<std::vector<std::pair<Hash, Bytes>>> pending_copy_notices(Context& context);

// To who may take the device out.
[[nodiscard]] std::vector<std::string> advice_about_copies(Context& context);
// To the device itself, where it is not the copy that found out.
[[nodiscard]] std::vector<std::string> warnings_about_copies(Context& context);

}  // namespace setu::client
