#pragma once
// A disk in memory that fails as disks do, for databases to run on (vfs.hpp).
//
// Files. Each holds what a reader sees, and remembers every write and truncation since its last
// sync with what stood there before. One folder, without subfolders: that a name was made or
// deleted is remembered as well until the folder is synced.
//
// crash() is a power cut as seen after the restart: of what was not synced, each write is
// independently kept, lost, or torn between sectors of 512 bytes; the length may have grown for a
// write that was lost (zeros); truncations, new names and deletions are kept or lost. What was
// synced stays as it is, and so do bytes beside those being written (POSIX file systems and flash
// translation layers promise that much; SQLite calls it powersafe overwrite). A file whose new name
// is lost is gone, synced or not. A sync that failed leaves its writes unsynced, and a later one
// may succeed.
//
// How a machine dies, in the order in which the world has to do it:
//   power cut:  fail_power_after() strikes or cut_power(); destroy the programs; crash()
//   kill -9:    cut_power(); destroy the programs; restart()
// Without power every operation gives kNoPower: what a dying program still tries in its destructors
// changes nothing.
//
// A copy has the files, with what of them is unsynced; it has power and no faults. crash(),
// restart(), assignment and destruction need all files closed. Everything is deterministic, given
// the generator of crash(). Not thread-safe.

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "random.hpp"
#include "setu/base/bytes.hpp"

namespace setu::sim {

enum class Outcome {
  kDone,
  kNoPower,
  kFull,
  kSyncFailed,
  kNoFile,
};

class DiskFile;

class Disk {
 public:
  Disk();
  Disk(const Disk& other);
  Disk& operator=(const Disk& other);
  ~Disk();

  // --- faults
  // The n-th changing operation from now (1: the next; 0: cut_power()) is interrupted: it may or
  // may not have happened, wholly or in part, and the power is off. Operations that change: write,
  // truncate, sync, making and deleting a file.
  void fail_power_after(std::uint64_t operations);
  void cut_power();
  [[nodiscard]] bool has_power() const { return powered_; }
  void crash(Random& random);  // see above; then restart()
  void restart();              // power is back; faults that were armed are forgotten

  // Writes that would make the disk hold more bytes than this give kFull, until it is changed.
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  void set_capacity_unlimited() { capacity_ = kUnlimited; }
  void fail_writes(std::uint64_t count) { full_writes_ = count; }  // the next ones give kFull
  void fail_sync_after(std::uint64_t syncs) { syncs_to_failure_ = syncs; }  // one; 1: the next

  // --- for checkers
  [[nodiscard]] std::uint64_t bytes() const;  // of all files
  // How many changing operations there were, and a hash of their kinds, names, places and lengths;
  // not of what was written: pages of an encrypted database carry nonces drawn from the system.
  [[nodiscard]] std::uint64_t operations() const { return operations_; }
  [[nodiscard]] std::uint64_t history_hash() const { return history_hash_; }
  struct Faults {  // that struck
    std::uint64_t power_cuts = 0;
    std::uint64_t full_writes = 0;
    std::uint64_t failed_syncs = 0;
    std::uint64_t lost_writes = 0;  // in crashes
    std::uint64_t torn_writes = 0;
    std::uint64_t lost_names = 0;  // not made, or not deleted
  };
  [[nodiscard]] const Faults& faults() const { return faults_; }
  // Whether any file holds the text now, or held it since its last sync.
  [[nodiscard]] bool holds(std::string_view text) const;
  [[nodiscard]] std::vector<std::string> names() const;  // ascending
  // What a reader sees; empty if there is no such file.
  [[nodiscard]] Bytes contents(std::string_view name) const;

  // --- files, as a VFS uses them. One that is deleted while it is open lives until it is closed.
  struct Opened {
    Outcome outcome = Outcome::kNoFile;
    std::shared_ptr<DiskFile> file;
    bool made = false;
  };
  Opened open(std::string_view name, bool make_if_missing);
  void close();  // one of those that were opened
  Outcome read(const DiskFile& file, std::uint64_t offset, std::span<std::byte> into,
               std::size_t& got) const;
  Outcome write(DiskFile& file, std::uint64_t offset, ByteView bytes);
  Outcome truncate(DiskFile& file, std::uint64_t size);
  Outcome sync(DiskFile& file, bool folder_too);
  Outcome remove(std::string_view name, bool sync_folder);
  [[nodiscard]] const DiskFile* find(std::string_view name) const;  // nullptr: not there

 private:
  static constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

  using Names = std::map<std::string, std::shared_ptr<DiskFile>, std::less<>>;
  struct NameChange {
    std::string name;
    std::shared_ptr<DiskFile> file;  // none: deleted
  };
  enum class Act : std::uint8_t { kMake, kRemove, kWrite, kTruncate, kSync };

  void copy_files(const Disk& other);
  [[nodiscard]] bool has_room_for(const DiskFile& file, std::uint64_t end);
  // Counts a changing operation, and says whether the power failed at it.
  bool interrupts(Act act, std::string_view name, std::uint64_t place, std::uint64_t length);
  void sync_names();

  Names names_;
  Names synced_names_;
  std::vector<NameChange> name_changes_;  // from synced_names_ to names_
  std::size_t open_files_ = 0;

  bool powered_ = true;
  std::uint64_t operations_ = 0;
  std::uint64_t operations_to_cut_ = 0;  // 0: none armed
  std::uint64_t capacity_ = kUnlimited;
  std::uint64_t full_writes_ = 0;
  std::uint64_t syncs_to_failure_ = 0;  // 0: none armed
  std::uint64_t history_hash_ = 0;
  Faults faults_;
};

}  // namespace setu::sim
