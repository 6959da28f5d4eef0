#include "cli/replica_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

namespace setu::cli {
namespace {

constexpr std::string_view kUseLock = "/home.lock";
constexpr std::size_t kPageSize = 4096;
// What SQLite has to read before it has a key: sizes of pages, the same in every replica.
constexpr std::size_t kPlainBegin = 16;
constexpr std::size_t kPlainSize = 8;
using PlainHead = std::array<std::byte, kPlainSize>;

int use_lock = -1;  // this process's share in the home, from use_replicas() on

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

// Of last writes, which SQLite has still to put into the file: the second kind while it is made.
bool has_log(const std::string& path) { return exists(path + "-wal") || exists(path + "-journal"); }

std::uint64_t size_of(const std::string& path) {
  struct stat file {};
  return stat(path.c_str(), &file) == 0 ? static_cast<std::uint64_t>(file.st_size) : 0;
}

bool read_head(const std::string& path, PlainHead& head) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool read =
      ::pread(file, head.data(), head.size(), kPlainBegin) == static_cast<ssize_t>(head.size());
  ::close(file);
  return read;
}

// Recording goes before hiding how much was recorded: the last room on a disk is not filled up.
bool has_room(const std::string& directory, std::uint64_t bytes) {
  struct statvfs disk {};
  if (statvfs(directory.c_str(), &disk) != 0) return false;
  return std::uint64_t{disk.f_bavail} * disk.f_frsize >= bytes + kRoomToLeave;
}

// From `size` on. The first page is written whole, so a file below one page is begun anew.
void fill(const std::string& path, std::uint64_t size, std::uint64_t target, const PlainHead& head,
          crypto::Random& random) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return;
  Bytes chunk(kSizeStep);
  for (std::uint64_t at = size < kPageSize ? 0 : size; at < target;) {
    const std::size_t length = std::min<std::uint64_t>(target - at, kSizeStep);
    random.fill(std::span(chunk).first(length));
    if (at == 0) std::ranges::copy(head, chunk.begin() + kPlainBegin);
    const ssize_t written = ::pwrite(file, chunk.data(), length, static_cast<off_t>(at));
    if (written != static_cast<ssize_t>(length)) break;
    at += length;
  }
  ::fsync(file);
  ::close(file);
}

void set_ages_and_modes(const std::string& directory) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  const std::array<timespec, 2> both{now, now};
  for (std::uint8_t i = 0; i < kReplicaFiles; ++i) {
    const std::string path = replica_path(directory, i);
    chmod(path.c_str(), 0600);
    utimensat(AT_FDCWD, path.c_str(), both.data(), 0);
  }
}

}  // namespace

std::string replica_path(const std::string& directory, std::uint8_t replica) {
  return directory + (replica == 0 ? "/replica.db" : "/replica2.db");
}

bool has_replica_file(const std::string& directory) {
  return exists(replica_path(directory, 0)) || exists(replica_path(directory, 1));
}

void remove_replicas(const std::string& directory) {
  for (std::uint8_t i = 0; i < kReplicaFiles; ++i) {
    remove_log(directory, i);
    unlink(replica_path(directory, i).c_str());
  }
  unlink((directory + std::string(kUseLock)).c_str());
}

void remove_log(const std::string& directory, std::uint8_t replica) {
  for (const char* suffix : {"-wal", "-shm", "-journal"})
    unlink((replica_path(directory, replica) + suffix).c_str());
}

Status empty_replica(const std::string& directory, std::uint8_t replica) {
  remove_log(directory, replica);
  const std::string path = replica_path(directory, replica);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) {
    return fail(Code::kInternal, "empty replica: the file cannot be written to",
                "check the home directory's permissions");
  }
  ::close(file);
  return {};
}

void use_replicas(const std::string& directory) {
  if (use_lock >= 0) return;
  use_lock =
      ::open((directory + std::string(kUseLock)).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  while (use_lock >= 0 && ::flock(use_lock, LOCK_SH) != 0 && errno == EINTR) {
  }
}

void level_replicas(const std::string& directory, crypto::Random& random) {
  if (use_lock < 0) return;
  const std::array<std::string, kReplicaFiles> paths{replica_path(directory, 0),
                                                     replica_path(directory, 1)};
  const bool at_rest =
      ::flock(use_lock, LOCK_EX | LOCK_NB) == 0 && std::ranges::none_of(paths, has_log);
  PlainHead head{};
  if (at_rest && (read_head(paths[0], head) || read_head(paths[1], head))) {
    const std::uint64_t longest = std::max(size_of(paths[0]), size_of(paths[1]));
    const std::uint64_t target = (longest + kSizeStep - 1) / kSizeStep * kSizeStep;
    for (const std::string& path : paths) {
      const std::uint64_t size = size_of(path);
      if (size < target && has_room(directory, target - size))
        fill(path, size, target, head, random);
    }
    set_ages_and_modes(directory);
  }
  ::close(use_lock);
  use_lock = -1;
}

}  // namespace setu::cli
