#pragma once
// Six digits that two people compare, each on her own screen, before a lead or coordinator is let
// in: that the device which joined is the one in the other's hand, and not that of somebody who
// photographed the invite, or of the server.
//
//   commit   the invite entry carries commit_digits(nonce); the inviter alone knows the nonce
//   join     the joiner's device entry is in the log: fixed, whoever wrote it
//   reveal   the inviter's device has seen that entry, and opens the nonce in a Reveal that names
//   it compare  both screens show six_digits(invite entry, device entry, nonce)
//
// Who stands between chooses what each side sees as the joining entry before she knows the nonce,
// and has one try for each invite: two different entries show the same digits once in a million.
// That holds as long as a nonce is revealed for one entry only; the inviter's client remembers for
// which (client/digits.hpp). Pure functions; nothing fails; safe from any thread.

#include <string>

#include "wire/entry.hpp"

namespace setu::wire {

// From the key that signs the invite, so that nothing has to be kept until the joiner comes.
[[nodiscard]] DigitsNonce digits_nonce(const crypto::Secret& author_seed, const InviteId& invite);
[[nodiscard]] Hash commit_digits(const DigitsNonce& nonce);
// "042917": over the hashes of the Invite and of the DeviceEntry.
[[nodiscard]] std::string six_digits(const Hash& invite, const Hash& joined,
                                     const DigitsNonce& nonce);

}  // namespace setu::wire
