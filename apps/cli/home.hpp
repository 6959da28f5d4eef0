#pragma once
// A device's home directory: key (wrapped), replica.db (encrypted), sync.lock. Opens the client
// with a passphrase from the environment, a file or the terminal.

#include <memory>
#include <string>

#include "setu/client.hpp"

namespace setu::cli {

struct HomeOptions {
  std::string directory;
  std::string passphrase_file;
};

// What time it is, shifted by SETU_CLOCK_OFFSET seconds: for tests, and for phones whose clock
// cannot be set.
[[nodiscard]] Instant clock_now();

// kLocked: no passphrase could be had. kWrongPassphrase, kNotFound and what Client::open() says.
[[nodiscard]] Result<Client> open_home(const HomeOptions& options);
// `small_kdf`: the cheapest passphrase stretching there is, for tests and small phones.
// kInvalidArgument: it exists.
[[nodiscard]] Result<Client> create_home(const HomeOptions& options, bool small_kdf);
// After a founding or joining that never reached a server: leaves nothing behind.
void remove_new_home(const HomeOptions& options);

// One sync of a home at a time; released when it dies. kBusy: another one is running.
class SyncLock {
 public:
  static Result<SyncLock> take(const std::string& directory);
  SyncLock(SyncLock&& other) noexcept;
  SyncLock& operator=(SyncLock&&) = delete;
  ~SyncLock();

 private:
  explicit SyncLock(int file) : file_(file) {}
  int file_ = -1;
};

}  // namespace setu::cli
