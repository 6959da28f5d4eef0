#include "merge/view.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace setu::merge {
namespace {

// Sums of any number of 64-bit counts fit, so that the order of adding never shows.
__extension__ typedef __int128 WideInt;

std::int64_t saturate(WideInt sum) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (sum > Limits::max()) return Limits::max();
  if (sum < Limits::min()) return Limits::min();
  return static_cast<std::int64_t>(sum);
}

void append(std::vector<Stamp>& to, const std::vector<Stamp>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void sort_unique(std::vector<Stamp>& stamps) {
  std::sort(stamps.begin(), stamps.end());
  stamps.erase(std::unique(stamps.begin(), stamps.end()), stamps.end());
}

// All slots of one field: a range to iterate over.
struct FieldSlots {
  std::map<SlotId, Slot>::const_iterator first, last;
  [[nodiscard]] auto begin() const { return first; }
  [[nodiscard]] auto end() const { return last; }
};

FieldSlots slots_of(const Part& part, FieldTag field) {
  const auto& slots = part.slots();
  const auto first = slots.lower_bound(SlotId{field, {}});
  auto last = first;
  while (last != slots.end() && last->first.field == field) ++last;
  return {first, last};
}

// The live writes of one type, grouped by value.
std::vector<Sibling> siblings_of(const Slot* slot, OpType type) {
  std::vector<Sibling> siblings;
  if (slot == nullptr) return siblings;
  for (const Entry& entry : slot->entries) {
    if (entry.type != type) continue;
    const auto same = std::find_if(siblings.begin(), siblings.end(), [&](const Sibling& other) {
      return other.value == entry.value;
    });
    if (same == siblings.end()) {
      siblings.push_back({entry.value, {entry.stamp}});
    } else {
      same->stamps.push_back(entry.stamp);
    }
  }
  return siblings;
}

constexpr int kUnlistedRank = std::numeric_limits<int>::min();

int rank_of(const Value& value, const FieldRule& rule) {
  if (rule.rule != Rule::kLadder && rule.rule != Rule::kCautious) return kUnlistedRank;
  const auto* code = std::get_if<std::string>(&value);
  if (code == nullptr) return kUnlistedRank;
  for (const auto& [listed, rank] : rule.ranks) {
    if (listed == *code) return rank;
  }
  return kUnlistedRank;
}

// The value decides last, between two writes of one change.
auto age_of(const Sibling& sibling) { return std::tie(sibling.stamps.back(), sibling.value); }

RegisterView view_siblings(std::vector<Sibling> siblings, const FieldRule& rule) {
  RegisterView view;
  if (siblings.empty()) return view;
  const auto top =
      std::max_element(siblings.begin(), siblings.end(), [&](const Sibling& a, const Sibling& b) {
        const int rank_a = rank_of(a.value, rule);
        const int rank_b = rank_of(b.value, rule);
        return rank_a != rank_b ? rank_a < rank_b : age_of(a) < age_of(b);
      });
  std::iter_swap(siblings.begin(), top);
  Sibling& shown = siblings.front();
  const int shown_rank = rank_of(shown.value, rule);
  view.stamp = shown.stamps.back();
  view.seen = shown.stamps;
  for (auto other = siblings.begin() + 1; other != siblings.end(); ++other) {
    const bool hidden = rule.rule == Rule::kLadder && rank_of(other->value, rule) < shown_rank;
    if (hidden) {
      append(view.seen, other->stamps);
    } else {
      view.others.push_back(std::move(*other));
    }
  }
  view.shown = std::move(shown.value);
  sort_unique(view.seen);
  std::sort(view.others.begin(), view.others.end(),
            [](const Sibling& a, const Sibling& b) { return age_of(a) > age_of(b); });
  return view;
}

CounterView view_counter_slot(const Slot* slot) {
  CounterView view;
  RegisterView base = view_siblings(siblings_of(slot, OpType::kBase), FieldRule{});
  WideInt sum = 0;
  if (const auto* stands_at = std::get_if<std::int64_t>(&base.shown)) {
    view.written = true;
    sum = *stands_at;
  }
  view.seen = std::move(base.seen);
  view.others = std::move(base.others);
  if (slot != nullptr) {
    for (const Entry& entry : slot->entries) {
      if (entry.type != OpType::kIncrement) continue;
      view.seen.push_back(entry.stamp);
      if (const auto* amount = std::get_if<std::int64_t>(&entry.value)) {
        view.written = true;
        sum += *amount;
      }
    }
  }
  view.value = saturate(sum);
  sort_unique(view.seen);
  return view;
}

bool holds(const Slot& slot, OpType type) {
  return std::any_of(slot.entries.begin(), slot.entries.end(),
                     [&](const Entry& entry) { return entry.type == type; });
}

void append_element(std::string& joined, std::string_view element) {
  if (!joined.empty()) joined += ',';
  joined += element;
}

Value joined_set(const Part& part, FieldTag field, const FieldRule& rule) {
  std::string joined;
  for (const std::string& element : view_set(part, field, rule).elements)
    append_element(joined, element);
  return joined.empty() ? Value{} : Value{std::move(joined)};
}

Value joined_counters(const Part& part, FieldTag field) {
  std::string joined;
  for (const auto& [id, slot] : slots_of(part, field)) {
    const CounterView counter = view_counter_slot(&slot);
    if (counter.written) append_element(joined, id.key + '=' + std::to_string(counter.value));
  }
  return joined.empty() ? Value{} : Value{std::move(joined)};
}

bool is_delete(const Entry& entry) {
  return entry.type == OpType::kWrite && entry.value == Value{std::int64_t{1}};
}

}  // namespace

RegisterView view_register(const Part& part, FieldTag field, const FieldRule& rule) {
  const OpType type = rule.rule == Rule::kCounter ? OpType::kBase : OpType::kWrite;
  return view_siblings(siblings_of(part.find(field), type), rule);
}

std::vector<Stamp> resolution_seen(const RegisterView& view) {
  std::vector<Stamp> seen = view.seen;
  for (const Sibling& other : view.others) append(seen, other.stamps);
  sort_unique(seen);
  return seen;
}

SetView view_set(const Part& part, FieldTag field, const FieldRule& rule) {
  SetView view;
  const bool remove_wins = rule.rule == Rule::kSetRemoveWins;
  for (const auto& [id, slot] : slots_of(part, field)) {
    const bool present =
        holds(slot, OpType::kAdd) && !(remove_wins && holds(slot, OpType::kRemove));
    if (present) view.elements.push_back(id.key);
  }
  return view;
}

std::vector<Stamp> element_seen(const Part& part, FieldTag field, std::string_view element) {
  std::vector<Stamp> seen;
  if (const Slot* slot = part.find(field, element)) {
    for (const Entry& entry : slot->entries) seen.push_back(entry.stamp);
  }
  sort_unique(seen);
  return seen;
}

CounterView view_counter(const Part& part, FieldTag field, std::string_view key) {
  return view_counter_slot(part.find(field, key));
}

std::vector<std::string> counter_keys(const Part& part, FieldTag field) {
  std::vector<std::string> keys;
  for (const auto& [id, slot] : slots_of(part, field)) {
    if (view_counter_slot(&slot).written) keys.push_back(id.key);
  }
  return keys;
}

std::vector<LogEntry> view_log(const Part& part, FieldTag field) {
  std::vector<LogEntry> log;
  const Slot* slot = part.find(field);
  if (slot == nullptr) return log;
  for (const Entry& entry : slot->entries) {
    const auto* text = std::get_if<std::string>(&entry.value);
    if (entry.type == OpType::kAppend && text != nullptr) log.push_back({entry.stamp, *text});
  }
  return log;
}

DeleteView view_deleted(const Part& part) {
  DeleteView view;
  const Slot* slot = part.find(kDeletedField);
  if (slot == nullptr) return view;
  std::vector<Stamp> known;  // to those who deleted: what they saw, and what they wrote themselves
  for (const Entry& entry : slot->entries) {
    view.seen.push_back(entry.stamp);
    if (entry.type != OpType::kWrite) continue;
    view.deleted = is_delete(entry);  // ascending by stamp: the last one decides
    if (!view.deleted) continue;
    known.push_back(entry.stamp);
    append(known, entry.seen);
  }
  sort_unique(view.seen);
  if (!view.deleted) return view;
  sort_unique(known);
  for (const auto& [id, other] : part.slots()) {
    if (id.field == kDeletedField || id.field == kHomeField) continue;
    for (const Entry& entry : other.entries) {
      if (!std::binary_search(known.begin(), known.end(), entry.stamp))
        view.unseen_edits.push_back(entry.stamp);
    }
  }
  sort_unique(view.unseen_edits);
  return view;
}

Value column_value(const Part& part, FieldTag field, const FieldRule& rule) {
  switch (rule.rule) {
    case Rule::kRegister:
    case Rule::kLadder:
    case Rule::kCautious: return view_register(part, field, rule).shown;
    case Rule::kSetAddWins:
    case Rule::kSetRemoveWins: return joined_set(part, field, rule);
    case Rule::kCounter: {
      const CounterView counter = view_counter(part, field);
      return counter.written ? Value{counter.value} : Value{};
    }
    case Rule::kKeyedCounter: return joined_counters(part, field);
    case Rule::kLog: break;
  }
  return {};
}

}  // namespace setu::merge
