#include "forms/kinds/fields.hpp"

namespace setu::forms::kinds {
namespace {

merge::Rule usual_rule(FieldType type) {
  switch (type) {
    case FieldType::kChoices: return merge::Rule::kSetAddWins;
    case FieldType::kCounter: return merge::Rule::kCounter;
    case FieldType::kCounters: return merge::Rule::kKeyedCounter;
    case FieldType::kLog: return merge::Rule::kLog;
    default: return merge::Rule::kRegister;
  }
}

// Whoever types a field that leaves the organisation is told so there.
const char* readers_outside(Audience audience) {
  switch (audience) {
    case Audience::kHome:
    case Audience::kLeads: return "";
    case Audience::kFacts: return "The programme's coordinators read this.";
    case Audience::kProgramme: return "Everyone leading in the programme reads this.";
    case Audience::kCommons:
    case Audience::kAlerts: return "Everyone in the programme reads this.";
  }
  return "";
}

bool is_ranked(merge::Rule rule) {
  return rule == merge::Rule::kLadder || rule == merge::Rule::kCautious;
}

}  // namespace

FieldRow::FieldRow(FieldTag tag, const char* name, FieldType type, Audience audience,
                   const char* label) {
  field_.tag = tag;
  field_.name = name;
  field_.type = type;
  field_.audience = audience;
  field_.rule.rule = usual_rule(type);
  field_.label = label;
  field_.hint = readers_outside(audience);
}

FieldRow FieldRow::hint(const char* words) && {
  field_.hint = field_.hint.empty() ? words : words + (" " + field_.hint);
  return std::move(*this);
}

FieldRow FieldRow::required() && {
  field_.required = true;
  return std::move(*this);
}

FieldRow FieldRow::range(std::int64_t min, std::int64_t max) && {
  field_.min = min;
  field_.max = max;
  return std::move(*this);
}

FieldRow FieldRow::rule(merge::Rule rule) && {
  field_.rule.rule = rule;
  field_.rule.ranks.clear();
  if (is_ranked(rule)) {
    for (const Choice& choice : field_.choices) {
      field_.rule.ranks.emplace_back(choice.code, choice.rank);
    }
  }
  return std::move(*this);
}

FieldRow FieldRow::choices(std::vector<Choice> choices) && {
  field_.choices = std::move(choices);
  return std::move(*this);
}

FieldRow FieldRow::refers_to(const char* kind) && {
  field_.reference_kind = kind;
  return std::move(*this);
}

FieldRow FieldRow::decimals(int places) && {
  field_.location_decimals = places;
  return std::move(*this);
}

FieldRow FieldRow::writers(Roles roles) && {
  field_.writers = roles;
  return std::move(*this);
}

FieldRow FieldRow::from(Derivation derivation, const char* source) && {
  field_.derivation = derivation;
  field_.source = source;
  return std::move(*this);
}

FieldRow text(FieldTag tag, const char* name, Audience audience, const char* label) {
  return {tag, name, FieldType::kText, audience, label};
}

FieldRow integer(FieldTag tag, const char* name, Audience audience, const char* label) {
  return {tag, name, FieldType::kInteger, audience, label};
}

FieldRow boolean(FieldTag tag, const char* name, Audience audience, const char* label) {
  return {tag, name, FieldType::kBoolean, audience, label};
}

FieldRow date(FieldTag tag, const char* name, Audience audience, const char* label) {
  return {tag, name, FieldType::kDate, audience, label};
}

FieldRow month(FieldTag tag, const char* name, Audience audience, const char* label) {
  return {tag, name, FieldType::kMonth, audience, label};
}

FieldRow quarter(FieldTag tag, const char* name, Audience audience, const char* label) {
  return {tag, name, FieldType::kQuarter, audience, label};
}

FieldRow choice(FieldTag tag, const char* name, Audience audience, const char* label,
                std::vector<Choice> choices) {
  return FieldRow(tag, name, FieldType::kChoice, audience, label).choices(std::move(choices));
}

FieldRow set(FieldTag tag, const char* name, Audience audience, const char* label,
             std::vector<Choice> choices) {
  return FieldRow(tag, name, FieldType::kChoices, audience, label).choices(std::move(choices));
}

FieldRow free_set(FieldTag tag, const char* name, Audience audience, const char* label) {
  return {tag, name, FieldType::kChoices, audience, label};
}

FieldRow reference(FieldTag tag, const char* name, Audience audience, const char* label,
                   const char* kind) {
  return FieldRow(tag, name, FieldType::kReference, audience, label).refers_to(kind);
}

FieldRow location(FieldTag tag, const char* name, Audience audience, const char* label,
                  int decimals) {
  return FieldRow(tag, name, FieldType::kLocation, audience, label).decimals(decimals);
}

FieldRow counter(FieldTag tag, const char* name, Audience audience, const char* label) {
  return {tag, name, FieldType::kCounter, audience, label};
}

FieldRow counters(FieldTag tag, const char* name, Audience audience, const char* label,
                  std::vector<Choice> keys) {
  return FieldRow(tag, name, FieldType::kCounters, audience, label).choices(std::move(keys));
}

FieldRow log(FieldTag tag, const char* name, Audience audience, const char* label) {
  return {tag, name, FieldType::kLog, audience, label};
}

}  // namespace setu::forms::kinds
