#include <algorithm>
#include <set>

#include "forms/form.hpp"
#include "forms/value_text.hpp"
#include "setu/base/limits.hpp"

namespace setu::forms {
namespace {

constexpr std::size_t kNameLength = 64;
constexpr int kMostLocationDecimals = 6;

bool is_name(std::string_view name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= kNameLength && lower(name.front()) &&
         std::ranges::all_of(
             name, [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '_'; });
}

tl::unexpected<Error> refuse(const Form& form, const std::string& why) {
  return fail(Code::kInvalidArgument, "check form " + std::to_string(form.kind) + ": " + why);
}

tl::unexpected<Error> refuse(const Form& form, const Field& field, const std::string& why) {
  return refuse(form, "field " + std::to_string(field.tag) + ": " + why);
}

bool rule_fits(FieldType type, merge::Rule rule) {
  using merge::Rule;
  switch (type) {
    case FieldType::kChoice:
      return rule == Rule::kRegister || rule == Rule::kLadder || rule == Rule::kCautious;
    case FieldType::kChoices: return rule == Rule::kSetAddWins || rule == Rule::kSetRemoveWins;
    case FieldType::kCounter: return rule == Rule::kCounter;
    case FieldType::kCounters: return rule == Rule::kKeyedCounter;
    case FieldType::kLog: return rule == Rule::kLog;
    default: return rule == Rule::kRegister;
  }
}

bool ranks_fit(const Field& field) {
  const bool ranked =
      field.rule.rule == merge::Rule::kLadder || field.rule.rule == merge::Rule::kCautious;
  if (!ranked) return field.rule.ranks.empty();
  return std::ranges::equal(field.choices, field.rule.ranks,
                            [](const Choice& choice, const auto& rank) {
                              return choice.code == rank.first && choice.rank == rank.second;
                            });
}

Status check_choices(const Form& form, const Field& field) {
  const bool may_have = field.type == FieldType::kChoice || field.type == FieldType::kChoices ||
                        field.type == FieldType::kCounters;
  if (!may_have && !field.choices.empty())
    return refuse(form, field, "only choices and counters by key have codes");
  if (field.type == FieldType::kChoice && field.choices.empty())
    return refuse(form, field, "a choice without codes");
  std::set<std::string_view> codes;
  for (const Choice& choice : field.choices) {
    if (!is_key(choice.code) || trimmed(choice.code) != choice.code)
      return refuse(form, field, "a code is empty, too long, or holds a comma or an equals sign");
    if (!codes.insert(choice.code).second) return refuse(form, field, "a code is there twice");
  }
  return {};
}

Status check_range(const Form& form, const Field& field) {
  if (field.min && field.max && *field.min > *field.max)
    return refuse(form, field, "its range is empty");
  const bool is_text = field.type == FieldType::kText || field.type == FieldType::kLog;
  const auto most = static_cast<std::int64_t>(limits::kTextBytes);
  if (is_text && field.max && (*field.max < 1 || *field.max > most))
    return refuse(form, field, "a text holds 1 to " + std::to_string(most) + " bytes");
  if (field.location_decimals < 0 || field.location_decimals > kMostLocationDecimals)
    return refuse(form, field, "a location has 0 to 6 decimals");
  return {};
}

// Of which types a derived field and its source have to be.
bool derivation_fits(const Field& field, const Field* source) {
  const auto from = [&](FieldType type) { return source != nullptr && source->type == type; };
  switch (field.derivation) {
    case Derivation::kNone: return source == nullptr;
    case Derivation::kAgeBand: return field.type == FieldType::kChoice && from(FieldType::kInteger);
    case Derivation::kMonth: return field.type == FieldType::kMonth && from(FieldType::kDate);
    case Derivation::kShownServices:
      return (field.type == FieldType::kChoice || field.type == FieldType::kChoices) &&
             from(field.type);
    case Derivation::kQuarterOfWriting:
      return field.type == FieldType::kQuarter && source == nullptr;
    case Derivation::kDateOfWriting: return field.type == FieldType::kDate && source == nullptr;
    case Derivation::kReferralCode: return field.type == FieldType::kText && source == nullptr;
    case Derivation::kCopyFromClient:
      return from(FieldType::kReference) && source->reference_kind == "client" &&
             field.type != FieldType::kLog && field.type != FieldType::kCounter &&
             field.type != FieldType::kCounters;
  }
  return false;
}

Status check_derivation(const Form& form, const Field& field) {
  const Field* source = field.source.empty() ? nullptr : form.find(field.source);
  if (!field.source.empty() && source == nullptr)
    return refuse(form, field, "made from a field that the form does not have");
  if (source != nullptr && (source == &field || source->derivation != Derivation::kNone))
    return refuse(form, field, "made from a field that is made from another itself");
  if (!derivation_fits(field, source))
    return refuse(form, field, "made from a field whose type does not fit");
  return {};
}

// Words that nobody chose from a list, a place, a day: with these a person could be found.
bool may_identify(const Field& field) {
  switch (field.type) {
    case FieldType::kText:
    case FieldType::kLog:
    case FieldType::kLocation:
    case FieldType::kDate: return true;
    case FieldType::kChoices:
    case FieldType::kCounters: return field.choices.empty();
    default: return false;
  }
}

bool is_within_home(HomeType home, Audience audience) {
  if (home == HomeType::kCommons) return true;  // nothing is wider than everybody
  return audience == Audience::kHome || audience == Audience::kLeads;
}

Status check_field(const Form& form, const Field& field, FormOrigin origin) {
  if (field.tag == kDeletedField) return refuse(form, field, "tag 0 is the delete register");
  if (!is_name(field.name)) return refuse(form, field, "its name is not [a-z][a-z0-9_]*");
  if (field.name == "deleted") return refuse(form, field, "`deleted` is not a field's name");
  if (name_of(field.type).empty()) return refuse(form, field, "no such type");
  if (name_of(field.audience).empty()) return refuse(form, field, "no such audience");
  if (!rule_fits(field.type, field.rule.rule) || !ranks_fit(field))
    return refuse(form, field, "its merge rule does not fit its type and codes");
  if ((field.type == FieldType::kReference) == field.reference_kind.empty())
    return refuse(form, field, "a reference, and nothing else, names what it refers to");
  SETU_TRY(check_choices(form, field));
  SETU_TRY(check_range(form, field));
  SETU_TRY(check_derivation(form, field));
  if (origin == FormOrigin::kAdded && may_identify(field) &&
      !is_within_home(form.home, field.audience)) {
    return refuse(form, field,
                  "free words, places and exact dates stay in the home; make it a choice, a month, "
                  "or of audience home");
  }
  return {};
}

}  // namespace

Status check_form(const Form& form, FormOrigin origin) {
  if (form.kind == 0) return refuse(form, "kind number 0");
  if (origin == FormOrigin::kAdded && form.kind < kFirstAddedKind)
    return refuse(form, "numbers below " + std::to_string(kFirstAddedKind) + " are the library's");
  if (!is_name(form.name)) return refuse(form, "its name is not [a-z][a-z0-9_]*");
  if (name_of(form.home).empty()) return refuse(form, "no such home");
  if (form.fields.empty()) return refuse(form, "it has no field");
  std::set<FieldTag> tags;
  std::set<std::string_view> names;
  for (const Field& field : form.fields) {
    SETU_TRY(check_field(form, field, origin));
    if (!tags.insert(field.tag).second) return refuse(form, field, "its tag is there twice");
    if (!names.insert(field.name).second) return refuse(form, field, "its name is there twice");
  }
  return {};
}

}  // namespace setu::forms
