#pragma once
// The merge state of one part (one record in one circle), and the one function that changes it.
//
// A part is a map of slots; a slot is a field, or one element of a set, or one key of a keyed
// counter. A slot holds the writes that no other write has superseded (its live entries), and the
// stamps of superseded writes that may still arrive (its dead stamps). Applying an operation
// removes the entries that it saw, remembers as dead those whose chain has not passed them, and
// adds itself unless it is dead already. That is all; the laws are in docs/merge.md: any order of
// delivery that keeps each chain's own order gives the same state.
//
// Values only, no I/O, no clock. Not thread-safe; distinct objects are independent.

#include <compare>
#include <map>
#include <span>

#include "setu/base/change.hpp"

namespace setu::merge {

// One live write. `seen` is kept for delete registers only (which edits did the deleter know?),
// else empty.
struct Entry {
  Stamp stamp;
  OpType type = OpType::kWrite;
  Value value;
  std::vector<Stamp> seen;

  friend bool operator==(const Entry&, const Entry&) = default;
};

struct SlotId {
  FieldTag field = 0;
  std::string key;
  friend auto operator<=>(const SlotId&, const SlotId&) = default;
};

struct Slot {
  std::vector<Entry> entries;  // ascending by (stamp, type, value), unique; `seen` does not count
  std::vector<Stamp> dead;     // ascending, unique
  friend bool operator==(const Slot&, const Slot&) = default;
};

// How far each device's chain in this circle has been applied: the highest stamp of each. A seen
// stamp at or below its device's tip needs no dead mark, because nothing at or below the tip can
// still arrive.
class ChainTips {
 public:
  void advance(const Stamp& stamp);  // never goes back
  [[nodiscard]] bool passed(const Stamp& stamp) const;
  // One per device, ascending by device.
  [[nodiscard]] std::span<const Stamp> all() const { return tips_; }

 private:
  std::vector<Stamp> tips_;
};

class Part {
 public:
  // Applies one operation of a change with this stamp. What it saw is gone afterwards, and stays
  // gone: each seen stamp that `tips` has not passed is dead. An empty write or base that saw
  // nothing is nothing. The entry of field 0 keeps `seen`.
  //
  // `tips` passes only changes that have been applied to the part they belong to; the change's own
  // stamp may be passed already or not. Repeating an operation changes nothing while its stamp is
  // live, or dead. Whether a stamp that was superseded long ago and forgotten is a repeat, only its
  // chain's sequence tells: the caller applies each batch of a chain once, in order. apply never
  // drops a write merely because `tips` has passed it: it may be a late edit that somebody relays,
  // or the author's change to another part, and a lost write is worse than one shown twice.
  //
  // Equal operations of one change on one slot (two increments by 5) count once: the author writes
  // their sum.
  void apply(const Stamp& stamp, const Op& op, const ChainTips& tips);
  void apply(const Change& change, const ChainTips& tips);  // whole: all its operations
  // What an operation supersedes, without the operation itself: its own value is known to be here,
  // or to have been superseded.
  void supersede(const Stamp& stamp, const Op& op, const ChainTips& tips);

  // Forgets dead stamps that their chain has passed. After this, replicas with equal input are
  // equal. Any time will do, as long as every change up to `tips` has been applied: before that a
  // write would come back that was superseded.
  void prune(const ChainTips& tips);

  [[nodiscard]] const Slot* find(FieldTag field, std::string_view key = {}) const;
  [[nodiscard]] const std::map<SlotId, Slot>& slots() const { return slots_; }
  [[nodiscard]] std::map<SlotId, Slot>& mutable_slots() { return slots_; }  // for unpacking
  // Every stamp with a live entry in any slot, ascending, unique: what a delete or a full view has
  // seen.
  [[nodiscard]] std::vector<Stamp> live_stamps() const;
  [[nodiscard]] bool empty() const { return slots_.empty(); }

  friend bool operator==(const Part&, const Part&) = default;

 private:
  std::map<SlotId, Slot> slots_;  // slots without entries and dead stamps are dropped
};

}  // namespace setu::merge
