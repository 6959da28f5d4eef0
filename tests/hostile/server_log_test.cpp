// SECURITY: "batches spliced across circles or programmes, replayed, reordered, withheld" and
// "fork, rollback". The server orders what it cannot read; what it leaves out, moves or doubles is
// noticed, costs nothing that anybody recorded, and is made good when it is honest again.

#include <algorithm>

#include "team.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

DeviceId id_of(Device& device) { return must(DeviceId::from(must(from_hex(device->me().device)))); }

bool is_by(Told& told, const DeviceId& author) {
  const auto* batch = told.as<wire::PulledBatch>();
  return batch != nullptr && batch->device == author;
}

std::vector<Told*> batches_by(Tale& tale, const DeviceId& author) {
  std::vector<Told*> found = all<wire::PulledBatch>(tale);
  std::erase_if(found, [&](Told* told) { return !is_by(*told, author); });
  return found;
}

// Of one circle alone: the first that the author wrote to in this answer.
std::vector<Told*> chain_of(Tale& tale, const DeviceId& author) {
  std::vector<Told*> found = batches_by(tale, author);
  if (found.empty()) return found;
  const Bytes circle = must(wire::parse_compact(found.front()->held)).circle_ref;
  std::erase_if(found, [&](Told* told) {
    return must(wire::parse_compact(told->held)).circle_ref != circle;
  });
  return found;
}

// Writes one batch after the other, each in a sync of its own.
void write_three(Team& team) {
  for (const char* alias : {"One", "Two", "Three"}) {
    team.add(*team.worker, alias);
    team.worker->sync();
  }
}

void check_all_three(Team& team) {
  team.world.now_ms += 25 * kHourMs;  // what differs is read again once a day
  sync_all(team);
  for (Device* device : {team.lead.get(), team.worker.get(), team.second.get()}) {
    for (const char* alias : {"One", "Two", "Three"}) CHECK(shows(*device, alias));
  }
  check_same(team);
  for (Device* device : team.all()) check_clean(*device);
}

// The compact form again, for another circle.
Bytes moved_to(const Bytes& compact, const CircleId& circle) {
  const wire::CompactBatch parsed = must(wire::parse_compact(compact));
  Bytes moved = compact;
  // u8 flags | sized(circle reference) | ...
  std::copy_n(circle.view().begin(), parsed.circle_ref.size(), moved.begin() + 2);
  return moved;
}

}  // namespace

TEST_CASE("hostile server: withholds one batch of a chain: the rest goes on, and it is asked for") {
  Team team;
  write_three(team);
  team.add(*team.lead, "Of the lead");
  team.lead->sync();
  const DeviceId worker = id_of(*team.worker);
  const auto withheld = static_cast<std::uint64_t>(GENERATE(1, 2));
  lie_to(team.world, *team.second, [&](Tale& tale) {
    std::erase_if(tale, [&](Told& told) {
      return is_by(told, worker) && must(wire::parse_compact(told.held)).seq == withheld;
    });
  });
  team.second->sync();
  CHECK(shows(*team.second, "Of the lead"));
  CHECK(warns(*team.second, "leaves out"));
  check_records(team, *team.second);

  // As long as that stays, a sync is not dearer than two requests, and what is recorded goes up.
  for (int again = 0; again < 2; ++again) {
    const std::uint64_t before = team.second->requests;
    team.second->sync();
    CHECK(team.second->requests <= before + 2);
  }
  CHECK(must((*team.second)->status()).pending == 0);
  CHECK(warns(*team.second, "leaves out"));
  team.lead->sync();
  CHECK(shows(*team.lead, "Recorded meanwhile"));
  check_all_three(team);
}

TEST_CASE("hostile server: keeps back that it logged a batch: asked for again, found at once") {
  Team team;
  write_three(team);
  for (const char* alias : {"Four", "Five"}) {  // the first time its log is read again anyway
    team.add(*team.worker, alias);
    lie_to(team.world, *team.worker, [](Tale& tale) {
      std::erase_if(tale, [](Told& told) { return told.as<wire::OwnBatch>() != nullptr; });
    });
    CHECK_FALSE(team.worker->try_sync());
    be_honest_to(*team.worker);
    must(team.worker->try_sync());
    check_clean(*team.worker);
  }
  check_all_three(team);
}

TEST_CASE("hostile server: withholds from a phone whose clock stands: read again all the same") {
  constexpr int kSyncs = 8;  // at most, until what differs is read again
  Team team;
  const DeviceId worker = id_of(*team.worker);
  for (const char* alias : {"One", "Two", "Three"}) {
    team.add(*team.worker, alias);
    team.worker->sync();
    lie_to(team.world, *team.second, [&](Tale& tale) {
      std::erase_if(tale, [&](Told& told) { return is_by(told, worker); });
    });
    team.second->sync();
    CHECK_FALSE(shows(*team.second, alias));
    CHECK(warns(*team.second, "log differs"));
    be_honest_to(*team.second);
    for (int sync = 0; sync <= kSyncs; ++sync) team.second->sync();
    CHECK(shows(*team.second, alias));
    check_clean(*team.second);
  }
  check_all_three(team);
}

TEST_CASE("hostile server: keeps back from who carries over a cut: newcomers get it all the same") {
  Team team;
  const DeviceId worker = id_of(*team.worker);
  CHECK(must((*team.lead)->cut_history("North")) > 0);
  team.lead->sync();
  team.add(*team.worker, "Before she heard");  // and so under the old key
  lie_to(team.world, *team.lead,
         [&](Tale& tale) { std::erase_if(tale, [&](Told& told) { return is_by(told, worker); }); });
  team.worker->sync();
  team.add(*team.second, "Of another");
  team.second->sync();
  for (int again = 0; again < 3; ++again) team.lead->sync();
  CHECK_FALSE(shows(*team.lead, "Before she heard"));

  be_honest_to(*team.lead);
  team.world.now_ms += 25 * kHourMs;
  for (int again = 0; again < 3; ++again) team.lead->sync();
  CHECK(shows(*team.lead, "Before she heard"));
  const auto newcomer = team.world.worker(*team.lead, "North");
  newcomer->sync();
  CHECK(shows(*newcomer, "Before she heard"));
  sync_all(team);
  check_same(team);
}

TEST_CASE(
    "hostile server: withholds all that one device wrote: others tell, inside what they seal") {
  Team team;
  OtherLog other(team.world);
  other.serve(*team.second);
  team.add(*team.worker, "Withheld");
  team.worker->sync();
  team.lead->sync();
  team.add(*team.lead, "Of the lead");
  team.lead->sync();
  other.follow_without(id_of(*team.worker));
  team.second->sync();
  CHECK(shows(*team.second, "Of the lead"));
  CHECK_FALSE(shows(*team.second, "Withheld"));
  CHECK(warns(*team.second, "that it keeps from this device"));
  check_records(team, *team.second);
  sync_all(team);
  CHECK(shows(*team.second, "Withheld"));
  check_same(team);
  CHECK_FALSE(warns(*team.second, "that it keeps from this device"));
}

TEST_CASE("hostile server: shows two devices two histories of the roster: both heads are kept") {
  Team team;
  OtherLog other(team.world);
  other.serve(*team.second);
  // What the lead decides is kept from one device; later batches of the lead are shown to it.
  must((*team.coordinator)->add_org("Beta"));
  team.coordinator->sync();
  team.lead->sync();
  team.add(*team.lead, "Of the lead");
  team.lead->sync();
  other.follow_without(id_of(*team.coordinator));
  team.second->sync();
  CHECK(shows(*team.second, "Of the lead"));
  CHECK(warns(*team.second, "another log than this device"));
  CHECK(warns(*team.second, "both heads are kept as proof"));
  CHECK(reports(*team.second, "another log than this device"));
  check_records(team, *team.second);
  sync_all(team);
  check_same(team);
  // That it was shown two histories stays true.
  CHECK(warns(*team.second, "another log than this device"));
}

TEST_CASE("hostile server: without a fork nobody hears of one, whatever circles they share") {
  Team team;
  auto south = team.world.worker(*team.lead, "South");
  for (int round = 0; round < 3; ++round) {
    for (Device* device : team.all()) {
      if (device != team.coordinator.get()) team.add(*device, "Round " + std::to_string(round));
      must((*team.lead)->invite({"", "worker", "South"}));
      device->sync();
    }
    south->sync();
  }
  sync_all(team);
  check_same(team);
  for (Device* device : team.all()) check_clean(*device);
}

TEST_CASE("hostile server: rolls the log back within its generation: refused, nothing is lost") {
  Team team;
  team.add(*team.worker, "One");
  team.worker->sync();
  team.second->sync();
  const std::vector<std::string> before = picture(*team.second, "client");
  lie_to(team.world, *team.second, [](Tale& tale) {
    tale.erase(tale.begin(), tale.end() - 1);
    tale.back().as<wire::Seal>()->point.position -= 2;
  });
  const Status lied = team.second->try_sync();
  REQUIRE_FALSE(lied);
  CHECK(lied.error().code == Code::kDiverged);
  CHECK_FALSE(lied.error().hint.empty());
  CHECK(picture(*team.second, "client") == before);
  check_records(team, *team.second);
  sync_all(team);
  check_same(team);
  for (Device* device : team.all()) check_clean(*device);
}

TEST_CASE("hostile server: says that the log was put back when it was not: all is given back") {
  Team team;
  write_three(team);
  team.lead->sync();
  const std::vector<std::string> before = picture(*team.lead, "client");
  lie_to(team.world, *team.lead, [done = false](Tale& tale) mutable {
    if (std::exchange(done, true)) return;
    auto* seal = tale.back().as<wire::Seal>();
    seal->point.generation += 1;
    std::erase_if(tale, [](Told& told) { return told.as<wire::Ack>() != nullptr; });
    tale.insert(tale.begin(), told(wire::Generation{seal->point.generation, 1}));
  });
  static_cast<void>(team.lead->try_sync().has_value());
  CHECK(picture(*team.lead, "client") == before);
  CHECK((*team.lead)->me().state == "active");
  check_records(team, *team.lead);
  check_all_three(team);
}

TEST_CASE("hostile server: replays a batch at a second place: it counts once") {
  Team team;
  const std::string id = team.add(*team.worker, "One");
  team.worker->sync();
  team.second->sync();
  must((*team.worker)->edit(id, {"notes+=met"}));
  team.worker->sync();
  const DeviceId worker = id_of(*team.worker);
  lie_to(team.world, *team.second, [&](Tale& tale) {
    const auto chain = chain_of(tale, worker);
    if (chain.empty()) return;
    auto* seal = tale.back().as<wire::Seal>();
    ++seal->point.position;
    const Bytes again = chain.back()->held;
    add_to_log(tale, told(wire::PulledBatch{seal->point.position, worker, {}}, again));
  });
  team.second->sync();
  CHECK(field(must((*team.second)->show(id)), "notes") == "met");
  CHECK(picture(*team.second, "client") == picture(*team.worker, "client"));
  check_records(team, *team.second);
  sync_all(team);
  check_same(team);
  CHECK(field(must((*team.second)->show(id)), "notes") == "met");
}

TEST_CASE("hostile server: splices a batch into another circle or from another programme") {
  Team team;
  write_three(team);
  World elsewhere({}, 7);
  auto founder = elsewhere.found();
  auto other_lead = elsewhere.lead(*founder, "Gamma");
  must((*other_lead)->add("facility", {"name=Elsewhere"}));
  other_lead->sync();
  const ProgrammeId programme = must(elsewhere.log->programmes()).front();
  const auto foreign = must(elsewhere.log->batch_keys(programme, {}, {0, kMuch}, 1)).front();
  const Bytes foreign_bytes = must(elsewhere.log->batch_bytes(programme, foreign.position));
  const DeviceId worker = id_of(*team.worker);
  const bool across_programmes = GENERATE(false, true);

  lie_to(team.world, *team.second, [&](Tale& tale) {
    const auto mine = batches_by(tale, worker);
    if (mine.size() < 2) return;
    if (across_programmes) {
      const wire::BatchView view = must(wire::parse_batch(foreign_bytes));
      const Bytes ref = must(wire::parse_compact(mine[0]->held)).circle_ref;
      CircleId here;
      std::copy(ref.begin(), ref.end(), here.bytes.begin());
      mine[0]->held = moved_to(wire::compact_batch(view, ref.size()), here);
      return;
    }
    // Facts and home of one sync: each goes to where the other belongs.
    const Bytes first = must(wire::parse_compact(mine[0]->held)).circle_ref;
    const Bytes next = must(wire::parse_compact(mine[1]->held)).circle_ref;
    CircleId to;
    std::copy(next.begin(), next.end(), to.bytes.begin());
    if (first != next) mine[0]->held = moved_to(mine[0]->held, to);
  });
  team.second->sync();
  if (across_programmes) CHECK(warns(*team.second, "leaves out"));
  CHECK(must((*team.second)->status()).quarantined == 0);  // nobody is blamed for it
  CHECK_FALSE(shows(*team.second, "Elsewhere"));
  check_records(team, *team.second);
  check_all_three(team);
}

TEST_CASE("hostile server: reorders a chain, or tells another epoch, author or byte of a batch") {
  Team team;
  write_three(team);
  const DeviceId worker = id_of(*team.worker);
  const DeviceId lead = id_of(*team.lead);
  std::function<void(const std::vector<Told*>&)> lie;
  SECTION("two change places") {
    lie = [](const auto& chain) { chain[0]->held.swap(chain[1]->held); };
  }
  SECTION("another author") {
    lie = [&](const auto& chain) { chain[0]->template as<wire::PulledBatch>()->device = lead; };
  }
  SECTION("an author whom nobody knows") {
    lie = [](const auto& chain) {
      chain[0]->template as<wire::PulledBatch>()->device = DeviceId{};
    };
  }
  SECTION("another epoch") {
    lie = [](const auto& chain) {
      const std::size_t epoch = 2 + must(wire::parse_compact(chain[0]->held)).circle_ref.size();
      chain[0]->held[epoch] = std::byte{2};
    };
  }
  SECTION("a flipped bit") {
    lie = [](const auto& chain) { chain[0]->held.back() ^= std::byte{1}; };
  }
  lie_to(team.world, *team.second, [&](Tale& tale) {
    const auto chain = chain_of(tale, worker);
    if (chain.size() > 1) lie(chain);
  });
  team.second->sync();
  CHECK((warns(*team.second, "leaves out") || warns(*team.second, "log differs")));
  CHECK(must((*team.second)->status()).quarantined == 0);
  check_records(team, *team.second);
  check_all_three(team);
}

TEST_CASE("hostile server: a circle that is news, and much written to it since, comes whole") {
  // No lie at all: the answer is longer than one sealed stretch, and membership is in the first.
  Team team;
  auto late = team.world.worker(*team.lead, "South");
  std::vector<Client::Assignments> many;
  for (int i = 0; i < 400; ++i) {
    std::string note;
    for (int j = 0; j < 30; ++j) note += std::to_string((i * 7919 + j * 104'729) % 99'991) + " ";
    many.push_back({"alias=Early " + std::to_string(i), "notes+=" + note});
  }
  must((*team.worker)->add_many("client", many, {.caseload = "North", .org = ""}));
  team.worker->sync();
  must((*team.lead)->approve((*late)->me().device));
  const std::string link = must((*team.lead)->invite({"", "worker", "North"})).link;
  team.lead->sync();
  must((*team.worker)->add_many("client", many, {.caseload = "North", .org = ""}));
  team.worker->sync();
  auto joiner = team.world.device("worker");
  must((*joiner)->begin_join(link, "Joiner"));
  joiner->sync();
  team.lead->sync();
  must((*team.lead)->approve((*joiner)->me().device));
  team.lead->sync();
  must((*team.worker)->add_many("client", many, {.caseload = "North", .org = ""}));
  team.worker->sync();
  joiner->sync();
  joiner->sync();
  CHECK(must((*joiner)->list("client")).size() == 1'200);
  check_clean(*joiner);
}
