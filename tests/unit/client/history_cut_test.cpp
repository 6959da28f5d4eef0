// A circle's history is cut: who is let in afterwards sees what stands and opens nothing from
// before; members lose nothing and double nothing; what stops half-way or comes late is completed
// by any lead's device.

#include <algorithm>

#include "store/store.hpp"
#include "wire/envelope.hpp"
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
  void sync_all() {
    for (int round = 0; round < 3; ++round) {
      for (Device* device : {coordinator.get(), lead.get(), worker.get(), colleague.get()})
        device->sync();
    }
  }
  void cut(Device& by, const std::string& caseload = "") {
    CHECK(must(by->cut_history(caseload)) > 0);
    by.sync();
  }
  std::unique_ptr<Device> newcomer() {
    auto joined = world.worker(*lead, "North");
    joined->sync();
    return joined;
  }
};

std::string add_client(Device& device, std::vector<std::string> fields) {
  return must(device->add("client", std::move(fields), {.caseload = "North", .org = ""}));
}

std::string shown(Device& device, const std::string& id, std::string_view name) {
  return field(must(device->show(id)), name);
}

bool holds(Device& device, const std::string& id) { return device->show(id).has_value(); }

void check_clean(Device& device) {
  const std::vector<std::string> problems = must(device->verify());
  INFO((problems.empty() ? std::string() : problems.front()));
  CHECK(problems.empty());
  CHECK(must(device->status()).parked == 0);
}

// Of the batches that this device keeps, how many it cannot open; and none of them with a key that
// is on its disk.
std::size_t closed_batches(Device& device) {
  auto store = must(store::Store::open(device.path(), replica_key(), store::Cipher::kAegis));
  std::size_t closed = 0;
  const store::BatchState states[] = {store::BatchState::kClosed};
  must(store.each_batch({}, states, [&](const store::StoredBatch& batch) -> Result<bool> {
    const auto header = must(wire::parse_batch(batch.bytes)).header;
    CHECK_FALSE(must(store.epoch_key(batch.circle, header.epoch)).has_value());
    ++closed;
    return true;
  }));
  return closed;
}

std::vector<std::string> values_in_history(Device& device, const std::string& id) {
  std::vector<std::string> values;
  for (const ChangeView& change : must(device->history(id))) {
    for (const NamedValue& named : change.fields) {
      if (const auto* text = std::get_if<std::string>(&named.value)) values.push_back(*text);
    }
  }
  return values;
}

bool has(const std::vector<std::string>& values, const std::string& value) {
  return std::ranges::find(values, value) != values.end();
}

void check_alike(Device& a, Device& b) {
  for (const char* kind : {"client", "contact", "activity", "facility", "incident"})
    CHECK(picture(a, kind) == picture(b, kind));
}

}  // namespace

TEST_CASE(
    "history cut: a newcomer sees what stands, and neither what was superseded nor a batch from "
    "before") {
  Team team;
  const std::string id =
      add_client(*team.worker, {"alias=Moon", "phone=111", "notes+=met at noon"});
  const std::string place = must((*team.lead)->add("facility", {"name=Clinic", "phone=9"}));
  team.sync_all();
  must((*team.worker)->edit(id, {"phone=222"}));
  must((*team.worker)->edit(id, {"notes+=came back"}));
  team.sync_all();
  // Two who do not know of each other: an open conflict.
  must((*team.worker)->edit(id, {"area=East"}));
  must((*team.colleague)->edit(id, {"area=West"}));
  team.sync_all();
  REQUIRE(must((*team.worker)->show(id)).conflicts.size() == 1);

  team.cut(*team.lead);
  CHECK(must((*team.lead)->status()).history_cut.unfinished == 0);
  CHECK(must((*team.lead)->status()).history_cut.carried > 0);
  team.sync_all();
  const auto newcomer = team.newcomer();
  CHECK(shown(*newcomer, id, "alias") == "Moon");
  CHECK(shown(*newcomer, id, "phone") == "222");
  CHECK(must((*newcomer)->show(id)).conflicts.size() == 1);
  CHECK_FALSE(must((*newcomer)->show(id)).partial);
  CHECK(shown(*newcomer, place, "name") == "Clinic");
  check_alike(*newcomer, *team.worker);
  CHECK(closed_batches(*newcomer) > 0);
  CHECK(closed_batches(*team.worker) == 0);
  CHECK(has(values_in_history(*team.worker, id), "111"));
  CHECK_FALSE(has(values_in_history(*newcomer, id), "111"));
  CHECK(has(values_in_history(*newcomer, id), "222"));
  CHECK(must((*newcomer)->caseloads()).front().name == "North");
  const StatusView status = must((*newcomer)->status());
  CHECK(status.pending == 0);
  CHECK(status.received == 0);
  CHECK(status.warnings.empty());
  for (Device* device : {newcomer.get(), team.lead.get(), team.worker.get()}) check_clean(*device);
}

TEST_CASE("history cut: members lose nothing and count nothing twice, and everybody goes on") {
  Team team;
  const std::string activity =
      must((*team.worker)->add("activity", {"type=outreach", "date=2026-11-20", "materials=5"}));
  const std::string id = add_client(*team.worker, {"alias=Moon"});
  team.sync_all();
  must((*team.worker)->edit(activity, {"materials+=3"}));
  team.sync_all();
  const auto before = picture(*team.colleague, "activity");
  team.cut(*team.lead);
  team.sync_all();
  CHECK(picture(*team.colleague, "activity") == before);
  const auto newcomer = team.newcomer();
  CHECK(picture(*newcomer, "activity") == before);

  must((*newcomer)->edit(activity, {"materials+=2"}));
  must((*newcomer)->edit(id, {"phone=5"}));
  must((*team.worker)->edit(activity, {"materials+=4"}));
  for (int round = 0; round < 2; ++round) {
    newcomer->sync();
    team.sync_all();
  }
  for (Device* device : {newcomer.get(), team.worker.get(), team.lead.get()}) {
    CHECK(shown(*device, activity, "materials") == "14");
    CHECK(shown(*device, id, "phone") == "5");
    CHECK(must((*device)->conflicts()).empty());
    check_clean(*device);
  }
  // Members keep no second copy of what they had; replayed, everything is the same.
  const auto clients = picture(*newcomer, "client");
  for (const CaseloadView& caseload : must((*newcomer)->caseloads()))
    must((*newcomer)->rebuild(caseload.id));
  CHECK(picture(*newcomer, "client") == clients);
  check_clean(*newcomer);
}

TEST_CASE("history cut: what a deleted record held stays behind, and comes when it is restored") {
  Team team;
  const std::string gone = add_client(*team.worker, {"alias=Erased", "phone=111"});
  const std::string half = add_client(*team.worker, {"alias=Half", "phone=1"});
  team.sync_all();
  must((*team.worker)->remove(gone));
  must((*team.worker)->remove(half));
  must((*team.colleague)->edit(half, {"area=Unseen"}));
  team.sync_all();
  const std::size_t open = must((*team.worker)->conflicts()).size();
  REQUIRE(open > 0);
  team.cut(*team.lead);
  team.sync_all();
  const auto newcomer = team.newcomer();
  CHECK(must((*newcomer)->show(gone)).deleted);
  CHECK(shown(*newcomer, gone, "alias").empty());
  CHECK(shown(*newcomer, half, "alias").empty());
  CHECK(shown(*newcomer, half, "area") == "Unseen");
  CHECK(must((*newcomer)->conflicts()).size() == open);
  CHECK_FALSE(has(values_in_history(*newcomer, gone), "111"));

  must((*newcomer)->edit(gone, {"deleted=no"}));
  newcomer->sync();
  team.lead->sync();
  newcomer->sync();
  CHECK_FALSE(must((*newcomer)->show(gone)).deleted);
  CHECK(shown(*newcomer, gone, "alias") == "Erased");
  CHECK(shown(*newcomer, gone, "phone") == "111");
  team.sync_all();
  check_alike(*newcomer, *team.worker);
  for (Device* device : {newcomer.get(), team.worker.get(), team.lead.get()}) check_clean(*device);
}

TEST_CASE("history cut: what a member sealed before she heard of it reaches newcomers by a lead") {
  Team team;
  const std::string id = add_client(*team.worker, {"alias=Moon", "phone=111"});
  team.sync_all();
  // Sealed under the old key, and cut off before it was sent.
  must((*team.worker)->edit(id, {"phone=222"}));
  const std::string fresh = add_client(*team.worker, {"alias=Late"});
  must((*team.worker)->prepare_sync());
  const auto second = team.second_lead();
  team.cut(*team.lead);
  const auto newcomer = team.newcomer();
  CHECK(shown(*newcomer, id, "phone") == "111");

  team.worker->sync();
  newcomer->sync();
  CHECK(shown(*newcomer, id, "phone") == "111");
  CHECK_FALSE(holds(*newcomer, fresh));
  SECTION("by who cut") { team.lead->sync(); }
  SECTION("by another lead") { second->sync(); }
  newcomer->sync();
  CHECK(shown(*newcomer, id, "phone") == "222");
  CHECK(shown(*newcomer, fresh, "alias") == "Late");
  team.sync_all();
  check_alike(*newcomer, *team.worker);
  CHECK(must((*newcomer)->conflicts()).empty());
  for (Device* device : {newcomer.get(), team.worker.get(), team.lead.get(), second.get()})
    check_clean(*device);
  // Nothing is left to say.
  const std::uint64_t carried = must((*second)->status()).history_cut.carried;
  second->sync();
  team.lead->sync();
  second->sync();
  CHECK(must((*second)->status()).history_cut.carried == carried);
}

TEST_CASE("history cut: a lead whose phone is lost half-way leaves it to any other lead") {
  Team team;
  const auto second = team.second_lead();
  const std::string id = add_client(*team.worker, {"alias=Moon"});
  team.sync_all();
  second->sync();
  CHECK(must((*team.lead)->cut_history("North")) == 2);
  CHECK(must((*team.lead)->status()).history_cut.unfinished == 2);
  // The epochs are in the log, and her phone is never seen again.
  must((*team.lead)->tend());
  team.lead->answered_by = [&, requests = 0](const Bytes& request) mutable {
    return ++requests == 1 ? team.world.answer(*team.world.service, request) : Bytes{};
  };
  CHECK_FALSE(team.lead->try_sync().has_value());
  second->sync();
  const StatusView status = must((*second)->status());
  CHECK(status.history_cut.circles == 2);
  CHECK(status.history_cut.unfinished == 0);
  CHECK(status.history_cut.carried >= 2);

  auto joined = team.world.worker(*second, "North");
  joined->sync();
  CHECK(shown(*joined, id, "alias") == "Moon");
  CHECK_FALSE(must((*joined)->show(id)).partial);
  CHECK(closed_batches(*joined) > 0);
  check_clean(*joined);
}

TEST_CASE("history cut: two leads who cut at once do no harm") {
  Team team;
  const auto second = team.second_lead();
  const std::string id = add_client(*team.worker, {"alias=Moon", "phone=111"});
  team.sync_all();
  second->sync();
  must((*team.lead)->cut_history());
  must((*second)->cut_history());
  must((*second)->edit(id, {"phone=222"}));
  for (int round = 0; round < 3; ++round) {
    team.lead->sync();
    second->sync();
  }
  for (Device* device : {team.lead.get(), second.get()})
    CHECK(must((*device)->status()).history_cut.unfinished == 0);
  const auto newcomer = team.newcomer();
  CHECK(shown(*newcomer, id, "phone") == "222");
  team.sync_all();
  check_alike(*newcomer, *team.worker);
  check_clean(*newcomer);
}

TEST_CASE("history cut: a new lead opens nothing from before either, and can cut again") {
  Team team;
  const std::string id = add_client(*team.worker, {"alias=Moon", "phone=111"});
  const std::string incident =
      must((*team.lead)
               ->add("incident", {"month=2026-11", "violations=raid", "narrative=As it was told"},
                     {.caseload = "North", .org = ""}));
  team.sync_all();
  must((*team.worker)->edit(id, {"phone=222"}));
  team.sync_all();
  team.cut(*team.lead);
  team.sync_all();
  const auto second = team.second_lead();
  second->sync();
  CHECK(shown(*second, id, "phone") == "222");
  CHECK(shown(*second, incident, "narrative") == "As it was told");
  CHECK_FALSE(has(values_in_history(*second, id), "111"));
  CHECK(closed_batches(*second) > 0);
  check_alike(*second, *team.lead);
  CHECK(must((*second)->status()).history_cut.unfinished == 0);

  must((*team.worker)->edit(id, {"phone=333"}));
  must((*team.lead)->edit(incident, {"narrative=As it was"}));
  team.sync_all();
  second->sync();
  team.cut(*second);
  auto joined = team.world.worker(*second, "North");
  joined->sync();
  team.sync_all();
  check_alike(*joined, *team.worker);
  CHECK(shown(*joined, id, "phone") == "333");
  for (Device* device : {second.get(), joined.get(), team.lead.get()}) check_clean(*device);
}

TEST_CASE("history cut: with a removal, and what is adopted afterwards reaches newcomers") {
  Team team;
  const std::string id = add_client(*team.worker, {"alias=Moon", "phone=111"});
  team.sync_all();
  must((*team.worker)->edit(id, {"phone=222"}));
  must((*team.worker)->prepare_sync());
  must((*team.lead)->revoke((*team.worker)->me().device));
  team.cut(*team.lead);
  team.worker->sync();
  const auto newcomer = team.newcomer();
  team.lead->sync();
  CHECK(shown(*newcomer, id, "phone") == "111");
  for (const QuarantineView& late : must((*team.lead)->quarantine()))
    must((*team.lead)->adopt_quarantined(late.id));
  team.lead->sync();
  newcomer->sync();
  team.colleague->sync();
  for (Device* device : {newcomer.get(), team.lead.get(), team.colleague.get()}) {
    CHECK(shown(*device, id, "phone") == "222");
    CHECK(must((*device)->conflicts()).empty());
    CHECK(must((*device)->verify()).empty());
  }
}

TEST_CASE("history cut: records that were handed over before and after it") {
  Team team;
  const auto south = team.world.worker(*team.lead, "South");
  const std::string away = add_client(*team.worker, {"alias=Away", "phone=111"});
  const std::string later = add_client(*team.worker, {"alias=Later", "phone=222"});
  team.sync_all();
  must((*team.lead)->transfer({away, "", "South", {}}));
  team.lead->sync();
  team.cut(*team.lead);
  const auto newcomer = team.newcomer();
  CHECK_FALSE(holds(*newcomer, away));
  CHECK(holds(*newcomer, later));
  CHECK_FALSE(has(values_in_history(*newcomer, later), "111"));
  must((*team.lead)->transfer({later, "", "South", {}}));
  must((*team.lead)->transfer({away, "", "North", {}}));
  // Unaware, in the old home.
  must((*team.worker)->edit(later, {"phone=333"}));
  for (int round = 0; round < 3; ++round) {
    for (Device* device : {team.worker.get(), team.lead.get(), newcomer.get(), south.get()})
      device->sync();
  }
  auto in_south = team.world.worker(*team.lead, "South");
  in_south->sync();
  CHECK(shown(*newcomer, away, "phone") == "111");
  CHECK_FALSE(holds(*newcomer, later));
  for (Device* device : {south.get(), in_south.get()}) {
    CHECK_FALSE(holds(*device, away));
    CHECK(shown(*device, later, "phone") == "333");
    check_clean(*device);
  }
  check_clean(*newcomer);
  check_clean(*team.lead);
}

TEST_CASE("history cut: circles of the whole programme are the coordinators' to cut") {
  Team team;
  const std::string place = must((*team.lead)->add("facility", {"name=Clinic", "phone=1"}));
  const std::string activity =
      must((*team.worker)->add("activity", {"type=outreach", "date=2026-11-20", "district=East"}));
  team.sync_all();
  must((*team.lead)->edit(place, {"phone=2"}));
  team.sync_all();
  CHECK((*team.worker)->cut_history().error().code == Code::kNotAllowed);
  CHECK((*team.lead)->cut_history("Nowhere").error().code == Code::kNotFound);
  team.cut(*team.coordinator);
  team.cut(*team.lead);
  team.sync_all();
  const auto other = team.world.lead(*team.coordinator, "Beta");
  CHECK(shown(*other, place, "phone") == "2");
  CHECK(closed_batches(*other) > 0);
  for (const OrgView& org : must((*other)->orgs())) CHECK_FALSE(org.name.empty());
  CHECK(picture(*other, "facility") == picture(*team.worker, "facility"));
  check_clean(*other);
  const auto newcomer = team.newcomer();
  check_alike(*newcomer, *team.worker);
  CHECK(shown(*newcomer, activity, "district") == "East");
  check_clean(*newcomer);
}

TEST_CASE(
    "history cut: a record that holds too much is named, and stays with who has the old key") {
  Team team;
  const std::string huge = add_client(*team.worker, {"alias=Novel"});
  for (int note = 0; note < 24; ++note) {
    std::string text = "notes+=";
    std::array<std::byte, 3'600> dice;
    team.world.random.fill(dice);
    for (const std::byte die : dice)
      text += static_cast<char>('a' + std::to_integer<int>(die) % 26);
    must((*team.worker)->edit(huge, {text}));
  }
  const std::string small = add_client(*team.worker, {"alias=Short"});
  team.sync_all();
  team.cut(*team.lead);
  const HistoryCutView cut = must((*team.lead)->status()).history_cut;
  CHECK(cut.unfinished == 0);
  REQUIRE(cut.too_large.size() == 1);
  CHECK(cut.too_large.front().id == huge);
  CHECK(cut.too_large.front().kind == "client");
  const auto newcomer = team.newcomer();
  CHECK(shown(*newcomer, small, "alias") == "Short");
  CHECK(shown(*team.worker, huge, "alias") == "Novel");
  check_clean(*newcomer);
}

TEST_CASE("history cut: what it costs, per record") {
  Team team;
  constexpr std::size_t kRecords = 200;
  std::vector<Client::Assignments> records;
  for (std::size_t i = 0; i < kRecords; ++i)
    records.push_back({"alias=Person " + std::to_string(i), "phone=0171" + std::to_string(i * 7919),
                       "population=msm", "area=By the river"});
  must((*team.worker)->add_many("client", records, {.caseload = "North", .org = ""}));
  team.sync_all();
  const std::uint64_t member_before = (*team.colleague)->file_size();
  team.cut(*team.lead, "North");
  auto store = must(store::Store::open(team.lead->path(), replica_key(), store::Cipher::kAegis));
  std::size_t bytes = 0;
  const store::BatchState own[] = {store::BatchState::kOwnAcked};
  must(store.each_batch({}, own, [&](const store::StoredBatch& batch) -> Result<bool> {
    if (must(wire::parse_batch(batch.bytes)).header.epoch > 1) bytes += batch.bytes.size();
    return true;
  }));
  team.sync_all();
  const std::uint64_t member_after = (*team.colleague)->file_size();
  INFO("bytes sealed per record (two parts): " << bytes / kRecords << "; a member's file grew by "
                                               << (member_after - member_before) / kRecords
                                               << " per record");
  CHECK(bytes / kRecords < 200);
  CHECK((member_after - member_before) / kRecords < 400);
  const auto newcomer = team.newcomer();
  CHECK(picture(*newcomer, "client") == picture(*team.colleague, "client"));
}
