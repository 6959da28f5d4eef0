// Taking devices out: what the removed device can still do, what becomes of what it wrote, and that
// nobody else is disturbed.

#include <algorithm>

#include "world.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

struct Team {
  World world;
  std::unique_ptr<Device> coordinator = world.found();
  std::unique_ptr<Device> lead = world.lead(*coordinator, "Alpha");
  std::unique_ptr<Device> worker = world.worker(*lead, "North");
  std::unique_ptr<Device> colleague = world.worker(*lead, "North");

  std::unique_ptr<Device> second_lead() {
    const std::string link = must((*lead)->invite({"", "lead", ""})).link;
    lead->sync();
    auto second = world.device("lead");
    must((*second)->begin_join(link, "Second lead"));
    second->sync();
    lead->sync();
    World::approve(*lead, *second);
    lead->sync();
    second->sync();
    return second;
  }
  std::string id_of(Device& device) { return device->me().device; }
  void everybody_syncs() {
    for (int round = 0; round < 3; ++round) {
      for (Device* device : {coordinator.get(), lead.get(), worker.get(), colleague.get()})
        device->sync();
    }
  }
};

std::string add_client(Device& device, const std::string& alias) {
  return must(device->add("client", {"alias=" + alias}, {.caseload = "North", .org = ""}));
}

bool holds(Device& device, const std::string& id) { return device->show(id).has_value(); }

std::string shown(Device& device, const std::string& id, std::string_view name) {
  return field(must(device->show(id)), name);
}

std::string state_at(Device& device, const std::string& member) {
  for (const MemberView& view : must(device->members())) {
    if (view.device == member) return view.state;
  }
  return "unknown";
}

}  // namespace

TEST_CASE(
    "removal: the removed device is told, reads nothing new, and what it had not sent waits for a "
    "lead") {
  Team team;
  const std::string before = add_client(*team.worker, "Before");
  team.everybody_syncs();
  const std::string late = add_client(*team.worker, "Late");  // offline, unaware

  must((*team.lead)->revoke(team.id_of(*team.worker)));
  team.lead->sync();
  const std::string after = add_client(*team.lead, "After");
  team.lead->sync();
  team.worker->sync();
  team.worker->sync();
  CHECK((*team.worker)->me().state == "removed");
  CHECK(must((*team.worker)->status()).removed);
  CHECK_FALSE(must((*team.worker)->status()).wipe);
  CHECK_FALSE(holds(*team.worker, after));
  CHECK((*team.worker)->add("client", {"alias=More"}).error().code == Code::kNotAllowed);
  CHECK(must((*team.worker)->status()).pending == 0);

  team.lead->sync();
  team.colleague->sync();
  for (Device* member : {team.lead.get(), team.colleague.get()}) {
    CHECK(holds(*member, before));
    CHECK(holds(*member, after));
    CHECK_FALSE(holds(*member, late));
    CHECK(must((*member)->status()).quarantined > 0);
    CHECK(must((*member)->verify()).empty());
    CHECK(state_at(*member, team.id_of(*team.worker)) == "removed");
  }
}

TEST_CASE(
    "adoption: what was applied before a cut put it aside counts in the record's next home too") {
  Team team;
  const auto south = team.world.worker(*team.lead, "South");
  const auto second = team.second_lead();
  const std::string id = add_client(*team.worker, "One");
  team.everybody_syncs();
  second->sync();
  const std::string copy = team.world.save_log();
  must((*team.worker)->edit(id, {"area=Late"}));
  team.worker->sync();
  second->sync();
  REQUIRE(shown(*second, id, "area") == "Late");

  // A cut that is behind what the second lead has read: the log that it is compared with lost that.
  team.world.put_back_log(copy, World::By::kHand);
  must((*team.lead)->revoke(team.id_of(*team.worker)));
  team.lead->sync();
  second->sync();
  second->sync();
  CHECK(shown(*second, id, "area").empty());
  must((*second)->transfer({id, "", "South", {}}));
  second->sync();
  const auto waiting = must((*second)->quarantine());
  REQUIRE_FALSE(waiting.empty());
  for (const QuarantineView& view : waiting) must((*second)->adopt_quarantined(view.id));
  for (int round = 0; round < 3; ++round) {
    for (Device* device : {second.get(), team.lead.get(), south.get()}) device->sync();
  }
  for (Device* device : {second.get(), team.lead.get(), south.get()}) {
    CHECK(shown(*device, id, "area") == "Late");
    CHECK(must((*device)->verify()).empty());
  }
}

TEST_CASE("adoption: a record that came too late brings its open conflicts") {
  Team team;
  const std::string late = add_client(*team.worker, "One");
  const std::string seen = must((*team.worker)->show(late)).seen;
  must((*team.worker)->edit(late, {"area=Here"}, seen));
  must((*team.worker)->edit(late, {"area=There"}, seen));  // by what was on the screen before
  CHECK(must((*team.worker)->conflicts()).size() == 1);
  must((*team.lead)->revoke(team.id_of(*team.worker)));
  team.lead->sync();
  team.worker->sync();
  team.lead->sync();
  for (const QuarantineView& view : must((*team.lead)->quarantine()))
    must((*team.lead)->adopt_quarantined(view.id));
  team.lead->sync();
  team.colleague->sync();
  for (Device* member : {team.lead.get(), team.colleague.get()}) {
    CHECK(shown(*member, late, "area") == "There");
    CHECK(must((*member)->conflicts()).size() == 1);
    CHECK(must((*member)->verify()).empty());
  }
}

TEST_CASE("adoption: what came too late counts after all, once, with who wrote it") {
  Team team;
  const std::string known = add_client(*team.worker, "Known");
  const std::string tallied = must(
      (*team.worker)->add("activity", {"type=outreach", "date=2026-11-20", "materials=5"}, {}));
  team.everybody_syncs();
  must((*team.worker)->edit(known, {"alias=Late"}));
  must((*team.worker)->edit(tallied, {"materials+=3"}));
  must((*team.worker)->edit(tallied, {"materials+=4"}));
  const std::string late = add_client(*team.worker, "New");
  const auto other_lead = team.second_lead();
  must((*team.lead)->revoke(team.id_of(*team.worker)));
  team.lead->sync();
  team.worker->sync();
  for (Device* lead : {team.lead.get(), other_lead.get()}) lead->sync();

  for (Device* lead : {team.lead.get(), other_lead.get()}) {
    const auto waiting = must((*lead)->quarantine());
    CHECK(waiting.size() >= 3);
    for (const QuarantineView& view : waiting) must((*lead)->adopt_quarantined(view.id));
    CHECK(must((*lead)->quarantine()).empty());
  }
  for (int round = 0; round < 3; ++round) {
    for (Device* member : {team.lead.get(), other_lead.get(), team.colleague.get()}) member->sync();
  }
  for (Device* member : {team.lead.get(), other_lead.get(), team.colleague.get()}) {
    CHECK(shown(*member, known, "alias") == "Late");
    CHECK(shown(*member, late, "alias") == "New");
    CHECK(shown(*member, tallied, "materials") == "12");
    CHECK(must((*member)->conflicts()).empty());
    CHECK(must((*member)->verify()).empty());
    const auto history = must((*member)->history(late));
    REQUIRE(history.size() == 1);
    CHECK(history.front().device == team.id_of(*team.worker));
    CHECK_FALSE(history.front().brought_by.empty());
  }
  must((*team.colleague)->edit(known, {"alias=Later"}));
  team.everybody_syncs();
  CHECK(shown(*team.lead, known, "alias") == "Later");
  CHECK(must((*team.lead)->conflicts()).empty());
}

TEST_CASE("adoption: only a lead, and only what its author could have written") {
  Team team;
  team.everybody_syncs();
  add_client(*team.worker, "Late");
  must((*team.lead)->revoke(team.id_of(*team.worker)));
  team.lead->sync();
  team.worker->sync();
  team.lead->sync();
  team.colleague->sync();
  const auto waiting = must((*team.colleague)->quarantine());
  REQUIRE_FALSE(waiting.empty());
  CHECK((*team.colleague)->adopt_quarantined(waiting.front().id).error().code == Code::kNotAllowed);
  CHECK((*team.colleague)->adopt_quarantined("ffff").error().code == Code::kNotFound);
  CHECK(must((*team.colleague)->quarantine()).size() == waiting.size());
}

TEST_CASE("audit: a lead reads who came, who went, and what became of records") {
  Team team;
  const std::string known = add_client(*team.worker, "Known");
  team.everybody_syncs();
  must((*team.lead)->add_caseload("South", ""));
  team.lead->sync();
  must((*team.lead)->transfer({known, "", "South", {}}));
  const std::string late = add_client(*team.worker, "Late");
  const std::string hidden = add_client(*team.colleague, "Hidden");
  must((*team.colleague)->remove(hidden));
  must((*team.lead)->revoke(team.id_of(*team.worker)));
  team.lead->sync();
  team.worker->sync();
  team.everybody_syncs();
  auto waiting = must((*team.lead)->quarantine());
  REQUIRE(waiting.size() >= 2);
  must((*team.lead)->adopt_quarantined(waiting.front().id));
  must((*team.lead)->drop_quarantined(waiting.back().id));
  team.lead->sync();

  const std::vector<AuditView> told = must((*team.lead)->audit());
  const auto about = [&](const std::string& event, const std::string& subject) {
    return std::ranges::count_if(told, [&](const AuditView& view) {
      return view.event == event && view.subject == subject && view.verified;
    });
  };
  const std::string gone = team.id_of(*team.worker);
  CHECK(told.front().event == "founded");
  CHECK(about("joined", gone) == 1);
  CHECK(about("revoked", gone) == 1);
  CHECK(about("handed_over", known) == 1);
  CHECK(about("deleted", hidden) == 1);
  CHECK(about("adopted", late) == 1);
  CHECK(std::ranges::count(told, "put_out_of_sight", &AuditView::event) == 1);
  CHECK(std::ranges::is_sorted(told, {}, [](const AuditView& view) { return view.position - 1; }));
  for (const AuditView& view : told) {
    INFO(view.event);
    CHECK_FALSE(view.person.empty());
    if (view.event == "revoked") {
      CHECK_FALSE(view.at.empty());
      CHECK(view.device == team.id_of(*team.lead));
    }
  }
  CHECK((*team.colleague)->audit().error().code == Code::kNotAllowed);
  CHECK_FALSE(must((*team.coordinator)->audit()).empty());
}

TEST_CASE("removal: what came too late can be read in quarantine, and put out of sight") {
  Team team;
  team.everybody_syncs();
  const std::string late = add_client(*team.worker, "Late");
  must((*team.lead)->revoke(team.id_of(*team.worker)));
  team.lead->sync();
  team.worker->sync();
  team.lead->sync();
  const std::vector<QuarantineView> waiting = must((*team.lead)->quarantine());
  REQUIRE(waiting.size() == 2);  // home and facts
  bool told = false;
  for (const QuarantineView& view : waiting) {
    CHECK(view.device == team.id_of(*team.worker));
    CHECK(view.caseload == "North");
    CHECK(view.reason.find("removed") != std::string::npos);
    REQUIRE(view.items.size() == 1);
    CHECK(view.items.front().record == late);
    CHECK(view.items.front().change.verified);
    for (const NamedValue& named : view.items.front().change.fields)
      told = told || (named.field == "alias" && std::get<std::string>(named.value) == "Late");
  }
  CHECK(told);
  CHECK((*team.lead)->drop_quarantined("ffff").error().code == Code::kNotFound);
  for (const QuarantineView& view : waiting) must((*team.lead)->drop_quarantined(view.id));
  CHECK(must((*team.lead)->quarantine()).empty());
  CHECK(must((*team.lead)->status()).quarantined == 0);
  CHECK(must((*team.lead)->verify()).empty());
  must((*team.lead)->rebuild(waiting.front().circle_id));
  CHECK_FALSE(holds(*team.lead, late));
}

TEST_CASE(
    "removal: one that was made before all of the chain was read is said again, and cuts off "
    "nothing that was in time") {
  Team team;
  team.everybody_syncs();
  const std::string in_time = add_client(*team.worker, "In time");
  team.worker->sync();
  must((*team.lead)->revoke(team.id_of(*team.worker)));  // has not heard of it
  team.lead->sync();
  team.colleague->sync();
  CHECK(state_at(*team.lead, team.id_of(*team.worker)) == "removed");
  CHECK((*team.lead)->take_refusals().empty());
  CHECK(holds(*team.lead, in_time));
  CHECK(holds(*team.colleague, in_time));
  CHECK(must((*team.lead)->status()).quarantined == 0);
}

TEST_CASE("removal: the others go on under new keys, and who joins later reads all that counts") {
  Team team;
  const std::string before = add_client(*team.worker, "Before");
  team.everybody_syncs();
  must((*team.lead)->revoke(team.id_of(*team.worker)));
  team.lead->sync();
  team.coordinator->sync();
  team.colleague->sync();
  const std::string after = add_client(*team.colleague, "After");
  team.colleague->sync();
  team.lead->sync();
  CHECK(holds(*team.lead, after));

  auto newcomer = team.world.worker(*team.lead, "North");
  newcomer->sync();
  CHECK(holds(*newcomer, before));
  CHECK(holds(*newcomer, after));
  CHECK(must((*newcomer)->status()).parked == 0);
  CHECK(must((*newcomer)->verify()).empty());
  team.coordinator->sync();
  CHECK(holds(*team.coordinator, after));  // its facts
}

TEST_CASE(
    "removal: soon no key is in use that the removed device had, and wide circles wait for the "
    "next day") {
  Team team;
  team.everybody_syncs();
  const auto exposed = [&] {
    const auto& roster =
        must(team.world.service->programmes.find(must(team.world.store.programmes()).front()))
            ->roster;
    return std::ranges::count_if(
        roster.circles(), [&](const auto& circle) { return roster.is_exposed(circle.first); });
  };
  must((*team.lead)->revoke(team.id_of(*team.worker)));
  team.lead->sync();
  team.coordinator->sync();
  CHECK(exposed() == 0);
  must((*team.lead)->revoke(team.id_of(*team.colleague)));
  team.lead->sync();
  team.coordinator->sync();
  CHECK(exposed() == 4);  // org facts, caseload facts, commons, alerts: once a day
  team.world.now_ms += 25 * kHourMs;
  team.lead->sync();
  team.coordinator->sync();
  CHECK(exposed() == 0);
}

TEST_CASE(
    "removal: a lead is taken out by a coordinator, and the lead who is left renews the org's "
    "keys") {
  Team team;
  const std::string link = must((*team.lead)->invite({"", "lead", ""})).link;
  team.lead->sync();
  auto second = team.world.device("lead");
  must((*second)->begin_join(link, "Second lead"));
  second->sync();
  team.lead->sync();
  World::approve(*team.lead, *second);
  team.lead->sync();
  second->sync();
  must((*team.coordinator)->revoke(team.id_of(*team.lead)));
  team.coordinator->sync();
  second->sync();
  second->sync();
  team.lead->sync();
  CHECK((*team.lead)->me().state == "removed");
  const std::string after = add_client(*second, "After");
  second->sync();
  team.worker->sync();
  team.lead->sync();
  CHECK(holds(*team.worker, after));
  CHECK_FALSE(holds(*team.lead, after));
  const std::string more = add_client(*team.worker, "More");
  team.worker->sync();
  second->sync();
  CHECK(holds(*second, more));
  CHECK(must((*second)->verify()).empty());
}

TEST_CASE("removal: the commons wait for new keys of the organisation that they are sealed to") {
  Team team;
  team.everybody_syncs();
  const auto keys_begun = [&] {
    team.coordinator->sync();
    return std::ranges::count(must((*team.coordinator)->audit()), std::string("new_key"),
                              &AuditView::event);
  };
  const auto before = keys_begun();
  must((*team.coordinator)->revoke(team.id_of(*team.worker)));
  // Sealed to the organisation's inbox as it is, they would be the removed device's to open.
  CHECK(keys_begun() == before);
  team.lead->sync();
  const auto renewed_at_once = keys_begun() - before;
  CHECK(renewed_at_once >= 4);  // organisation, caseload, and what follows in the same sync
  // Both commons and alerts, once: what is sealed rightly the first time is not renewed again.
  team.world.now_ms += 26ll * 3'600'000;
  team.everybody_syncs();
  const auto all = keys_begun();
  team.world.now_ms += 26ll * 3'600'000;
  team.everybody_syncs();
  CHECK(keys_begun() == all);
  CHECK(all - before == 6);
}

TEST_CASE("removal: of three coordinators two must sign, and everybody sees who did") {
  Team team;
  std::vector<std::unique_ptr<Device>> more;
  for (int i = 0; i < 2; ++i) {
    const std::string link =
        must((*team.coordinator)->invite({"Umbrella", "coordinator", ""})).link;
    team.coordinator->sync();
    Device& joiner = *more.emplace_back(team.world.device("coordinator"));
    must(joiner->begin_join(link, "Another"));
    joiner.sync();
    team.coordinator->sync();
    World::approve(*team.coordinator, joiner);
    team.coordinator->sync();
    joiner.sync();
  }
  const std::string lead = team.id_of(*team.lead);
  must((*team.coordinator)->revoke(lead));
  team.coordinator->sync();
  CHECK(state_at(*team.coordinator, lead) == "active");
  more[0]->sync();
  for (const MemberView& view : must((*more[0])->members())) {
    if (view.device == lead) CHECK(view.revoked_by.size() == 1);
  }
  must((*more[0])->revoke(lead));
  more[0]->sync();
  team.coordinator->sync();
  CHECK(state_at(*team.coordinator, lead) == "removed");
}

TEST_CASE("removal: wipe is an order that only the removed device reads as such") {
  Team team;
  must((*team.lead)->revoke(team.id_of(*team.worker), true));
  team.lead->sync();
  team.worker->sync();
  team.colleague->sync();
  CHECK(must((*team.worker)->status()).wipe);
  CHECK_FALSE(must((*team.colleague)->status()).wipe);
}

TEST_CASE("removal: everybody may leave, but not the last lead") {
  Team team;
  must((*team.lead)->revoke(team.id_of(*team.lead)));
  team.everybody_syncs();
  CHECK_FALSE((*team.lead)->take_refusals().empty());
  CHECK((*team.lead)->me().state == "active");
  const std::string kept = add_client(*team.colleague, "Kept");
  must((*team.colleague)->revoke(team.id_of(*team.colleague)));
  team.colleague->sync();
  team.lead->sync();
  CHECK((*team.colleague)->me().state == "removed");
  CHECK(state_at(*team.lead, team.id_of(*team.colleague)) == "removed");
  CHECK(must((*team.colleague)->status()).pending == 0);
}

TEST_CASE("removal: only who may, and with words that say who") {
  Team team;
  auto other = team.world.lead(*team.coordinator, "Beta");
  const auto code = [&](Device& by, Device& whom) {
    return by->revoke(team.id_of(whom)).error().code;
  };
  team.everybody_syncs();
  other->sync();
  CHECK(code(*team.worker, *team.colleague) == Code::kNotAllowed);
  CHECK(code(*other, *team.worker) == Code::kNotAllowed);
  CHECK(code(*team.lead, *team.coordinator) == Code::kNotAllowed);
  CHECK((*team.lead)->revoke("ffffffffffffffff").error().code == Code::kNotFound);
}

TEST_CASE("rotation: every key anew with one call; who was away for weeks reads on and is read") {
  Team team;
  const std::string before = add_client(*team.worker, "Before");
  team.everybody_syncs();
  for (int times = 0; times < 2; ++times) {
    CHECK(must((*team.lead)->rotate()) > 3);
    team.lead->sync();
    CHECK(must((*team.coordinator)->rotate()) > 3);
    team.coordinator->sync();
    team.colleague->sync();
  }
  CHECK((*team.worker)->rotate().error().code == Code::kNotAllowed);
  const std::string meanwhile = add_client(*team.colleague, "Meanwhile");
  team.colleague->sync();
  team.world.now_ms += 60LL * 24 * kHourMs;
  const std::string offline = add_client(*team.worker, "Offline");
  team.everybody_syncs();
  for (Device* device : {team.lead.get(), team.worker.get(), team.colleague.get()}) {
    for (const std::string& id : {before, meanwhile, offline}) CHECK(holds(*device, id));
    CHECK(must((*device)->status()).quarantined == 0);
    CHECK(must((*device)->status()).parked == 0);
    CHECK(must((*device)->verify()).empty());
  }
  for (const std::string& id : {before, meanwhile, offline}) CHECK(holds(*team.coordinator, id));
}
