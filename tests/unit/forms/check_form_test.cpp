#include <catch2/catch.hpp>

#include "samples.hpp"

using namespace setu;
using namespace setu::forms;
using namespace setu::forms::testing;

namespace {

// The sample form with one thing changed.
template <class Change>
Status after(Change change, FormOrigin origin = FormOrigin::kBuiltIn) {
  Form form = sample_form();
  change(form);
  const Status status = check_form(form, origin);
  if (!status) CHECK(status.error().code == Code::kInvalidArgument);
  return status;
}

Field& field(Form& form, std::string_view name) {
  const auto found = std::ranges::find(form.fields, name, &Field::name);
  REQUIRE(found != form.fields.end());
  return *found;
}

}  // namespace

TEST_CASE("forms: a form with a field of every type passes") {
  CHECK(after([](Form&) {}));
  CHECK(after([](Form&) {}, FormOrigin::kAdded));
}

TEST_CASE("forms: kinds, tags and names are unique and well-formed") {
  CHECK_FALSE(after([](Form& form) { form.kind = 0; }));
  CHECK_FALSE(after([](Form& form) { form.name = "Sample"; }));
  CHECK_FALSE(after([](Form& form) { form.name = ""; }));
  CHECK_FALSE(after([](Form& form) { form.fields.clear(); }));
  CHECK_FALSE(after([](Form& form) { form.home = HomeType{9}; }));
  CHECK_FALSE(after([](Form& form) { form.fields[3].tag = 0; }));
  CHECK_FALSE(after([](Form& form) { form.fields[3].tag = form.fields[4].tag; }));
  CHECK_FALSE(after([](Form& form) { form.fields[3].name = form.fields[4].name; }));
  CHECK_FALSE(after([](Form& form) { form.fields[3].name = "2nd"; }));
  CHECK_FALSE(after([](Form& form) { form.fields[3].name = "drop table"; }));
  CHECK_FALSE(after([](Form& form) { form.fields[3].name = "deleted"; }));
  CHECK_FALSE(after([](Form& form) { form.fields[3].name = std::string(65, 'a'); }));
  CHECK_FALSE(after([](Form& form) { form.fields[3].type = FieldType{99}; }));
  CHECK_FALSE(after([](Form& form) { form.fields[3].audience = Audience{0}; }));
}

TEST_CASE("forms: merge rules fit types, and ranks are those of the codes") {
  CHECK_FALSE(after([](Form& f) { field(f, "words").rule.rule = merge::Rule::kCounter; }));
  CHECK_FALSE(after([](Form& f) { field(f, "number").rule.rule = merge::Rule::kLadder; }));
  CHECK_FALSE(after([](Form& f) { field(f, "topics").rule.rule = merge::Rule::kRegister; }));
  CHECK(after([](Form& f) { field(f, "topics").rule.rule = merge::Rule::kSetRemoveWins; }));
  CHECK_FALSE(after([](Form& f) { field(f, "notes").rule.rule = merge::Rule::kRegister; }));
  CHECK_FALSE(after([](Form& f) { field(f, "colour").rule.rule = merge::Rule::kLadder; }));
  CHECK(after([](Form& f) {
    field(f, "colour").rule = {merge::Rule::kLadder, {{"red", 0}, {"green", 0}, {"blue", 0}}};
  }));
  CHECK_FALSE(after([](Form& f) {
    field(f, "colour").rule = {merge::Rule::kLadder, {{"red", 0}, {"green", 1}, {"blue", 0}}};
  }));
  CHECK_FALSE(after([](Form& f) { field(f, "colour").rule.ranks = {{"red", 0}}; }));
}

TEST_CASE("forms: codes, ranges and references make sense") {
  CHECK_FALSE(after([](Form& f) { field(f, "colour").choices.clear(); }));
  CHECK_FALSE(after([](Form& f) { field(f, "colours").choices[1].code = "red"; }));
  CHECK_FALSE(after([](Form& f) { field(f, "colours").choices[1].code = "a,b"; }));
  CHECK_FALSE(after([](Form& f) { field(f, "by_colour").choices[1].code = "a=b"; }));
  CHECK_FALSE(after([](Form& f) { field(f, "colours").choices[1].code = " green"; }));
  CHECK_FALSE(after([](Form& f) { field(f, "words").choices = {{"red", "Red"}}; }));
  CHECK_FALSE(after([](Form& f) { field(f, "score").max = 0; }));
  CHECK_FALSE(after([](Form& f) { field(f, "short").max = 100'000; }));
  CHECK_FALSE(after([](Form& f) { field(f, "spot").location_decimals = 9; }));
  CHECK_FALSE(after([](Form& f) { field(f, "friend").reference_kind = ""; }));
  CHECK_FALSE(after([](Form& f) { field(f, "words").reference_kind = "client"; }));
}

TEST_CASE("forms: a derived field has the source that its derivation reads") {
  const auto derive = [](Form& form, const char* name, Derivation derivation, const char* source) {
    field(form, name).derivation = derivation;
    field(form, name).source = source;
  };
  CHECK(after([&](Form& f) { derive(f, "month", Derivation::kMonth, "day"); }));
  CHECK_FALSE(after([&](Form& f) { derive(f, "month", Derivation::kMonth, ""); }));
  CHECK_FALSE(after([&](Form& f) { derive(f, "month", Derivation::kMonth, "dya"); }));
  CHECK_FALSE(after([&](Form& f) { derive(f, "month", Derivation::kMonth, "words"); }));
  CHECK_FALSE(after([&](Form& f) { derive(f, "words", Derivation::kMonth, "day"); }));
  CHECK_FALSE(after([&](Form& f) { derive(f, "month", Derivation::kNone, "day"); }));
  CHECK(after([&](Form& f) { derive(f, "colour", Derivation::kAgeBand, "number"); }));
  CHECK(after([&](Form& f) { derive(f, "colours", Derivation::kShownServices, "topics"); }));
  CHECK_FALSE(after([&](Form& f) { derive(f, "colour", Derivation::kShownServices, "topics"); }));
  CHECK(after([&](Form& f) { derive(f, "quarter", Derivation::kQuarterOfWriting, ""); }));
  CHECK_FALSE(after([&](Form& f) { derive(f, "quarter", Derivation::kQuarterOfWriting, "day"); }));
  CHECK(after([&](Form& f) { derive(f, "colour", Derivation::kCopyFromClient, "friend"); }));
  CHECK_FALSE(
      after([&](Form& f) { derive(f, "colour", Derivation::kCopyFromClient, "partner_org"); }));
  CHECK_FALSE(after([&](Form& f) {
    derive(f, "day", Derivation::kDateOfWriting, "");
    derive(f, "month", Derivation::kMonth, "day");
  }));
}

TEST_CASE("forms: what a programme adds keeps free words, places and days in the home") {
  for (const char* name : {"words", "notes", "spot", "day", "topics", "by_word"}) {
    for (Audience wide :
         {Audience::kFacts, Audience::kProgramme, Audience::kCommons, Audience::kAlerts}) {
      CAPTURE(name);
      const auto widen = [&](Form& form) { field(form, name).audience = wide; };
      CHECK_FALSE(after(widen, FormOrigin::kAdded));
      CHECK(after(widen, FormOrigin::kBuiltIn));
    }
    CHECK(after([&](Form& form) { field(form, name).audience = Audience::kLeads; },
                FormOrigin::kAdded));
    CHECK(after(
        [&](Form& form) {
          form.home = HomeType::kCommons;
          field(form, name).audience = Audience::kCommons;
        },
        FormOrigin::kAdded));
  }
  CHECK(after([](Form& form) { field(form, "month").audience = Audience::kFacts; },
              FormOrigin::kAdded));
  CHECK_FALSE(after([](Form& form) { form.kind = 1023; }, FormOrigin::kAdded));
}
