#include "file_sharing.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "setu/base/result.hpp"

namespace setu::sim {

void FileSharing::leave(Holder& holder) {
  leave_memory(holder);
  std::erase(holders_, &holder);
}

bool FileSharing::others_at(const Holder& holder, int level) const {
  return std::ranges::any_of(
      holders_, [&](const Holder* other) { return other != &holder && other->level >= level; });
}

int FileSharing::lock(Holder& holder, int level) {
  if (holder.level >= level) return SQLITE_OK;
  switch (level) {
    case SQLITE_LOCK_SHARED:
      if (others_at(holder, SQLITE_LOCK_PENDING)) return SQLITE_BUSY;
      break;
    case SQLITE_LOCK_RESERVED:
      if (others_at(holder, SQLITE_LOCK_RESERVED)) return SQLITE_BUSY;
      break;
    default:
      // Pending keeps new readers away while the old ones finish.
      if (others_at(holder, SQLITE_LOCK_RESERVED)) return SQLITE_BUSY;
      holder.level = SQLITE_LOCK_PENDING;
      if (others_at(holder, SQLITE_LOCK_SHARED)) return SQLITE_BUSY;
  }
  holder.level = level;
  return SQLITE_OK;
}

void FileSharing::unlock(Holder& holder, int level) {
  holder.level = std::min(holder.level, level);
}

bool FileSharing::is_reserved() const {
  return std::ranges::any_of(
      holders_, [](const Holder* holder) { return holder->level >= SQLITE_LOCK_RESERVED; });
}

std::byte* FileSharing::memory(Holder& holder, std::size_t region, std::size_t bytes, bool make) {
  holder.has_memory = true;
  if (region >= regions_.size()) {
    if (!make) return nullptr;
    // Bytes stay where they are when the list of regions grows: its elements are moved.
    while (regions_.size() <= region) regions_.emplace_back(bytes);
  }
  return regions_[region].data();
}

int FileSharing::lock_memory(Holder& holder, int first, int count, int flags) {
  const std::uint32_t slots = ((1U << count) - 1U) << first;
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    holder.shared_slots &= ~slots;
    holder.exclusive_slots &= ~slots;
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (const Holder* other : holders_) {
    if (other == &holder) continue;
    const std::uint32_t in_the_way =
        exclusive ? other->shared_slots | other->exclusive_slots : other->exclusive_slots;
    if ((in_the_way & slots) != 0) return SQLITE_BUSY;
  }
  (exclusive ? holder.exclusive_slots : holder.shared_slots) |= slots;
  return SQLITE_OK;
}

void FileSharing::leave_memory(Holder& holder) {
  holder.has_memory = false;
  holder.shared_slots = 0;
  holder.exclusive_slots = 0;
  const bool still_used =
      std::ranges::any_of(holders_, [](const Holder* other) { return other->has_memory; });
  if (!still_used) regions_.clear();
}

}  // namespace setu::sim
