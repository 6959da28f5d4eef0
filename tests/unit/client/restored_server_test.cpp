// A server that was put back to an old copy of its log: by its operator's command, or by hand.
// Everything that any device still has comes back, nobody has to do anything, and nothing that is
// shown goes away meanwhile.

#include <algorithm>

#include "log_check.hpp"
#include "world.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

struct Team {
  World world;
  std::unique_ptr<Device> coordinator, lead, worker, second;
  Team() {
    coordinator = world.found();
    lead = world.lead(*coordinator, "Alpha");
    worker = world.worker(*lead, "North");
    second = world.worker(*lead, "North");
    for (Device* device : all()) device->sync();
  }
  [[nodiscard]] std::vector<Device*> all() const {
    return {coordinator.get(), lead.get(), worker.get(), second.get()};
  }

  std::string add(Device& device, const std::string& alias) {
    return must(device->add("client", {"alias=" + alias}, {.caseload = "North", .org = ""}));
  }
};

bool shows(Device& device, const std::string& alias) {
  const auto records = must(device->list("client"));
  return std::ranges::any_of(
      records, [&](const RecordView& record) { return field(record, "alias") == alias; });
}

void check_settled(Device& device) {
  const std::vector<std::string> problems = must(device->verify());
  INFO((problems.empty() ? std::string() : problems.front()));
  CHECK(problems.empty());
  const StatusView status = must(device->status());
  INFO((status.warnings.empty() ? std::string() : status.warnings.front()));
  CHECK(status.pending == 0);
  CHECK(status.warnings.empty());
  CHECK_FALSE(status.copied);
}

// Some rounds of syncs, then everybody who shares a caseload shows the same and nothing is open.
void settle(Team& team, const std::vector<Device*>& devices) {
  for (int round = 0; round < 3; ++round) {
    for (Device* device : devices) device->sync();
  }
  for (Device* device : devices) check_settled(*device);
  CHECK(must(server::check_log(*team.world.log)).problems.empty());
}

}  // namespace

TEST_CASE("restored server: what it lost comes back from whoever has it, the author gone or not") {
  const auto by = GENERATE(World::By::kCommand, World::By::kHand);
  const bool author_comes_again = GENERATE(true, false);
  Team team;
  team.add(*team.worker, "Before");
  team.worker->sync();
  const std::string copy = team.world.save_log();
  team.add(*team.worker, "After");
  team.worker->sync();
  team.lead->sync();
  REQUIRE(shows(*team.lead, "After"));

  team.world.put_back_log(copy, by);
  std::vector<Device*> devices{team.lead.get(), team.coordinator.get(), team.second.get()};
  if (author_comes_again) devices.insert(devices.begin(), team.worker.get());
  for (Device* device : devices) device->sync();
  CHECK(shows(*team.lead, "After"));
  settle(team, devices);
  CHECK(team.world.log_end().generation == 2);
  CHECK(shows(*team.second, "Before"));
  CHECK(shows(*team.second, "After"));

  // And life goes on: later batches of the same chains follow.
  const std::string id = team.add(*team.lead, "Later");
  team.add(*team.worker, "Later too");
  team.worker->sync();
  settle(team, team.all());
  for (Device* device : {team.lead.get(), team.worker.get(), team.second.get()}) {
    CHECK(shows(*device, "Later"));
    CHECK(shows(*device, "Later too"));
  }
  CHECK(picture(*team.second, "client") == picture(*team.worker, "client"));
  CHECK(picture(*team.lead, "client") == picture(*team.worker, "client"));
}

TEST_CASE("restored server: put back by hand and grown past what devices saw, it is found out") {
  Team team;
  const std::string copy = team.world.save_log();
  team.add(*team.worker, "Lost at first");
  team.worker->sync();
  team.lead->sync();
  team.world.put_back_log(copy, World::By::kHand);
  // Who saw nothing of it writes on, until the log is longer than it was.
  for (int i = 0; i < 5; ++i) {
    team.add(*team.second, "New " + std::to_string(i));
    team.second->sync();
  }
  CHECK(team.world.log_end().generation == 1);
  team.lead->sync();
  CHECK(team.world.log_end().generation == 2);
  settle(team, team.all());
  for (Device* device : {team.lead.get(), team.worker.get(), team.second.get()}) {
    CHECK(shows(*device, "Lost at first"));
    CHECK(shows(*device, "New 4"));
  }
}

TEST_CASE("restored server: twice in a row, to older and older copies") {
  const auto by = GENERATE(World::By::kCommand, World::By::kHand);
  Team team;
  const std::string first = team.world.save_log();
  team.add(*team.worker, "One");
  team.worker->sync();
  team.lead->sync();
  const std::string second = team.world.save_log();
  team.add(*team.worker, "Two");
  team.worker->sync();
  team.lead->sync();

  team.world.put_back_log(second, by);
  team.lead->sync();
  team.add(*team.lead, "Three");
  team.lead->sync();
  team.world.put_back_log(first, by);
  team.lead->sync();
  settle(team, team.all());
  for (Device* device : {team.lead.get(), team.worker.get(), team.second.get()}) {
    for (const char* alias : {"One", "Two", "Three"}) CHECK(shows(*device, alias));
  }
}

TEST_CASE(
    "restored server: who joined after the backup is a member again, her invite long expired") {
  const auto by = GENERATE(World::By::kCommand, World::By::kHand);
  Team team;
  const std::string copy = team.world.save_log();
  auto joined = team.world.worker(*team.lead, "South");
  must((*joined)->add("client", {"alias=Of the new one"}));
  joined->sync();
  team.lead->sync();
  team.world.now_ms += 10LL * 24 * kHourMs;

  team.world.put_back_log(copy, by);
  CHECK(joined->try_sync().error().code == Code::kNotAllowed);  // nobody there knows her yet
  CHECK(shows(*joined, "Of the new one"));
  team.lead->sync();
  joined->sync();
  settle(team, {team.lead.get(), joined.get(), team.coordinator.get()});
  must((*joined)->add("client", {"alias=And on"}));
  joined->sync();
  team.lead->sync();
  CHECK(shows(*team.lead, "And on"));
  CHECK(shows(*team.lead, "Of the new one"));
}

TEST_CASE("restored server: giving back is cut off anywhere, and ends all the same") {
  const int cut = GENERATE(range(1, 6));
  CAPTURE(cut);
  Team team;
  const std::string copy = team.world.save_log();
  auto joined = team.world.worker(*team.lead, "South");
  must((*joined)->add("client", {"alias=Of the new one"}));
  joined->sync();
  team.add(*team.worker, "After");
  team.worker->sync();
  team.lead->sync();
  team.world.put_back_log(copy, World::By::kHand);

  const std::vector<std::string> before = picture(*team.lead, "client");
  team.lead->lose_answer_of = cut;
  static_cast<void>(team.lead->try_sync().has_value());
  team.lead->lose_answer_of = 0;
  CHECK(picture(*team.lead, "client") == before);
  team.lead->reopen();
  CHECK(picture(*team.lead, "client") == before);
  team.lead->sync();
  settle(team, {team.lead.get(), joined.get(), team.second.get(), team.coordinator.get()});
  CHECK(shows(*team.second, "After"));
}

TEST_CASE("restored server: as long as something is to be given back, status says so") {
  Team team;
  const std::string copy = team.world.save_log();
  team.add(*team.worker, "After");
  team.worker->sync();
  team.lead->sync();
  team.world.put_back_log(copy, World::By::kCommand);
  team.lead->lose_answer_of = 2;  // it has gone back, and what it gives back is in the air
  CHECK_FALSE(team.lead->try_sync());
  const StatusView open = must((*team.lead)->status());
  CHECK(open.pending > 0);
  REQUIRE(open.warnings.size() == 1);
  CHECK(open.warnings.front().find("gives back what is missing") != std::string::npos);
  team.lead->sync();
  check_settled(*team.lead);
}

TEST_CASE("restored server: a sync afterwards is one request again") {
  Team team;
  const std::string copy = team.world.save_log();
  team.add(*team.worker, "After");
  team.worker->sync();
  team.world.put_back_log(copy, World::By::kHand);
  settle(team, team.all());
  for (Device* device : team.all()) {
    const std::uint64_t before = device->requests;
    device->sync();
    CHECK(device->requests == before + 1);
  }
}
