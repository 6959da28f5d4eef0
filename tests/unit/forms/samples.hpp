#pragma once
// A form with a field of every type, and short ways to type into it.

#include "forms/input.hpp"
#include "forms/kinds/fields.hpp"

namespace setu::forms::testing {

inline Form sample_form() {
  using namespace kinds;
  const std::vector<Choice> colours = {{"red", "Red"}, {"green", "Green"}, {"blue", "Blue"}};
  Form form{1024, "sample", "Sample", HomeType::kCaseload, {}, {}};
  form.fields = {
      text(1, "words", Audience::kHome, "Words"),
      integer(2, "number", Audience::kHome, "Number"),
      integer(3, "score", Audience::kHome, "Score").range(1, 5),
      FieldRow(4, "weight", FieldType::kDecimal, Audience::kHome, "Weight"),
      boolean(5, "flag", Audience::kHome, "Flag"),
      date(6, "day", Audience::kHome, "Day"),
      month(7, "month", Audience::kHome, "Month"),
      quarter(8, "quarter", Audience::kHome, "Quarter"),
      choice(9, "colour", Audience::kFacts, "Colour", colours),
      set(10, "colours", Audience::kFacts, "Colours", colours),
      free_set(11, "topics", Audience::kHome, "Topics"),
      reference(12, "friend", Audience::kHome, "Friend", "client"),
      reference(13, "partner_org", Audience::kHome, "Organisation", "org"),
      location(14, "spot", Audience::kHome, "Spot", 2),
      counter(15, "handed_out", Audience::kFacts, "Handed out"),
      counters(16, "by_colour", Audience::kFacts, "By colour", colours),
      counters(17, "by_word", Audience::kHome, "By word", {}),
      log(18, "notes", Audience::kHome, "Notes"),
      text(19, "short", Audience::kHome, "Short").range(0, 10),
      text(20, "code", Audience::kHome, "Code").from(Derivation::kReferralCode),
  };
  return form;
}

inline Result<TypedInput> type(const Form& form, std::string_view assignment) {
  auto input = parse_input(assignment);
  if (!input) return fail(std::move(input).error());
  return type_input(form, *input);
}

// What went wrong, or "" where nothing did.
inline std::string refusal(const Form& form, std::string_view assignment) {
  const auto typed = type(form, assignment);
  return typed ? "" : typed.error().message;
}

}  // namespace setu::forms::testing
