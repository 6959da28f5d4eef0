#pragma once
// A change: one write to one part of one record. What is merged, sealed and kept as history; it
// carries no opinion on how it merges with others (core/merge) or how it travels (core/wire).

#include <optional>
#include <vector>

#include "setu/base/stamp.hpp"
#include "setu/base/value.hpp"

namespace setu {

// Numbers are written to disk and sealed into batches: never renumber.
enum class OpType : std::uint8_t {
  kWrite = 1,   // register, ladder, delete register: value replaces what `seen` names; empty clears
  kAdd = 2,     // set: key is the element
  kRemove = 3,  // set: key is the element
  kBase = 4,    // counter: value (int64) is what it stands at, replacing what `seen` names
  kIncrement = 5,  // counter: value (int64) is added; sees nothing
  kAppend = 6,     // log: value (text) is one more entry; sees nothing
};

// One operation on one slot: a slot is a field, or one element or key of it.
struct Op {
  FieldTag field = 0;
  OpType type = OpType::kWrite;
  std::string key;  // element of a set or key of a keyed counter, else empty
  Value value;
  // The stamps of the values that the person had on the screen: ascending, unique. Exactly these
  // are superseded. For a delete (field 0): the stamps of everything seen in the part.
  std::vector<Stamp> seen;

  friend bool operator==(const Op&, const Op&) = default;
};

// --- A part on its way from the circles of one home to those of another: its merge state, whole.

struct MovedEntry {
  Stamp stamp;  // as it was written
  OpType type = OpType::kWrite;
  Value value;
  std::vector<Stamp> seen;  // of the delete register only: what the deleter knew; ascending, unique
  std::size_t origin = 0;   // which of the covers: the circle that it was written in

  friend bool operator==(const MovedEntry&, const MovedEntry&) = default;
};

struct MovedSlot {
  FieldTag field = 0;
  std::string key;
  std::vector<MovedEntry> entries;  // ascending by (stamp, type, value), unique
  std::vector<Stamp> dead;          // ascending, unique

  friend bool operator==(const MovedSlot&, const MovedSlot&) = default;
};

// How far the chains of a circle had been applied to the part there: what is at or below these
// stamps and not among the entries was superseded.
struct Cover {
  CircleId circle;
  std::vector<Stamp> tips;  // one per device, ascending by device

  friend bool operator==(const Cover&, const Cover&) = default;
};

struct MovedPart {
  std::vector<Cover> covers;     // ascending by circle: where it was before, the last home included
  std::vector<MovedSlot> slots;  // ascending by (field, key)

  friend bool operator==(const MovedPart&, const MovedPart&) = default;
};

struct Change {
  RecordId record;
  KindTag kind = 0;
  CircleId home;  // the record's home: the id of its home circle
  Stamp stamp;
  bool creates = false;  // the author had no such record before
  std::vector<Op> ops;
  // Of a part that was moved, as the author had it: what it saw may have been written in another
  // circle, whose chains do not come along this one.
  bool moved = false;
  std::optional<MovedPart> moved_in{};  // joined with the part before the operations
  // The stamp that it had on an earlier device of its author, which could not send it any more: for
  // history, on the author's word. Nothing merges by it.
  std::optional<Stamp> recorded{};

  friend bool operator==(const Change&, const Change&) = default;
};

}  // namespace setu
