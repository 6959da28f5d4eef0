#include "forms/kinds/codes.hpp"
#include "forms/kinds/fields.hpp"

namespace setu::forms::kinds {

// A person we serve. Who she is stays in the caseload; what is counted goes to the facts.
Form client() {
  const std::vector<Choice> contact_safe = {
      {"any", "Any way is safe"},
      {"message_only", "Messages only, no calls"},
      {"never", "Never"},
      {"through_someone", "Through someone she or he trusts"},
  };
  const std::vector<Choice> consent = {
      {"record", "We may keep this record"},
      {"contact", "We may get in touch"},
      {"report", "May be counted in reports"},
      {"share_with_referral", "We may share it with where we refer to"},
  };
  const std::vector<Choice> status = {
      {"active", "Active", 0},
      {"moved", "Moved away", 1},
      {"closed", "Closed", 1},
  };
  Form form{1, "client", "Person we serve", HomeType::kCaseload, {}, {}};
  form.fields = {
      text(1, "alias", kHome, "Working name")
          .hint("What the person likes to be called here. Never a legal name.")
          .required(),
      text(2, "phone", kHome, "Phone"),
      choice(3, "contact_safe", kHome, "Safe way to get in touch", contact_safe),
      text(4, "area", kHome, "Area").hint("Where to meet, roughly. Never an address."),
      text(5, "uic", kHome, "Unique identifier code")
          .hint("Made of things the person can always repeat, as the programme agreed."),
      integer(6, "birth_year", kHome, "Year of birth").range(1900, 2100),
      choice(7, "age_band", kFacts, "Age band", age_bands())
          .from(Derivation::kAgeBand, "birth_year"),
      choice(8, "gender", kFacts, "Gender", genders()),
      set(9, "population", kFacts, "Groups the person belongs to", populations())
          .hint("As the person says."),
      set(10, "consent", kHome, "What the person agrees to", consent)
          .rule(merge::Rule::kSetRemoveWins),
      text(11, "consent_version", kHome, "Version of the consent text"),
      date(12, "consent_on", kHome, "Consent given on"),
      quarter(13, "registered_quarter", kFacts, "Registered in")
          .from(Derivation::kQuarterOfWriting),
      reference(14, "same_as", kFacts, "Same person as", "client"),
      choice(15, "status", kFacts, "Status", status).rule(merge::Rule::kLadder),
      log(16, "notes", kHome, "Notes"),
  };
  return form;
}

}  // namespace setu::forms::kinds
