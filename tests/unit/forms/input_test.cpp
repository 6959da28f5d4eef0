// What people type becomes values, or is refused with words that help.

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "samples.hpp"
#include "setu/base/limits.hpp"

using namespace setu;
using namespace setu::forms;
using namespace setu::forms::testing;

namespace {

const Form kForm = sample_form();

Value value(std::string_view assignment) {
  const auto typed = type(kForm, assignment);
  INFO(assignment);
  REQUIRE(typed);
  return typed->value;
}

std::vector<std::string> elements(std::string_view assignment) {
  const auto typed = type(kForm, assignment);
  INFO(assignment);
  REQUIRE(typed);
  CHECK(is_empty(typed->value));
  return typed->elements;
}

std::string printed(std::string_view assignment) {
  const auto typed = type(kForm, assignment);
  INFO(assignment);
  REQUIRE(typed);
  return to_text(*typed->field, typed->value);
}

Code code_of(std::string_view assignment) {
  const auto typed = type(kForm, assignment);
  REQUIRE_FALSE(typed);
  return typed.error().code;
}

using Words = std::vector<std::string>;
using Counts = std::vector<std::pair<std::string, std::int64_t>>;

}  // namespace

TEST_CASE("forms: a field's name ends at the first =, += or -=") {
  CHECK(parse_input("words=a=b")->text == "a=b");
  CHECK(parse_input("words= a ")->text == " a ");
  CHECK(parse_input(" words =a")->field == "words");
  CHECK(parse_input("topics+=c")->op == InputOp::kAdd);
  CHECK(parse_input("topics-=c")->op == InputOp::kRemove);
  CHECK(parse_input("topics+=c")->field == "topics");
  CHECK(parse_input("words=x+=y")->op == InputOp::kSet);
  CHECK(parse_input("words=x+=y")->text == "x+=y");
  for (const char* text : {"", "words", "=x", "+=x", " =x"}) {
    CAPTURE(text);
    CHECK(parse_input(text).error().code == Code::kInvalidArgument);
  }
}

TEST_CASE("forms: a text stays as it was typed, and an empty one clears") {
  CHECK(value("words= two  spaces \n") == Value{std::string(" two  spaces \n")});
  CHECK(is_empty(value("words=")));
  CHECK(value("words=হিজড়া") == Value{std::string("হিজড়া")});
  CHECK(code_of("words=\xFF\xFE") == Code::kInvalidArgument);
  CHECK(code_of("words=" + std::string(limits::kTextBytes + 1, 'x')) == Code::kTooLarge);
  CHECK(value("words=" + std::string(limits::kTextBytes, 'x')).index() == 2);
  CHECK(code_of("short=12345678901") == Code::kTooLarge);
}

TEST_CASE("forms: numbers keep to their range") {
  CHECK(value("number= 12 ") == Value{std::int64_t{12}});
  CHECK(value("score=5") == Value{std::int64_t{5}});
  CHECK(refusal(kForm, "score=6") == "set sample.score: expected a whole number from 1 to 5");
  CHECK(refusal(kForm, "score=0") != "");
  CHECK(value("weight=61.25") == Value{std::int64_t{612'500}});
  CHECK(printed("weight=61.2500") == "61.25");
  CHECK(is_empty(value("number= ")));
}

TEST_CASE("forms: yes and no have several spellings and one value") {
  for (const char* word : {"yes", "Yes", "TRUE", "1"}) {
    CHECK(value(std::string("flag=") + word) == Value{std::int64_t{1}});
  }
  for (const char* word : {"no", "False", "0"}) {
    CHECK(value(std::string("flag=") + word) == Value{std::int64_t{0}});
  }
  CHECK(refusal(kForm, "flag=maybe") == "set sample.flag: expected yes or no");
  CHECK(printed("flag=TRUE") == "yes");
  CHECK(printed("flag=0") == "no");
}

TEST_CASE("forms: only days, months and quarters that exist") {
  CHECK(value("day=2028-02-29") == Value{std::string("2028-02-29")});
  for (const char* day : {"2026-02-29", "2026-13-01", "2026-00-01", "2026-1-1", "01-02-2026",
                          "2026/01/02", "2026-01-02T00:00", "0000-01-01"}) {
    CAPTURE(day);
    CHECK(refusal(kForm, std::string("day=") + day) ==
          "set sample.day: expected a date such as 2026-11-23");
  }
  CHECK(value("month=2026-11") == Value{std::string("2026-11")});
  CHECK(refusal(kForm, "month=2026-13") != "");
  CHECK(value("quarter=2026-Q4") == Value{std::string("2026-Q4")});
  CHECK(refusal(kForm, "quarter=2026-Q5") != "");
  CHECK(refusal(kForm, "quarter=2026-Q0") != "");
}

TEST_CASE("forms: a code has to be listed, and the error lists them") {
  CHECK(value("colour= green") == Value{std::string("green")});
  CHECK(refusal(kForm, "colour=Green") == "set sample.colour: expected one of red, green, blue");
  CHECK(is_empty(value("colour=")));
}

TEST_CASE("forms: a set is typed with commas, in any order, each element once") {
  CHECK(elements("colours=red, blue,red") == Words{"blue", "red"});
  CHECK(elements("colours+=green") == Words{"green"});
  CHECK(elements("colours=").empty());
  CHECK(elements("topics=anything at all, উপদেশ,") == Words{"anything at all", "উপদেশ"});
  CHECK(refusal(kForm, "colours=red,pink") ==
        "set sample.colours: expected codes of red, green, blue, with commas");
  CHECK(refusal(kForm, "colours+=") != "");
  CHECK(code_of("topics=" + std::string(limits::kWordBytes + 1, 'x')) == Code::kTooLarge);
  std::string many = "topics=";
  for (std::size_t i = 0; i <= limits::kSetElements; ++i) many += std::to_string(i) + ",";
  CHECK(code_of(many) == Code::kTooLarge);
}

TEST_CASE("forms: a counter is set from zero, and moved by more than nothing") {
  CHECK(value("handed_out=0") == Value{std::int64_t{0}});
  CHECK(value("handed_out+=24") == Value{std::int64_t{24}});
  CHECK(type(kForm, "handed_out-=24")->op == InputOp::kRemove);
  CHECK(value("handed_out-=24") == Value{std::int64_t{24}});
  CHECK(is_empty(value("handed_out=")));
  for (const char* text : {"handed_out=-1", "handed_out+=0", "handed_out-=-3",
                           "handed_out+=", "handed_out=many", "handed_out+=99999999999"}) {
    CAPTURE(text);
    CHECK(code_of(text) == Code::kInvalidArgument);
  }
}

TEST_CASE("forms: counters by key name their keys") {
  CHECK(type(kForm, "by_colour=red=3, blue=0")->counts == Counts{{"blue", 0}, {"red", 3}});
  CHECK(type(kForm, "by_word+=door to door=2")->counts == Counts{{"door to door", 2}});
  CHECK(type(kForm, "by_colour=")->counts.empty());
  CHECK(refusal(kForm, "by_colour=pink=3") ==
        "set sample.by_colour: expected keys of red, green, blue, as key=number");
  for (const char* text : {"by_colour=red", "by_colour==3", "by_colour=red=3,red=4",
                           "by_colour+=red=0", "by_colour=red=-1", "by_word+=", "by_word=a=1=2"}) {
    CAPTURE(text);
    CHECK(code_of(text) == Code::kInvalidArgument);
  }
}

TEST_CASE("forms: a reference is kept as the id's bytes and printed as the id") {
  const std::string id = "01890a5d-ac96-774b-bcce-b302099a8057";
  const std::string org = "000102030405060708090a0b0c0d0e0f";
  CHECK(std::get<std::string>(value("friend=" + id)).size() == 16);
  CHECK(printed("friend=" + id) == id);
  CHECK(printed("partner_org= " + org) == org);
  CHECK(refusal(kForm, "friend=Mina") ==
        "set sample.friend: expected an id, as `setu list client` prints it");
  CHECK(refusal(kForm, "partner_org=Sunrise") ==
        "set sample.partner_org: expected an id, as `setu org list` prints it");
}

TEST_CASE("forms: a place is rounded before it is stored") {
  CHECK(value("spot=23.8103, 90.4125") == Value{std::string("23.81 90.41")});
  CHECK(refusal(kForm, "spot=Dhaka") ==
        "set sample.spot: expected latitude and longitude in degrees, such as 23.81 90.41");
}

TEST_CASE("forms: a log is only ever added to") {
  CHECK(value("notes+=came by") == Value{std::string("came by")});
  CHECK(value("notes=came by") == Value{std::string("came by")});
  CHECK(type(kForm, "notes=came by")->op == InputOp::kAdd);
  for (const char* text : {"notes=", "notes+=  ", "notes-=came by"}) {
    CAPTURE(text);
    CHECK(refusal(kForm, text) ==
          "set sample.notes: a log is only ever added to; write notes+=TEXT with some text");
  }
}

TEST_CASE("forms: what cannot be added to says what to write instead") {
  for (const char* name : {"words", "number", "weight", "flag", "day", "month", "quarter", "colour",
                           "friend", "spot", "code"}) {
    const std::string field(name);
    CHECK(refusal(kForm, field + "+=1") ==
          "set sample." + field + ": only sets, counters and logs are added to; write " + field +
              "=VALUE");
    CHECK(refusal(kForm, field + "-=1") != "");
  }
}

TEST_CASE("forms: a field that is not there brings the list of those that are") {
  const std::string error = refusal(kForm, "colr=red");
  for (const Field& field : kForm.fields) CHECK(error.find(field.name) != std::string::npos);
}

TEST_CASE("forms: a code copied from a slip is read with its slips of the hand") {
  const std::array<std::byte, 8> random{std::byte{7}, std::byte{1}};
  const std::string code = referral_code(random);
  std::string as_written = " " + code.substr(0, 4) + "-" + code.substr(4);
  for (char& c : as_written) c = static_cast<char>(std::tolower(c));
  CHECK(value("code=" + as_written) == Value{code});
  std::string wrong = code;
  std::swap(wrong[0], wrong[1]);
  CHECK(refusal(kForm, "code=" + wrong) ==
        "set sample.code: expected the 8 characters of a slip; one of them is not right");
}

TEST_CASE("forms: the first required field that is empty is named") {
  Form form = sample_form();
  form.fields[0].required = true;
  form.fields[8].required = true;
  const auto nothing = [](const Field&) { return false; };
  const auto everything = [](const Field&) { return true; };
  CHECK(check_required(form, everything, everything));
  const auto missing = check_required(form, nothing, {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Code::kMissingRequired);
  CHECK(missing.error().message == "write sample.words: required, but empty; nothing was saved");
  // An edit is asked only about what it clears.
  CHECK(check_required(form, nothing, [](const Field& field) { return field.name == "number"; }));
  CHECK_FALSE(
      check_required(form, nothing, [](const Field& field) { return field.name == "colour"; }));
}
