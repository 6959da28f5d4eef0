#pragma once
// Forms are data: what a kind of record consists of, what each field may hold, how it merges, who
// may read and write it. Type, merge rule and audience stay fixed for ever under a tag; another
// meaning is another tag.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "merge/rule.hpp"
#include "setu/base/ids.hpp"
#include "setu/base/instant.hpp"
#include "wire/entry.hpp"

namespace setu::forms {

// Never renumber.
enum class FieldType : std::uint8_t {
  kText = 1,
  kInteger = 2,
  kDecimal = 3,     // ten-thousandths
  kBoolean = 4,     // 0 or 1
  kDate = 5,        // 2026-11-23
  kMonth = 6,       // 2026-11
  kQuarter = 7,     // 2026-Q4
  kChoice = 8,      // one code
  kChoices = 9,     // a set of codes, or of free words where the field has no choices
  kReference = 10,  // a record's id, or an org's
  kLocation = 11,   // "lat lon" in degrees, rounded as the field says
  kCounter = 12,
  kCounters = 13,  // a counter by key
  kLog = 14,       // entries only ever added
};

// Who reads a field. Each resolves to one circle for a given home (client/circles). Never renumber.
enum class Audience : std::uint8_t {
  kHome = 1,
  kFacts = 2,
  kLeads = 3,
  kProgramme = 4,
  kCommons = 5,
  kAlerts = 6
};

// What a kind's records belong to.
enum class HomeType : std::uint8_t { kCaseload = 1, kOrg = 2, kCommons = 3 };

// Set of roles.
struct Roles {
  bool worker = true;
  bool lead = true;
  bool coordinator = true;
  [[nodiscard]] bool contains(wire::Role role) const;
  friend bool operator==(const Roles&, const Roles&) = default;
};

struct Choice {
  std::string code;   // stable identifier
  std::string label;  // English; other languages are files of the apps
  int rank = 0;       // ladder: rung; cautious: caution; else unused
};

// A field that another field of the record decides. Stored, written in its source's transaction;
// may be entered only while its source is empty.
enum class Derivation : std::uint8_t {
  kNone = 0,
  kAgeBand = 1,  // from a birth year, at the time of writing
  kMonth = 2,    // from a date
  // From a service or set of services, with those that tell a result replaced by "clinical".
  kShownServices = 3,
  kQuarterOfWriting = 4,  // no source: the quarter when the record was made
  kDateOfWriting = 5,     // no source: the day when the record was made
  kReferralCode = 6,      // no source: a fresh code
  kCopyFromClient = 7,    // the field of the same name of the client that `source` refers to
};

struct Field {
  FieldTag tag = 0;
  std::string name;
  FieldType type{};
  Audience audience = Audience::kHome;
  merge::FieldRule rule;
  std::string label;
  std::string hint;  // shown where it is typed; may be empty
  bool required = false;
  std::vector<Choice> choices;  // kChoice, kChoices, kCounters' keys; empty: any word
  // Integers: the value; decimals: ten-thousandths; counters: `max` of one entry; texts: `max` in
  // bytes, if below limits::kTextBytes.
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
  std::string reference_kind;  // kReference: kind's name, or "org"
  int location_decimals = 2;
  Roles writers;
  Derivation derivation = Derivation::kNone;
  std::string source;  // name of the field that the derivation reads
};

struct Form {
  KindTag kind = 0;
  std::string name;
  std::string label;
  HomeType home{};
  Roles writers;
  std::vector<Field> fields;  // in the order people see them

  [[nodiscard]] const Field* find(std::string_view name) const;
  [[nodiscard]] const Field* find(FieldTag tag) const;
  [[nodiscard]] std::vector<Audience> audiences() const;  // of its fields, ascending, unique
};

// The kinds that ship (shared by every programme): client, contact, activity, referral, facility,
// incident.
// Described in docs/forms.md. The reference lives as long as the process.
[[nodiscard]] const std::vector<Form>& built_in_forms();

// Kinds from here on are not the library's own.
inline constexpr KindTag kFirstAddedKind = 1024;

// Who wrote a form. Code that ships with the library or an app was reviewed; what a programme makes
// for itself was not, and is held to narrow audiences.
enum class FormOrigin : std::uint8_t { kBuiltIn, kAdded };

// kInvalidArgument: a form that breaks a rule of forms (tags twice, tag 0, a name that is not
// [a-z][a-z0-9_]*, a rule that does not fit the type, ranks that are not those of the choices, a
// derivation without its source). kAdded also: a kind number of the library's own, or a field of
// free words, a place or an exact date that is read outside the home.
[[nodiscard]] Status check_form(const Form& form, FormOrigin origin = FormOrigin::kBuiltIn);

// Stable names, as documents and scripts write them: "choice", "facts", "register".
[[nodiscard]] std::string_view name_of(FieldType type);
[[nodiscard]] std::string_view name_of(Audience audience);
[[nodiscard]] std::string_view name_of(HomeType home);
[[nodiscard]] std::string_view name_of(merge::Rule rule);
[[nodiscard]] std::string_view name_of(Derivation derivation);

}  // namespace setu::forms
