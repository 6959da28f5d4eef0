#include "forms/input.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "forms/number.hpp"
#include "forms/value_text.hpp"
#include "setu/base/limits.hpp"

namespace setu::forms {
namespace {

// What one entry may add to a counter: beyond it a key got stuck. A field's max, where it has one.
constexpr std::int64_t kMostAtOnce = 1'000'000'000;

tl::unexpected<Error> refuse(const Form& form, const Field& field, std::string why,
                             Code code = Code::kInvalidArgument) {
  return fail(
      code, "set " + form.name + "." + field.name + ": " + std::move(why),
      "correct it and try again; `setu form show " + form.name + "` says what each field takes");
}

bool takes_adding(FieldType type) {
  return type == FieldType::kChoices || type == FieldType::kCounter ||
         type == FieldType::kCounters || type == FieldType::kLog;
}

// The pieces between commas, trimmed, without empty ones.
std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view piece = trimmed(text.substr(0, comma));
    if (!piece.empty()) pieces.push_back(piece);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return pieces;
}

Status type_text(const Form& form, const Input& input, TypedInput& typed) {
  const Field& field = *typed.field;
  const std::size_t max = field.max ? static_cast<std::size_t>(*field.max) : limits::kTextBytes;
  if (input.text.empty()) return {};
  if (!is_utf8_text(input.text)) return refuse(form, field, "expected text in UTF-8");
  if (input.text.size() > max) {
    return refuse(form, field,
                  std::to_string(input.text.size()) + " bytes found, at most " +
                      std::to_string(max) + " expected; nothing was saved",
                  Code::kTooLarge);
  }
  if (field.derivation == Derivation::kReferralCode) {
    std::string code = read_referral_code(input.text);
    if (code.empty()) {
      return refuse(form, field, "expected the 8 characters of a slip; one of them is not right");
    }
    typed.value = std::move(code);
    return {};
  }
  typed.value = input.text;
  return {};
}

Status type_log(const Form& form, const Input& input, TypedInput& typed) {
  const Field& field = *typed.field;
  if (input.op == InputOp::kRemove || trimmed(input.text).empty()) {
    return refuse(form, field,
                  "a log is only ever added to; write " + field.name + "+=TEXT with some text");
  }
  typed.op = InputOp::kAdd;
  return type_text(form, input, typed);
}

Status type_elements(const Form& form, const Input& input, TypedInput& typed) {
  const Field& field = *typed.field;
  std::set<std::string> elements;
  for (const std::string_view word : split_list(input.text)) {
    if (!field.choices.empty() && !is_listed(field, word)) {
      return refuse(form, field, "expected codes of " + listed_codes(field) + ", with commas");
    }
    if (!is_word(word)) {
      return refuse(form, field,
                    "expected words of at most " + std::to_string(limits::kWordBytes) +
                        " bytes in UTF-8, with commas between them",
                    word.size() > limits::kWordBytes ? Code::kTooLarge : Code::kInvalidArgument);
    }
    elements.emplace(word);
  }
  if (elements.size() > limits::kSetElements) {
    return refuse(form, field,
                  std::to_string(elements.size()) + " elements found, at most " +
                      std::to_string(limits::kSetElements) + " expected; nothing was saved",
                  Code::kTooLarge);
  }
  if (elements.empty() && input.op != InputOp::kSet)
    return refuse(form, field, "expected at least one element to add or take away");
  typed.elements.assign(elements.begin(), elements.end());
  return {};
}

// A count as `op` takes it: what a counter stands at may be 0, what is added or taken away may not.
std::optional<std::int64_t> read_count(const Field& field, InputOp op, std::string_view text) {
  const auto count = read_integer(text);
  const std::int64_t least = op == InputOp::kSet ? 0 : 1;
  if (!count || *count < least || *count > field.max.value_or(kMostAtOnce)) return std::nullopt;
  return count;
}

std::string expected_count(const Field& field, InputOp op) {
  return "whole number from " + std::string(op == InputOp::kSet ? "0" : "1") + " to " +
         std::to_string(field.max.value_or(kMostAtOnce));
}

Status type_count(const Form& form, const Input& input, TypedInput& typed) {
  const Field& field = *typed.field;
  const std::string_view text = trimmed(input.text);
  if (text.empty() && input.op == InputOp::kSet) return {};
  const auto count = read_count(field, input.op, text);
  if (!count) return refuse(form, field, "expected a " + expected_count(field, input.op));
  typed.value = *count;
  return {};
}

Status type_counts(const Form& form, const Input& input, TypedInput& typed) {
  const Field& field = *typed.field;
  std::map<std::string, std::int64_t> counts;
  for (const std::string_view piece : split_list(input.text)) {
    const std::size_t equals = piece.find('=');
    const std::string_view key = trimmed(piece.substr(0, equals));
    if (equals == std::string_view::npos || !is_key(key))
      return refuse(form, field, "expected key=number, with commas between them");
    if (!field.choices.empty() && !is_listed(field, key))
      return refuse(form, field, "expected keys of " + listed_codes(field) + ", as key=number");
    const auto count = read_count(field, input.op, trimmed(piece.substr(equals + 1)));
    if (!count)
      return refuse(form, field, "expected a " + expected_count(field, input.op) + " for each key");
    if (!counts.emplace(key, *count).second) return refuse(form, field, "expected each key once");
  }
  if (counts.size() > limits::kSetElements)
    return refuse(form, field, "too many keys; nothing was saved", Code::kTooLarge);
  if (counts.empty() && input.op != InputOp::kSet)
    return refuse(form, field, "expected at least one key=number to add or take away");
  typed.counts.assign(counts.begin(), counts.end());
  return {};
}

Status type_single(const Form& form, const Input& input, TypedInput& typed) {
  const std::string_view text = trimmed(input.text);
  if (text.empty()) return {};
  std::optional<Value> value = read_value(*typed.field, text);
  if (!value) return refuse(form, *typed.field, "expected " + expected_text(*typed.field));
  typed.value = std::move(*value);
  return {};
}

Status type_by_field(const Form& form, const Input& input, TypedInput& typed) {
  switch (typed.field->type) {
    case FieldType::kText: return type_text(form, input, typed);
    case FieldType::kLog: return type_log(form, input, typed);
    case FieldType::kChoices: return type_elements(form, input, typed);
    case FieldType::kCounter: return type_count(form, input, typed);
    case FieldType::kCounters: return type_counts(form, input, typed);
    default: return type_single(form, input, typed);
  }
}

}  // namespace

Result<Input> parse_input(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  Input input;
  std::string_view name = assignment.substr(0, std::min(equals, assignment.size()));
  if (equals != std::string_view::npos && !name.empty()) {
    if (name.back() == '+') input.op = InputOp::kAdd;
    if (name.back() == '-') input.op = InputOp::kRemove;
    if (input.op != InputOp::kSet) name.remove_suffix(1);
  }
  name = trimmed(name);
  if (equals == std::string_view::npos || name.empty()) {
    return fail(Code::kInvalidArgument,
                "read input: expected field=value, field+=value or field-=value",
                "`setu form show KIND` lists a kind's fields");
  }
  input.field = name;
  input.text = assignment.substr(equals + 1);
  return input;
}

Result<TypedInput> type_input(const Form& form, const Input& input) {
  TypedInput typed;
  typed.field = form.find(input.field);
  typed.op = input.op;
  if (typed.field == nullptr) {
    std::string names;
    for (const Field& field : form.fields) names += (names.empty() ? "" : ", ") + field.name;
    return fail(Code::kInvalidArgument,
                "set " + form.name + ": no field of that name; its fields are " + names,
                "`setu form show " + form.name + "` says what each is for");
  }
  if (input.op != InputOp::kSet && !takes_adding(typed.field->type)) {
    return refuse(
        form, *typed.field,
        "only sets, counters and logs are added to; write " + typed.field->name + "=VALUE");
  }
  SETU_TRY(type_by_field(form, input, typed));
  return typed;
}

Status check_required(const Form& form, const std::function<bool(const Field&)>& is_present,
                      const std::function<bool(const Field&)>& is_relevant) {
  for (const Field& field : form.fields) {
    if (!field.required || (is_relevant && !is_relevant(field)) || is_present(field)) continue;
    return fail(
        Code::kMissingRequired,
        "write " + form.name + "." + field.name + ": required, but empty; nothing was saved",
        "write " + field.name + "=...");
  }
  return {};
}

}  // namespace setu::forms
