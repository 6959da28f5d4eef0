#pragma once
// The server's data directory: log.db, server.key and a lock, readable by its owner only.
//
// server.key is the server's identity: 32 random bytes, from which its Ed25519 key and its nonce
// key are made. Every programme's genesis names it, so whoever loses it has to begin all programmes
// anew: back it up once, offline.
//
// Errors, all with what to do: kNotAllowed (cannot be made, read or written; permissions),
// kDiskFull, kBusy (another server serves from here), kCorrupt (the key file does not parse, or is
// missing beside a log that needs it).

#include <string>

#include "crypto/crypto.hpp"

namespace setu::server {

// Makes the directory (mode 0700) if it is missing and takes rights of group and others away if
// there are any.
[[nodiscard]] Status prepare_data_dir(const std::string& directory);

// Reads the identity; makes it (mode 0600, durable) at the first start, when there is no log yet.
[[nodiscard]] Result<crypto::SignKeyPair> load_identity(const std::string& directory,
                                                        crypto::Random& random);

// Held by the one process that serves from the directory; the system lets go of it when the process
// dies.
class ServeLock {
 public:
  [[nodiscard]] static Result<ServeLock> take(const std::string& directory);
  ServeLock(ServeLock&& other) noexcept;
  ServeLock& operator=(ServeLock&&) = delete;
  ~ServeLock();

 private:
  explicit ServeLock(int file) : file_(file) {}
  int file_;
};

}  // namespace setu::server
