#include "forms/kinds/codes.hpp"
#include "forms/kinds/fields.hpp"

namespace setu::forms::kinds {
namespace {

// An old phone cannot pull a referral back: of statuses that did not know of each other the higher
// rung is shown. The last four end it.
std::vector<Choice> statuses() {
  return {
      {"made", "Made", 0},           {"accepted", "Accepted", 1},
      {"scheduled", "Scheduled", 2}, {"no_show", "Did not come", 3},
      {"attended", "Attended", 4},   {"declined", "Declined by the other side", 5},
      {"completed", "Completed", 5}, {"not_completed", "Not completed", 5},
      {"cancelled", "Cancelled", 5},
  };
}

std::vector<Choice> reasons_not_done() {
  return {
      {"closed", "It was closed"},
      {"no_stock", "Nothing in stock"},
      {"turned_away", "Turned away"},
      {"cost", "Too expensive"},
      {"distance", "Too far"},
      {"fear", "Fear"},
      {"changed_mind", "Changed her or his mind"},
      {"unreachable", "Could not be reached"},
      {"other", "Another reason"},
  };
}

std::vector<Choice> outcomes() {
  return {
      {"service_received", "Got the service"},       {"treatment_started", "Started treatment"},
      {"prevention_started", "Started prevention"},  {"referred_on", "Sent on to somewhere else"},
      {"nothing_needed", "Nothing more was needed"}, {"other", "Something else"},
  };
}

}  // namespace

// The loop from sending a person somewhere to knowing that she was served.
Form referral() {
  const std::vector<Choice> urgencies = {
      {"emergency", "Emergency"},
      {"today", "Today"},
      {"this_week", "This week"},
      {"routine", "Routine"},
  };
  const std::vector<Choice> consent = {
      {"refer", "We may make this referral"},
      {"share_identity", "We may say who is coming"},
      {"share_contact", "They may get in touch"},
      {"hear_back", "They may tell us how it went"},
  };
  Form form{4, "referral", "Referral", HomeType::kCaseload, {}, {}};
  form.fields = {
      text(1, "code", kFacts, "Code on the slip").from(Derivation::kReferralCode),
      reference(2, "client", kFacts, "Person", "client")
          .hint("Empty where the person stays anonymous."),
      choice(3, "service", kHome, "Service", services()).required(),
      choice(4, "service_shown", kFacts, "Service, as others see it", shown_services())
          .hint("A service that would tell a result is shown as clinical.")
          .from(Derivation::kShownServices, "service"),
      choice(5, "urgency", kFacts, "Urgency", urgencies),
      reference(6, "to_facility", kFacts, "To which facility", "facility"),
      reference(7, "to_org", kFacts, "To which organisation", "org"),
      date(8, "made_on", kFacts, "Made on").from(Derivation::kDateOfWriting),
      date(9, "due_on", kFacts, "Due on"),
      boolean(10, "accompanied", kFacts, "Accompanied"),
      set(11, "consent", kHome, "What the person agrees to", consent)
          .rule(merge::Rule::kSetRemoveWins),
      choice(12, "status", kFacts, "Status", statuses()).rule(merge::Rule::kLadder),
      choice(13, "reason_not_done", kFacts, "Why it did not happen", reasons_not_done()),
      choice(14, "outcome", kHome, "What came of it", outcomes()),
      text(15, "feedback", kHome, "What the person said about it"),
      boolean(16, "stigma_met", kFacts, "Was the person treated with contempt?"),
      log(17, "notes", kHome, "Notes"),
  };
  return form;
}

}  // namespace setu::forms::kinds
