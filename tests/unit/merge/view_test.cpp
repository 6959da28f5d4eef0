// What people see of a part under each rule. The worked examples of docs/merge.md are here under
// their own names.

#include <catch2/catch.hpp>
#include <limits>

#include "history.hpp"

using namespace setu;
using namespace setu::merge;
using namespace setu::merge::testing;

namespace {

using Stamps = std::vector<Stamp>;
using Words = std::vector<std::string>;

RegisterView view(const Replica& replica, FieldTag field) {
  return view_register(replica.part, field, rule_of(field));
}

Value column(const Replica& replica, FieldTag field) {
  return column_value(replica.part, field, rule_of(field));
}

const Stamp kA = stamp(100, 1);
const Stamp kB = stamp(101, 2);
const Stamp kC = stamp(102, 3);
const Stamp kD = stamp(103, 4);

}  // namespace

TEST_CASE("merge: nothing written is shown as nothing") {
  const Replica replica;
  CHECK(is_empty(view(replica, kName).shown));
  CHECK_FALSE(view(replica, kName).stamp.has_value());
  CHECK(view_set(replica.part, kTopics, rule_of(kTopics)).elements.empty());
  CHECK_FALSE(view_counter(replica.part, kVisits).written);
  CHECK(view_log(replica.part, kNotes).empty());
  CHECK_FALSE(view_deleted(replica.part).deleted);
  for (const PartField& field : fields()) CHECK(is_empty(column(replica, field.field)));
}

TEST_CASE("merge example: a clock one hour fast") {
  // Asha's phone is an hour fast. Bela reads what Asha wrote, and corrects it an hour "earlier".
  Replica replica;
  replica.receive(stamp(501, 1), write(kName, text("Mina")));
  replica.receive(stamp(500, 2), write(kName, text("Meena"), {stamp(501, 1)}));
  CHECK(view(replica, kName).shown == text("Meena"));
  CHECK_FALSE(view(replica, kName).in_conflict());
}

TEST_CASE("merge example: two edits of one field") {
  Replica replica;
  replica.receive(kA, write(kName, text("Mina")));
  replica.receive(kB, write(kName, text("Meena"), {kA}));
  replica.receive(kC, write(kName, text("Mena"), {kA}));
  const RegisterView clash = view(replica, kName);
  CHECK(clash.shown == text("Mena"));
  CHECK(clash.stamp == kC);
  CHECK(clash.others == std::vector<Sibling>{{text("Meena"), {kB}}});
  CHECK(clash.seen == Stamps{kC});
  CHECK(resolution_seen(clash) == Stamps{kB, kC});

  SECTION("an ordinary edit replaces what is shown, and leaves the conflict open") {
    replica.receive(kD, write(kName, text("Menaka"), clash.seen));
    CHECK(view(replica, kName).shown == text("Menaka"));
    CHECK(view(replica, kName).in_conflict());
  }
  SECTION("a resolution closes it, for the other value too") {
    replica.receive(stamp(1, 4), write(kName, text("Meena"), resolution_seen(clash)));
    CHECK(view(replica, kName).shown == text("Meena"));
    CHECK_FALSE(view(replica, kName).in_conflict());
  }
}

TEST_CASE("merge example: edits of different fields") {
  Replica replica;
  replica.receive(change(kA, {write(kName, text("Mina")), write(kSafeNow, text("yes"))}));
  replica.receive(kB, write(kName, text("Meena"), {kA}));
  replica.receive(kC, write(kSafeNow, text("no"), {kA}));
  CHECK(view(replica, kName).shown == text("Meena"));
  CHECK(view(replica, kSafeNow).shown == text("no"));
  CHECK_FALSE(view(replica, kName).in_conflict());
  CHECK_FALSE(view(replica, kSafeNow).in_conflict());
}

TEST_CASE("merge: others in a conflict come with the highest stamp first") {
  Replica replica;
  replica.receive(kB, write(kName, text("b")));
  replica.receive(kD, write(kName, text("d")));
  replica.receive(kA, write(kName, text("c")));
  replica.receive(kC, write(kName, text("c")));
  CHECK(view(replica, kName).shown == text("d"));
  CHECK(view(replica, kName).others ==
        std::vector<Sibling>{{text("c"), {kA, kC}}, {text("b"), {kB}}});
}

TEST_CASE("merge: an edit and a clearing that did not know of each other are a conflict") {
  Replica replica;
  replica.receive(kA, write(kName, text("Mina")));
  replica.receive(kB, write(kName, text("Meena"), {kA}));
  replica.receive(kC, write(kName, {}, {kA}));
  CHECK(is_empty(view(replica, kName).shown));
  CHECK(view(replica, kName).others == std::vector<Sibling>{{text("Meena"), {kB}}});
}

TEST_CASE("merge example: an old phone and a ladder") {
  Replica replica;
  replica.receive(kA, write(kStatus, text("made")));
  replica.receive(kB, write(kStatus, text("completed"), {kA}));
  replica.receive(kC, write(kStatus, text("arrived"), {kA}));  // found in a drawer, weeks later
  const RegisterView status = view(replica, kStatus);
  CHECK(status.shown == text("completed"));
  CHECK_FALSE(status.in_conflict());
  CHECK(status.seen == Stamps{kB, kC});

  SECTION("a person who saw it can pull it back, and the hidden rung does not come up again") {
    replica.receive(stamp(1, 4), write(kStatus, text("made"), status.seen));
    CHECK(view(replica, kStatus).shown == text("made"));
    CHECK(view(replica, kStatus).seen == Stamps{stamp(1, 4)});
  }
  SECTION("differing ends are a conflict") {
    replica.receive(kD, write(kStatus, text("declined"), {kA}));
    CHECK(view(replica, kStatus).shown == text("declined"));
    CHECK(view(replica, kStatus).others == std::vector<Sibling>{{text("completed"), {kB}}});
    CHECK(view(replica, kStatus).seen == Stamps{kC, kD});
    CHECK(resolution_seen(view(replica, kStatus)) == Stamps{kB, kC, kD});
  }
}

TEST_CASE("merge: a code that a ladder does not list ranks below all that it lists") {
  Replica replica;
  replica.receive(kA, write(kStatus, text("made")));
  replica.receive(kB, write(kStatus, text("brand new code")));
  replica.receive(kC, write(kStatus, number(7)));
  CHECK(view(replica, kStatus).shown == text("made"));
  CHECK(view(replica, kStatus).seen == Stamps{kA, kB, kC});
}

TEST_CASE("merge: the most cautious answer is shown, and the others are an open conflict") {
  Replica replica;
  replica.receive(kA, write(kSafeNow, text("no")));
  replica.receive(kB, write(kSafeNow, text("yes")));
  replica.receive(kC, write(kSafeNow, text("unsure")));
  const RegisterView safe = view(replica, kSafeNow);
  CHECK(safe.shown == text("no"));
  CHECK(safe.seen == Stamps{kA});
  CHECK(safe.others == std::vector<Sibling>{{text("unsure"), {kC}}, {text("yes"), {kB}}});
}

TEST_CASE("merge example: consent taken back") {
  Replica replica;
  replica.receive(kA, change(kA, {add(kConsent, "contact"), add(kTopics, "contact")}).ops[0]);
  replica.receive(kB, remove(kConsent, "contact", {kA}));
  replica.receive(kC, add(kConsent, "contact", {kA}));  // had not heard that it was taken back
  CHECK(view_set(replica.part, kConsent, rule_of(kConsent)).elements.empty());
  CHECK(view_set(replica.part, kConsent, rule_of(kTopics)).elements == Words{"contact"});
  CHECK(element_seen(replica.part, kConsent, "contact") == Stamps{kB, kC});
  replica.receive(kD, add(kConsent, "contact",
                          element_seen(replica.part, kConsent, "contact")));  // asked again
  CHECK(view_set(replica.part, kConsent, rule_of(kConsent)).elements == Words{"contact"});
}

TEST_CASE("merge: a remove that saw the add takes the element away, and only that element") {
  Replica replica;
  replica.receive(change(kA, {add(kTopics, "legal"), add(kTopics, "testing")}));
  replica.receive(kB, remove(kTopics, "legal", {kA}));
  CHECK(view_set(replica.part, kTopics, rule_of(kTopics)).elements == Words{"testing"});
  CHECK(column(replica, kTopics) == text("testing"));
}

TEST_CASE("merge example: a counter corrected while others count on") {
  Replica replica;
  replica.receive(kA, increment(kVisits, 24));
  const CounterView screen = view_counter(replica.part, kVisits);
  replica.receive(kB, increment(kVisits, 6));           // meanwhile, elsewhere
  replica.receive(kC, base(kVisits, 20, screen.seen));  // "it was 20, not 24"
  CHECK(view_counter(replica.part, kVisits).value == 26);
  CHECK(column(replica, kVisits) == number(26));
  CHECK(view_counter(replica.part, kVisits).seen == Stamps{kB, kC});

  SECTION("another correction that did not know of it is an open conflict, and counts once") {
    replica.receive(kD, base(kVisits, 22, screen.seen));
    const CounterView clash = view_counter(replica.part, kVisits);
    CHECK(clash.value == 28);
    CHECK(clash.others == std::vector<Sibling>{{number(20), {kC}}});
    CHECK(clash.seen == Stamps{kB, kD});
    CHECK(view(replica, kVisits).others == clash.others);
  }
  SECTION("the same correction twice is none") {
    replica.receive(kD, base(kVisits, 20, screen.seen));
    CHECK(view_counter(replica.part, kVisits).value == 26);
    CHECK(view_counter(replica.part, kVisits).others.empty());
  }
}

TEST_CASE("merge: a counter that would overflow stops at the end of its range") {
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  Replica replica;
  replica.receive(kA, base(kVisits, kMax));
  replica.receive(kB, increment(kVisits, kMax));
  CHECK(view_counter(replica.part, kVisits).value == kMax);
  replica.receive(kC, increment(kVisits, -kMax));
  replica.receive(kD, increment(kVisits, -kMax));
  CHECK(view_counter(replica.part, kVisits).value == 0);
  replica.receive(stamp(104, 5), increment(kVisits, -kMax));
  replica.receive(stamp(104, 6), increment(kVisits, -kMax));
  CHECK(view_counter(replica.part, kVisits).value == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("merge: counters by key count apart from each other") {
  Replica replica;
  replica.receive(change(kA, {base(kCondoms, 10, {}, "male"), increment(kCondoms, 3, "female")}));
  replica.receive(kB, increment(kCondoms, 5, "male"));
  CHECK(view_counter(replica.part, kCondoms, "male").value == 15);
  CHECK(counter_keys(replica.part, kCondoms) == Words{"female", "male"});
  CHECK(column(replica, kCondoms) == text("female=3,male=15"));
}

TEST_CASE("merge: a counter whose base was cleared is not written, until somebody counts") {
  Replica replica;
  replica.receive(kA, base(kVisits, 10));
  Op clear = base(kVisits, 0, {kA});
  clear.value = {};
  replica.receive(kB, clear);
  CHECK_FALSE(view_counter(replica.part, kVisits).written);
  CHECK(is_empty(column(replica, kVisits)));
  replica.receive(kC, increment(kVisits, 0));
  CHECK(column(replica, kVisits) == number(0));
}

TEST_CASE("merge: log entries stand in the order of their stamps, equal texts and all") {
  Replica replica;
  replica.receive(kC, append(kNotes, "third"));
  replica.receive(change(kA, {append(kNotes, "first"), append(kNotes, "again")}));
  replica.receive(kB, append(kNotes, "again"));
  Words texts;
  for (const LogEntry& entry : view_log(replica.part, kNotes)) texts.push_back(entry.text);
  CHECK(texts == Words{"again", "first", "again", "third"});
  CHECK(is_empty(column(replica, kNotes)));
}

TEST_CASE("merge: deleting and restoring") {
  Replica replica;
  replica.receive(kA, write(kName, text("Mina")));
  replica.receive(kB, write(kDeletedField, number(1), {kA}));
  CHECK(view_deleted(replica.part).deleted);
  CHECK(view_deleted(replica.part).unseen_edits.empty());

  SECTION("an edit that the deleter had not seen is a conflict") {
    replica.receive(kC, append(kNotes, "came back today"));
    CHECK(view_deleted(replica.part).unseen_edits == Stamps{kC});
  }
  SECTION("what one of two deleters saw is seen") {
    replica.receive(stamp(99, 3), append(kNotes, "note"));
    CHECK(view_deleted(replica.part).unseen_edits == Stamps{stamp(99, 3)});
    replica.receive(kD, write(kDeletedField, number(1), {stamp(99, 3)}));
    CHECK(view_deleted(replica.part).unseen_edits.empty());
  }
  SECTION("what the deleter wrote in the same change is seen") {
    replica.receive(
        change(kC, {write(kDeletedField, number(1), {kB}), append(kNotes, "duplicate")}));
    CHECK(view_deleted(replica.part).unseen_edits == Stamps{kA});
  }
  SECTION("restoring is a write, by an empty value as well") {
    replica.receive(stamp(1, 3), write(kDeletedField, {}, view_deleted(replica.part).seen));
    CHECK_FALSE(view_deleted(replica.part).deleted);
    CHECK(view(replica, kName).shown == text("Mina"));
  }
  SECTION(
      "of a delete and a restore unseen by each other the higher stamp decides; the next one sees "
      "both") {
    replica.receive(kC, write(kDeletedField, number(0), {kB}));
    replica.receive(kD, write(kDeletedField, number(1), {kB}));
    CHECK(view_deleted(replica.part).deleted);
    CHECK(view_deleted(replica.part).seen == Stamps{kC, kD});
    replica.receive(stamp(1, 5), write(kDeletedField, number(1), view_deleted(replica.part).seen));
    CHECK(view_deleted(replica.part).deleted);
  }
}
