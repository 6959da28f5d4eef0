#pragma once
// The key on a printed recovery sheet, in the two forms that the sheet shows it in: a link for a
// camera and a code for a person who types it.
//
// The secret is 16 random bytes; the Ed25519 seed that signs is K(secret,
// `setu/recovery-sign-seed/1`). The sheet names the programme too (the first 16 bytes of its
// genesis' hash, which every signature covers), for a device that knows nothing yet.
//
//   link: SERVER_URL/recover#base64url(version 1 | programme | secret)
//   code: lines of sixteen characters in groups of four, Crockford's base32 of ten bytes: eight of
//         what is shown, then the first two of H(`setu/recovery-check/1`; u8 line from 1, these
//         eight). Lines 1 and 2 show the secret, 3 and 4 the programme.
//
// Reading a code: case, spaces, dashes and line ends do not matter; O is 0, I and L are 1. A slip
// is told with its line; one in 65,536 goes unnoticed, and then opens nothing. Errors:
// kInvalidArgument, with what to do and never with what was typed; kNewerFormat.
//
// Ownership: results own their bytes. What is formatted here is as secret as the key: wipe it.
// Pure. Golden vectors: proto/vectors/entry.txt.

#include <optional>

#include "crypto/crypto.hpp"

namespace setu::wire {

inline constexpr std::size_t kRecoverySecretSize = 16;

struct RecoverySheet {
  crypto::Secret secret;
  // Empty where only the first two lines of the code were given.
  std::string server_url;
  std::optional<ProgrammeId> programme;
};

[[nodiscard]] std::string format_recovery_link(const RecoverySheet& sheet);
// Lines of four groups: two, or four where the programme is known.
[[nodiscard]] std::vector<std::string> format_recovery_code(const RecoverySheet& sheet);
// Either form. `server_url` is left empty by a code.
[[nodiscard]] Result<RecoverySheet> parse_recovery_key(std::string_view text);

[[nodiscard]] crypto::SignKeyPair derive_recovery_key(const crypto::Secret& secret);

}  // namespace setu::wire
