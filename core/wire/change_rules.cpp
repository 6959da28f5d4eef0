#include "wire/change_rules.hpp"

#include <algorithm>
#include <set>

#include "setu/base/limits.hpp"
#include "wire/moved_code.hpp"

namespace setu::wire {
namespace {

bool is_ascending(const std::vector<Stamp>& seen) {
  return std::ranges::adjacent_find(seen, std::ranges::greater_equal{}) == seen.end();
}

bool is_good_text(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return true;
  return text->size() <= limits::kTextBytes &&
         (text->size() == RecordId::size || is_utf8_text(*text));
}

}  // namespace

bool is_good_op(const Op& op) {
  const bool has_int = std::holds_alternative<std::int64_t>(op.value);
  const bool has_text = std::holds_alternative<std::string>(op.value);
  if (op.key.size() > limits::kTextBytes || !is_utf8_text(op.key) || !is_good_text(op.value))
    return false;
  if (op.seen.size() > limits::kSeenPerOp || !is_ascending(op.seen)) return false;
  switch (op.type) {
    case OpType::kWrite: return op.key.empty();
    case OpType::kAdd:
    case OpType::kRemove: return !op.key.empty() && is_empty(op.value);
    case OpType::kBase: return has_int;
    case OpType::kIncrement: return has_int && op.seen.empty();
    case OpType::kAppend: return has_text && op.key.empty() && op.seen.empty();
  }
  return false;
}

std::size_t most_bytes(const Change& change) {
  return limits::kChangeBytes + (change.moved_in ? limits::kMovedPartBytes : 0);
}

bool is_well_formed(const Change& change) {
  if (change.kind == 0 || change.ops.size() > limits::kOpsPerChange) return false;
  if (change.moved_in && (!change.moved || !is_well_formed(*change.moved_in))) return false;
  std::set<std::pair<FieldTag, std::string_view>> slots;
  return std::ranges::all_of(change.ops, [&](const Op& op) {
    return is_good_op(op) && (op.type == OpType::kAppend || slots.emplace(op.field, op.key).second);
  });
}

}  // namespace setu::wire
