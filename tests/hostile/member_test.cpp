// A member who lies: with keys of her own, in circles that she belongs to. Nobody else's data may
// change, and everybody else goes on syncing.
//
// Equivocation and copies are also in tests/unit/client/copied_device_test.cpp, what a removed
// device can still do in removal_test.cpp, who may say what about members in tests/unit/roster.

#include <algorithm>

#include "team.hpp"
#include "traitor.hpp"

using namespace setu;
using namespace setu::testing;
using roster::CircleType;

namespace {

constexpr KindTag kClient = 1;
constexpr FieldTag kAlias = 1;
constexpr std::uint32_t kHourOf2100 = 1'139'580;
constexpr std::uint32_t kHourOf1990 = 175'320;

Stamp stamp_of(const Device& device, std::uint32_t hour) {
  auto& client = const_cast<Device&>(device);
  return {hour, 0, must(DeviceId::from(must(from_hex(client->me().device))))};
}

struct Treason : Team {
  std::string honest = add(*lead, "Honest");
  Treason() { sync_all(*this); }

  Traitor traitor{*worker};
  CircleId caseload = traitor.circle(CircleType::kCaseload);

  RecordId id(const std::string& record) const { return must(record_id(record)); }
  static Result<RecordId> record_id(std::string text) {
    std::erase(text, '-');
    SETU_TAKE(const Bytes bytes, from_hex(text));
    return RecordId::from(bytes);
  }
  Change writes(std::uint32_t hour, const std::string& alias) const {
    Change change = traitor.change_at(hour);
    change.record = id(honest);
    change.kind = kClient;
    change.home = caseload;
    change.ops = {{kAlias, OpType::kWrite, "", alias, {}}};
    return change;
  }
  // The others sync, see what they saw, write, and see that of each other.
  void check_nobody_else_is_disturbed() {
    for (Device* device : {lead.get(), second.get(), coordinator.get()}) device->sync();
    CHECK(shows(*lead, "Honest"));
    CHECK(shows(*second, "Honest"));
    check_goes_on();
  }
  void check_goes_on() {
    add(*second, "Written after");
    second->sync();
    lead->sync();
    CHECK(shows(*lead, "Written after"));
    for (Device* device : {lead.get(), second.get()}) {
      for (const std::string& problem : must((*device)->verify())) {
        INFO(problem);
        CHECK(problem.find(traitor.id().hex().substr(0, 8)) != std::string::npos);  // hers alone
      }
    }
  }
};

std::uint32_t hour_now(const Treason& team) {
  return static_cast<std::uint32_t>(team.world.now_ms / kHourMs);
}

}  // namespace

TEST_CASE(
    "hostile member: a clock at the year 2100 wins no more than a tie, and drags nobody along") {
  Treason team;
  team.traitor.seal(team.caseload, {team.writes(kHourOf2100, "From 2100")});
  team.worker->sync();
  team.lead->sync();
  team.second->sync();
  for (Device* device : {team.lead.get(), team.second.get()}) {
    const RecordView view = must((*device)->show(team.honest));
    REQUIRE(view.conflicts.size() == 1);  // both are there, and people are asked
    CHECK(view.conflicts.front().others.size() == 1);
  }
  // Who has seen it beats it with a stamp of today.
  const std::string conflict = must((*team.lead)->show(team.honest)).conflicts.front().id;
  must((*team.lead)->resolve(conflict, "=Decided"));
  team.lead->sync();
  team.second->sync();
  CHECK(field(must((*team.second)->show(team.honest)), "alias") == "Decided");
  const auto history = must((*team.lead)->history(team.honest));
  CHECK(std::ranges::count_if(
            history, [](const ChangeView& change) { return change.at.starts_with("2100"); }) == 1);
  team.check_goes_on();
}

TEST_CASE("hostile member: backdating changes only which of two unseen writes is shown") {
  Treason team;
  team.traitor.seal(team.caseload, {team.writes(kHourOf1990, "From 1990")});
  team.worker->sync();
  team.lead->sync();
  const RecordView view = must((*team.lead)->show(team.honest));
  CHECK(field(view, "alias") == "Honest");
  REQUIRE(view.conflicts.size() == 1);
  team.check_nobody_else_is_disturbed();
}

TEST_CASE("hostile member: backdates after her removal: it counts for nobody") {
  Treason team;
  must((*team.lead)->revoke(team.worker->operator->()->me().device));
  team.lead->sync();
  team.traitor.seal(team.caseload, {team.writes(kHourOf1990, "From 1990")});
  team.worker->sync();
  team.check_nobody_else_is_disturbed();
  for (Device* device : {team.lead.get(), team.second.get()}) {
    CHECK(must((*device)->show(team.honest)).conflicts.empty());
    CHECK(must((*device)->status()).quarantined == 1);
  }
}

TEST_CASE("hostile member: brings in what somebody else is said to have written: refused") {
  Treason team;
  Change forged = team.writes(hour_now(team), "");
  forged.ops.clear();
  forged.moved = true;
  MovedEntry entry;
  entry.stamp = stamp_of(*team.lead, hour_now(team) + 1);
  entry.value = std::string("Forged");
  const bool as_adoption = GENERATE(true, false);
  const CircleId from = as_adoption ? team.caseload : team.traitor.circle(CircleType::kOrg);
  forged.moved_in = MovedPart{{{from, {}}}, {{kAlias, "", {entry}, {}}}};
  team.traitor.seal(team.caseload, {forged});
  team.worker->sync();
  team.check_nobody_else_is_disturbed();
  CHECK_FALSE(shows(*team.lead, "Forged"));
}

TEST_CASE("hostile member: says that she has heard all and that nothing stands: refused") {
  Treason team;
  Change forged = team.writes(hour_now(team), "");
  forged.ops.clear();
  forged.moved = true;
  // As a lead's device carries a record over a cut of the history; what it does not list would be
  // taken for superseded.
  Cover cover{team.caseload, {stamp_of(*team.lead, hour_now(team) + 1)}};
  forged.moved_in = MovedPart{{std::move(cover)}, {}};
  team.traitor.seal(team.caseload, {forged});
  team.worker->sync();
  team.check_nobody_else_is_disturbed();
  CHECK(field(must((*team.second)->show(team.honest)), "alias") == "Honest");
}

TEST_CASE("hostile member: hands a record over, or says where it belongs: refused") {
  Treason team;
  must((*team.lead)->add_caseload("South", ""));
  sync_all(team);
  Change claim = team.writes(hour_now(team), "");
  const auto caseloads = must((*team.lead)->caseloads());
  const auto south = std::ranges::find(caseloads, "South", &CaseloadView::name);
  REQUIRE(south != caseloads.end());
  const Bytes home = must(from_hex(south->id));
  claim.moved = true;
  claim.ops = {{kHomeField, OpType::kWrite, "", std::string(as_text(home)), {}}};
  team.traitor.seal(team.caseload, {claim});
  team.worker->sync();
  team.check_nobody_else_is_disturbed();
  CHECK(must((*team.lead)->show(team.honest)).caseload == "North");
}

TEST_CASE("hostile member: writes a name where coordinators read: it is not shown to them") {
  Treason team;
  const CircleId facts = team.traitor.circle(CircleType::kCaseloadFacts);
  team.traitor.seal(facts, {team.writes(hour_now(team), "A name for all")});
  team.worker->sync();
  team.check_nobody_else_is_disturbed();
  CHECK_FALSE(shows(*team.coordinator, "A name for all"));
}

TEST_CASE("hostile member: writes records of a caseload into the organisation's circle: refused") {
  Treason team;
  const CircleId org = team.traitor.circle(CircleType::kOrg);
  Change elsewhere = team.writes(hour_now(team), "Elsewhere");
  elsewhere.home = org;
  team.traitor.seal(org, {elsewhere});
  team.worker->sync();
  team.check_nobody_else_is_disturbed();
  CHECK_FALSE(shows(*team.lead, "Elsewhere"));
}

TEST_CASE("hostile member: seals what does not parse: it is put aside, and syncs go on") {
  Treason team;
  const Bytes zeros(192), ones(192, std::byte{0xFF});
  Bytes bomb(192);  // says that it holds a gigabyte
  const Bytes claim = {std::byte{0x80}, std::byte{0x80}, std::byte{0x80}, std::byte{0x80},
                       std::byte{0x04}, std::byte{0xB0}, std::byte{0x01}};
  std::ranges::copy(claim, bomb.begin());
  const std::size_t bad = GENERATE(0, 1, 2, 3);
  const Bytes unpadded(100);
  const Bytes* const plains[] = {&zeros, &ones, &bomb, &unpadded};
  team.traitor.seal_bytes(team.caseload, *plains[bad]);
  team.traitor.seal(team.caseload, {team.writes(hour_now(team), "After that")});
  team.worker->sync();
  team.lead->sync();
  team.second->sync();
  for (Device* device : {team.lead.get(), team.second.get()})
    CHECK(must((*device)->status()).quarantined == 1);
  team.check_goes_on();
}

TEST_CASE("hostile member: two batches for one place: the first stands, the device is found out") {
  Treason team;
  team.traitor.close();
  team.worker->save("copy");
  team.add(*team.worker, "First");
  team.worker->sync();
  team.worker->put_back("copy");
  {
    Traitor twin(*team.worker);
    twin.seal(team.caseload, {team.writes(hour_now(team), "Second")});
  }
  static_cast<void>(team.worker->try_sync());
  CHECK(must((*team.worker)->status()).copied);
  team.lead->sync();
  CHECK(shows(*team.lead, "First"));
  team.check_nobody_else_is_disturbed();
  CHECK_FALSE(shows(*team.lead, "Second"));
}
