// The simulator itself: what it says of a seed is worth something only if it says the same again,
// and if its checkers see what is wrong.

#include "world.hpp"

#include <catch2/catch.hpp>

namespace setu::sim {
namespace {

Outline run_seed(std::uint64_t seed) {
  World world(draw_options(seed, {}), false);
  return world.run();
}

// A record that a worker made with a name, as a replica shows it.
RecordView view_of(const std::string& name, const std::string& trail) {
  RecordView view;
  view.id = "record";
  view.kind = kProbeKind;
  view.fields = {{"h_name", name}, {"h_trail", std::vector<LogLine>{{"", "", trail}}}};
  return view;
}

Checker checker_that_knows_one_write() {
  Checker checker;
  checker.begin_record("record", 1, "north");
  const WriteId id = checker.next_write();
  checker.add(
      "record", false,
      {id,
       7,
       Sign::kOwnMark,
       id,
       true,
       {{"h_name", "", Act::kWrite, "Amal", 0, {}}, {"h_trail", "", Act::kAppend, "1", 0, {}}}});
  checker.acknowledge("record", id, 7);
  return checker;
}

const Person kWorker{Person::Role::kWorker, 7, 1, "north"};

}  // namespace

TEST_CASE("sim: the same seed twice gives the same trace") {
  // The first of them makes the founding that the second takes over.
  for (const std::uint64_t seed : {3, 40, 101}) {
    const Outline first = run_seed(seed);
    const Outline second = run_seed(seed);
    CHECK(first.trace == second.trace);
    CHECK(first.writes == second.writes);
    CHECK(first.sights == second.sights);
    CHECK(first.violations == second.violations);
    CHECK(run_seed(seed + 1).trace != first.trace);
  }
}

TEST_CASE("sim: what is shown as it was written is no violation") {
  Checker checker = checker_that_knows_one_write();
  checker.look("worker", kWorker, view_of("Amal", "1"));
  CHECK(checker.violations().empty());
}

TEST_CASE("sim: a value that nobody wrote is a violation") {
  Checker checker = checker_that_knows_one_write();
  checker.look("worker", kWorker, view_of("Amala", "1"));
  CHECK(checker.violations().size() == 1);
}

TEST_CASE("sim: a write that was never made is a violation") {
  Checker checker = checker_that_knows_one_write();
  checker.look("worker", kWorker, view_of("Amal", "2"));
  CHECK_FALSE(checker.violations().empty());
}

TEST_CASE("sim: a home field on a coordinator's replica is a violation") {
  Checker checker = checker_that_knows_one_write();
  const Person coordinator{Person::Role::kCoordinator, 1, 0, ""};
  checker.look("coordinator", coordinator, view_of("Amal", "1"));
  CHECK(checker.violations().size() == 1);
}

TEST_CASE("sim: two replicas that know the same and show different things are a violation") {
  Checker checker = checker_that_knows_one_write();
  const WriteId id = checker.next_write();
  checker.add(
      "record", false,
      {id,
       8,
       Sign::kOwnMark,
       id,
       true,
       {{"h_name", "", Act::kWrite, "Amala", 0, {}}, {"h_trail", "", Act::kAppend, "2", 0, {}}}});
  const auto view = [&](const std::string& shown, const std::string& other) {
    RecordView both = view_of(shown, "1");
    both.fields[1].value = std::vector<LogLine>{{"", "", "1"}, {"", "", "2"}};
    both.conflicts = {{"id", "record", "probe", "h_name", {shown, "", ""}, {{other, "", ""}}}};
    return both;
  };
  checker.look("worker", kWorker, view("Amal", "Amala"));
  CHECK(checker.violations().empty());
  checker.look("lead", kWorker, view("Amala", "Amal"));
  CHECK(checker.violations().size() == 1);
}

}  // namespace setu::sim
