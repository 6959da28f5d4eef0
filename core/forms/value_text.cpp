#include "forms/value_text.hpp"

#include <algorithm>

#include "forms/input.hpp"
#include "forms/number.hpp"
#include "setu/base/bytes.hpp"
#include "setu/base/limits.hpp"

namespace setu::forms {
namespace {

// Does `text` look like `shape`, where 0 stands for a digit?
bool has_shape(std::string_view text, std::string_view shape) {
  return std::ranges::equal(text, shape, [](char c, char wanted) {
    return wanted == '0' ? c >= '0' && c <= '9' : c == wanted;
  });
}

int digits_at(std::string_view text, std::size_t start, std::size_t count) {
  int number = 0;
  for (const char c : text.substr(start, count)) number = number * 10 + (c - '0');
  return number;
}

std::optional<Value> in_range(const Field& field, std::optional<std::int64_t> number) {
  if (!number || (field.min && *number < *field.min) || (field.max && *number > *field.max))
    return std::nullopt;
  return Value{*number};
}

std::optional<Value> as_is(bool fits, std::string_view text) {
  return fits ? std::optional<Value>(std::string(text)) : std::nullopt;
}

std::optional<Value> read_boolean(std::string_view text) {
  std::string word(text);
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (word == "yes" || word == "true" || word == "1") return Value{std::int64_t{1}};
  if (word == "no" || word == "false" || word == "0") return Value{std::int64_t{0}};
  return std::nullopt;
}

std::optional<Value> read_reference(std::string_view text) {
  const auto id = parse_uuid(text);
  if (!id) return std::nullopt;
  return Value{std::string(as_text(id->view()))};
}

std::string range_text(const Field& field, std::string (*print)(std::int64_t)) {
  if (field.min && field.max) return " from " + print(*field.min) + " to " + print(*field.max);
  if (field.min) return " of at least " + print(*field.min);
  if (field.max) return " of at most " + print(*field.max);
  return "";
}

std::string plain_text(std::int64_t number) { return std::to_string(number); }

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const std::size_t start = text.find_first_not_of(kSpaces);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kSpaces) - start + 1);
}

bool is_date(std::string_view text) {
  return has_shape(text, "0000-00-00") &&
         is_valid_date(digits_at(text, 0, 4), static_cast<unsigned>(digits_at(text, 5, 2)),
                       static_cast<unsigned>(digits_at(text, 8, 2)));
}

bool is_month(std::string_view text) {
  return has_shape(text, "0000-00") && is_date(std::string(text) + "-01");
}

bool is_quarter(std::string_view text) {
  return has_shape(text, "0000-Q0") && digits_at(text, 0, 4) > 0 && text[6] >= '1' &&
         text[6] <= '4';
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= limits::kWordBytes && is_utf8_text(text) &&
         text.find(',') == std::string_view::npos;
}

bool is_key(std::string_view text) {
  return is_word(text) && text.find('=') == std::string_view::npos;
}

bool is_listed(const Field& field, std::string_view code) {
  return std::ranges::find(field.choices, code, &Choice::code) != field.choices.end();
}

std::string listed_codes(const Field& field) {
  std::string codes;
  for (const Choice& choice : field.choices) codes += (codes.empty() ? "" : ", ") + choice.code;
  return codes;
}

std::optional<Value> read_value(const Field& field, std::string_view text) {
  switch (field.type) {
    case FieldType::kInteger: return in_range(field, read_integer(text));
    case FieldType::kDecimal: return in_range(field, read_decimal(text));
    case FieldType::kBoolean: return read_boolean(text);
    case FieldType::kDate: return as_is(is_date(text), text);
    case FieldType::kMonth: return as_is(is_month(text), text);
    case FieldType::kQuarter: return as_is(is_quarter(text), text);
    case FieldType::kChoice: return as_is(is_listed(field, text), text);
    case FieldType::kReference: return read_reference(text);
    case FieldType::kLocation: {
      auto location = read_location(text, field.location_decimals);
      return location ? std::optional<Value>(std::move(*location)) : std::nullopt;
    }
    default: return std::nullopt;  // texts, logs, sets and counters are read elsewhere
  }
}

std::string expected_text(const Field& field) {
  switch (field.type) {
    case FieldType::kInteger: return "a whole number" + range_text(field, plain_text);
    case FieldType::kDecimal:
      return "a number with at most four decimals, such as 12.5" + range_text(field, decimal_text);
    case FieldType::kBoolean: return "yes or no";
    case FieldType::kDate: return "a date such as 2026-11-23";
    case FieldType::kMonth: return "a month such as 2026-11";
    case FieldType::kQuarter: return "a quarter such as 2026-Q4";
    case FieldType::kChoice: return "one of " + listed_codes(field);
    case FieldType::kReference:
      return "an id, as `setu " +
             (field.reference_kind == "org" ? "org list" : "list " + field.reference_kind) +
             "` prints it";
    case FieldType::kLocation: return "latitude and longitude in degrees, such as 23.81 90.41";
    default: return "a " + std::string(name_of(field.type));
  }
}

std::string to_text(const Field& field, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (field.type == FieldType::kDecimal) return decimal_text(*number);
    if (field.type == FieldType::kBoolean) return *number != 0 ? "yes" : "no";
    return std::to_string(*number);
  }
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return "";
  if (field.type != FieldType::kReference) return *text;
  if (field.reference_kind == "org") return to_hex(as_bytes(*text));
  const auto id = RecordId::from(as_bytes(*text));
  return id ? to_uuid(*id) : to_hex(as_bytes(*text));
}

}  // namespace setu::forms
