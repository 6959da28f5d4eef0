#include "merge_scenario.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "merge/pack.hpp"
#include "merge_model.hpp"

namespace setu::model {
namespace {

constexpr std::size_t kMostDevices = 4;
constexpr std::size_t kLongestChain = 16;
constexpr std::size_t kMostOps = 3;
constexpr std::uint32_t kFirstHour = 498'000;
constexpr FieldTag kUnknownField = 99;  // to the form: packed whole, shown by no rule

const Form& form() {
  static const Form all = {
      {1, Kind::kRegister, {}, {""}},
      {2, Kind::kLadder, {{"made", 1}, {"arrived", 2}, {"completed", 3}, {"declined", 3}}, {""}},
      {3, Kind::kCautious, {{"yes", 1}, {"unsure", 2}, {"no", 3}}, {""}},
      {4, Kind::kAddWins, {}, {"", "a,b", "legal", "testing"}},
      {5, Kind::kRemoveWins, {}, {"contact", "share"}},
      {6, Kind::kCounter, {}, {""}},
      {7, Kind::kKeyed, {}, {"a=b", "female", "male"}},
      {8, Kind::kLog, {}, {""}},
  };
  return all;
}

merge::Rule rule_of(Kind kind) {
  switch (kind) {
    case Kind::kRegister: return merge::Rule::kRegister;
    case Kind::kLadder: return merge::Rule::kLadder;
    case Kind::kCautious: return merge::Rule::kCautious;
    case Kind::kAddWins: return merge::Rule::kSetAddWins;
    case Kind::kRemoveWins: return merge::Rule::kSetRemoveWins;
    case Kind::kCounter: return merge::Rule::kCounter;
    case Kind::kKeyed: return merge::Rule::kKeyedCounter;
    case Kind::kLog: break;
  }
  return merge::Rule::kLog;
}

merge::FieldRule rule_of(const Field& field) {
  return {rule_of(field.kind), {field.ranks.begin(), field.ranks.end()}};
}

const merge::PartFields& part_fields() {
  static const merge::PartFields all = [] {
    merge::PartFields fields;
    for (const Field& field : form()) fields.push_back({field.tag, rule_of(field)});
    return fields;
  }();
  return all;
}

// --- core's answers in the model's words

Stamps set_of(const std::vector<Stamp>& stamps) { return {stamps.begin(), stamps.end()}; }

std::vector<Sibling> siblings_of(const std::vector<merge::Sibling>& others) {
  std::vector<Sibling> siblings;
  for (const auto& other : others) siblings.push_back({other.value, set_of(other.stamps)});
  return siblings;
}

SlotScreen core_slot(const merge::Part& part, const Field& field, const std::string& key) {
  const merge::FieldRule rule = rule_of(field);
  SlotScreen screen;
  if (field.kind == Kind::kAddWins || field.kind == Kind::kRemoveWins) {
    const auto elements = merge::view_set(part, field.tag, rule).elements;
    screen.present = std::find(elements.begin(), elements.end(), key) != elements.end();
    screen.replaces = set_of(merge::element_seen(part, field.tag, key));
  } else if (field.kind == Kind::kCounter || field.kind == Kind::kKeyed) {
    const merge::CounterView view = merge::view_counter(part, field.tag, key);
    screen = {view.written, view.value, set_of(view.seen), siblings_of(view.others)};
  } else {
    const merge::RegisterView view = merge::view_register(part, field.tag, rule);
    screen = {view.stamp.has_value(), view.shown, set_of(view.seen), siblings_of(view.others)};
  }
  return screen;
}

Screen core_screen(const merge::Part& part) {
  Screen screen;
  for (const Field& field : form()) {
    FieldScreen& shown = screen.fields[field.tag];
    shown.column = merge::column_value(part, field.tag, rule_of(field));
    if (field.kind == Kind::kLog) {
      for (const auto& line : merge::view_log(part, field.tag))
        shown.log.emplace_back(line.stamp, line.text);
    } else {
      for (const std::string& key : field.keys) shown.slots[key] = core_slot(part, field, key);
    }
  }
  const merge::DeleteView deletion = merge::view_deleted(part);
  screen.deleted = deletion.deleted;
  screen.delete_replaces = set_of(deletion.seen);
  screen.unseen_edits = set_of(deletion.unseen_edits);
  screen.everything = set_of(part.live_stamps());
  return screen;
}

State core_state(const merge::Part& part) {
  State state;
  for (const auto& [id, slot] : part.slots()) {
    SlotState& kept = state[{id.field, id.key}];
    for (const auto& entry : slot.entries)
      kept.live[{entry.stamp, entry.type, entry.value}] = set_of(entry.seen);
    kept.dead = set_of(slot.dead);
  }
  return state;
}

// --- the story

class Script {
 public:
  explicit Script(ByteView bytes) : rest_(bytes) {}
  [[nodiscard]] bool over() const { return rest_.empty(); }
  std::size_t below(std::size_t bound) {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<std::size_t>(rest_.front());
    rest_ = rest_.subspan(1);
    return byte % bound;
  }

 private:
  ByteView rest_;
};

DeviceId device(std::size_t number) {
  DeviceId id;
  id.bytes.front() = static_cast<std::byte>(number + 1);
  return id;
}

class Numbers : public merge::DeviceNumbers {
 public:
  std::uint32_t number_of(const DeviceId& id) override {
    return static_cast<std::uint32_t>(id.bytes.front()) - 1;
  }
  Result<DeviceId> device_of(std::uint32_t number) const override {
    if (number >= kMostDevices) return fail(Code::kCorrupt, "find device: unknown number");
    return device(number);
  }
};

struct Replica {
  merge::Part part;
  merge::ChainTips tips;
  std::vector<Change> known;  // to the model
  Screen screen, old_screen;
  std::array<std::size_t, kMostDevices> heard{};
  Stamp last;
};

Value word_for(const Field& field, std::size_t choice) {
  if (field.ranks.empty() || choice % 8 == 7) {
    constexpr std::array kWords = {"Mina", "Meena", "Mena", "made", "unsure", "", "a,b", "x=1"};
    return std::string(kWords.at(choice / 8 % kWords.size()));
  }
  auto at = field.ranks.begin();
  std::advance(at, choice % field.ranks.size());
  return at->first;
}

std::int64_t number_for(std::size_t choice) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (choice == 254) return Limits::max();
  if (choice == 255) return Limits::min();
  return static_cast<std::int64_t>(choice % 16) - 5;
}

class Story {
 public:
  explicit Story(ByteView bytes) : script_(bytes), replicas_(2 + script_.below(kMostDevices - 1)) {
    chains_.resize(replicas_.size());
    for (std::size_t i = 0; i < replicas_.size(); ++i) replicas_[i].last.device = device(i);
  }

  std::optional<std::string> tell() {
    while (!script_.over()) {
      const std::size_t who = script_.below(replicas_.size());
      const char* what = step(who);
      if (const char* wrong = difference(replicas_[who])) return report(who, what, wrong);
    }
    for (std::size_t who = 0; who < replicas_.size(); ++who) {
      for (std::size_t from = 0; from < replicas_.size(); ++from) hear(who, from, kLongestChain);
      if (const char* wrong = difference(replicas_[who])) return report(who, "the end", wrong);
      if (pruned(replicas_[who]) != pruned(replicas_[0]))
        return report(who, "the end", "convergence");
    }
    return std::nullopt;
  }

 private:
  const char* step(std::size_t who) {
    Replica& replica = replicas_[who];
    switch (script_.below(12)) {
      case 0:
      case 1:
      case 2: hear(who, script_.below(replicas_.size()), 1); return "hearing one change";
      case 3: hear(who, script_.below(replicas_.size()), kLongestChain); return "hearing a chain";
      case 4: replica.old_screen = replica.screen; return "looking";
      case 5: replica.part.prune(replica.tips); return "pruning";
      case 6: return repack(replica) ? "packing" : "a blob that does not come back";
      default: write(who); return "writing";
    }
  }

  void hear(std::size_t who, std::size_t from, std::size_t most) {
    std::size_t& heard = replicas_[who].heard[from];
    while (from != who && most-- > 0 && heard < chains_[from].size())
      take(replicas_[who], chains_[from][heard++]);
  }

  static void take(Replica& replica, const Change& change) {
    replica.part.apply(change, replica.tips);
    replica.tips.advance(change.stamp);
    replica.known.push_back(change);
  }

  bool repack(Replica& replica) {
    const Bytes blob = merge::pack(replica.part, part_fields(), numbers_);
    // A table may give an empty text back as nothing.
    const auto column = [&](FieldTag tag) {
      Value value = merge::column_value(replica.part, tag, part_fields()[tag - 1u].rule);
      return value == Value{std::string()} ? Value{} : value;
    };
    auto part = merge::unpack(blob, part_fields(), column, numbers_);
    lost_in_blob_ = !part || *part != replica.part;
    if (part) replica.part = std::move(*part);
    return !lost_in_blob_;
  }

  void write(std::size_t who) {
    if (chains_[who].size() == kLongestChain) return;
    Replica& replica = replicas_[who];
    const auto hour = kFirstHour + static_cast<std::uint32_t>(script_.below(6));
    ++replica.last.counter;
    if (hour > replica.last.hour) replica.last = {hour, 0, replica.last.device};
    Change change;
    change.stamp = replica.last;
    const std::size_t ops = 1 + script_.below(2 * kMostOps) / kMostOps * script_.below(kMostOps);
    for (std::size_t i = 0; i < ops; ++i) change.ops.push_back(operation(replica));
    chains_[who].push_back(change);
    take(replica, change);
  }

  Op operation(const Replica& replica) {
    const std::size_t tag = script_.below(form().size() + 3);
    if (tag == 0) return deletion(replica);
    if (tag > form().size()) return {kUnknownField, OpType::kWrite, "", std::string("?"), named()};
    const Field& field = form()[tag - 1];
    Op op{field.tag, OpType::kWrite, field.keys[script_.below(field.keys.size())], {}, {}};
    const std::size_t choice = script_.below(256);
    const bool odd = choice % 2 != 0;
    switch (field.kind) {
      case Kind::kAddWins:
      case Kind::kRemoveWins: op.type = odd ? OpType::kAdd : OpType::kRemove; break;
      case Kind::kCounter:
      case Kind::kKeyed:
        op.type = odd ? OpType::kIncrement : OpType::kBase;
        if (odd || choice % 32 != 0) op.value = number_for(choice);
        break;
      case Kind::kLog:
        op.type = OpType::kAppend;
        op.value = "note " + std::to_string(choice % 4);
        break;
      default:
        if (choice % 16 != 0) op.value = word_for(field, choice);
    }
    const bool sees = op.type != OpType::kIncrement && op.type != OpType::kAppend;
    if (sees) op.seen = sight(replica, field.tag, op.key);
    return op;
  }

  Op deletion(const Replica& replica) {
    Op op{kDeletedField, OpType::kWrite, "", std::int64_t{1}, {}};
    if (script_.below(3) == 0) op.value = std::int64_t{0};
    const std::size_t saw = script_.below(4);
    if (saw == 0) op.seen = named();
    const Stamps& all = saw == 1 ? replica.old_screen.everything : replica.screen.everything;
    if (saw != 0) op.seen.assign(all.begin(), all.end());
    return op;
  }

  std::vector<Stamp> sight(const Replica& replica, FieldTag tag, const std::string& key) {
    const std::size_t saw = script_.below(8);
    if (saw == 0) return {};
    if (saw == 1) return named();
    const Screen& screen = saw <= 4 ? replica.old_screen : replica.screen;
    const auto field = screen.fields.find(tag);
    if (field == screen.fields.end()) return {};  // has never looked
    const SlotScreen& slot = field->second.slots.at(key);
    Stamps seen = slot.replaces;
    const bool resolves = saw == 2 || saw == 5;
    for (const Sibling& other : slot.others) {
      if (resolves) seen.insert(other.stamps.begin(), other.stamps.end());
    }
    return {seen.begin(), seen.end()};
  }

  // What somebody who means harm, or whose screen was not this replica's, might name: any stamps,
  // also of writes that were not heard of, are not there yet, or are the write's own.
  std::vector<Stamp> named() {
    Stamps stamps;
    for (std::size_t left = script_.below(4); left > 0; --left) {
      const auto hour = kFirstHour + static_cast<std::uint32_t>(script_.below(6));
      const auto counter = static_cast<std::uint32_t>(script_.below(4));
      stamps.insert({hour, counter, device(script_.below(replicas_.size()))});
    }
    return {stamps.begin(), stamps.end()};
  }

  static merge::Part pruned(const Replica& replica) {
    merge::Part part = replica.part;
    part.prune(replica.tips);
    return part;
  }

  // And what stands on the replica's screen from now on.
  const char* difference(Replica& replica) const {
    if (lost_in_blob_) return "the blob";
    const State state = state_of(replica.known);
    if (core_state(pruned(replica)) != state) return "the state";
    replica.screen = screen_of(state, form());
    const Screen core = core_screen(replica.part);
    if (core.fields != replica.screen.fields) return "what fields show";
    return core == replica.screen ? nullptr : "what the delete register shows";
  }

  [[nodiscard]] std::string report(std::size_t who, const char* what, const char* wrong) const {
    std::size_t changes = 0;
    for (const auto& chain : chains_) changes += chain.size();
    return std::string("device ") + std::to_string(who) + " after " + what + ", " +
           std::to_string(changes) + " changes in all: " + wrong + " differs from the model";
  }

  Script script_;
  std::vector<Replica> replicas_;
  std::vector<std::vector<Change>> chains_;
  Numbers numbers_;
  bool lost_in_blob_ = false;
};

}  // namespace

std::optional<std::string> play(ByteView story) { return Story(story).tell(); }

}  // namespace setu::model
