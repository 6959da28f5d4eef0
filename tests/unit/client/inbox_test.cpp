// Writing to a circle that one is not a member of: what a worker tells her leads about an incident.
#include <algorithm>

#include "world.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

struct Team {
  World world;
  std::unique_ptr<Device> coordinator = world.found();
  std::unique_ptr<Device> lead = world.lead(*coordinator, "Alpha");
  std::unique_ptr<Device> other_lead = world.lead(*coordinator, "Beta");
  std::unique_ptr<Device> worker = world.worker(*lead, "North");
  std::unique_ptr<Device> colleague = world.worker(*lead, "North");

  void everybody_syncs() {
    for (int round = 0; round < 3; ++round) {
      for (Device* device :
           {coordinator.get(), lead.get(), other_lead.get(), worker.get(), colleague.get()})
        device->sync();
    }
  }
};

std::string add_incident(Device& device, const std::string& narrative) {
  return must(device->add("incident",
                          {"month=2026-11", "violations=raid", "narrative=" + narrative},
                          {.caseload = "North", .org = ""}));
}

std::string narrative_at(Device& device, const std::string& id) {
  return field(must(device->show(id)), "narrative");
}

}  // namespace

TEST_CASE("inbox: a worker's words to her leads are read by them, and stay with her") {
  Team team;
  const std::string id = add_incident(*team.worker, "They came at night");
  CHECK(narrative_at(*team.worker, id) == "They came at night");
  team.everybody_syncs();
  CHECK(narrative_at(*team.lead, id) == "They came at night");
  CHECK(narrative_at(*team.worker, id) == "They came at night");
  CHECK(field(must((*team.colleague)->show(id)), "violations") == "raid");
  CHECK(narrative_at(*team.colleague, id).empty());
  CHECK(field(must((*team.coordinator)->show(id)), "violations") == "raid");
  CHECK(narrative_at(*team.coordinator, id).empty());
  CHECK_FALSE((*team.other_lead)->show(id));
  for (Device* device : {team.lead.get(), team.worker.get(), team.colleague.get()}) {
    CHECK_FALSE(must((*device)->show(id)).partial);
    CHECK(must((*device)->verify()).empty());
    CHECK(must((*device)->status()).pending == 0);
    CHECK(must((*device)->status()).quarantined == 0);
  }
  const auto told = must((*team.lead)->history(id));
  CHECK(std::ranges::all_of(told, &ChangeView::verified));
}

TEST_CASE(
    "inbox: what two people wrote without seeing each other's words is the leads' to settle") {
  Team team;
  const std::string id = add_incident(*team.worker, "First");
  team.everybody_syncs();
  must((*team.lead)->edit(id, {"narrative=As the leads put it"}));
  team.everybody_syncs();
  CHECK(narrative_at(*team.worker, id) == "First");  // the leads' circle is not hers to read
  must((*team.worker)->edit(id, {"narrative=First, and more"}));
  must((*team.colleague)->edit(id, {"narrative=I saw it too"}));
  team.everybody_syncs();
  CHECK(narrative_at(*team.worker, id) == "First, and more");
  CHECK(narrative_at(*team.colleague, id) == "I saw it too");
  const auto conflicts = must((*team.lead)->conflicts());
  REQUIRE(conflicts.size() == 1);
  CHECK(conflicts.front().others.size() == 2);
  must((*team.lead)->resolve(conflicts.front().id, "=All of it"));
  team.everybody_syncs();
  CHECK(narrative_at(*team.lead, id) == "All of it");
  CHECK(must((*team.lead)->conflicts()).empty());
  CHECK(must((*team.worker)->conflicts()).empty());
}

TEST_CASE("inbox: a lead who comes later reads what was written before") {
  Team team;
  const std::string id = add_incident(*team.worker, "Before her time");
  team.everybody_syncs();
  const std::string link = must((*team.lead)->invite({"", "lead", ""})).link;
  team.lead->sync();
  auto second = team.world.device("lead");
  must((*second)->begin_join(link, "Second lead"));
  second->sync();
  team.lead->sync();
  World::approve(*team.lead, *second);
  team.lead->sync();
  second->sync();
  second->sync();
  CHECK(narrative_at(*second, id) == "Before her time");
  CHECK(must((*second)->verify()).empty());
}

TEST_CASE("inbox: of who was removed only what lies within the cut counts") {
  Team team;
  const std::string id = add_incident(*team.worker, "In time");
  team.everybody_syncs();
  must((*team.worker)->edit(id, {"narrative=Too late"}));  // offline, unaware
  must((*team.lead)->revoke((*team.worker)->me().device));
  team.lead->sync();
  team.worker->sync();
  team.worker->sync();
  team.lead->sync();
  CHECK(narrative_at(*team.lead, id) == "In time");
  const auto waiting = must((*team.lead)->quarantine());
  REQUIRE(waiting.size() == 1);
  must((*team.lead)->adopt_quarantined(waiting.front().id));
  team.lead->sync();
  const auto conflicts = must((*team.lead)->conflicts());
  const std::string shown = narrative_at(*team.lead, id);
  const bool known = shown == "Too late" || conflicts.size() == 1;
  CHECK(known);
  CHECK(must((*team.lead)->verify()).empty());
}

TEST_CASE("inbox: a server that was put back is given it again") {
  Team team;
  team.everybody_syncs();
  const std::string copy = team.world.save_log();
  const std::string id = add_incident(*team.worker, "Kept");
  team.worker->sync();
  team.world.put_back_log(copy, World::By::kCommand);
  team.worker->sync();
  team.worker->sync();
  team.lead->sync();
  CHECK(narrative_at(*team.lead, id) == "Kept");
  CHECK(must((*team.worker)->verify()).empty());
  CHECK(must((*team.lead)->verify()).empty());
}

TEST_CASE("inbox: an old copy of a phone writes nothing into its chain") {
  Team team;
  const std::string id = add_incident(*team.worker, "One");
  team.everybody_syncs();
  team.worker->save("copy");
  must((*team.worker)->edit(id, {"narrative=Two"}));
  team.worker->sync();
  team.lead->sync();
  team.worker->put_back("copy");
  must((*team.worker)->edit(id, {"narrative=Of the copy"}));
  [[maybe_unused]] const Status told = team.worker->try_sync();
  [[maybe_unused]] const Status again = team.worker->try_sync();
  team.lead->sync();
  CHECK(narrative_at(*team.lead, id) == "Two");
  CHECK(narrative_at(*team.worker, id) == "Of the copy");
  CHECK(must((*team.lead)->verify()).empty());
}

TEST_CASE("inbox: it goes along when the record is handed over") {
  Team team;
  const auto south = team.world.worker(*team.lead, "South");
  const std::string id = add_incident(*team.worker, "Where it began");
  team.everybody_syncs();
  must((*team.lead)->transfer({id, "", "South", {}}));
  team.everybody_syncs();
  south->sync();
  south->sync();
  CHECK(narrative_at(*team.lead, id) == "Where it began");
  CHECK(narrative_at(*south, id).empty());
  must((*south)->edit(id, {"narrative=Where it goes on"}));
  south->sync();
  team.lead->sync();
  CHECK(must((*team.lead)->conflicts()).size() == 1);
  CHECK(must((*team.lead)->verify()).empty());
  CHECK(must((*south)->verify()).empty());
}
