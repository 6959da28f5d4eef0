// What an app sees of records: writing, editing with what was seen, clashes, deleting, histories.
// Two devices share a caseload; the server is real and honest.

#include "world.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

// A coordinator, an org's lead, and a worker whose caseload the lead sees too.
struct Pair {
  World world;
  std::unique_ptr<Device> coordinator = world.found();
  std::unique_ptr<Device> lead = world.lead(*coordinator, "Alpha");
  std::unique_ptr<Device> worker = world.worker(*lead, "North");

  std::string add_client(const Client::Assignments& fields) {
    const std::string id = must((*worker)->add("client", fields));
    worker->sync();
    lead->sync();
    return id;
  }
  void sync_both() {
    worker->sync();
    lead->sync();
    worker->sync();
  }
};

}  // namespace

TEST_CASE("client: what one device records, the others of its circles see, and nobody else") {
  Pair pair;
  const std::string id = pair.add_client(
      {"alias=Moon", "birth_year=1999", "population=msm,hijra", "notes+=first talk"});
  pair.coordinator->sync();

  const RecordView at_lead = must((*pair.lead)->show(id));
  CHECK(field(at_lead, "alias") == "Moon");
  CHECK(field(at_lead, "notes") == "first talk");
  CHECK_FALSE(at_lead.partial);

  const RecordView at_coordinator = must((*pair.coordinator)->show(id));
  CHECK(field(at_coordinator, "population") == "hijra,msm");
  CHECK(field(at_coordinator, "age_band") == "25-29");
  CHECK(field(at_coordinator, "alias").empty());
  CHECK(field(at_coordinator, "notes").empty());
  CHECK(at_coordinator.caseload.empty());
  CHECK_FALSE(at_coordinator.partial);

  auto other_lead = pair.world.lead(*pair.coordinator, "Beta");
  auto other_worker = pair.world.worker(*other_lead, "South");
  CHECK((*other_worker)->show(id).error().code == Code::kNotFound);
  CHECK((*other_lead)->show(id).error().code == Code::kNotFound);
}

TEST_CASE("client: edits of different fields that did not know of each other are both kept") {
  Pair pair;
  const std::string id = pair.add_client({"alias=Moon", "phone=1"});
  must((*pair.worker)->edit(id, {"phone=2"}));
  must((*pair.lead)->edit(id, {"area=river"}));
  pair.sync_both();
  for (Device* device : {pair.worker.get(), pair.lead.get()}) {
    const RecordView record = must((*device)->show(id));
    CHECK(field(record, "phone") == "2");
    CHECK(field(record, "area") == "river");
    CHECK(record.conflicts.empty());
  }
}

TEST_CASE(
    "client: edits of the same field that did not know of each other are a conflict until a person "
    "resolves it") {
  Pair pair;
  const std::string id = pair.add_client({"alias=Moon"});
  pair.lead->clock_error_hours = 9;
  must((*pair.worker)->edit(id, {"alias=Moon of the river"}));
  must((*pair.lead)->edit(id, {"alias=Moon of the hill"}));
  pair.sync_both();

  const std::vector<ConflictView> conflicts = must((*pair.worker)->conflicts());
  REQUIRE(conflicts.size() == 1);
  CHECK(std::get<std::string>(conflicts[0].shown.value) ==
        "Moon of the hill");  // the later stamp, by a clock that is wrong
  REQUIRE(conflicts[0].others.size() == 1);
  CHECK(std::get<std::string>(conflicts[0].others[0].value) == "Moon of the river");
  CHECK(must((*pair.lead)->conflicts())[0].id == conflicts[0].id);

  SECTION("keeping the other") {
    must((*pair.worker)->resolve(conflicts[0].id, "other"));
    pair.sync_both();
    CHECK(field(must((*pair.lead)->show(id)), "alias") == "Moon of the river");
  }
  SECTION("keeping the shown one") {
    must((*pair.worker)->resolve(conflicts[0].id, "shown"));
    pair.sync_both();
    CHECK(field(must((*pair.lead)->show(id)), "alias") == "Moon of the hill");
  }
  SECTION("by a value of one's own") {
    must((*pair.worker)->resolve(conflicts[0].id, "=Moon of both"));
    pair.sync_both();
    CHECK(field(must((*pair.lead)->show(id)), "alias") == "Moon of both");
  }
  CHECK(must((*pair.lead)->conflicts()).empty());
  CHECK(must((*pair.worker)->conflicts()).empty());
}

TEST_CASE(
    "client: a resolution is refused when the values changed since they were listed, and names the "
    "id of now") {
  Pair pair;
  const std::string id = pair.add_client({"alias=Moon"});
  must((*pair.worker)->edit(id, {"alias=A"}));
  must((*pair.lead)->edit(id, {"alias=B"}));
  pair.sync_both();
  const std::string listed = must((*pair.worker)->conflicts())[0].id;
  must((*pair.lead)->edit(id, {"alias=C"}));
  pair.sync_both();
  const std::string now = must((*pair.worker)->conflicts())[0].id;
  REQUIRE(now != listed);
  const Status refused = (*pair.worker)->resolve(listed, "shown");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kStale);
  CHECK(refused.error().hint.find(now) != std::string::npos);
}

TEST_CASE("client: a write made after seeing a value beats it, however wrong the clocks are") {
  Pair pair;
  const std::string id = pair.add_client({"alias=Moon"});
  pair.lead->clock_error_hours = 48;
  must((*pair.lead)->edit(id, {"alias=from the future"}));
  pair.sync_both();
  pair.worker->clock_error_hours = -24 * 365;
  must((*pair.worker)->edit(id, {"alias=later, from the past"}));
  pair.sync_both();
  CHECK(field(must((*pair.lead)->show(id)), "alias") == "later, from the past");
  CHECK(must((*pair.lead)->conflicts()).empty());
}

TEST_CASE(
    "client: an edit with a read token supersedes what was on the screen, not what synced since") {
  Pair pair;
  const std::string id = pair.add_client({"alias=Moon"});
  const std::string token = must((*pair.worker)->show(id)).seen;
  must((*pair.lead)->edit(id, {"alias=meanwhile"}));
  pair.sync_both();
  must((*pair.worker)->edit(id, {"alias=typed on an old screen"}, token));
  pair.sync_both();
  CHECK(must((*pair.lead)->conflicts()).size() == 1);

  const std::string other = must((*pair.worker)->add("client", {"alias=Sun"}));
  const auto refused = (*pair.worker)->edit(other, {"alias=Star"}, token);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kStale);
}

TEST_CASE("client: sets, counters and logs take what both wrote") {
  Pair pair;
  const std::string id =
      must((*pair.worker)->add("contact", {"date=2026-11-20", "services=condoms", "condoms=10"}));
  pair.sync_both();
  must((*pair.worker)->edit(id, {"services+=hiv_test", "condoms+=3", "notes+=one"}));
  must((*pair.lead)->edit(id, {"services+=counselling", "condoms+=4", "notes+=two"}));
  pair.sync_both();
  const RecordView record = must((*pair.lead)->show(id));
  CHECK(field(record, "services") == "condoms,counselling,hiv_test");
  CHECK(field(record, "services_shown") == "clinical,condoms,counselling");
  CHECK(field(record, "condoms") == "17");
  CHECK(must((*pair.lead)->conflicts()).empty());
  const std::string notes = field(record, "notes");
  CHECK(notes.find("one") != std::string::npos);
  CHECK(notes.find("two") != std::string::npos);
}

TEST_CASE("client: an old phone cannot pull a referral back, a person who saw it can") {
  Pair pair;
  const std::string id = must((*pair.worker)->add("referral", {"service=hiv_test", "status=made"}));
  pair.sync_both();
  must((*pair.lead)->edit(id, {"status=attended"}));
  pair.worker->clock_error_hours = 5;
  must((*pair.worker)->edit(id, {"status=scheduled"}));
  pair.sync_both();
  CHECK(field(must((*pair.worker)->show(id)), "status") == "attended");
  CHECK(must((*pair.worker)->conflicts()).empty());
  must((*pair.worker)->edit(id, {"status=scheduled"}));
  pair.sync_both();
  CHECK(field(must((*pair.lead)->show(id)), "status") == "scheduled");
}

TEST_CASE(
    "client: deleting hides everywhere, an unseen edit of a deleted record is a conflict, "
    "restoring is a write") {
  Pair pair;
  const std::string id = pair.add_client({"alias=Moon", "status=active"});
  must((*pair.worker)->remove(id));
  must((*pair.lead)->edit(id, {"phone=77"}));
  pair.sync_both();
  pair.coordinator->sync();
  CHECK(must((*pair.lead)->list("client")).empty());
  CHECK(must((*pair.coordinator)->list("client")).empty());
  CHECK(must((*pair.lead)->show(id)).deleted);
  const auto conflicts = must((*pair.lead)->conflicts());
  REQUIRE(conflicts.size() == 1);
  CHECK(conflicts[0].field == "deleted");

  must((*pair.lead)->resolve(conflicts[0].id, "other"));
  pair.sync_both();
  pair.coordinator->sync();
  CHECK(must((*pair.worker)->conflicts()).empty());
  CHECK(must((*pair.coordinator)->list("client")).size() == 1);
  CHECK(field(must((*pair.worker)->show(id)), "phone") == "77");
}

TEST_CASE("client: history tells who wrote what, sealed or not yet, and edits are not folded") {
  Pair pair;
  const std::string id = pair.add_client({"alias=Moon"});
  must((*pair.worker)->edit(id, {"phone=1"}));
  must((*pair.worker)->edit(id, {"phone=2"}));
  std::vector<ChangeView> changes = must((*pair.worker)->history(id));
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].verified);
  CHECK_FALSE(changes[2].sealed);
  pair.sync_both();
  changes = must((*pair.lead)->history(id));
  REQUIRE(changes.size() == 3);
  CHECK(changes[1].person == "Worker of North");
  CHECK(changes[2].verified);
}

TEST_CASE("client: what cannot be written is refused with a reason, and changes nothing") {
  Pair pair;
  const auto code = [](const auto& result) { return result.error().code; };
  CHECK(code((*pair.worker)->add("client", {"alias=Moon", "nickname=x"})) ==
        Code::kInvalidArgument);
  CHECK(code((*pair.worker)->add("client", {"alias=Moon", "birth_year=soon"})) ==
        Code::kInvalidArgument);
  CHECK(code((*pair.worker)->add("client", {"phone=1"})) == Code::kMissingRequired);
  CHECK(code((*pair.worker)->add("clients", {"alias=Moon"})) == Code::kNotFound);
  CHECK(code((*pair.worker)->add("client", {"alias=Moon", "alias=Sun"})) == Code::kInvalidArgument);
  CHECK(code((*pair.worker)->add("client", {"alias=Moon", "birth_year=1999", "age_band=20-24"})) ==
        Code::kInvalidArgument);
  CHECK(code((*pair.worker)->edit("01890a5d-ac96-774b-bcce-b302099a8057", {"alias=x"})) ==
        Code::kNotFound);
  CHECK(code((*pair.coordinator)->add("client", {"alias=Moon"})) == Code::kNotAllowed);
  const auto all_or_none =
      (*pair.worker)->add_many("client", {{"alias=One"}, {"phone=2"}, {"alias=Three"}});
  CHECK(code(all_or_none) == Code::kMissingRequired);
  CHECK(all_or_none.error().message.find("record 2") == 0);
  CHECK(must((*pair.worker)->list("client")).empty());
  CHECK(must((*pair.worker)->status()).pending == 0);

  const std::string id = pair.add_client({"alias=Moon"});
  CHECK(code((*pair.worker)->edit(id, {"alias="})) == Code::kMissingRequired);
  CHECK(code((*pair.worker)->edit(id, {"status+=moved"})) == Code::kInvalidArgument);
}

TEST_CASE("client: a worker may warn of a clinic, only a lead clears the warning") {
  Pair pair;
  const std::string id = must((*pair.worker)->add("facility", {"name=Clinic", "safe_now=avoid"}));
  pair.sync_both();
  CHECK((*pair.worker)->edit(id, {"safe_now=yes"}).error().code == Code::kNotAllowed);
  must((*pair.lead)->edit(id, {"safe_now=yes"}));
  pair.sync_both();
  CHECK(field(must((*pair.worker)->show(id)), "safe_now") == "yes");
}

TEST_CASE("client: a worker cannot clear a warning by resolving a conflict either") {
  Pair pair;
  const std::string id =
      must((*pair.worker)->add("facility", {"name=Clinic", "safe_now=take_care"}, {}));
  pair.sync_both();
  must((*pair.lead)->edit(id, {"safe_now=yes"}));
  must((*pair.worker)->edit(id, {"safe_now=avoid"}));
  pair.sync_both();
  const auto conflicts = must((*pair.worker)->conflicts());
  REQUIRE(conflicts.size() == 1);
  CHECK((*pair.worker)->resolve(conflicts.front().id, "other").error().code == Code::kNotAllowed);
  CHECK(field(must((*pair.worker)->show(id)), "safe_now") == "avoid");
  must((*pair.lead)->resolve(must((*pair.lead)->conflicts()).front().id, "other"));
  pair.sync_both();
  CHECK(field(must((*pair.worker)->show(id)), "safe_now") == "yes");
}

TEST_CASE("client: a set assigned from an old screen keeps what was added since") {
  Pair pair;
  const std::string id = pair.add_client({"alias=Moon", "population=msm"});
  const std::string old_screen = must((*pair.worker)->show(id)).seen;
  must((*pair.lead)->edit(id, {"population+=hijra"}));
  pair.sync_both();
  must((*pair.worker)->edit(id, {"population=pwid"}, old_screen));
  pair.sync_both();
  CHECK(field(must((*pair.worker)->show(id)), "population") == "hijra,pwid");
  CHECK(field(must((*pair.lead)->show(id)), "population") == "hijra,pwid");
}

TEST_CASE("client: a record deleted by one and edited in two parts by another is one conflict") {
  Pair pair;
  const std::string id = pair.add_client({"alias=Moon", "population=msm"});
  must((*pair.lead)->remove(id));
  must((*pair.worker)->edit(id, {"alias=Luna", "population+=hijra"}));
  pair.sync_both();
  const auto conflicts = must((*pair.worker)->conflicts());
  REQUIRE(conflicts.size() == 1);
  CHECK(conflicts.front().field == "deleted");
  CHECK(must((*pair.worker)->status()).conflicts == 1);
  must((*pair.worker)->resolve(conflicts.front().id, "other"));
  pair.sync_both();
  const RecordView record = must((*pair.lead)->show(id));
  CHECK_FALSE(record.deleted);
  CHECK(field(record, "alias") == "Luna");
  CHECK(must((*pair.lead)->conflicts()).empty());
}

TEST_CASE("client: a conflict over a count is resolved with one number or none") {
  Pair pair;
  const std::string id = must((*pair.worker)->add("contact", {"date=2026-11-23", "condoms=4"}));
  pair.sync_both();
  const auto clash = [&](const char* mine, const char* theirs) {
    must((*pair.worker)->edit(id, {std::string("condoms=") + mine}));
    must((*pair.lead)->edit(id, {std::string("condoms=") + theirs}));
    pair.sync_both();
    const auto conflicts = must((*pair.worker)->conflicts());
    REQUIRE(conflicts.size() == 1);
    return conflicts.front().id;
  };
  must((*pair.worker)->resolve(clash("5", "6"), "="));
  CHECK(field(must((*pair.worker)->show(id)), "condoms") == "0");
  CHECK((*pair.worker)->resolve(clash("7", "8"), "=1,2").error().code == Code::kInvalidArgument);
  must((*pair.worker)->resolve(must((*pair.worker)->conflicts()).front().id, "=9"));
  pair.sync_both();
  CHECK(field(must((*pair.lead)->show(id)), "condoms") == "9");
}
