#pragma once
// What passphrases do with a key file: open it, change, set a second one for duress, destroy.
//
// Nobody can tell by the file whether there is a duress passphrase, nor by what is in the slot that
// it opens: both kinds of slot hold the same. The whole difference is what a slot knows of the
// other one. A slot that knows nothing of it, as in every installation without a duress passphrase,
// fills it with random bytes whenever it is opened. The duress slot knows nothing of the ordinary
// one: so opening it destroys that, by doing what every opening does. The ordinary slot of an
// installation with a duress passphrase knows the other and seals it anew. Either way all bytes
// after the counters change with every opening.
//
// Each call changes the file in memory. Write encode(file) durably, whole, before acting on the
// answer: before showing what was opened, before saying that a passphrase is wrong. Then a crash
// leaves the old file or the new one, and a try that was answered has been counted.
//
// Passphrases are folded (fold.hpp) before anything else. Errors: kInternal where memory for
// stretching is short; others are named. Cost: one Argon2id a call that takes a passphrase.

#include <optional>

#include "lock/key_file.hpp"

namespace setu::lock {

// What a slot seals.
struct Contents {
  crypto::Secret replica_key;
  std::uint8_t replica = 0;  // which of the two replica files it opens: 0 or 1
  bool fast_aes = false;     // the page cipher chosen when the replicas were made
  std::uint8_t slot = 0;     // where it is itself
  // Of the duress slot, where this one knows it.
  bool keeps_other = false;
  crypto::Secret other_key, other_wrapping;
  // Of the recovery slot, where there is one.
  bool keeps_recovery = false;
  crypto::Secret recovery_secret;
};

// An opened file: what to open the replica with, and to change the file with.
struct Unlocked {
  Contents contents;
  crypto::Secret wrapping;  // the stretched passphrase; empty where recovery opened it
};

struct Made {
  KeyFile file;
  Unlocked unlocked;
};
// A new file, with `replica_key`, `replica` and `fast_aes` of `contents`, in a slot drawn by lot.
[[nodiscard]] Result<Made> make_key_file(std::string_view passphrase, crypto::KdfCost cost,
                                         Contents contents, crypto::Random& random);

enum class Answer : std::uint8_t {
  kOpened,
  kWrong,
  kWait,    // too early after failed tries; nothing was tried
  kUsedUp,  // wrong, and the last of the tries that its owner allows: the file holds no key any
            // more
};
struct Attempt {
  Answer answer = Answer::kWrong;
  std::optional<Unlocked> unlocked;  // kOpened
  std::int64_t wait_ms = 0;          // kWait
};
[[nodiscard]] Result<Attempt> attempt(KeyFile& file, std::string_view passphrase, Instant now,
                                      crypto::Random& random);

// kInvalidArgument: it is the duress passphrase.
[[nodiscard]] Status change_passphrase(KeyFile& file, Unlocked& unlocked,
                                       std::string_view passphrase, crypto::Random& random);

// `decoy_key` opens the other replica file. In place of an earlier duress passphrase, if there is
// one. kInvalidArgument: it is the passphrase itself.
[[nodiscard]] Status set_duress(KeyFile& file, Unlocked& unlocked, std::string_view passphrase,
                                crypto::Secret decoy_key, crypto::Random& random);
void clear_duress(KeyFile& file, Unlocked& unlocked, crypto::Random& random);

// Leaves nothing in it that opens anything. It looks as it did.
void destroy(KeyFile& file, crypto::Random& random);

// Seals anew what is known and fills the rest with random bytes. For this module's own use.
void seal_all(KeyFile& file, const Unlocked& unlocked, crypto::Random& random);

}  // namespace setu::lock
