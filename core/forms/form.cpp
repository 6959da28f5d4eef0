#include "forms/form.hpp"

#include <algorithm>

#include "forms/kinds/fields.hpp"

namespace setu::forms {

bool Roles::contains(wire::Role role) const {
  switch (role) {
    case wire::Role::kWorker: return worker;
    case wire::Role::kLead: return lead;
    case wire::Role::kCoordinator: return coordinator;
  }
  return false;
}

const Field* Form::find(std::string_view wanted) const {
  const auto found = std::ranges::find(fields, wanted, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

const Field* Form::find(FieldTag tag) const {
  const auto found = std::ranges::find(fields, tag, &Field::tag);
  return found == fields.end() ? nullptr : &*found;
}

std::vector<Audience> Form::audiences() const {
  std::vector<Audience> found;
  for (const Field& field : fields) found.push_back(field.audience);
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

const std::vector<Form>& built_in_forms() {
  static const std::vector<Form> forms = {kinds::client(),   kinds::contact(),  kinds::activity(),
                                          kinds::referral(), kinds::facility(), kinds::incident()};
  return forms;
}

std::string_view name_of(FieldType type) {
  switch (type) {
    case FieldType::kText: return "text";
    case FieldType::kInteger: return "integer";
    case FieldType::kDecimal: return "decimal";
    case FieldType::kBoolean: return "boolean";
    case FieldType::kDate: return "date";
    case FieldType::kMonth: return "month";
    case FieldType::kQuarter: return "quarter";
    case FieldType::kChoice: return "choice";
    case FieldType::kChoices: return "choices";
    case FieldType::kReference: return "reference";
    case FieldType::kLocation: return "location";
    case FieldType::kCounter: return "counter";
    case FieldType::kCounters: return "counters";
    case FieldType::kLog: return "log";
  }
  return "";
}

std::string_view name_of(Audience audience) {
  switch (audience) {
    case Audience::kHome: return "home";
    case Audience::kFacts: return "facts";
    case Audience::kLeads: return "leads";
    case Audience::kProgramme: return "programme";
    case Audience::kCommons: return "commons";
    case Audience::kAlerts: return "alerts";
  }
  return "";
}

std::string_view name_of(HomeType home) {
  switch (home) {
    case HomeType::kCaseload: return "caseload";
    case HomeType::kOrg: return "org";
    case HomeType::kCommons: return "commons";
  }
  return "";
}

std::string_view name_of(merge::Rule rule) {
  switch (rule) {
    case merge::Rule::kRegister: return "register";
    case merge::Rule::kLadder: return "ladder";
    case merge::Rule::kCautious: return "cautious";
    case merge::Rule::kSetAddWins: return "set";
    case merge::Rule::kSetRemoveWins: return "set, remove wins";
    case merge::Rule::kCounter: return "counter";
    case merge::Rule::kKeyedCounter: return "counter by key";
    case merge::Rule::kLog: return "log";
  }
  return "";
}

std::string_view name_of(Derivation derivation) {
  switch (derivation) {
    case Derivation::kNone: return "";
    case Derivation::kAgeBand: return "age band";
    case Derivation::kMonth: return "month";
    case Derivation::kShownServices: return "shown services";
    case Derivation::kQuarterOfWriting: return "quarter of writing";
    case Derivation::kDateOfWriting: return "date of writing";
    case Derivation::kReferralCode: return "referral code";
    case Derivation::kCopyFromClient: return "copy from client";
  }
  return "";
}

}  // namespace setu::forms
