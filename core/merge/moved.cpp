#include "merge/moved.hpp"

#include <algorithm>
#include <set>
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

bool has_stamp(const std::vector<MovedEntry>& entries, const Stamp& stamp) {
  return std::any_of(entries.begin(), entries.end(),
                     [&](const MovedEntry& entry) { return entry.stamp == stamp; });
}

void insert_entry(std::vector<Entry>& entries, const MovedEntry& moved) {
  const auto key = [](const auto& entry) { return std::tie(entry.stamp, entry.type, entry.value); };
  const auto at = std::lower_bound(
      entries.begin(), entries.end(), moved,
      [&](const Entry& entry, const MovedEntry& m) { return key(entry) < key(m); });
  if (at != entries.end() && key(*at) == key(moved)) return;
  entries.insert(at, Entry{moved.stamp, moved.type, moved.value, moved.seen});
}

const ChainTips* cover_of(const Origins& origins, const CircleId& circle) {
  const auto found = origins.covers.find(circle);
  return found == origins.covers.end() ? nullptr : &found->second;
}

// Joins one moved state into one part.
class Joining {
 public:
  Joining(Part& part, Origins& origins, const MovedPart& moved, const Place& here)
      : part_(part), origins_(origins), moved_(moved), here_(here) {
    for (const Cover& cover : moved.covers) {
      for (const Stamp& tip : cover.tips) covers_there_[cover.circle].advance(tip);
    }
  }

  void join() {
    std::set<SlotId> slots;
    for (const auto& [id, slot] : part_.slots()) slots.insert(id);
    std::map<SlotId, const MovedSlot*> moved;
    for (const MovedSlot& slot : moved_.slots) {
      slots.insert({slot.field, slot.key});
      moved[{slot.field, slot.key}] = &slot;
    }
    const MovedSlot nothing;
    for (const SlotId& id : slots) {
      const auto found = moved.find(id);
      join_slot(part_.mutable_slots()[id], found == moved.end() ? nothing : *found->second);
    }
    for (const auto& [circle, tips] : covers_there_) {
      for (const Stamp& tip : tips.all()) origins_.covers[circle].advance(tip);
    }
    part_.prune(ChainTips{});  // slots that nothing is left of
    forget_superseded();
  }

 private:
  [[nodiscard]] bool known_here(const Slot& slot, const CircleId& circle,
                                const Stamp& stamp) const {
    if (contains(slot.dead, stamp)) return true;
    if (circle == here_.circle && here_.tips.passed(stamp)) return true;
    const ChainTips* cover = cover_of(origins_, circle);
    return cover != nullptr && cover->passed(stamp);
  }

  [[nodiscard]] bool known_there(const MovedSlot& slot, const CircleId& circle,
                                 const Stamp& stamp) const {
    if (contains(slot.dead, stamp)) return true;
    const auto cover = covers_there_.find(circle);
    return cover != covers_there_.end() && cover->second.passed(stamp);
  }

  [[nodiscard]] CircleId written_in(const Stamp& stamp) const {
    const auto found = origins_.written_in.find(stamp);
    return found == origins_.written_in.end() ? here_.circle : found->second;
  }

  void join_slot(Slot& slot, const MovedSlot& moved) {
    std::vector<const MovedEntry*> news;  // judged by what was known before any of them came
    for (const MovedEntry& entry : moved.entries) {
      const bool is_here =
          std::any_of(slot.entries.begin(), slot.entries.end(),
                      [&](const Entry& known) { return known.stamp == entry.stamp; });
      const CircleId& circle = moved_.covers[entry.origin].circle;
      if (is_here || !known_here(slot, circle, entry.stamp)) news.push_back(&entry);
    }
    std::erase_if(slot.entries, [&](const Entry& entry) {
      return !has_stamp(moved.entries, entry.stamp) &&
             known_there(moved, written_in(entry.stamp), entry.stamp);
    });
    for (const Stamp& dead : moved.dead) {
      insert_unique(slot.dead, dead);
      std::erase_if(slot.entries, [&](const Entry& entry) { return entry.stamp == dead; });
    }
    for (const MovedEntry* entry : news) {
      if (contains(slot.dead, entry->stamp)) continue;
      const bool is_here =
          std::any_of(slot.entries.begin(), slot.entries.end(),
                      [&](const Entry& known) { return known.stamp == entry->stamp; });
      const CircleId& circle = moved_.covers[entry->origin].circle;
      if (!is_here && circle != here_.circle) origins_.written_in[entry->stamp] = circle;
      insert_entry(slot.entries, *entry);
    }
  }

  void forget_superseded() {
    const std::vector<Stamp> live = part_.live_stamps();
    std::erase_if(origins_.written_in,
                  [&](const auto& known) { return !contains(live, known.first); });
  }

  Part& part_;
  Origins& origins_;
  const MovedPart& moved_;
  const Place& here_;
  std::map<CircleId, ChainTips> covers_there_;
};

}  // namespace

bool operator==(const Origins& a, const Origins& b) {
  const auto same_cover = [](const auto& x, const auto& y) {
    return x.first == y.first && std::ranges::equal(x.second.all(), y.second.all());
  };
  return a.written_in == b.written_in && std::ranges::equal(a.covers, b.covers, same_cover);
}

MovedPart move_out(const Part& part, const Origins* origins, const Place& from) {
  std::map<CircleId, ChainTips> covers;
  if (origins != nullptr) covers = origins->covers;
  ChainTips& own = covers[from.circle];
  for (const Stamp& tip : from.tips.all()) own.advance(tip);
  if (origins != nullptr) {
    for (const auto& [stamp, circle] : origins->written_in) covers.try_emplace(circle);
  }

  MovedPart moved;
  for (const auto& [circle, tips] : covers) {
    moved.covers.push_back({circle, {tips.all().begin(), tips.all().end()}});
  }
  const auto origin_of = [&](const Stamp& stamp) {
    CircleId circle = from.circle;
    if (origins != nullptr) {
      const auto found = origins->written_in.find(stamp);
      if (found != origins->written_in.end()) circle = found->second;
    }
    return static_cast<std::size_t>(std::distance(covers.begin(), covers.find(circle)));
  };
  for (const auto& [id, slot] : part.slots()) {
    MovedSlot& out = moved.slots.emplace_back();
    out.field = id.field;
    out.key = id.key;
    out.dead = slot.dead;
    for (const Entry& entry : slot.entries) {
      out.entries.push_back(
          {entry.stamp, entry.type, entry.value, entry.seen, origin_of(entry.stamp)});
    }
  }
  return moved;
}

void move_in(Part& part, Origins& origins, const MovedPart& moved, const Place& here) {
  Joining(part, origins, moved, here).join();
}

bool is_heard(const MovedPart& moved, const Origins& origins, const Place& here) {
  return std::ranges::all_of(moved.covers, [&](const Cover& cover) {
    const ChainTips* heard = cover_of(origins, cover.circle);
    return std::ranges::all_of(cover.tips, [&](const Stamp& tip) {
      const bool applied = cover.circle == here.circle && here.tips.passed(tip);
      return applied || (heard != nullptr && heard->passed(tip));
    });
  });
}

namespace {

// No clock gives it: hours count from 1970, and its counter is where a chain begins.
Stamp before_all(const DeviceId& device) { return {0, 0, device}; }

}  // namespace

void claim_nothing(MovedPart& moved, const CircleId& circle, const DeviceId& teller) {
  for (Cover& cover : moved.covers) {
    cover.tips.clear();
    if (cover.circle == circle) cover.tips.push_back(before_all(teller));
  }
}

bool claims_nothing(const MovedPart& moved, const CircleId& circle) {
  return std::ranges::any_of(moved.covers, [&](const Cover& cover) {
    return cover.circle == circle && cover.tips.size() == 1 &&
           cover.tips.front() == before_all(cover.tips.front().device);
  });
}

void apply_moved(Part& part, Origins& origins, const Change& change, const Place& here) {
  if (change.moved_in) move_in(part, origins, *change.moved_in, here);
  const ChainTips no_tips;
  // What moved in had this very change applied: its values are here, or were superseded.
  const ChainTips* own_cover = cover_of(origins, here.circle);
  const bool is_covered = own_cover != nullptr && own_cover->passed(change.stamp);
  for (const Op& op : change.ops) {
    if (is_covered)
      part.supersede(change.stamp, op, no_tips);
    else
      part.apply(change.stamp, op, no_tips);
  }
  part.prune(no_tips);
}

}  // namespace setu::merge
