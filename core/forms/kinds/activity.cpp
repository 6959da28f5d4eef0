#include "forms/kinds/codes.hpp"
#include "forms/kinds/fields.hpp"

namespace setu::forms::kinds {

// What the organisation did together.
Form activity() {
  const std::vector<Choice> types = {
      {"outreach", "Outreach"},           {"group_session", "Group session"},
      {"training", "Training"},           {"counselling_day", "Counselling day"},
      {"advocacy", "Advocacy"},           {"community_event", "Community event"},
      {"sharing_visit", "Sharing visit"}, {"coordination_meeting", "Coordination meeting"},
      {"other", "Something else"},
  };
  Form form{3, "activity", "Activity", HomeType::kOrg, {}, {}};
  form.fields = {
      choice(1, "type", kFacts, "What it was", types).required(),
      text(2, "title", kHome, "Title"),
      date(3, "date", kFacts, "Date").required(),
      text(4, "place", kHome, "Place"),
      text(5, "district", kFacts, "District"),
      location(6, "location", kHome, "On the map", 2)
          .hint("Latitude and longitude; kept to about a kilometre."),
      free_set(7, "topics", kFacts, "Topics"),
      free_set(8, "facilitators", kHome, "Who led it").hint("Working names."),
      counters(9, "reached", kFacts, "People reached, by group", populations()),
      free_set(10, "organisations", kFacts, "Organisations that took part"),
      counter(11, "materials", kFacts, "Materials handed out"),
      text(12, "result", kHome, "What came of it"),
      text(13, "published_result", kProgramme, "What came of it, for everybody")
          .hint("A lead's words; no names, no places of people.")
          .writers({.worker = false, .lead = true, .coordinator = false}),
      log(14, "notes", kHome, "Notes"),
  };
  return form;
}

}  // namespace setu::forms::kinds
