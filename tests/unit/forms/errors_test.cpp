// Errors end up on screens that others see, in logs and in bug reports. None may repeat what was
// typed: each way to be refused is taken with a canary in it.

#include <catch2/catch.hpp>

#include "forms/csv.hpp"
#include "samples.hpp"

using namespace setu;
using namespace setu::forms;
using namespace setu::forms::testing;

namespace {

constexpr std::string_view kCanary = "Zyxwv";

bool repeats(const Error& error) {
  const std::string all = error.message + error.hint;
  return all.find(kCanary) != std::string::npos || all.find("zyxwv") != std::string::npos ||
         all.find("ZYXWV") != std::string::npos;
}

void check_silent(const Form& form, const std::string& assignment) {
  CAPTURE(assignment);
  const auto typed = type(form, assignment);
  REQUIRE_FALSE(typed);
  CHECK_FALSE(repeats(typed.error()));
}

}  // namespace

TEST_CASE("forms: no error repeats what was typed") {
  const Form form = sample_form();
  const std::string canary(kCanary);
  const std::string long_text(limits::kTextBytes, 'x');
  for (const std::string& text : {canary,
                                  "=" + canary,
                                  canary + "=1",
                                  "+=" + canary,
                                  "words+=" + canary,
                                  "words-=" + canary,
                                  "words=" + canary + "\xFF",
                                  "words=" + canary + long_text,
                                  "short=" + canary + "123456",
                                  "number=" + canary,
                                  "score=" + canary,
                                  "weight=" + canary,
                                  "flag=" + canary,
                                  "day=" + canary,
                                  "month=" + canary,
                                  "quarter=" + canary,
                                  "colour=" + canary,
                                  "colours=" + canary,
                                  "colours+=" + canary,
                                  "topics=" + canary + long_text,
                                  "topics=" + canary + "\xFF",
                                  "friend=" + canary,
                                  "partner_org=" + canary,
                                  "spot=" + canary,
                                  "handed_out=" + canary,
                                  "handed_out+=" + canary,
                                  "by_colour=" + canary,
                                  "by_colour=" + canary + "=1",
                                  "by_colour=red=" + canary,
                                  "by_word=" + canary,
                                  "by_word=" + canary + "=x",
                                  "by_word=" + canary + "=1," + canary + "=2",
                                  "by_word=" + canary + "\xFF=1",
                                  "notes-=" + canary,
                                  "notes+=" + canary + "\xFF",
                                  "notes+=" + canary + long_text,
                                  "code=" + canary}) {
    check_silent(form, text);
  }
}

TEST_CASE("forms: numbers that were typed are not repeated either") {
  const Form form = sample_form();
  for (const char* text :
       {"score=4711", "number=47114711471147114711", "weight=4711.47114711", "handed_out=-4711",
        "by_colour=red=-4711", "day=4711-47-11", "spot=4711 4711"}) {
    const auto typed = type(form, text);
    REQUIRE_FALSE(typed);
    CHECK(typed.error().message.find("4711") == std::string::npos);
  }
}

TEST_CASE("forms: every refusal names the kind, and the field where there is one") {
  const Form form = sample_form();
  for (const Field& field : form.fields) {
    const std::string why = refusal(form, field.name + "-=\xFF");
    CHECK(why.find("sample." + field.name + ":") != std::string::npos);
  }
}

TEST_CASE("forms: operations that are refused are not repeated") {
  const Form form = sample_form();
  for (const Field& field : form.fields) {
    const std::string canary(kCanary);
    for (const Op& op : {Op{field.tag, OpType::kWrite, canary, canary, {}},
                         Op{field.tag, OpType::kAdd, canary + ",", {}, {}},
                         Op{field.tag, OpType::kBase, canary + "=", std::int64_t{1}, {}},
                         Op{field.tag, OpType::kAppend, canary, canary, {}}}) {
      const Status status = check_op(field, op);
      REQUIRE_FALSE(status);
      CHECK_FALSE(repeats(status.error()));
    }
  }
}

TEST_CASE("forms: no error about a csv row repeats its cells") {
  const std::string canary(kCanary);
  for (const std::string& text :
       {canary + ",\"" + canary, "\"" + canary + "\"" + canary, canary + "\xFF",
        canary + std::string(limits::kCsvRowBytes, 'x')}) {
    CsvReader reader(text);
    const auto row = reader.next();
    REQUIRE_FALSE(row);
    CHECK_FALSE(repeats(row.error()));
  }
}

TEST_CASE("forms: an error about a form does not repeat its words") {
  Form form = sample_form();
  form.name = kCanary;
  CHECK_FALSE(repeats(check_form(form).error()));
  form = sample_form();
  form.fields[0].name = kCanary;
  CHECK_FALSE(repeats(check_form(form).error()));
  form = sample_form();
  form.fields[8].choices[0].code = std::string(kCanary) + ",";
  CHECK_FALSE(repeats(check_form(form).error()));
}
