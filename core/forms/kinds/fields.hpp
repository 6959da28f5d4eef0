#pragma once
// The words that the tables of built-in kinds are written in: one function per type of field, one
// method per thing that is unusual about it.
//
//   choice(8, "gender", kFacts, "Gender", genders())
//   integer(23, "feeling", kHome, "How the person feels").range(1, 5)

#include "forms/form.hpp"

namespace setu::forms::kinds {

inline constexpr Audience kHome = Audience::kHome;
inline constexpr Audience kFacts = Audience::kFacts;
inline constexpr Audience kLeads = Audience::kLeads;
inline constexpr Audience kProgramme = Audience::kProgramme;
inline constexpr Audience kCommons = Audience::kCommons;

class FieldRow {
 public:
  FieldRow(FieldTag tag, const char* name, FieldType type, Audience audience, const char* label);

  // Shown where the field is typed, followed by who outside the organisation reads it.
  FieldRow hint(const char* words) &&;
  FieldRow required() &&;
  FieldRow range(std::int64_t min, std::int64_t max) &&;
  FieldRow rule(merge::Rule rule) &&;  // ladder and cautious: the choices' ranks become the rule's
  FieldRow choices(std::vector<Choice> choices) &&;
  FieldRow refers_to(const char* kind) &&;
  FieldRow decimals(int places) &&;
  FieldRow writers(Roles roles) &&;
  FieldRow from(Derivation derivation, const char* source = "") &&;

  // NOLINTNEXTLINE(google-explicit-constructor): a row is how a field is spelled.
  operator Field() const { return field_; }

 private:
  Field field_;
};

[[nodiscard]] FieldRow text(FieldTag tag, const char* name, Audience audience, const char* label);
[[nodiscard]] FieldRow integer(FieldTag tag, const char* name, Audience audience,
                               const char* label);
[[nodiscard]] FieldRow boolean(FieldTag tag, const char* name, Audience audience,
                               const char* label);
[[nodiscard]] FieldRow date(FieldTag tag, const char* name, Audience audience, const char* label);
[[nodiscard]] FieldRow month(FieldTag tag, const char* name, Audience audience, const char* label);
[[nodiscard]] FieldRow quarter(FieldTag tag, const char* name, Audience audience,
                               const char* label);
[[nodiscard]] FieldRow choice(FieldTag tag, const char* name, Audience audience, const char* label,
                              std::vector<Choice> choices);
[[nodiscard]] FieldRow set(FieldTag tag, const char* name, Audience audience, const char* label,
                           std::vector<Choice> choices);
[[nodiscard]] FieldRow free_set(FieldTag tag, const char* name, Audience audience,
                                const char* label);
[[nodiscard]] FieldRow reference(FieldTag tag, const char* name, Audience audience,
                                 const char* label, const char* kind);
[[nodiscard]] FieldRow location(FieldTag tag, const char* name, Audience audience,
                                const char* label, int decimals);
[[nodiscard]] FieldRow counter(FieldTag tag, const char* name, Audience audience,
                               const char* label);
[[nodiscard]] FieldRow counters(FieldTag tag, const char* name, Audience audience,
                                const char* label, std::vector<Choice> keys);
[[nodiscard]] FieldRow log(FieldTag tag, const char* name, Audience audience, const char* label);

// One per file of this directory.
[[nodiscard]] Form client();
[[nodiscard]] Form contact();
[[nodiscard]] Form activity();
[[nodiscard]] Form referral();
[[nodiscard]] Form facility();
[[nodiscard]] Form incident();

}  // namespace setu::forms::kinds
