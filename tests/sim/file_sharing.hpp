#pragma once
// What all open connections to one database file share: SQLite's five file locks, and the shared
// memory and locks of its WAL. As the system keeps them on one machine: gone with the last one.
//
// Levels and lock flags are SQLite's (SQLITE_LOCK_..., SQLITE_SHM_...), results too.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace setu::sim {

class FileSharing {
 public:
  // One connection's hold on the file.
  struct Holder {
    int level = 0;  // SQLITE_LOCK_NONE
    bool has_memory = false;
    std::uint32_t shared_slots = 0;
    std::uint32_t exclusive_slots = 0;
  };

  void join(Holder& holder) { holders_.push_back(&holder); }
  void leave(Holder& holder);
  [[nodiscard]] bool is_unused() const { return holders_.empty(); }

  int lock(Holder& holder, int level);
  void unlock(Holder& holder, int level);
  [[nodiscard]] bool is_reserved() const;

  // nullptr: there is no such region, and none was to be made.
  std::byte* memory(Holder& holder, std::size_t region, std::size_t bytes, bool make);
  int lock_memory(Holder& holder, int first, int count, int flags);
  void leave_memory(Holder& holder);

 private:
  [[nodiscard]] bool others_at(const Holder& holder, int level) const;

  std::vector<Holder*> holders_;
  std::vector<std::vector<std::byte>> regions_;
};

}  // namespace setu::sim
