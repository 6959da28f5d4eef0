#include "cli/home.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "cli/keyfile.hpp"
#include "crypto/cpu.hpp"
#include "forms/form.hpp"

namespace setu::cli {
namespace {

constexpr std::size_t kShortestPassphrase = 8;
constexpr std::string_view kKey = "key";
constexpr std::string_view kStartingKey = "key.starting";  // of a home that is being made

std::string path_in(const HomeOptions& options, std::string_view name) {
  return options.directory + "/" + std::string(name);
}

bool holds(const HomeOptions& options, std::string_view name) {
  return access(path_in(options, name).c_str(), F_OK) == 0;
}

std::string read_without_echo(std::string_view prompt) {
  std::cerr << prompt << std::flush;
  termios before{};
  const bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  if (terminal) tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  std::string line;
  std::getline(std::cin, line);
  if (terminal) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::cerr << "\n";
  return line;
}

Result<std::string> get_passphrase(const HomeOptions& options, bool is_new) {
  std::string passphrase;
  if (const char* given = std::getenv("SETU_PASSPHRASE"); given != nullptr && *given != '\0') {
    passphrase = given;
  } else if (!options.passphrase_file.empty()) {
    std::ifstream file(options.passphrase_file);
    if (!std::getline(file, passphrase)) {
      return fail(Code::kLocked, "read passphrase: the file cannot be read or is empty",
                  "check --passphrase-file");
    }
  } else if (isatty(STDIN_FILENO) != 0) {
    passphrase = read_without_echo(is_new ? "New passphrase: " : "Passphrase: ");
    if (is_new && passphrase != read_without_echo("Once more: ")) {
      return fail(Code::kInvalidArgument, "set passphrase: the two were not the same", "try again");
    }
  }
  if (passphrase.empty()) {
    return fail(Code::kLocked, "open home: no passphrase",
                "set SETU_PASSPHRASE, or use --passphrase-file FILE, or run it on a terminal");
  }
  if (is_new && passphrase.size() < kShortestPassphrase) {
    return fail(Code::kInvalidArgument, "set passphrase: shorter than 8 characters",
                "five short words are easy to keep in mind and hard to guess");
  }
  return passphrase;
}

Ports ports() { return {clock_now, nullptr}; }

void remove_start(const HomeOptions& options) {
  for (std::string_view name : {"replica.db", "replica.db-wal", "replica.db-shm"})
    unlink(path_in(options, name).c_str());
  unlink(path_in(options, kStartingKey).c_str());  // last: it says that the others are to go
}

Result<Client> create_start(const HomeOptions& options, bool small_kdf) {
  SETU_TAKE(std::string passphrase, get_passphrase(options, true));
  const bool fast_aes = crypto::has_fast_aes();
  auto key = create_key_file(path_in(options, kStartingKey), passphrase,
                             small_kdf ? crypto::KdfCost::kSmall : crypto::KdfCost::kStandard,
                             fast_aes, crypto::system_random());
  crypto::wipe(passphrase);
  if (!key) return fail(std::move(key).error());
  return Client::create(path_in(options, "replica.db"), key->replica_key, fast_aes, ports());
}

}  // namespace

Instant clock_now() {
  const char* offset = std::getenv("SETU_CLOCK_OFFSET");
  const std::int64_t seconds = offset == nullptr ? 0 : std::strtoll(offset, nullptr, 10);
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return {now.count() + seconds * 1000};
}

Result<Client> open_home(const HomeOptions& options) {
  if (!holds(options, kKey)) {
    return fail(
        Code::kNotFound, "open home: there is no Setu home here",
        "use --home DIR or SETU_HOME; `setu join LINK` or `setu programme create` makes one");
  }
  SETU_TRY(crypto::init());
  SETU_TAKE(std::string passphrase, get_passphrase(options, false));
  auto key = open_key_file(path_in(options, kKey), passphrase);
  crypto::wipe(passphrase);
  if (!key) return fail(std::move(key).error());
  return Client::open(path_in(options, "replica.db"), key->replica_key, key->fast_aes, ports());
}

Result<NewHome> create_home(const HomeOptions& options, bool small_kdf) {
  SETU_TRY(crypto::init());
  if (mkdir(options.directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(Code::kInternal, "make home: the directory cannot be made",
                "check --home and that its parent exists");
  }
  SETU_TAKE(SyncLock lock, SyncLock::take(options.directory));
  const bool unfinished = holds(options, kStartingKey);
  if (holds(options, kKey) || (!unfinished && holds(options, "replica.db"))) {
    return fail(Code::kInvalidArgument, "make home: there is a Setu home here already",
                "if a start was cut off, `setu sync` finishes it; else choose another --home");
  }
  if (unfinished) remove_start(options);
  auto client = create_start(options, small_kdf);
  if (!client) {
    remove_new_home(options);
    return fail(std::move(client).error());
  }
  return NewHome{std::move(*client), std::move(lock)};
}

Status settle_home(const HomeOptions& options) {
  if (std::rename(path_in(options, kStartingKey).c_str(), path_in(options, kKey).c_str()) != 0) {
    return fail(Code::kInternal, "make home: the key file cannot be renamed",
                "check that the home directory can be written to");
  }
  sync_directory(options.directory);
  return {};
}

void remove_new_home(const HomeOptions& options) {
  // First it is a home no more: whatever dies on the way, the next start goes on from there.
  std::rename(path_in(options, kKey).c_str(), path_in(options, kStartingKey).c_str());
  remove_start(options);
  unlink(path_in(options, "sync.lock").c_str());
  rmdir(options.directory.c_str());
}

Result<SyncLock> SyncLock::take(const std::string& directory) {
  const int file = ::open((directory + "/sync.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return fail(Code::kInternal, "sync: the lock file cannot be made",
                "check that the home directory can be written to");
  SyncLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::kBusy, "sync: another sync of this home is running",
                "wait for it to end; recording goes on meanwhile");
  }
  return lock;
}

SyncLock::SyncLock(SyncLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
SyncLock::~SyncLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace setu::cli
