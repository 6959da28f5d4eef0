#include "merge/part.hpp"

#include <algorithm>
#include <tuple>

namespace setu::merge {
namespace {

bool contains(const std::vector<Stamp>& ascending, const Stamp& stamp) {
  return std::binary_search(ascending.begin(), ascending.end(), stamp);
}

void insert_unique(std::vector<Stamp>& ascending, const Stamp& stamp) {
  const auto at = std::lower_bound(ascending.begin(), ascending.end(), stamp);
  if (at == ascending.end() || *at != stamp) ascending.insert(at, stamp);
}

// Clearing or correcting what was empty on the screen says nothing.
bool says_nothing(const Op& op) {
  const bool replaces = op.type == OpType::kWrite || op.type == OpType::kBase;
  return replaces && is_empty(op.value) && op.seen.empty();
}

void insert_entry(std::vector<Entry>& entries, const Stamp& stamp, const Op& op) {
  const auto before = [&](const Entry& entry, const Op& other) {
    return std::tie(entry.stamp, entry.type, entry.value) <
           std::tie(stamp, other.type, other.value);
  };
  const auto at = std::lower_bound(entries.begin(), entries.end(), op, before);
  if (at != entries.end() && at->stamp == stamp && at->type == op.type && at->value == op.value) {
    return;
  }
  const auto added = entries.insert(at, Entry{stamp, op.type, op.value, {}});
  if (op.field == kDeletedField) added->seen = op.seen;
}

auto tip_of(std::span<const Stamp> tips, const DeviceId& device) {
  return std::lower_bound(tips.begin(), tips.end(), device,
                          [](const Stamp& tip, const DeviceId& id) { return tip.device < id; });
}

}  // namespace

void ChainTips::advance(const Stamp& stamp) {
  const auto at =
      tips_.begin() + (tip_of(tips_, stamp.device) - std::span<const Stamp>(tips_).begin());
  if (at == tips_.end() || at->device != stamp.device) {
    tips_.insert(at, stamp);
  } else {
    *at = std::max(*at, stamp);
  }
}

bool ChainTips::passed(const Stamp& stamp) const {
  const std::span<const Stamp> tips = tips_;
  const auto at = tip_of(tips, stamp.device);
  return at != tips.end() && at->device == stamp.device && *at >= stamp;
}

void Part::supersede(const Stamp& stamp, const Op& op, const ChainTips& tips) {
  if (says_nothing(op)) return;
  Slot& slot = slots_[SlotId{op.field, op.key}];
  for (const Stamp& seen : op.seen) {
    if (seen == stamp) continue;  // a write never supersedes itself
    std::erase_if(slot.entries, [&](const Entry& entry) { return entry.stamp == seen; });
    if (!tips.passed(seen)) insert_unique(slot.dead, seen);
  }
}

void Part::apply(const Stamp& stamp, const Op& op, const ChainTips& tips) {
  if (says_nothing(op)) return;
  // Also when this write turns out to be dead: whoever superseded it knew of it, and not of what it
  // had superseded.
  supersede(stamp, op, tips);
  Slot& slot = slots_[SlotId{op.field, op.key}];
  // The mark stays until prune(): the same change may hold another operation on this slot, or be
  // repeated.
  if (!contains(slot.dead, stamp)) insert_entry(slot.entries, stamp, op);
}

void Part::apply(const Change& change, const ChainTips& tips) {
  for (const Op& op : change.ops) apply(change.stamp, op, tips);
}

void Part::prune(const ChainTips& tips) {
  for (auto at = slots_.begin(); at != slots_.end();) {
    Slot& slot = at->second;
    std::erase_if(slot.dead, [&](const Stamp& stamp) { return tips.passed(stamp); });
    at = slot.entries.empty() && slot.dead.empty() ? slots_.erase(at) : std::next(at);
  }
}

const Slot* Part::find(FieldTag field, std::string_view key) const {
  const auto at = slots_.find(SlotId{field, std::string(key)});
  return at == slots_.end() ? nullptr : &at->second;
}

std::vector<Stamp> Part::live_stamps() const {
  std::vector<Stamp> stamps;
  for (const auto& [id, slot] : slots_) {
    for (const Entry& entry : slot.entries) stamps.push_back(entry.stamp);
  }
  std::sort(stamps.begin(), stamps.end());
  stamps.erase(std::unique(stamps.begin(), stamps.end()), stamps.end());
  return stamps;
}

}  // namespace setu::merge
