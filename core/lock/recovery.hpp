#pragma once
// The recovery slot: how leads of an org help somebody who forgot her passphrase and is with them.
//
// A recovery secret opens what the ordinary slot opens, and is sealed to the X25519 keys of up to
// eight lead devices. The phone asks with its boxes and a key made for the occasion; a lead's
// device opens its box and answers with the secret, sealed to that key; the phone opens its file
// with it, takes a new passphrase and forgets the secret: set_recovery() makes another one. Opening
// with a duress passphrase destroys this slot like the other.
//
// A request, 696 bytes, never renumber: "SETUREC1" (8), salt of the key file
// (16), the eight boxes (640), the phone's X25519 key (32). An answer is one sealed box (80).
//
// Boxes that nobody can open look the same: no one can tell whether an installation can be
// recovered, and by how many. As in slots.hpp, write the file before acting on an answer.

#include <span>

#include "lock/slots.hpp"

namespace setu::lock {

// Anew for exactly these; none: nobody recovers. kTooLarge: over eight. kRefused: a key of small
// order; nothing was changed.
[[nodiscard]] Status set_recovery(KeyFile& file, Unlocked& unlocked,
                                  std::span<const crypto::BoxPublicKey> leads,
                                  crypto::Random& random);

// On the phone.
[[nodiscard]] Bytes ask_for_recovery(const KeyFile& file, const crypto::BoxPublicKey& phone);
// On a lead's device. kMalformed: not a request. kForged: none of its boxes is for this device.
// kRefused: the phone's key is of small order.
[[nodiscard]] Result<Bytes> answer_recovery(ByteView request, const crypto::BoxKeyPair& lead,
                                            crypto::Random& random);

// On the phone: opens the file with a lead's answer and sets a new passphrase. kForged: the answer
// is not for this key and file.
[[nodiscard]] Result<Unlocked> recover(KeyFile& file, const crypto::BoxKeyPair& phone,
                                       ByteView answer, std::string_view new_passphrase,
                                       crypto::Random& random);

// For slots.cpp: seals what is known of recovery anew, fills the rest.
void reseal_recovery(KeyFile& file, const Contents& known, crypto::Random& random);

}  // namespace setu::lock
