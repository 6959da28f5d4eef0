#include "forms/kinds/codes.hpp"
#include "forms/kinds/fields.hpp"

namespace setu::forms::kinds {
namespace {

std::vector<Choice> violations() {
  return {
      {"refusal_of_service", "Service refused"},
      {"stigma", "Stigma or contempt"},
      {"physical_violence", "Physical violence"},
      {"sexual_violence", "Sexual violence"},
      {"emotional_violence", "Emotional violence"},
      {"arrest", "Arrest or detention"},
      {"extortion", "Extortion"},
      {"eviction", "Eviction"},
      {"outing", "Outed against her or his will"},
      {"threat", "Threat"},
      {"raid", "Raid"},
      {"other", "Something else"},
  };
}

std::vector<Choice> perpetrators() {
  return {
      {"police", "Police"},
      {"health_worker", "Health worker"},
      {"state_service", "Another state service"},
      {"partner", "Partner"},
      {"family", "Family"},
      {"employer", "Employer"},
      {"landlord", "Landlord"},
      {"community", "People nearby"},
      {"media", "Media"},
      {"own_staff", "Somebody of our own"},
      {"other", "Somebody else"},
  };
}

std::vector<Choice> responses() {
  return {
      {"legal_aid", "Legal aid"},
      {"psychosocial", "Psychosocial support"},
      {"shelter", "Shelter"},
      {"referral", "Referral"},
      {"emergency_fund", "Emergency fund"},
      {"mediation", "Mediation"},
      {"documentation_only", "Written down only"},
  };
}

}  // namespace

// A violation of somebody's rights, or something that endangers people: one event, maybe several
// violations by several. Its story is written to the leads' inbox, and read by them alone.
Form incident() {
  const std::vector<Choice> severity = {
      {"low", "Low"},
      {"medium", "Medium"},
      {"high", "High"},
      {"critical", "Somebody is in danger now"},
  };
  const std::vector<Choice> consent = {
      {"record", "We may write this down"},
      {"report", "It may count in reports"},
      {"follow_up", "We may get in touch about it"},
      {"share_story", "The story may be used, without names"},
  };
  const std::vector<Choice> status = {
      {"open", "Open", 0},
      {"in_progress", "Being worked on", 1},
      {"partly_resolved", "Resolved in part", 2},
      {"resolved", "Resolved", 3},
      {"closed", "Closed", 3},
  };
  Form form{6, "incident", "Incident", HomeType::kCaseload, {}, {}};
  form.fields = {
      month(1, "month", kFacts, "Month").required(),
      text(2, "district", kFacts, "District"),
      reference(3, "client", kHome, "Person", "client")
          .hint("Empty where the person stays anonymous."),
      set(4, "violations", kFacts, "What happened", violations()),
      set(5, "perpetrators", kFacts, "Who did it", perpetrators()),
      set(6, "responses", kFacts, "What was done about it", responses()),
      choice(7, "severity", kFacts, "How serious", severity),
      set(8, "consent", kHome, "What the person agrees to", consent)
          .rule(merge::Rule::kSetRemoveWins),
      choice(9, "status", kFacts, "Status", status).rule(merge::Rule::kLadder),
      text(10, "narrative", kLeads, "What happened, in words")
          .hint("Your organisation's leads read this, and nobody else."),
      log(11, "notes", kHome, "Notes"),
  };
  return form;
}

}  // namespace setu::forms::kinds
