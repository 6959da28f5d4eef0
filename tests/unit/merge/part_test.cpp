// How a part's state changes: one behaviour each, on histories small enough to follow by hand.

#include <catch2/catch.hpp>

#include "history.hpp"

using namespace setu;
using namespace setu::merge;
using namespace setu::merge::testing;

namespace {

const Stamp kA = stamp(100, 1);
const Stamp kB = stamp(90, 2);
const Stamp kC = stamp(80, 3);

std::vector<Stamp> live(const Part& part, FieldTag field, std::string_view key = {}) {
  std::vector<Stamp> stamps;
  if (const Slot* slot = part.find(field, key)) {
    for (const Entry& entry : slot->entries) stamps.push_back(entry.stamp);
  }
  return stamps;
}

}  // namespace

TEST_CASE("merge: an edit that saw a value beats it") {
  Replica replica;
  replica.receive(kA, write(kName, text("old")));
  replica.receive(kB, write(kName, text("new"), {kA}));
  CHECK(live(replica.part, kName) == std::vector<Stamp>{kB});
}

TEST_CASE("merge: an edit that did not see a value stands beside it") {
  Replica replica;
  replica.receive(kA, write(kName, text("one")));
  replica.receive(kB, write(kName, text("two")));
  CHECK(live(replica.part, kName) == std::vector<Stamp>{kB, kA});
}

TEST_CASE("merge: a value that was superseded before it arrived stays away") {
  Replica replica;
  replica.receive(kB, write(kName, text("new"), {kA}));
  CHECK(replica.part.find(kName)->dead == std::vector<Stamp>{kA});
  replica.receive(kA, write(kName, text("old")));
  CHECK(live(replica.part, kName) == std::vector<Stamp>{kB});
}

TEST_CASE("merge: a write that arrives dead still supersedes what it saw") {
  const Op first = write(kName, text("first"));
  const Op second = write(kName, text("second"), {kA});
  const Op third = write(kName, text("third"), {kB});
  SECTION("what it saw is there") {
    Replica replica;
    replica.receive(kA, first);
    replica.receive(kC, third);
    CHECK(live(replica.part, kName) == std::vector<Stamp>{kC, kA});
    replica.receive(kB, second);
    CHECK(live(replica.part, kName) == std::vector<Stamp>{kC});
  }
  SECTION("what it saw comes last") {
    Replica replica;
    replica.receive(kC, third);
    replica.receive(kB, second);
    replica.receive(kA, first);
    CHECK(live(replica.part, kName) == std::vector<Stamp>{kC});
  }
}

TEST_CASE("merge: a dead stamp is remembered until its chain has passed it, and forgotten then") {
  Replica replica;
  replica.receive(kB, write(kName, text("new"), {kA}));
  ChainTips tips = replica.tips;
  tips.advance(stamp(99, 1));  // an earlier change of the same chain
  replica.part.prune(tips);
  CHECK(replica.part.find(kName)->dead == std::vector<Stamp>{kA});
  replica.receive(kA, write(kName, text("old")));
  replica.part.prune(replica.tips);
  CHECK(replica.part.find(kName)->dead.empty());
  CHECK(live(replica.part, kName) == std::vector<Stamp>{kB});
}

TEST_CASE("merge: a seen stamp that its chain has passed needs no mark") {
  Replica replica;
  replica.receive(kA, write(kName, text("old")));
  replica.receive(kB, write(kName, text("new"), {kA}));
  CHECK(replica.part.find(kName)->dead.empty());
}

TEST_CASE("merge: two operations of one dead change on one slot both stay away") {
  Replica replica;
  replica.receive(kB, base(kVisits, 10, {kA}));
  replica.receive(change(kA, {base(kVisits, 3), increment(kVisits, 4)}));
  CHECK(view_counter(replica.part, kVisits).value == 10);
}

TEST_CASE("merge: two operations of one change on one slot both stand") {
  Replica replica;
  replica.receive(change(kA, {base(kVisits, 3), increment(kVisits, 4, "")}));
  CHECK(view_counter(replica.part, kVisits).value == 7);
}

TEST_CASE("merge: clearing what was empty on the screen is nothing") {
  Replica replica;
  replica.receive(kA, write(kName, {}));
  CHECK(replica.part.empty());
}

TEST_CASE("merge: clearing a value is a write like any other") {
  Replica replica;
  replica.receive(kB, write(kName, text("name")));
  replica.receive(kA, write(kName, {}, {kB}));
  const RegisterView view = view_register(replica.part, kName, rule_of(kName));
  CHECK(is_empty(view.shown));
  CHECK(view.seen == std::vector<Stamp>{kA});
  CHECK_FALSE(view.in_conflict());
}

TEST_CASE("merge: a late edit is kept although its author's chain has gone on") {
  Replica replica;
  replica.receive(stamp(200, 1), write(kName, text("later")));
  replica.receive(kA, write(kStatus, text("made")));
  CHECK(view_register(replica.part, kStatus, rule_of(kStatus)).shown == text("made"));
}

TEST_CASE("merge: what one slot saw says nothing about another slot of the same stamp") {
  Replica replica;
  replica.receive(change(
      kA, {write(kName, text("name")), write(kStatus, text("made")), add(kTopics, "legal")}));
  replica.receive(kB, write(kName, text("other"), {kA}));
  CHECK(live(replica.part, kName) == std::vector<Stamp>{kB});
  CHECK(live(replica.part, kStatus) == std::vector<Stamp>{kA});
  CHECK(live(replica.part, kTopics, "legal") == std::vector<Stamp>{kA});
}

TEST_CASE("merge: only the delete register keeps what its write had seen") {
  Replica replica;
  replica.receive(kA, write(kName, text("name")));
  replica.receive(
      change(kB, {write(kName, text("other"), {kA}), write(kDeletedField, number(1), {kA})}));
  CHECK(replica.part.find(kName)->entries.front().seen.empty());
  CHECK(replica.part.find(kDeletedField)->entries.front().seen == std::vector<Stamp>{kA});
}

TEST_CASE("merge: live stamps are those of every slot, each once") {
  Replica replica;
  replica.receive(change(kA, {write(kName, text("name")), add(kTopics, "legal")}));
  replica.receive(kB, write(kDeletedField, number(1), {kA}));
  replica.receive(kC, write(kStatus, text("made")));
  CHECK(replica.part.live_stamps() == std::vector<Stamp>{kC, kB, kA});
}

TEST_CASE("merge: chain tips rise, one for each device, and never go back") {
  ChainTips tips;
  CHECK_FALSE(tips.passed(kA));
  tips.advance(kA);
  tips.advance(kB);
  tips.advance(stamp(50, 1));
  CHECK(tips.passed(kA));
  CHECK(tips.passed(stamp(50, 1)));
  CHECK_FALSE(tips.passed(stamp(100, 1, 1)));
  CHECK_FALSE(tips.passed(kC));
  CHECK(std::vector<Stamp>(tips.all().begin(), tips.all().end()) == std::vector<Stamp>{kA, kB});
}
