#pragma once
// What a person typed, checked against the form and turned into values: "field=value", "topics+=c",
// "condoms+=24".
//
// A text is kept as typed; of all other types spaces around the value do not count. "field="
// clears, and a log is never cleared: what is typed for it is one more entry, with = or +=.
//
// Every error is kInvalidArgument (kMissingRequired, kTooLarge, kNotAllowed where they fit), names
// kind and field, says what is allowed, and never repeats the value.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "forms/form.hpp"
#include "setu/base/change.hpp"

namespace setu::forms {

enum class InputOp : std::uint8_t { kSet, kAdd, kRemove };  // =, +=, -=

struct Input {
  std::string field;
  InputOp op = InputOp::kSet;
  std::string text;
};
// Splits "field=value"; the value may hold anything, '=' too. A field's name ends at the first of =
// += -=; spaces around it do not count.
[[nodiscard]] Result<Input> parse_input(std::string_view assignment);

// A typed input. Exactly one of the three carries the value, by the field's type.
struct TypedInput {
  const Field* field = nullptr;
  InputOp op = InputOp::kSet;
  Value value;                        // all others: empty for "field=" (clear)
  std::vector<std::string> elements;  // kChoices: ascending, unique
  // kCounters: "hijra=3,msm=2", ascending by key.
  std::vector<std::pair<std::string, std::int64_t>> counts;
};
[[nodiscard]] Result<TypedInput> type_input(const Form& form, const Input& input);

// The same for a value that arrived in a batch: is this op possible for this field? kMalformed: no.
[[nodiscard]] Status check_op(const Field& field, const Op& op);

// kMissingRequired naming the first required field that `present` says is empty. `relevant`: the
// fields to look at (all on create, the cleared ones on edit); empty means all.
[[nodiscard]] Status check_required(const Form& form,
                                    const std::function<bool(const Field&)>& is_present,
                                    const std::function<bool(const Field&)>& is_relevant);

// How a column's value is printed: decimals with a point, booleans yes/no, references as ids, the
// rest as is.
[[nodiscard]] std::string to_text(const Field& field, const Value& value);

// --- derivations: pure functions of what they derive from
// "20-24", the last "50+"; "" outside 10 to 120 years.
[[nodiscard]] std::string age_band(std::int64_t birth_year, CivilDate today);
[[nodiscard]] std::string shown_service(std::string_view service);  // itself or "clinical"
[[nodiscard]] std::vector<std::string> shown_services(const std::vector<std::string>& services);
[[nodiscard]] std::string month_of(std::string_view date);  // "2026-11" of "2026-11-23"
[[nodiscard]] std::string quarter_of(CivilDate date);       // "2026-Q4"
// 8 characters from an alphabet without look-alikes, the last a check character that catches any
// one wrong character and any swap of two neighbours.
[[nodiscard]] std::string referral_code(std::span<const std::byte, 8> random);
[[nodiscard]] bool is_referral_code(std::string_view code);
// A code as a person copied it from a slip: small letters, spaces and dashes are forgiven. Empty
// where it is none.
[[nodiscard]] std::string read_referral_code(std::string_view text);

}  // namespace setu::forms
