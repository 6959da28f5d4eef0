#include "forms/kinds/codes.hpp"
#include "forms/kinds/fields.hpp"

namespace setu::forms::kinds {

// A service to a person we serve, or to someone who stays anonymous or wants no record.
Form contact() {
  Form form{2, "contact", "Contact", HomeType::kCaseload, {}, {}};
  form.fields = {
      reference(1, "client", kFacts, "Person", "client")
          .hint("Empty where the person stays anonymous."),
      set(2, "population", kFacts, "Groups the person belongs to", populations())
          .hint("As the person says.")
          .from(Derivation::kCopyFromClient, "client"),
      choice(3, "gender", kFacts, "Gender", genders()).from(Derivation::kCopyFromClient, "client"),
      choice(4, "age_band", kFacts, "Age band", age_bands())
          .from(Derivation::kCopyFromClient, "client"),
      text(5, "district", kFacts, "District"),
      reference(6, "activity", kFacts, "Activity", "activity"),
      date(7, "date", kHome, "Date").required(),
      month(8, "month", kFacts, "Month").from(Derivation::kMonth, "date"),
      set(9, "services", kHome, "Services", services()),
      set(10, "services_shown", kFacts, "Services, as others see them", shown_services())
          .hint("A service that would tell a result is shown as clinical.")
          .from(Derivation::kShownServices, "services"),
      counter(11, "condoms", kFacts, "Condoms given"),
      counter(12, "lubricant", kFacts, "Lubricant given"),
      counter(13, "self_tests", kFacts, "Self-test kits given"),
      counter(14, "needles", kFacts, "Needles given"),
      choice(15, "hiv_result", kHome, "HIV test result", test_results()),
      choice(16, "sti_result", kHome, "STI test result", test_results()),
      integer(17, "feeling", kHome, "How the person feels")
          .hint("1 very bad, 5 very good.")
          .range(1, 5),
      date(18, "follow_up_on", kHome, "Follow up on"),
      log(19, "notes", kHome, "Notes"),
  };
  return form;
}

}  // namespace setu::forms::kinds
