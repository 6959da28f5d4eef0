// What arrives from others is judged by type, size and text form only: a code or a range that this
// version does not know may come from a newer one.

#include "forms/input.hpp"
#include "forms/number.hpp"
#include "forms/value_text.hpp"
#include "setu/base/limits.hpp"

namespace setu::forms {
namespace {

bool is_text(std::string_view text) {
  return !text.empty() && text.size() <= limits::kTextBytes && is_utf8_text(text);
}

bool is_stored_text(const Field& field, std::string_view text) {
  switch (field.type) {
    case FieldType::kText: return is_text(text);
    case FieldType::kDate: return is_date(text);
    case FieldType::kMonth: return is_month(text);
    case FieldType::kQuarter: return is_quarter(text);
    case FieldType::kChoice: return is_word(text);
    case FieldType::kReference: return text.size() == RecordId::size;
    // Exactly as this field rounds: one more decimal would tell the house.
    case FieldType::kLocation: return read_location(text, field.location_decimals) == text;
    default: return false;
  }
}

bool is_stored_number(const Field& field, std::int64_t number) {
  switch (field.type) {
    case FieldType::kInteger:
    case FieldType::kDecimal: return true;
    case FieldType::kBoolean: return number == 0 || number == 1;
    default: return false;
  }
}

bool is_register_value(const Field& field, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return is_stored_text(field, *text);
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return is_stored_number(field, *number);
  return true;  // cleared
}

bool is_register(FieldType type) {
  return type != FieldType::kChoices && type != FieldType::kCounter &&
         type != FieldType::kCounters && type != FieldType::kLog;
}

bool is_counter_op(const Field& field, const Op& op) {
  if (!std::holds_alternative<std::int64_t>(op.value)) return false;
  return field.type == FieldType::kCounters ? is_key(op.key)
                                            : field.type == FieldType::kCounter && op.key.empty();
}

bool is_possible(const Field& field, const Op& op) {
  switch (op.type) {
    case OpType::kWrite:
      return is_register(field.type) && op.key.empty() && is_register_value(field, op.value);
    case OpType::kAdd:
    case OpType::kRemove:
      return field.type == FieldType::kChoices && is_word(op.key) && is_empty(op.value);
    case OpType::kBase:
    case OpType::kIncrement: return is_counter_op(field, op);
    case OpType::kAppend: {
      const auto* text = std::get_if<std::string>(&op.value);
      return field.type == FieldType::kLog && op.key.empty() && text != nullptr && is_text(*text);
    }
  }
  return false;
}

}  // namespace

Status check_op(const Field& field, const Op& op) {
  if (is_possible(field, op)) return {};
  return fail(Code::kMalformed, "read " + field.name +
                                    ": an operation or value that a field of type " +
                                    std::string(name_of(field.type)) + " cannot hold");
}

}  // namespace setu::forms
