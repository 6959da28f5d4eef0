#include "model.hpp"

#include <algorithm>

namespace setu::sim {
namespace {

constexpr std::string_view kDeleted = "deleted";

const ShownField& field_of(const ShownPart& shown, const std::string& name) {
  static const ShownField kNothing;
  const auto found = shown.fields.find(name);
  return found == shown.fields.end() ? kNothing : found->second;
}

std::string slot_name(const std::string& field, const std::string& key) {
  return key.empty() ? field : field + "/" + key;
}

template <class Values>
std::string join(const Values& values) {
  std::string joined;
  for (const auto& value : values) joined += (joined.empty() ? "" : ", ") + ("'" + value + "'");
  return "{" + joined + "}";
}

// The open conflict of a slot must be there exactly if there are others, and list exactly them.
std::string conflict_mismatch(const ShownPart& shown, const std::string& slot,
                              const std::set<std::string>& others) {
  const auto open = shown.conflicts.find(slot);
  if (open == shown.conflicts.end())
    return others.empty() ? "" : slot + ": no conflict is shown, but there is also " + join(others);
  if (others.empty())
    return slot + ": a conflict is shown with " + join(open->second.others) +
           ", but nothing else was written";
  if (open->second.others != others)
    return slot + ": the conflict lists " + join(open->second.others) + " and should list " +
           join(others);
  return "";
}

}  // namespace

void PartModel::add(ModelWrite write) { writes_[write.id] = std::move(write); }

void PartModel::doubt(int device, WriteId after, WriteId until) {
  for (auto write = writes_.upper_bound(after); write != writes_.upper_bound(until); ++write) {
    if (write->second.device == device) write->second.certain = false;
  }
}

PartModel::Reading PartModel::read_trail(const std::set<WriteId>& marks, bool one_chain) const {
  Reading reading;
  for (const auto& entry : writes_) {
    const WriteId id = entry.first;
    const ModelWrite& write = entry.second;
    const bool marked = marks.contains(write.mark);
    if (marked) reading.known.insert(id);
    if (write.sign == Sign::kOwnMark) continue;
    // A mark of the same author further on in his chain leaves no doubt about what came before it.
    const bool passed = one_chain && std::ranges::any_of(writes_, [&](const auto& other) {
                          return other.second.device == write.device &&
                                 other.first > std::max(id, write.mark) &&
                                 marks.contains(other.second.mark);
                        });
    if (!write.certain || !passed)
      reading.doubtful.push_back(id);
    else
      reading.known.insert(id);
  }
  return reading;
}

std::vector<PartModel::Live> PartModel::live(const Knowledge& known, const std::string& field,
                                             const std::string& key) const {
  std::vector<Live> found;
  std::set<WriteId> gone;
  for (const WriteId id : known) {
    for (const ModelOp& op : writes_.at(id).ops) {
      if (op.field != field || op.key != key) continue;
      found.push_back({id, &op});
      gone.insert(op.supersedes.begin(), op.supersedes.end());
    }
  }
  std::erase_if(found, [&](const Live& entry) { return gone.contains(entry.id); });
  return found;
}

std::set<std::string> PartModel::keys(const Knowledge& known, const std::string& field) const {
  std::set<std::string> keys;
  for (const WriteId id : known) {
    for (const ModelOp& op : writes_.at(id).ops) {
      if (op.field == field) keys.insert(op.key);
    }
  }
  return keys;
}

std::string PartModel::register_mismatch(const ProbeField& field, const Knowledge& known,
                                         const ShownPart& shown) const {
  std::set<std::string> values;
  for (const Live& entry : live(known, field.name, "")) values.insert(entry.op->text);
  const std::string value = field_of(shown, field.name).value.value_or("");
  if (values.empty())
    return value.empty() ? conflict_mismatch(shown, field.name, {})
                         : field.name + ": shows '" + value + "', but nothing stands";
  if (!values.contains(value))
    return field.name + ": shows '" + value + "', but what stands is " + join(values);
  int top = rung_of(field.style, value);
  for (const std::string& other : values) top = std::max(top, rung_of(field.style, other));
  if (rung_of(field.style, value) != top)
    return field.name + ": shows '" + value + "', which ranks below another of " + join(values);
  std::set<std::string> others = values;
  others.erase(value);
  if (field.style == Style::kLadder)
    std::erase_if(others,
                  [&](const std::string& other) { return rung_of(field.style, other) < top; });
  return conflict_mismatch(shown, field.name, others);
}

std::string PartModel::set_mismatch(const ProbeField& field, const Knowledge& known,
                                    const ShownPart& shown) const {
  std::set<std::string> expected;
  for (const std::string& element : keys(known, field.name)) {
    bool added = false, removed = false;
    for (const Live& entry : live(known, field.name, element))
      (entry.op->act == Act::kAdd ? added : removed) = true;
    if (added && !(removed && field.style == Style::kConsent)) expected.insert(element);
  }
  const std::set<std::string>& elements = field_of(shown, field.name).elements;
  if (elements == expected) return "";
  return field.name + ": shows " + join(elements) + " and should show " + join(expected);
}

std::string PartModel::counter_mismatch(const ProbeField& field, const std::string& key,
                                        const Knowledge& known, const ShownPart& shown) const {
  std::set<std::int64_t> bases;
  std::int64_t sum = 0;
  bool written = false;
  for (const Live& entry : live(known, field.name, key)) {
    written = true;
    if (entry.op->act == Act::kBase)
      bases.insert(entry.op->number);
    else
      sum += entry.op->number;
  }
  const auto& counts = field_of(shown, field.name).counts;
  const auto count = counts.find(key);
  const std::string slot = slot_name(field.name, key);
  if (!written) return count == counts.end() ? "" : slot + ": counts, but nothing was counted";
  if (count == counts.end()) return slot + ": shows no count";
  const std::int64_t base = count->second - sum;
  if (bases.empty() ? base != 0 : !bases.contains(base)) {
    return slot + ": shows " + std::to_string(count->second) + "; the increments alone are " +
           std::to_string(sum) + " on one of " + std::to_string(bases.size()) + " bases";
  }
  std::set<std::string> others;
  for (const std::int64_t other : bases) {
    if (other != base) others.insert(std::to_string(other));
  }
  return conflict_mismatch(shown, slot, others);
}

std::string PartModel::log_mismatch(const ProbeField& field, const Knowledge& known,
                                    const ShownPart& shown) const {
  std::multiset<std::string> expected;
  for (const Live& entry : live(known, field.name, "")) expected.insert(entry.op->text);
  const std::multiset<std::string>& lines = field_of(shown, field.name).lines;
  if (lines == expected) return "";
  return field.name + ": shows " + std::to_string(lines.size()) + " entries and should show " +
         std::to_string(expected.size());
}

std::optional<bool> PartModel::has_unseen_edit(const Knowledge& known) const {
  bool deletes = false, restores = false;
  Knowledge seen;  // by those whose deletes stand
  for (const Live& entry : live(known, std::string(kDeleted), "")) {
    (entry.op->act == Act::kDelete ? deletes : restores) = true;
    if (entry.op->act != Act::kDelete) continue;
    seen.insert(entry.id);
    seen.insert(entry.op->supersedes.begin(), entry.op->supersedes.end());
  }
  if (!deletes) return false;
  if (restores) return std::nullopt;
  const Knowledge stands = standing(known);
  return !std::ranges::includes(seen, stands);
}

std::string PartModel::delete_mismatch(const Knowledge& known, const ShownPart& shown) const {
  bool deletes = false, restores = false;
  for (const Live& entry : live(known, std::string(kDeleted), ""))
    (entry.op->act == Act::kDelete ? deletes : restores) = true;
  if (shown.decides_deleted) {
    if (shown.deleted && !deletes) return "deleted: shown as deleted, but no delete stands";
    if (!shown.deleted && deletes && !restores) return "deleted: a delete stands, but it is shown";
  }
  if (has_unseen_edit(known).value_or(false) && !shown.conflicts.contains(std::string(kDeleted)))
    return "deleted: an edit that the delete did not see is not shown as a conflict";
  return "";
}

std::string PartModel::mismatch(const Knowledge& known, const ShownPart& shown) const {
  std::string wrong;
  for (const ProbeField& field : probe_fields()) {
    switch (field.style) {
      case Style::kSet:
      case Style::kConsent: wrong = set_mismatch(field, known, shown); break;
      case Style::kCounter: wrong = counter_mismatch(field, "", known, shown); break;
      case Style::kCounters:
        for (const std::string& key : keys(known, field.name)) {
          if (wrong.empty()) wrong = counter_mismatch(field, key, known, shown);
        }
        break;
      case Style::kLog:
      case Style::kTrail: wrong = log_mismatch(field, known, shown); break;
      default: wrong = register_mismatch(field, known, shown); break;
    }
    if (!wrong.empty()) return wrong;
  }
  return delete_mismatch(known, shown);
}

Knowledge PartModel::superseded_by(const Knowledge& known, const ShownPart& shown,
                                   const std::string& name, const std::string& key, Act act) const {
  Knowledge superseded;
  const ProbeField& field = *probe_field(name);
  const ShownField& now = field_of(shown, name);
  const std::vector<Live> entries = live(known, name, key);
  switch (act) {
    case Act::kIncrement:
    case Act::kAppend: break;
    case Act::kAdd:
    case Act::kRemove:
      for (const Live& entry : entries) superseded.insert(entry.id);
      break;
    case Act::kBase: {
      const auto count = now.counts.find(key);
      if (count == now.counts.end()) break;
      std::int64_t base = count->second;
      for (const Live& entry : entries) {
        if (entry.op->act == Act::kIncrement) base -= entry.op->number;
      }
      for (const Live& entry : entries) {
        if (entry.op->act == Act::kIncrement || entry.op->number == base)
          superseded.insert(entry.id);
      }
      break;
    }
    default: {
      const std::string value = now.value.value_or("");
      for (const Live& entry : entries) {
        const bool hidden = field.style == Style::kLadder &&
                            rung_of(field.style, entry.op->text) < rung_of(field.style, value);
        if (entry.op->text == value || hidden) superseded.insert(entry.id);
      }
      break;
    }
  }
  return superseded;
}

Knowledge PartModel::superseded_by_resolution(const Knowledge& known, const std::string& field,
                                              const std::string& key) const {
  Knowledge superseded;
  for (const Live& entry : live(known, field, key)) superseded.insert(entry.id);
  return superseded;
}

Knowledge PartModel::standing(const Knowledge& known) const {
  Knowledge standing;
  std::set<std::pair<std::string, std::string>> slots;
  for (const WriteId id : known) {
    for (const ModelOp& op : writes_.at(id).ops) slots.emplace(op.field, op.key);
  }
  for (const auto& [field, key] : slots) {
    for (const Live& entry : live(known, field, key)) standing.insert(entry.id);
  }
  return standing;
}

}  // namespace setu::sim
