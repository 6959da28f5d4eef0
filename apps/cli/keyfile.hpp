#pragma once
// The file that keeps a replica's key wrapped under a passphrase: HOME/key.
//
// Layout, 170 bytes: "SETUKEY1", KDF cost (1), page cipher (1), Argon2id salt (16), two slots of
// nonce (24), sealed key (48). Two slots that look alike: one wraps the key under the passphrase,
// the other is random, so that nobody can tell how many passphrases an installation has. Opening
// tries both, always. Errors: kWrongPassphrase, kNotFound, kCorrupt, kNewerFormat, kDiskFull,
// kInternal.

#include <string>

#include "crypto/crypto.hpp"

namespace setu::cli {

struct OpenedKey {
  crypto::Secret replica_key;
  bool fast_aes = false;  // the page cipher chosen when the replica was made
};

// Makes a fresh key and writes the file: whole or not at all, mode 0600. kInvalidArgument: there is
// one already.
[[nodiscard]] Result<OpenedKey> create_key_file(const std::string& path,
                                                std::string_view passphrase, crypto::KdfCost cost,
                                                bool fast_aes, crypto::Random& random);
[[nodiscard]] Result<OpenedKey> open_key_file(const std::string& path, std::string_view passphrase);
// Makes names in it last through a power cut, as far as its file system can.
void sync_directory(const std::string& directory);

}  // namespace setu::cli
