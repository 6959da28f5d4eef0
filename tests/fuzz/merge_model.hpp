#pragma once
// What docs/merge.md says, as obvious as it can be written and as slow: the state of a part is a
// function of the *set* of changes heard, and so is everything that people see of it. Nothing is
// applied, removed or remembered: each time all changes are looked at anew.
//
// Shares no code with core/merge, only the types that changes are made of, so that the two can be
// held against each other (merge_scenario.hpp). Values only.

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "setu/base/change.hpp"

namespace setu::model {

enum class Kind { kRegister, kLadder, kCautious, kAddWins, kRemoveWins, kCounter, kKeyed, kLog };

struct Field {
  FieldTag tag = 0;
  Kind kind = Kind::kRegister;
  std::map<std::string, int> ranks;  // of a ladder's rungs, or by caution
  std::vector<std::string> keys;     // elements or keys that may be written; else one empty key
};
using Form = std::vector<Field>;

using Stamps = std::set<Stamp>;
using SlotName = std::pair<FieldTag, std::string>;

// --- what is kept
struct Write {
  Stamp stamp;
  OpType type = OpType::kWrite;
  Value value;
  friend auto operator<=>(const Write&, const Write&) = default;
};
struct SlotState {
  std::map<Write, Stamps> live;  // and what a write of the delete register saw, else nothing
  Stamps dead;                   // superseded, and may still arrive
  friend bool operator==(const SlotState&, const SlotState&) = default;
};
using State = std::map<SlotName, SlotState>;  // without empty slots

// --- what is shown
struct Sibling {
  Value value;
  Stamps stamps;
  friend bool operator==(const Sibling&, const Sibling&) = default;
};
struct SlotScreen {
  bool present = false;  // an element that is in, a counter that is written, a value that is shown
  Value shown;
  Stamps replaces;              // what a new write would name
  std::vector<Sibling> others;  // the open conflict, highest stamp first
  friend bool operator==(const SlotScreen&, const SlotScreen&) = default;
};
struct FieldScreen {
  Value column;
  std::map<std::string, SlotScreen> slots;         // by key; a log has none
  std::vector<std::pair<Stamp, std::string>> log;  // of a log
  friend bool operator==(const FieldScreen&, const FieldScreen&) = default;
};
struct Screen {
  std::map<FieldTag, FieldScreen> fields;
  bool deleted = false;
  Stamps delete_replaces;  // what the next delete or restore supersedes in the delete register
  Stamps unseen_edits;
  Stamps everything;  // every live stamp: what a delete names
  friend bool operator==(const Screen&, const Screen&) = default;
};

// Of changes in any order, of each chain a beginning.
[[nodiscard]] State state_of(const std::vector<Change>& heard);
[[nodiscard]] Screen screen_of(const State& state, const Form& form);

}  // namespace setu::model
