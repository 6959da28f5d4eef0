#pragma once
// SQLite on disks of the simulator: a VFS that is the default of this process, with SQLite3
// Multiple Ciphers around it, so that core's store and the server's open their files on it
// unchanged. From the first Mount on, no database of this process is a real file.
//
// Paths are "/sim/<number>/<file>". Locks and the shared memory of WAL work between connections of
// this process, as on one machine. Sleeping takes no time but virtual one. Nothing SQLite does here
// depends on anything but the calls made and seed_sqlite(), except the nonces and salts of
// encrypted pages (see Disk::history_hash()).
//
// As SQLite's unix VFS does, and no more, the folder is synced with the first sync of a new journal
// or WAL, and with a deletion where SQLite asks for it; a file of no bytes is not there for
// xAccess. Temporary files are refused, and counted: SQLite would write them unencrypted.
//
// One thread.

#include <cstdint>
#include <string>

#include "disk.hpp"

namespace setu::sim {

// A disk under a path of its own, as long as the mount lives. Lowest free number first. The disk
// outlives the mount and stays where it is; its contents may be replaced while no file is open.
class Mount {
 public:
  explicit Mount(Disk& disk);
  ~Mount();
  Mount(const Mount&) = delete;
  Mount& operator=(const Mount&) = delete;

  [[nodiscard]] std::string directory() const;  // "/sim/3/"

 private:
  std::size_t number_;
};

// Starts SQLite's random numbers anew: first thing in a world.
void seed_sqlite(std::uint64_t seed);
// The wall clock that SQLite sees; sleeping moves it on.
void set_sqlite_now(std::int64_t now_ms);
[[nodiscard]] std::int64_t sqlite_now_ms();
[[nodiscard]] std::uint64_t temporary_files_refused();  // since the process began

}  // namespace setu::sim
