#pragma once
// Key files of version 1, which still open and are written no more.
//
// Layout, 170 bytes: "SETUKEY1", KDF cost (1), page cipher (1), Argon2id salt (16), two slots of
// nonce (24), sealed key (48). One slot wraps the replica's key under the passphrase as it was
// typed, the other is random. It counts no tries and has one replica. The next change of the
// passphrase makes it a version 2 file.

#include <array>
#include <optional>

#include "crypto/crypto.hpp"

namespace setu::lock {

inline constexpr std::size_t kSlotSizeV1 =
    sizeof(crypto::Nonce) + crypto::kKeySize + crypto::kTagSize;

struct KeyFileV1 {
  crypto::KdfCost cost = crypto::KdfCost::kStandard;
  bool fast_aes = false;
  crypto::KdfSalt salt{};
  std::array<std::array<std::byte, kSlotSizeV1>, 2> slots{};
};

[[nodiscard]] bool is_version_1(ByteView bytes);
[[nodiscard]] Result<KeyFileV1> decode_v1(ByteView bytes);  // kCorrupt
// The replica's key, in locked memory. kWrongPassphrase, kInternal.
[[nodiscard]] Result<crypto::Secret> open_v1(const KeyFileV1& file, std::string_view passphrase);

}  // namespace setu::lock
