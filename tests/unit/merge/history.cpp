#include "history.hpp"

#include <algorithm>
#include <ostream>
#include <set>
#include <tuple>

namespace setu::merge::testing {

DeviceId device(int number) {
  DeviceId id;
  id.bytes[0] = static_cast<std::byte>(0xD0);
  id.bytes[7] = static_cast<std::byte>(number);
  return id;
}

Stamp stamp(std::uint32_t hour, int device_number, std::uint32_t counter) {
  return {hour, counter, device(device_number)};
}

Value text(std::string value) { return value; }
Value number(std::int64_t value) { return value; }

Op write(FieldTag field, Value value, std::vector<Stamp> seen) {
  return {field, OpType::kWrite, {}, std::move(value), std::move(seen)};
}
Op add(FieldTag field, std::string element, std::vector<Stamp> seen) {
  return {field, OpType::kAdd, std::move(element), {}, std::move(seen)};
}
Op remove(FieldTag field, std::string element, std::vector<Stamp> seen) {
  return {field, OpType::kRemove, std::move(element), {}, std::move(seen)};
}
Op base(FieldTag field, std::int64_t value, std::vector<Stamp> seen, std::string key) {
  return {field, OpType::kBase, std::move(key), value, std::move(seen)};
}
Op increment(FieldTag field, std::int64_t value, std::string key) {
  return {field, OpType::kIncrement, std::move(key), value, {}};
}
Op append(FieldTag field, std::string entry) {
  return {field, OpType::kAppend, {}, std::move(entry), {}};
}

Change change(const Stamp& stamp, std::vector<Op> ops) {
  Change made;
  made.stamp = stamp;
  made.ops = std::move(ops);
  return made;
}

void Replica::receive(const Change& change) {
  part.apply(change, tips);
  tips.advance(change.stamp);
}

Part Replica::pruned() const {
  Part copy = part;
  copy.prune(tips);
  return copy;
}

const PartFields& fields() {
  static const PartFields all = {
      {kName, {Rule::kRegister, {}}},
      {kStatus, {Rule::kLadder, {{"made", 1}, {"arrived", 2}, {"completed", 3}, {"declined", 3}}}},
      {kSafeNow, {Rule::kCautious, {{"yes", 1}, {"unsure", 2}, {"no", 3}}}},
      {kTopics, {Rule::kSetAddWins, {}}},
      {kConsent, {Rule::kSetRemoveWins, {}}},
      {kVisits, {Rule::kCounter, {}}},
      {kCondoms, {Rule::kKeyedCounter, {}}},
      {kNotes, {Rule::kLog, {}}},
  };
  return all;
}

const FieldRule& rule_of(FieldTag field) {
  static const FieldRule unknown;
  for (const PartField& known : fields()) {
    if (known.field == field) return known.rule;
  }
  return unknown;
}

namespace {

struct WritableSlot {
  FieldTag field;
  std::string key;
};
const std::vector<WritableSlot>& writable_slots() {
  static const std::vector<WritableSlot> all = {
      {kName, ""},        {kStatus, ""},         {kSafeNow, ""},      {kTopics, "testing"},
      {kTopics, "a,b"},   {kConsent, "contact"}, {kConsent, "share"}, {kVisits, ""},
      {kCondoms, "male"}, {kCondoms, "a=b"},     {kNotes, ""},        {kUnknown, ""},
      {kUnknown, "key"},  {kDeletedField, ""},   {kTopics, "legal"},
  };
  return all;
}

Value value_of(FieldTag field, int choice) {
  static const char* const kStatuses[] = {"made", "arrived", "completed", "declined", "other"};
  static const char* const kSafe[] = {"yes", "unsure", "no"};
  const auto pick = static_cast<std::size_t>(choice);
  if (field == kStatus && choice % 7 != 6) return text(kStatuses[pick % 5]);
  if (field == kSafeNow) return text(kSafe[pick % 3]);
  if (field == kDeletedField) return number(choice % 2);
  if (choice % 7 == 6) return {};  // cleared
  if (choice % 7 == 5) return number(choice - 100);
  return text(std::string("value ") + static_cast<char>('a' + choice % 4));
}

// What stands on a screen of this slot: the stamps that a write made there would name.
std::vector<Stamp> on_screen(const Part& part, const WritableSlot& slot) {
  switch (rule_of(slot.field).rule) {
    case Rule::kSetAddWins:
    case Rule::kSetRemoveWins: return element_seen(part, slot.field, slot.key);
    case Rule::kCounter:
    case Rule::kKeyedCounter: return view_counter(part, slot.field, slot.key).seen;
    default: break;
  }
  if (slot.field == kDeletedField) return part.live_stamps();
  return view_register(part, slot.field, rule_of(slot.field)).seen;
}

Op op_of(const WritableSlot& slot, int value, std::vector<Stamp> seen) {
  switch (rule_of(slot.field).rule) {
    case Rule::kSetAddWins:
    case Rule::kSetRemoveWins:
      return value % 2 == 0 ? add(slot.field, slot.key, seen) : remove(slot.field, slot.key, seen);
    case Rule::kCounter:
    case Rule::kKeyedCounter:
      return value % 3 == 0 ? base(slot.field, value, seen, slot.key)
                            : increment(slot.field, value - 3, slot.key);
    case Rule::kLog: return append(slot.field, "note " + std::to_string(value));
    default: break;
  }
  Op op = write(slot.field, value_of(slot.field, value), std::move(seen));
  op.key = slot.key;
  return op;
}

struct Author {
  Replica replica;
  Part screen;
  Progress heard;
  std::vector<Change> known;  // everything applied
  Stamp last;
};

std::vector<Stamp> seen_by(const Author& author, const Step& step, const WritableSlot& slot) {
  std::vector<Stamp> seen;
  switch (step.sight) {
    case Sight::kScreen: return on_screen(author.replica.part, slot);
    case Sight::kOldScreen: return on_screen(author.screen, slot);
    case Sight::kEverything:
      if (const Slot* state = author.replica.part.find(slot.field, slot.key)) {
        for (const Entry& entry : state->entries) seen.push_back(entry.stamp);
      }
      break;
    case Sight::kAnySubset:
      for (std::size_t i = 0; i < author.known.size(); ++i) {
        if ((step.subset >> (i % 32) & 1) != 0) seen.push_back(author.known[i].stamp);
      }
      break;
    case Sight::kNothing: break;
  }
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  return seen;
}

Change write_change(Author& author, const Step& step) {
  Stamp next = author.last;
  if (step.hour > next.hour) {
    next.hour = step.hour;
    next.counter = 0;
  } else {
    ++next.counter;
  }
  author.last = next;
  Change made = change(next, {});
  const auto& slots = writable_slots();
  for (int i = 0; i < step.ops; ++i) {
    const auto& slot = slots[static_cast<std::size_t>(step.slot + i * step.stride) % slots.size()];
    made.ops.push_back(op_of(slot, step.value + i, seen_by(author, step, slot)));
  }
  return made;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << "{device " << step.device << ", what " << step.what << ", from " << step.from
             << ", slot " << step.slot << ", ops " << step.ops << ", stride " << step.stride
             << ", value " << step.value << ", sight " << static_cast<int>(step.sight)
             << ", subset " << step.subset << ", hour " << step.hour << "}";
}

History play(const std::vector<Step>& steps, int devices, std::size_t longest_chain) {
  History history(static_cast<std::size_t>(devices));
  std::vector<Author> authors(history.size());
  for (std::size_t i = 0; i < authors.size(); ++i) {
    authors[i].heard.resize(history.size());
    authors[i].last.device = device(static_cast<int>(i));
  }
  const auto apply = [](Author& author, const Change& made) {
    author.replica.receive(made);
    author.known.push_back(made);
  };
  for (const Step& step : steps) {
    const auto who = static_cast<std::size_t>(step.device) % authors.size();
    const auto from = static_cast<std::size_t>(step.from) % authors.size();
    Author& author = authors[who];
    if (step.what <= 1) {
      std::size_t& heard = author.heard[from];
      const std::size_t until =
          step.what == 1 ? history[from].size() : std::min(heard + 1, history[from].size());
      while (from != who && heard < until) apply(author, history[from][heard++]);
    } else if (step.what == 2) {
      author.screen = author.replica.part;
    } else if (history[who].size() < longest_chain) {
      const Change made = write_change(author, step);
      history[who].push_back(made);
      apply(author, made);
    }
  }
  return history;
}

std::vector<Change> applied(const History& history, const Progress& progress) {
  std::vector<Change> all;
  for (std::size_t i = 0; i < history.size(); ++i) {
    all.insert(all.end(), history[i].begin(),
               history[i].begin() + static_cast<std::ptrdiff_t>(progress[i]));
  }
  return all;
}

ChainTips tips_of(const std::vector<Change>& applied) {
  ChainTips tips;
  for (const Change& one : applied) tips.advance(one.stamp);
  return tips;
}

std::map<SlotId, Slot> expected_state(const std::vector<Change>& applied) {
  using Write = std::tuple<Stamp, OpType, Value>;
  std::map<DeviceId, Stamp> highest;
  std::map<SlotId, std::map<Write, std::vector<Stamp>>> written;
  std::map<SlotId, std::set<std::pair<Stamp, Stamp>>> superseded;  // (what, by whom)
  for (const Change& one : applied) {
    Stamp& top = highest[one.stamp.device];
    top = std::max(top, one.stamp);
    for (const Op& op : one.ops) {
      const bool clears = op.type == OpType::kWrite || op.type == OpType::kBase;
      if (clears && is_empty(op.value) && op.seen.empty()) continue;
      const SlotId slot{op.field, op.key};
      written[slot].try_emplace({one.stamp, op.type, op.value},
                                op.field == 0 ? op.seen : std::vector<Stamp>{});
      for (const Stamp& seen : op.seen) superseded[slot].insert({seen, one.stamp});
    }
  }
  std::map<SlotId, Slot> state;
  for (const auto& [slot, writes] : written) {
    std::set<Stamp> gone;
    for (const auto& [what, by] : superseded[slot]) {
      if (what != by) gone.insert(what);
    }
    Slot left;
    for (const auto& [what, seen] : writes) {
      const auto& [at, type, value] = what;
      if (!gone.contains(at)) left.entries.push_back({at, type, value, seen});
    }
    for (const Stamp& one : gone) {
      const auto top = highest.find(one.device);
      if (top == highest.end() || top->second < one) left.dead.push_back(one);
    }
    if (!left.entries.empty() || !left.dead.empty()) state[slot] = left;
  }
  return state;
}

Screen look(const Part& part) {
  Screen screen;
  for (const PartField& known : fields()) {
    screen.columns.emplace_back(known.field, column_value(part, known.field, known.rule));
    const RegisterView view = view_register(part, known.field, known.rule);
    screen.seen.push_back(view.seen);
    screen.conflicts.push_back(view.others);
  }
  const DeleteView deleted = view_deleted(part);
  screen.deleted = deleted.deleted;
  screen.unseen_edits = deleted.unseen_edits;
  return screen;
}

std::uint32_t FewDevices::number_of(const DeviceId& device) {
  const auto at = std::find(devices_.begin(), devices_.end(), device);
  const auto number = static_cast<std::uint32_t>(at - devices_.begin());
  if (at == devices_.end()) devices_.push_back(device);
  return number;
}

Result<DeviceId> FewDevices::device_of(std::uint32_t number) const {
  if (number >= devices_.size()) return fail(Code::kCorrupt, "find device: unknown number");
  return devices_[number];
}

ColumnReader columns_of(const Part& part, const PartFields& fields) {
  std::map<FieldTag, Value> columns;
  for (const PartField& known : fields)
    columns[known.field] = column_value(part, known.field, known.rule);
  return [columns](FieldTag field) {
    const auto at = columns.find(field);
    return at == columns.end() ? Value{} : at->second;
  };
}

}  // namespace setu::merge::testing
