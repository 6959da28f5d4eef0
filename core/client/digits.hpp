#pragma once
// The six digits of an invite for a lead or coordinator, on both sides (what they are for:
// wire/digits.hpp). The inviter's device reveals them once it has seen who joined, for one joiner
// only, whatever the server shows it later; the joiner's screen shows them; whoever approves types
// them in.

#include "client/context.hpp"
#include "client/entries.hpp"

namespace setu::client {

// Reveals what is due, and writes down for whom. Call inside a transaction.
Status queue_reveals(Context& context);
// The same for one joiner, by who signed her invite; nothing where it is done or another's to do.
Status queue_reveal(Context& context, const Signer& inviter, const roster::Member& joiner);

// What this device's screen shows to whoever lets it in, and then to whoever hands it keys; empty:
// nothing yet, or nothing any more.
[[nodiscard]] std::string own_digits(const Context& context);

// Of a device that waits for approval, or for keys. Spaces in what was typed do not count. kNotYet:
// not revealed yet. kMissingRequired: nothing was typed. kRefused: other digits.
Status check_digits(const Context& context, const roster::Member& joiner, std::string_view typed);

}  // namespace setu::client
