#include "cli/home.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "cli/ask.hpp"
#include "cli/replica_files.hpp"
#include "crypto/cpu.hpp"
#include "forms/form.hpp"

namespace setu::cli {
namespace {

constexpr std::string_view kKey = "key";
constexpr std::string_view kStartingKey = "key.starting";  // of a home that is being made

std::string path_in(const HomeOptions& options, std::string_view name) {
  return options.directory + "/" + std::string(name);
}

bool holds(const HomeOptions& options, std::string_view name) {
  return access(path_in(options, name).c_str(), F_OK) == 0;
}

PassphraseSource passphrase_source(const HomeOptions& options, std::string prompt) {
  return {options.passphrase_variable, options.passphrase_file, options.passphrase_option,
          std::move(prompt)};
}

Ports ports() { return {clock_now, nullptr}; }

void remove_start(const HomeOptions& options) {
  remove_replicas(options.directory);
  for (const std::string_view name : {kKey, kStartingKey})
    unlink((path_in(options, name) + ".new").c_str());
  unlink(path_in(options, kStartingKey).c_str());  // last: it says that the others are to go
}

std::uint8_t drawn_replica(crypto::Random& random) {
  std::array<std::byte, 1> coin;
  random.fill(coin);
  return std::to_integer<std::uint8_t>(coin[0]) % kReplicaFiles;
}

Result<Client> create_start(const HomeOptions& options, bool small_kdf) {
  SETU_TAKE(std::string passphrase,
            ask_new_passphrase(passphrase_source(options, "New passphrase")));
  crypto::Random& random = crypto::system_random();
  lock::Contents contents;
  contents.replica_key = crypto::random_key(random).locked();
  contents.replica = drawn_replica(random);
  contents.fast_aes = crypto::has_fast_aes();
  auto key = create_key_file(path_in(options, kStartingKey), passphrase,
                             small_kdf ? crypto::KdfCost::kSmall : crypto::KdfCost::kStandard,
                             std::move(contents), random);
  crypto::wipe(passphrase);
  if (!key) return fail(std::move(key).error());
  const lock::Contents& made = key->unlocked.contents;
  use_replicas(options.directory);
  return Client::create(replica_path(options.directory, made.replica), made.replica_key,
                        made.fast_aes, ports());
}

std::string in_words(std::int64_t wait_ms) {
  constexpr std::int64_t kSecondMs = 1'000;
  constexpr std::int64_t kMinuteMs = 60'000;
  if (wait_ms < 2 * kMinuteMs)
    return std::to_string((wait_ms + kSecondMs - 1) / kSecondMs) + " seconds";
  return std::to_string((wait_ms + kMinuteMs - 1) / kMinuteMs) + " minutes";
}

tl::unexpected<Error> wrong_passphrase(const lock::Tries& tries) {
  const std::int64_t wait = lock::wait_after(tries.failed);
  std::string hint = wait == 0 ? "type it again" : "the next try can be made in " + in_words(wait);
  if (tries.wipe_after != 0) {
    hint += "; after " + std::to_string(tries.wipe_after - tries.failed) +
            " more wrong ones all that this home holds is destroyed";
  }
  return fail(Code::kWrongPassphrase, "open home: the passphrase does not fit", std::move(hint));
}

// What was answered instead of opening the key file.
tl::unexpected<Error> not_opened(const HomeOptions& options, const KeyTry& tried) {
  switch (tried.answer) {
    case lock::Answer::kUsedUp:
      wipe_home(options);
      return fail(Code::kWrongPassphrase,
                  "open home: that was the last wrong try that its owner allows; all that this "
                  "home held is destroyed",
                  "a lead can invite this device again");
    case lock::Answer::kWait:
      return fail(Code::kLocked,
                  "open home: " + std::to_string(tried.tries.failed) +
                      " wrong tries in a row; this one was not looked at",
                  "try again in " + in_words(tried.wait_ms));
    default: return wrong_passphrase(tried.tries);
  }
}

Result<KeyFile> open_key(const HomeOptions& options) {
  if (!holds(options, kKey)) {
    return fail(
        Code::kNotFound, "open home: there is no Setu home here",
        "use --home DIR or SETU_HOME; `setu join LINK` or `setu programme create` makes one");
  }
  SETU_TRY(crypto::init());
  SETU_TAKE(std::string passphrase, ask_passphrase(passphrase_source(options, options.prompt)));
  auto tried =
      try_key_file(path_in(options, kKey), passphrase, clock_now(), crypto::system_random());
  crypto::wipe(passphrase);
  if (!tried) return fail(std::move(tried).error());
  if (tried->opened) return std::move(*tried->opened);
  return not_opened(options, *tried);
}

Result<Client> open_replica(const HomeOptions& options, const lock::Contents& contents) {
  use_replicas(options.directory);
  if (!contents.keeps_other) remove_log(options.directory, contents.replica ^ 1);
  return Client::open(replica_path(options.directory, contents.replica), contents.replica_key,
                      contents.fast_aes, ports());
}

// There is an order that another command heard of, or that a crash kept from being carried out.
Result<bool> is_to_be_wiped(Client& client) {
  if (client.me().state != "removed") return false;
  SETU_TAKE(const StatusView status, client.status());
  return status.wipe;
}

}  // namespace

Instant clock_now() {
  const char* offset = std::getenv("SETU_CLOCK_OFFSET");
  const std::int64_t seconds = offset == nullptr ? 0 : std::strtoll(offset, nullptr, 10);
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return {now.count() + seconds * 1000};
}

Result<HomeWithKey> open_home_with_key(const HomeOptions& options) {
  {
    SETU_TAKE(KeyFile key, open_key(options));
    SETU_TAKE(Client client, open_replica(options, key.unlocked.contents));
    SETU_TAKE(const bool to_be_wiped, is_to_be_wiped(client));
    if (!to_be_wiped) return HomeWithKey{std::move(client), std::move(key)};
  }
  wipe_home(options);
  return fail(Code::kNotAllowed,
              "open home: this device was removed from the programme, and told to destroy what it "
              "held; it has done so",
              "a lead can invite this device again");
}

Result<Client> open_home(const HomeOptions& options) {
  SETU_TAKE(HomeWithKey home, open_home_with_key(options));
  return std::move(home.client);  // others may have their turn with the key file
}

Result<Client> make_decoy(const HomeOptions& options, const lock::Contents& own,
                          const crypto::Secret& key) {
  const std::uint8_t replica = own.replica ^ 1;
  SETU_TRY(empty_replica(options.directory, replica));
  return Client::create(replica_path(options.directory, replica), key, own.fast_aes, ports());
}

void leave_home(const HomeOptions& options) {
  level_replicas(options.directory, crypto::system_random());
}

void wipe_home(const HomeOptions& options) {
  {
    // Where it cannot be had, the files go all the same.
    const auto turn = KeyTurn::take(path_in(options, kKey));
    destroy_key_file(path_in(options, kKey), crypto::system_random());
  }
  remove_replicas(options.directory);
  unlink(path_in(options, "sync.lock").c_str());
  rmdir(options.directory.c_str());
}

Result<NewHome> create_home(const HomeOptions& options, bool small_kdf) {
  SETU_TRY(crypto::init());
  if (mkdir(options.directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(Code::kInternal, "make home: the directory cannot be made",
                "check --home and that its parent exists");
  }
  SETU_TAKE(SyncLock lock, SyncLock::take(options.directory));
  const bool unfinished = holds(options, kStartingKey);
  if (holds(options, kKey) || (!unfinished && has_replica_file(options.directory))) {
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
