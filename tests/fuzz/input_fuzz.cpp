// What a person types, "field=value", against every built-in form. What is taken is a value that
// any other device takes from a batch as well, and that typed again is the same; what is not taken
// is not repeated in the error.

#include <cstdint>

#include "canary.hpp"
#include "forms/input.hpp"
#include "forms/value_text.hpp"
#include "setu/base/limits.hpp"

namespace {

using namespace setu;
using namespace setu::forms;

bool is_count(const Field& field) {
  return field.type == FieldType::kCounter || field.type == FieldType::kCounters;
}

// The operations that the input may become.
std::vector<Op> ops_of(const TypedInput& typed) {
  const Field& field = *typed.field;
  const bool sets = typed.op == InputOp::kSet;
  const OpType count_type = sets ? OpType::kBase : OpType::kIncrement;
  std::vector<Op> ops;
  for (const std::string& element : typed.elements)
    ops.push_back({field.tag, OpType::kAdd, element, {}, {}});
  for (const auto& [key, count] : typed.counts)
    ops.push_back({field.tag, count_type, key, count, {}});
  if (is_empty(typed.value)) return ops;
  const OpType type = is_count(field)                 ? count_type
                      : field.type == FieldType::kLog ? OpType::kAppend
                                                      : OpType::kWrite;
  ops.push_back({field.tag, type, "", typed.value, {}});
  return ops;
}

void comes_back(const Form& form, const TypedInput& typed) {
  const Field& field = *typed.field;
  if (is_empty(typed.value)) return;
  const auto again = type_input(form, {field.name, typed.op, to_text(field, typed.value)});
  SETU_ASSERT(again && again->value == typed.value && again->op == typed.op);
}

void check_taken(const Form& form, const TypedInput& typed) {
  const Field& field = *typed.field;
  SETU_ASSERT(std::ranges::is_sorted(typed.elements) && std::ranges::is_sorted(typed.counts));
  SETU_ASSERT(std::ranges::adjacent_find(typed.elements) == typed.elements.end());
  SETU_ASSERT(typed.elements.size() <= limits::kSetElements);
  SETU_ASSERT(typed.counts.size() <= limits::kSetElements);
  for (const auto& [key, count] : typed.counts) SETU_ASSERT(count >= 0);
  for (const Op& op : ops_of(typed)) SETU_ASSERT(check_op(field, op));
  const auto* number = std::get_if<std::int64_t>(&typed.value);
  if (number != nullptr && field.min && !is_count(field)) SETU_ASSERT(*number >= *field.min);
  if (number != nullptr && field.max) SETU_ASSERT(*number <= *field.max);
  comes_back(form, typed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
  fuzz::does_not_repeat(parse_input(fuzz::with_canary(text, size)));
  const auto input = parse_input(text);
  if (!input) return 0;
  SETU_ASSERT(!input->field.empty() && trimmed(input->field) == input->field);
  for (const Form& form : built_in_forms()) {
    const auto typed = type_input(form, *input);
    if (typed) check_taken(form, *typed);
    const std::size_t where = input->text.empty() ? 0 : data[size - 1];
    fuzz::does_not_repeat(
        type_input(form, {input->field, input->op, fuzz::with_canary(input->text, where)}));
    fuzz::does_not_repeat(type_input(form, {std::string(fuzz::kCanary), input->op, input->text}));
  }
  return 0;
}
