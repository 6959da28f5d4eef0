#pragma once
// The file that keeps a replica's key wrapped: its bytes, and nothing of what they mean
// (slots.hpp).
//
// Layout of version 2, 1224 bytes, always; integers little-endian. Never renumber, never reorder:
//
//   "SETUKEY2"              8
//   KDF cost                1   crypto::KdfCost
//   wipe after              1   that many failed tries in a row; 0: never
//   failed tries            2   in a row
//   last failed try         8   milliseconds since 1970 by the device's clock
//   Argon2id salt          16   one for both slots: a try stretches the passphrase once
//   two slots           2x172   nonce 24, sealed contents 132, tag 16
//   recovery slot         172   alike
//   recovery boxes       8x80   sealed boxes, of X25519 public key 32, sealed secret 32, tag 16
//   BLAKE2b-256            32   over all of the above: tells damage from a wrong passphrase
//
// A slot that is not in use is random, a box that is not is a random point and random bytes. So the
// file tells how often somebody tried, and not how many passphrases there are, which of them opens
// what, or whether anybody can recover it. The counters keep honest people from guessing in a
// hurry: whoever can copy the file, or take the flash chip out, guesses on copies without them.
// Only the passphrase's strength stands against that.
//
// Version 1 is in key_file_v1.hpp. Golden vectors: proto/vectors/key-file.txt.

#include <array>

#include "crypto/crypto.hpp"
#include "lock/tries.hpp"

namespace setu::lock {

inline constexpr std::size_t kSlotContentSize = 132;
inline constexpr std::size_t kSlotSize =
    sizeof(crypto::Nonce) + kSlotContentSize + crypto::kTagSize;
inline constexpr std::size_t kBoxSize = crypto::kSealedBoxOverhead + crypto::kKeySize;
inline constexpr std::size_t kRecoveryBoxes = 8;
inline constexpr std::size_t kKeyFileSize = 1224;

using Slot = std::array<std::byte, kSlotSize>;
using Box = std::array<std::byte, kBoxSize>;

struct KeyFile {
  crypto::KdfCost cost = crypto::KdfCost::kStandard;
  Tries tries;
  crypto::KdfSalt salt{};
  std::array<Slot, 2> slots{};
  Slot recovery{};
  std::array<Box, kRecoveryBoxes> boxes{};

  friend bool operator==(const KeyFile&, const KeyFile&) = default;
};

[[nodiscard]] Bytes encode(const KeyFile& file);
// kCorrupt: damaged. kNewerFormat: of a version beyond 2. kInvalidArgument: of version 1.
[[nodiscard]] Result<KeyFile> decode(ByteView bytes);

}  // namespace setu::lock
