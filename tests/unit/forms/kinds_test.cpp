// The kinds that ship, and the promise that a tag means the same for ever.

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>

#include "form_tables.hpp"
#include "forms/form.hpp"

using namespace setu;
using namespace setu::forms;

namespace {

const Form& kind(std::string_view name) {
  const auto found = std::ranges::find(built_in_forms(), name, &Form::name);
  REQUIRE(found != built_in_forms().end());
  return *found;
}

const Field& field(std::string_view kind_name, std::string_view name) {
  const Field* found = kind(kind_name).find(name);
  INFO(kind_name << "." << name);
  REQUIRE(found != nullptr);
  return *found;
}

std::set<std::string> lines_of_vectors() {
  std::ifstream file(SETU_VECTORS_DIR "/forms.txt");
  REQUIRE(file.is_open());
  std::set<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#') lines.insert(line);
  }
  return lines;
}

std::map<std::string, int> rungs(const Field& ladder) {
  return {ladder.rule.ranks.begin(), ladder.rule.ranks.end()};
}

}  // namespace

TEST_CASE("kinds: every kind that ships keeps the rules of forms") {
  std::set<KindTag> numbers;
  std::set<std::string> names;
  for (const Form& form : built_in_forms()) {
    const Status status = check_form(form);
    CAPTURE(form.name);
    if (!status) FAIL_CHECK(status.error().message);
    CHECK(form.kind < kFirstAddedKind);
    CHECK(numbers.insert(form.kind).second);
    CHECK(names.insert(form.name).second);
  }
  CHECK(names ==
        std::set<std::string>{"activity", "client", "contact", "facility", "incident", "referral"});
}

TEST_CASE("kinds: tag, name, type, audience and rule of a field never change") {
  std::set<std::string> now;
  for (const Form& form : built_in_forms()) {
    for (const Field& each : form.fields) now.insert(testing::vector_line(form, each));
  }
  CHECK(now == lines_of_vectors());
}

TEST_CASE("kinds: a reference refers to a kind that ships, or to an organisation") {
  for (const Form& form : built_in_forms()) {
    for (const Field& each : form.fields) {
      if (each.type != FieldType::kReference || each.reference_kind == "org") continue;
      CHECK_NOTHROW(kind(each.reference_kind));
    }
  }
}

TEST_CASE("kinds: whoever types a field that leaves the organisation is told so") {
  const auto says = [](const Field& each, const char* words) {
    return each.hint.find(words) != std::string::npos;
  };
  for (const Form& form : built_in_forms()) {
    for (const Field& each : form.fields) {
      CAPTURE(form.name, each.name);
      CHECK(says(each, "coordinators read this") == (each.audience == Audience::kFacts));
      CHECK(says(each, "Everyone leading in the programme") ==
            (each.audience == Audience::kProgramme));
      CHECK(says(each, "Everyone in the programme") == (each.audience == Audience::kCommons));
    }
  }
}

TEST_CASE("kinds: every field has a label, and words that nobody minds") {
  for (const Form& form : built_in_forms()) {
    for (const Field& each : form.fields) {
      CAPTURE(form.name, each.name);
      CHECK_FALSE(each.label.empty());
      std::string words = form.label + " " + each.label + " " + each.hint;
      for (const Choice& choice : each.choices) {
        CHECK_FALSE(choice.label.empty());
        words += " " + choice.label;
      }
      for (char& c : words) c = static_cast<char>(std::tolower(c));
      for (const char* unkind : {"target", "beneficiar", "suspect", "patient", "prostitut",
                                 " case ", " cases", "infected"}) {
        CHECK(words.find(unkind) == std::string::npos);
      }
    }
  }
}

TEST_CASE("kinds: what tells who somebody is, or a result, never leaves the home") {
  const std::map<std::string, std::vector<std::string>> secret = {
      {"client",
       {"alias", "phone", "contact_safe", "area", "uic", "birth_year", "consent", "consent_version",
        "consent_on", "notes"}},
      {"contact",
       {"date", "services", "hiv_result", "sti_result", "feeling", "follow_up_on", "notes"}},
      {"activity", {"title", "place", "location", "facilitators", "result", "notes"}},
      {"referral", {"service", "consent", "outcome", "feedback", "notes"}},
      {"incident", {"client", "consent", "notes"}},
  };
  for (const auto& [name, fields] : secret) {
    for (const std::string& each : fields) CHECK(field(name, each).audience == Audience::kHome);
  }
  CHECK(field("incident", "narrative").audience == Audience::kLeads);
}

TEST_CASE("kinds: almost nothing is required, so that nothing is refused in the field") {
  std::set<std::string> required;
  for (const Form& form : built_in_forms()) {
    for (const Field& each : form.fields) {
      if (each.required) required.insert(form.name + "." + each.name);
    }
  }
  CHECK(required == std::set<std::string>{"activity.date", "activity.type", "client.alias",
                                          "contact.date", "facility.name", "incident.month",
                                          "referral.service"});
}

TEST_CASE("kinds: a copied field has the type and the codes of the client's") {
  for (const Form& form : built_in_forms()) {
    for (const Field& each : form.fields) {
      if (each.derivation != Derivation::kCopyFromClient) continue;
      const Field& original = field("client", each.name);
      CHECK(each.type == original.type);
      CHECK(each.audience == original.audience);
      CHECK(std::ranges::equal(each.choices, original.choices, {}, &Choice::code, &Choice::code));
    }
  }
}

TEST_CASE("kinds: a referral climbs its ladder to one of four ends") {
  CHECK(rungs(field("referral", "status")) == std::map<std::string, int>{{"made", 0},
                                                                         {"accepted", 1},
                                                                         {"scheduled", 2},
                                                                         {"no_show", 3},
                                                                         {"attended", 4},
                                                                         {"declined", 5},
                                                                         {"completed", 5},
                                                                         {"not_completed", 5},
                                                                         {"cancelled", 5}});
  CHECK(rungs(field("client", "status")) ==
        std::map<std::string, int>{{"active", 0}, {"moved", 1}, {"closed", 1}});
}

TEST_CASE("kinds: anyone may warn of a facility, and the warning shows") {
  const Field& safe_now = field("facility", "safe_now");
  CHECK(safe_now.rule.rule == merge::Rule::kCautious);
  CHECK(rungs(safe_now) == std::map<std::string, int>{{"yes", 0}, {"take_care", 1}, {"avoid", 2}});
  CHECK(safe_now.writers == Roles{});
  for (const Field& each : kind("facility").fields) CHECK(each.audience == Audience::kCommons);
}

TEST_CASE("kinds: consent that was taken back stays taken back") {
  CHECK(field("client", "consent").rule.rule == merge::Rule::kSetRemoveWins);
  CHECK(field("referral", "consent").rule.rule == merge::Rule::kSetRemoveWins);
}

TEST_CASE("kinds: what is published is a lead's word") {
  const Field& published = field("activity", "published_result");
  CHECK(published.audience == Audience::kProgramme);
  CHECK(published.writers.contains(wire::Role::kLead));
  CHECK_FALSE(published.writers.contains(wire::Role::kWorker));
  CHECK_FALSE(published.writers.contains(wire::Role::kCoordinator));
}

TEST_CASE("kinds: a form knows its fields and who reads them") {
  const Form& client = kind("client");
  CHECK(client.find("alias") == client.find(FieldTag{1}));
  CHECK(client.find("nobody") == nullptr);
  CHECK(client.find(FieldTag{999}) == nullptr);
  CHECK(client.audiences() == std::vector<Audience>{Audience::kHome, Audience::kFacts});
  CHECK(kind("activity").audiences() ==
        std::vector<Audience>{Audience::kHome, Audience::kFacts, Audience::kProgramme});
}
