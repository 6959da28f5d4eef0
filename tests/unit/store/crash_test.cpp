// Crashes and full disks: what was said to be stored is stored, and nothing is there by halves.

#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>

#include "scratch.hpp"

namespace setu::store {
namespace {

constexpr std::uint32_t kRowsPerAction = 5;

// One user action: five rows of one name, and a change for each. Anything but success ends the
// child with a code.
Status act(Store& store, std::uint32_t action) {
  SETU_TAKE(auto transaction, store.begin());
  for (std::uint32_t i = 0; i < kRowsPerAction; ++i) {
    Row row = client(action * kRowsPerAction + i, std::to_string(action));
    SETU_TRY(store.insert(row));
    SETU_TRY(store.outbox_add(circle(1), row.id, as_bytes(std::string(500, 'c'))));
  }
  return transaction.commit();
}

// Acts from `action` on until it is killed, and reports each action after its commit.
[[noreturn]] void work_until_killed(const std::string& path, std::uint32_t action, int report) {
  auto store = Store::open(path, key(), Cipher::kAegis);
  if (!store) ::_exit(2);
  if (!store->ensure_table(client_table())) ::_exit(3);
  for (;; ++action) {
    if (!act(*store, action)) ::_exit(4);
    if (::write(report, &action, sizeof(action)) != sizeof(action)) ::_exit(5);
  }
}

// Goal: no acknowledged action is lost and none is there in part, however the process dies. Method:
// a child acts as fast as it can and says after each commit which one; the parent kills it after
// some reports, wherever it then is.
TEST_CASE("store: killed at any moment, it holds every acknowledged action whole") {
  const Scratch scratch;
  (void)new_store(scratch.file());
  std::uint32_t next = 1;
  std::vector<std::uint32_t> acknowledged;
  for (int round = 0; round < 20; ++round) {
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) work_until_killed(scratch.file(), next, pipe_ends[1]);
    ::close(pipe_ends[1]);
    const std::size_t enough = acknowledged.size() + 1 + static_cast<std::size_t>(round * 7 % 23);
    bool killed = false;
    std::uint32_t action = 0;
    while (::read(pipe_ends[0], &action, sizeof(action)) == sizeof(action)) {
      acknowledged.push_back(action);
      if (!killed && acknowledged.size() >= enough) killed = ::kill(child, SIGKILL) == 0;
    }
    ::close(pipe_ends[0]);
    int how = 0;
    REQUIRE(::waitpid(child, &how, 0) == child);
    REQUIRE(WIFSIGNALED(how));

    Store store = open_store(scratch.file());
    for (const std::uint32_t done : acknowledged) {
      for (std::uint32_t i = 0; i < kRowsPerAction; ++i) {
        REQUIRE(take(store.find(kClient, record(done * kRowsPerAction + i))));
      }
    }
    const std::uint64_t rows = take(store.count(kClient));
    REQUIRE(rows % kRowsPerAction == 0);
    REQUIRE(rows >= acknowledged.size() * kRowsPerAction);
    REQUIRE(take(store.outbox_count()) == rows);
    next = static_cast<std::uint32_t>(rows / kRowsPerAction) + 1;
  }
  Store store = open_store(scratch.file());
  CHECK(take(store.check()).empty());
}

// The child's part: fills the disk (a limit on the size of files), then makes room and goes on.
// Exit code 0: as it should be.
int fill_and_go_on(const std::string& path, rlim_t most) {
  auto store = Store::open(path, key(), Cipher::kAegis);
  if (!store || !store->ensure_table(client_table())) return 2;
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0) return 3;
  const rlimit tight{most, limit.rlim_max};
  if (::setrlimit(RLIMIT_FSIZE, &tight) != 0) return 4;
  std::uint32_t action = 1;
  Status done;
  while (action < 10'000 && (done = act(*store, action))) ++action;
  if (done || done.error().code != Code::kDiskFull) return 5;
  const auto rows = store->count(kClient);
  if (!rows || *rows != (action - 1) * std::uint64_t{kRowsPerAction}) return 6;
  const auto changes = store->outbox_count();
  if (!changes || *changes != *rows) return 7;
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 8;
  if (!act(*store, action)) return 9;
  return 0;
}

TEST_CASE("store: a disk that fills up changes nothing, and room makes it work again") {
  const Scratch scratch;
  (void)new_store(scratch.file());
  const auto most = static_cast<rlim_t>(GENERATE(300'000, 333'333, 400'001));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(fill_and_go_on(scratch.file(), most));
  int how = 0;
  REQUIRE(::waitpid(child, &how, 0) == child);
  REQUIRE(WIFEXITED(how));
  CHECK(WEXITSTATUS(how) == 0);
  Store store = open_store(scratch.file());
  const std::uint64_t rows = take(store.count(kClient));
  CHECK(rows > kRowsPerAction);
  CHECK(rows % kRowsPerAction == 0);
  CHECK(take(store.outbox_count()) == rows);
  CHECK(take(store.check()).empty());
}

}  // namespace
}  // namespace setu::store
