#pragma once
// A device's home directory: key (wrapped), replica files (encrypted), locks. It is a home once it
// has a key. Opens the client with a passphrase from the environment, a file or the terminal.

#include <memory>
#include <string>

#include "cli/keyfile.hpp"
#include "setu/client.hpp"

namespace setu::cli {

struct HomeOptions {
  std::string directory;
  std::string passphrase_file;
  // Where else its passphrase comes from, and what the file's option is called.
  const char* passphrase_variable = "SETU_PASSPHRASE";
  std::string passphrase_option = "--passphrase-file";
  std::string prompt = "Passphrase";
};

// What time it is, shifted by SETU_CLOCK_OFFSET seconds: for tests, and for phones whose clock
// cannot be set.
[[nodiscard]] Instant clock_now();

// kLocked: no passphrase could be had, or it is too early after failed tries. kWrongPassphrase,
// kNotFound and what Client::open() says. kNotAllowed: a lead told this device to destroy what it
// holds; it has done so.
[[nodiscard]] Result<Client> open_home(const HomeOptions& options);

// The same, with the key file for whoever changes it: other commands of this home wait meanwhile.
struct HomeWithKey {
  Client client;
  KeyFile key;
};
[[nodiscard]] Result<HomeWithKey> open_home_with_key(const HomeOptions& options);

// A fresh replica for a duress passphrase, in the file that `own` does not use; `key` opens it.
[[nodiscard]] Result<Client> make_decoy(const HomeOptions& options, const lock::Contents& own,
                                        const crypto::Secret& key);

// At the end of a program, when its clients are closed.
void leave_home(const HomeOptions& options);

// Destroys the keys, then removes all files of the home. Close its client first.
void wipe_home(const HomeOptions& options);

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

// A home in the making. It has its key under another name, so that it is no home to anybody: if the
// program dies, the next start clears it away. `lock` keeps a second start out meanwhile.
struct NewHome {
  Client client;
  SyncLock lock;
};

// `small_kdf`: the cheapest passphrase stretching there is, for tests and small phones.
// kInvalidArgument: it exists. kBusy: another process makes it. Leaves nothing behind on an error.
[[nodiscard]] Result<NewHome> create_home(const HomeOptions& options, bool small_kdf);
// Once all that founding or joining needs is stored, and before a server hears of it.
[[nodiscard]] Status settle_home(const HomeOptions& options);
// After a founding or joining that never reached a server: leaves nothing behind.
void remove_new_home(const HomeOptions& options);

}  // namespace setu::cli
