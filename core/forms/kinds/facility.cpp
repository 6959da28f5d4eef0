#include "forms/kinds/fields.hpp"

namespace setu::forms::kinds {

// The directory of places that people can be sent to. Everyone in the programme reads and writes
// it, so lists of services and types take any word: a directory brought in from elsewhere has its
// own.
Form facility() {
  const std::vector<Choice> safe_now = {
      {"yes", "Safe", 0},
      {"take_care", "Take care", 1},
      {"avoid", "Avoid", 2},
  };
  Form form{5, "facility", "Facility", HomeType::kCommons, {}, {}};
  form.fields = {
      text(1, "name", kCommons, "Name").required(),
      text(2, "type", kCommons, "Type"),
      free_set(3, "services", kCommons, "Services")
          .hint("Where they fit, as in a contact: hiv_test, prep, counselling."),
      text(4, "address", kCommons, "Address"),
      text(5, "district", kCommons, "District"),
      location(6, "location", kCommons, "On the map", 5).hint("Latitude and longitude."),
      text(7, "phone", kCommons, "Phone"),
      text(8, "hours", kCommons, "Opening hours"),
      free_set(9, "languages", kCommons, "Languages spoken"),
      integer(10, "friendly", kCommons, "How people are treated")
          .hint("1 very badly, 5 very well.")
          .range(1, 5),
      choice(11, "safe_now", kCommons, "Safe to go to now", safe_now)
          .rule(merge::Rule::kCautious)
          .hint("Anyone may warn; only leads clear a warning."),
      text(12, "safe_note", kCommons, "What to know about safety").hint("No names of people."),
      free_set(13, "out_of_stock", kCommons, "Out of stock"),
      date(14, "checked_on", kCommons, "Checked on"),
      text(15, "source_id", kCommons, "Id in the list it came from"),
      log(16, "notes", kCommons, "Notes").hint("No names of people."),
  };
  return form;
}

}  // namespace setu::forms::kinds
