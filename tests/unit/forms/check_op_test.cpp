// What arrives from others: refused where the field could not hold it, whoever signed it; kept
// where a newer version may know more than this one.

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "samples.hpp"
#include "setu/base/limits.hpp"

using namespace setu;
using namespace setu::forms;
using namespace setu::forms::testing;

namespace {

const Form kForm = sample_form();

bool fits(std::string_view field, OpType type, std::string key, Value value) {
  const Field* found = kForm.find(field);
  REQUIRE(found != nullptr);
  const Status status = check_op(*found, {found->tag, type, std::move(key), std::move(value), {}});
  if (!status) CHECK(status.error().code == Code::kMalformed);
  return status.has_value();
}
bool writes(std::string_view field, Value value) {
  return fits(field, OpType::kWrite, "", std::move(value));
}
Value text(std::string words) { return words; }
Value number(std::int64_t n) { return n; }

// The operations that the client makes of a typed input (client/inputs.cpp), without what they saw.
std::vector<Op> ops_of(const TypedInput& input) {
  const FieldTag tag = input.field->tag;
  const OpType counting = input.op == InputOp::kSet ? OpType::kBase : OpType::kIncrement;
  const auto count = [&](const std::string& key, std::int64_t n) {
    return Op{tag, counting, key, input.op == InputOp::kRemove ? -n : n, {}};
  };
  std::vector<Op> ops;
  switch (input.field->type) {
    case FieldType::kChoices:
      for (const std::string& element : input.elements) {
        ops.push_back(
            {tag, input.op == InputOp::kRemove ? OpType::kRemove : OpType::kAdd, element, {}, {}});
      }
      break;
    case FieldType::kCounter: {
      const auto* n = std::get_if<std::int64_t>(&input.value);
      ops.push_back(count("", n != nullptr ? *n : 0));
      break;
    }
    case FieldType::kCounters:
      for (const auto& [key, n] : input.counts) ops.push_back(count(key, n));
      break;
    case FieldType::kLog: ops.push_back({tag, OpType::kAppend, "", input.value, {}}); break;
    default: ops.push_back({tag, OpType::kWrite, "", input.value, {}}); break;
  }
  return ops;
}

// Often something that the field takes, often something near it.
std::string any_text(const Field& field) {
  static const std::vector<std::string> kTelling = {"",
                                                    "1",
                                                    "-3",
                                                    "0.5",
                                                    "yes",
                                                    "2026-11-23",
                                                    "2026-11",
                                                    "2026-Q4",
                                                    "red",
                                                    "red,blue",
                                                    "red=3,blue=4",
                                                    "a b, c",
                                                    "23.8 90.4",
                                                    "  x  ",
                                                    "90 -180",
                                                    "01890a5d-ac96-774b-bcce-b302099a8057",
                                                    "-0.004 0.004",
                                                    "=",
                                                    ",",
                                                    "999999999999"};
  if (!field.choices.empty() && *rc::gen::arbitrary<bool>()) return field.choices.front().code;
  if (*rc::gen::inRange(0, 4) > 0) return *rc::gen::elementOf(kTelling);
  return *rc::gen::arbitrary<std::string>();
}

}  // namespace

// Few random texts suit a field: a property tries several of them itself, because rapidcheck gives
// up where most cases are discarded.
constexpr int kTries = 16;

TEST_CASE("forms: whatever may be typed may also arrive") {
  std::vector<Form> forms = built_in_forms();
  forms.push_back(kForm);
  std::size_t accepted = 0;
  CHECK(rc::check([&] {
    const Form& form = *rc::gen::elementOf(forms);
    for (int i = 0; i < kTries; ++i) {
      const Field& field = *rc::gen::elementOf(form.fields);
      const auto op = *rc::gen::element(InputOp::kSet, InputOp::kAdd, InputOp::kRemove);
      const auto typed = type_input(form, {field.name, op, any_text(field)});
      if (!typed.has_value()) continue;
      ++accepted;
      for (const Op& made : ops_of(*typed)) RC_ASSERT(check_op(*typed->field, made).has_value());
    }
  }));
  CHECK(accepted >= 100);
}

TEST_CASE("forms: printing a value and typing it again gives the same value") {
  std::size_t accepted = 0;
  CHECK(rc::check([&] {
    for (int i = 0; i < kTries; ++i) {
      const Field& field = *rc::gen::elementOf(kForm.fields);
      const auto typed = type_input(kForm, {field.name, InputOp::kSet, any_text(field)});
      if (!typed.has_value() || is_empty(typed->value)) continue;
      ++accepted;
      const auto again =
          type_input(kForm, {field.name, InputOp::kSet, to_text(field, typed->value)});
      RC_ASSERT(again.has_value());
      RC_ASSERT(again->value == typed->value);
    }
  }));
  CHECK(accepted >= 100);
}

TEST_CASE("forms: an operation has to suit the field's type") {
  CHECK(writes("words", text("hello")));
  CHECK_FALSE(writes("words", number(1)));
  CHECK_FALSE(fits("words", OpType::kAdd, "x", {}));
  CHECK_FALSE(fits("words", OpType::kAppend, "", text("x")));
  CHECK_FALSE(fits("words", OpType::kIncrement, "", number(1)));
  CHECK_FALSE(fits("words", OpType::kWrite, "key", text("x")));
  CHECK(fits("topics", OpType::kAdd, "x", {}));
  CHECK(fits("topics", OpType::kRemove, "x", {}));
  CHECK_FALSE(fits("topics", OpType::kAdd, "x", number(1)));
  CHECK_FALSE(fits("topics", OpType::kAdd, "a,b", {}));
  CHECK_FALSE(fits("topics", OpType::kAdd, "", {}));
  CHECK_FALSE(writes("topics", text("x")));
  CHECK(fits("handed_out", OpType::kIncrement, "", number(-3)));
  CHECK(fits("handed_out", OpType::kBase, "", number(3)));
  CHECK_FALSE(fits("handed_out", OpType::kBase, "", {}));
  CHECK_FALSE(fits("handed_out", OpType::kBase, "red", number(3)));
  CHECK_FALSE(fits("handed_out", OpType::kBase, "", text("3")));
  CHECK(fits("by_colour", OpType::kIncrement, "red", number(3)));
  CHECK_FALSE(fits("by_colour", OpType::kIncrement, "", number(3)));
  CHECK_FALSE(fits("by_colour", OpType::kIncrement, "a=b", number(3)));
  CHECK(fits("notes", OpType::kAppend, "", text("came by")));
  CHECK_FALSE(fits("notes", OpType::kAppend, "", {}));
  CHECK_FALSE(fits("notes", OpType::kAppend, "x", text("came by")));
  CHECK_FALSE(writes("notes", text("came by")));
}

TEST_CASE("forms: a value has to have the type's text form and size") {
  CHECK_FALSE(writes("words", text("")));  // empty is the empty value, not an empty text
  CHECK_FALSE(writes("words", text("\xFF")));
  CHECK(writes("words", text(std::string(limits::kTextBytes, 'x'))));
  CHECK_FALSE(writes("words", text(std::string(limits::kTextBytes + 1, 'x'))));
  CHECK(writes("flag", number(1)));
  CHECK_FALSE(writes("flag", number(2)));
  CHECK(writes("day", text("2026-11-23")));
  CHECK_FALSE(writes("day", text("2026-02-30")));
  CHECK_FALSE(writes("month", text("2026-11-23")));
  CHECK_FALSE(writes("quarter", text("2026-Q7")));
  CHECK(writes("friend", text(std::string(16, '\xAB'))));
  CHECK_FALSE(writes("friend", text("short")));
  for (const Field& field : kForm.fields) {
    const bool cleared_by_writing =
        field.type != FieldType::kChoices && field.type != FieldType::kCounter &&
        field.type != FieldType::kCounters && field.type != FieldType::kLog;
    CHECK(writes(field.name, {}) == cleared_by_writing);
  }
}

TEST_CASE("forms: a place that is more precise than its field allows is refused") {
  CHECK(writes("spot", text("23.81 90.41")));
  CHECK_FALSE(writes("spot", text("23.8103 90.4125")));
  CHECK_FALSE(writes("spot", text("23.81,90.41")));
}

TEST_CASE("forms: codes and ranges of a newer version are kept") {
  CHECK(writes("colour", text("ultraviolet")));
  CHECK(fits("colours", OpType::kAdd, "ultraviolet", {}));
  CHECK(fits("by_colour", OpType::kIncrement, "ultraviolet", number(1)));
  CHECK(writes("score", number(9)));
  CHECK_FALSE(writes("colour", text(std::string(limits::kWordBytes + 1, 'x'))));
  CHECK_FALSE(writes("colour", text("a,b")));
}
