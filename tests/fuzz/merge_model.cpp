#include "merge_model.hpp"

#include <algorithm>
#include <limits>

namespace setu::model {
namespace {

__extension__ typedef __int128 Wide;

// A stamp and a value: what decides between siblings of one rank.
using Age = std::pair<Stamp, Value>;

bool is_nothing(const Op& op) {
  const bool may_clear = op.type == OpType::kWrite || op.type == OpType::kBase;
  return may_clear && is_empty(op.value) && op.seen.empty();
}

// The live writes of one slot that have this type, by value.
std::map<Value, Stamps> by_value(const SlotState& slot, OpType type) {
  std::map<Value, Stamps> values;
  for (const auto& [write, saw] : slot.live) {
    if (write.type == type) values[write.value].insert(write.stamp);
  }
  return values;
}

Stamps stamps_of(const SlotState& slot) {
  Stamps stamps;
  for (const auto& [write, saw] : slot.live) stamps.insert(write.stamp);
  return stamps;
}

// Nothing, for codes that are not listed, is below every rank.
std::optional<int> rank_of(const Field& field, const Value& value) {
  const bool ranked = field.kind == Kind::kLadder || field.kind == Kind::kCautious;
  const auto* code = std::get_if<std::string>(&value);
  if (!ranked || code == nullptr || !field.ranks.contains(*code)) return std::nullopt;
  return field.ranks.at(*code);
}

SlotScreen show_siblings(const Field& field, const std::map<Value, Stamps>& values) {
  SlotScreen screen;
  std::optional<int> top;
  Age newest;
  for (const auto& [value, stamps] : values) {
    const Age age(*stamps.rbegin(), value);
    const auto rank = rank_of(field, value);
    if (screen.present && (rank < top || (rank == top && age < newest))) continue;
    screen.present = true;
    screen.shown = value;
    top = rank;
    newest = age;
  }
  std::map<Age, Sibling> others;
  for (const auto& [value, stamps] : values) {
    const bool hidden = field.kind == Kind::kLadder && rank_of(field, value) < top;
    if (value == screen.shown || hidden) {
      screen.replaces.insert(stamps.begin(), stamps.end());
    } else {
      others[{*stamps.rbegin(), value}] = {value, stamps};
    }
  }
  for (auto other = others.rbegin(); other != others.rend(); ++other)
    screen.others.push_back(other->second);
  return screen;
}

SlotScreen show_counter(const SlotState& slot) {
  SlotScreen screen = show_siblings({}, by_value(slot, OpType::kBase));
  Wide total = 0;
  screen.present = !is_empty(screen.shown);  // a base that was cleared counts for nothing
  if (screen.present) total = std::get<std::int64_t>(screen.shown);
  for (const auto& [write, saw] : slot.live) {
    if (write.type != OpType::kIncrement) continue;
    screen.present = true;
    screen.replaces.insert(write.stamp);
    total += std::get<std::int64_t>(write.value);
  }
  using Limits = std::numeric_limits<std::int64_t>;
  screen.shown =
      static_cast<std::int64_t>(std::clamp<Wide>(total, Wide{Limits::min()}, Wide{Limits::max()}));
  return screen;
}

SlotScreen show_element(const Field& field, const SlotState& slot) {
  const bool added = !by_value(slot, OpType::kAdd).empty();
  const bool removed = !by_value(slot, OpType::kRemove).empty();
  SlotScreen screen;
  screen.present = added && !(removed && field.kind == Kind::kRemoveWins);
  screen.replaces = stamps_of(slot);
  return screen;
}

SlotScreen show_slot(const Field& field, const SlotState& slot) {
  switch (field.kind) {
    case Kind::kAddWins:
    case Kind::kRemoveWins: return show_element(field, slot);
    case Kind::kCounter:
    case Kind::kKeyed: return show_counter(slot);
    default: return show_siblings(field, by_value(slot, OpType::kWrite));
  }
}

Value column_of(const Field& field, const FieldScreen& screen) {
  const bool joins =
      field.kind == Kind::kAddWins || field.kind == Kind::kRemoveWins || field.kind == Kind::kKeyed;
  if (!joins) {
    const SlotScreen& slot = screen.slots.at("");
    return slot.present ? slot.shown : Value{};
  }
  std::string joined;
  for (const auto& [key, slot] : screen.slots) {
    if (!slot.present) continue;
    if (!joined.empty()) joined += ',';
    joined += key;
    if (field.kind == Kind::kKeyed)
      joined += '=' + std::to_string(std::get<std::int64_t>(slot.shown));
  }
  return joined.empty() ? Value{} : Value{joined};
}

SlotState slot_in(const State& state, const SlotName& name) {
  const auto at = state.find(name);
  return at == state.end() ? SlotState{} : at->second;
}

FieldScreen show_field(const Field& field, const State& state) {
  FieldScreen screen;
  if (field.kind == Kind::kLog) {
    const SlotState slot = slot_in(state, {field.tag, ""});
    for (const auto& [write, saw] : slot.live)
      screen.log.emplace_back(write.stamp, std::get<std::string>(write.value));
    return screen;
  }
  for (const std::string& key : field.keys)
    screen.slots[key] = show_slot(field, slot_in(state, {field.tag, key}));
  screen.column = column_of(field, screen);
  return screen;
}

void show_deletion(Screen& screen, const State& state) {
  Age newest;
  Stamps known;  // what those who deleted saw, and what they wrote themselves
  const SlotState deletions = slot_in(state, {kDeletedField, ""});
  for (const auto& [write, saw] : deletions.live) {
    const bool deletes = write.value == Value{std::int64_t{1}};
    if (newest <= Age(write.stamp, write.value)) {
      newest = {write.stamp, write.value};
      screen.deleted = deletes;
    }
    screen.delete_replaces.insert(write.stamp);
    if (!deletes) continue;
    known.insert(write.stamp);
    known.insert(saw.begin(), saw.end());
  }
  for (const auto& [name, slot] : state) {
    for (const Stamp& stamp : stamps_of(slot)) {
      screen.everything.insert(stamp);
      const bool unseen = name.first != kDeletedField && !known.contains(stamp);
      if (screen.deleted && unseen) screen.unseen_edits.insert(stamp);
    }
  }
}

}  // namespace

State state_of(const std::vector<Change>& heard) {
  std::map<SlotName, Stamps> superseded;
  std::map<DeviceId, Stamp> tips;
  for (const Change& change : heard) {
    Stamp& tip = tips.try_emplace(change.stamp.device, change.stamp).first->second;
    tip = std::max(tip, change.stamp);
    for (const Op& op : change.ops) {
      for (const Stamp& seen : op.seen) {
        // A write never supersedes itself.
        if (seen != change.stamp) superseded[{op.field, op.key}].insert(seen);
      }
    }
  }
  State state;
  for (const auto& [name, stamps] : superseded) {
    for (const Stamp& stamp : stamps) {
      const auto tip = tips.find(stamp.device);
      if (tip == tips.end() || tip->second < stamp) state[name].dead.insert(stamp);
    }
  }
  for (const Change& change : heard) {
    for (const Op& op : change.ops) {
      const SlotName name(op.field, op.key);
      if (is_nothing(op) || superseded[name].contains(change.stamp)) continue;
      Stamps saw;
      if (op.field == kDeletedField) saw = {op.seen.begin(), op.seen.end()};
      state[name].live.try_emplace({change.stamp, op.type, op.value}, saw);
    }
  }
  return state;
}

Screen screen_of(const State& state, const Form& form) {
  Screen screen;
  for (const Field& field : form) screen.fields[field.tag] = show_field(field, state);
  show_deletion(screen, state);
  return screen;
}

}  // namespace setu::model
