// A copied phone comes back: what was recorded on it and never sent is brought over to the device
// with which its person joined anew. Nothing may be lost, counted twice, or come between values
// that somebody saw. Method: one phone's files are put back to an older copy or live on beside it,
// its person joins again, and everybody's tables are compared with what was recorded.

#include <algorithm>

#include "store/store.hpp"
#include "world.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

struct Team {
  World world;
  std::unique_ptr<Device> coordinator = world.found();
  std::unique_ptr<Device> lead = world.lead(*coordinator, "Alpha");
  std::unique_ptr<Device> old = world.worker(*lead, "North");
  std::unique_ptr<Device> colleague = world.worker(*lead, "North");
  std::unique_ptr<Device> anew;

  Team() {
    old->sync();
    colleague->sync();
  }
  // Her phone as it was when `save("copy")` was called, after it went on and synced.
  void put_back() {
    if (!went_on) {
      must((*old)->add("client", {"alias=Later"}));
      old->sync();
    }
    old->put_back("copy");
  }
  void notice() {
    old->sync();
    REQUIRE(must((*old)->status()).copied);
  }
  void join_anew() {
    anew = world.worker(*lead, "North");
    anew->sync();
  }
  CarryReport carry() { return must((*anew)->carry_over(**old)); }
  void everybody_syncs() {
    for (int round = 0; round < 3; ++round) {
      for (Device* device : {anew.get(), lead.get(), colleague.get(), coordinator.get()})
        device->sync();
    }
  }
  void agree(std::string_view kind) {
    CHECK(picture(*anew, kind) == picture(*lead, kind));
    CHECK(picture(*anew, kind) == picture(*colleague, kind));
    for (Device* device : {anew.get(), lead.get(), colleague.get()})
      CHECK(must((*device)->verify()).empty());
  }
  bool went_on = false;
};

std::string shown(Device& device, const std::string& id, std::string_view name) {
  return field(must(device->show(id)), name);
}

std::string with_alias(Device& device, const std::string& alias) {
  std::string id;
  for (const RecordView& record : must(device->list("client"))) {
    if (field(record, "alias") != alias) continue;
    REQUIRE(id.empty());
    id = record.id;
  }
  REQUIRE_FALSE(id.empty());
  return id;
}

using Ids = std::vector<std::string>;

Ids ids_of(const std::vector<CarryReport::Left>& left) {
  Ids ids;
  for (const CarryReport::Left& each : left) ids.push_back(each.record);
  std::ranges::sort(ids);
  return ids;
}

// What every rule of merging has to offer, recorded before and after the copy was made.
struct Work {
  std::string client, contact, referral, incident, gone;

  explicit Work(Device& device) {
    client = must(device->add("client", {"alias=Mina", "phone=1"}));
    gone = must(device->add("client", {"alias=Entered twice"}));
    contact = must(device->add("contact", {"client=" + client, "date=2026-11-20", "condoms=5"}));
    referral =
        must(device->add("referral", {"client=" + client, "service=hiv_test", "status=made"}));
    incident = must(device->add("incident", {"month=2026-11", "violations=raid,extortion"}));
  }
  void go_on(Device& device) const {
    must(device->edit(client, {"phone=2"}));
    must(device->edit(client, {"phone=3"}));
    must(device->edit(contact, {"condoms+=7"}));
    must(device->edit(contact, {"condoms+=7"}));
    must(device->edit(referral, {"status=attended", "notes+=went along"}));
    must(device->edit(incident, {"violations-=extortion", "violations+=arrest"}));
    must(device->remove(gone));
  }
  void check(Device& device) const {
    CHECK(shown(device, client, "phone") == "3");
    CHECK(shown(device, contact, "condoms") == "19");
    CHECK(shown(device, referral, "status") == "attended");
    CHECK(must(device->show(gone)).deleted);
    const std::string violations = shown(device, incident, "violations");
    CHECK(violations.find("raid") != std::string::npos);
    CHECK(violations.find("arrest") != std::string::npos);
    CHECK(violations.find("extortion") == std::string::npos);
    CHECK(must(device->conflicts()).empty());
  }
};

}  // namespace

TEST_CASE("carry over: edits, counters, notes, sets, ladders and deletes arrive, once") {
  Team team;
  const Work work(*team.old);
  team.old->sync();
  team.old->save("copy");
  team.put_back();
  work.go_on(*team.old);
  team.notice();
  team.join_anew();
  const CarryReport report = team.carry();
  CHECK(report.changes > 7);
  CHECK(report.records == 5);
  CHECK(report.waiting.empty());
  CHECK(report.staying.empty());
  CHECK(must((*team.old)->status()).pending == 0);
  CHECK(must((*team.old)->verify()).empty());
  work.check(*team.anew);
  team.everybody_syncs();
  for (Device* device : {team.anew.get(), team.lead.get(), team.colleague.get()})
    work.check(*device);
  team.agree("client");
  team.agree("contact");
  team.agree("referral");
  team.agree("incident");

  CHECK(team.carry().changes == 0);
  team.notice();  // and the old home takes them from the log like anybody's
  work.check(*team.old);
  CHECK(team.carry().changes == 0);
  team.everybody_syncs();
  work.check(*team.lead);
}

TEST_CASE("carry over: records made on the copy keep their ids, and references follow") {
  Team team;
  team.old->save("copy");
  team.put_back();
  team.notice();
  const Work work(*team.old);
  work.go_on(*team.old);
  team.join_anew();
  team.carry();
  team.everybody_syncs();
  work.check(*team.lead);
  CHECK(shown(*team.lead, work.contact, "client") == work.client);
  team.agree("contact");
}

TEST_CASE("carry over: history says when and on which device it was recorded") {
  Team team;
  const std::string id = must((*team.old)->add("client", {"alias=Mina", "phone=1"}));
  team.old->sync();
  team.old->save("copy");
  team.put_back();
  must((*team.old)->edit(id, {"phone=2"}));
  const std::string recorded_at = must((*team.old)->history(id)).back().at;
  team.world.now_ms += 50 * kHourMs;
  team.notice();
  team.join_anew();
  team.carry();
  team.everybody_syncs();
  const auto told = must((*team.lead)->history(id));
  const ChangeView& last = told.back();
  CHECK(last.device == (*team.anew)->me().device);
  CHECK(last.recorded_on == (*team.old)->me().device);
  CHECK(last.recorded_at == recorded_at);
  CHECK(last.at != recorded_at);
  CHECK(last.verified);
  CHECK(told.front().recorded_on.empty());

  const auto audited = must((*team.lead)->audit());
  const auto event = std::ranges::find(audited, "carried_over", &AuditView::event);
  REQUIRE(event != audited.end());
  CHECK(event->device == (*team.anew)->me().device);
  CHECK(event->subject == (*team.old)->me().device);
}

TEST_CASE("carry over: an edit beats what it saw, also what was carried, and nothing else") {
  Team team;
  const std::string id = must((*team.old)->add("client", {"alias=Mina", "phone=1"}));
  team.old->sync();
  team.colleague->sync();
  team.old->save("copy");
  team.put_back();
  team.old->clock_error_hours = 20;
  must((*team.old)->edit(id, {"phone=2"}));
  team.old->clock_error_hours = -2'000;  // ten weeks slow
  must((*team.old)->edit(id, {"phone=3"}));
  must((*team.colleague)->edit(id, {"phone=of a colleague"}));
  team.colleague->sync();
  team.notice();
  team.join_anew();
  team.carry();
  team.everybody_syncs();
  const auto conflicts = must((*team.lead)->conflicts());
  REQUIRE(conflicts.size() == 1);
  CHECK(conflicts.front().others.size() == 1);
  team.agree("client");
  for (const ConflictView& conflict : conflicts) {
    for (const Claim& other : conflict.others) CHECK(std::get<std::string>(other.value) != "2");
  }
}

TEST_CASE("carry over: an id that both copies gave names two records") {
  Team team;
  must((*team.old)->add("client", {"alias=Before"}));  // what gives ids has begun
  team.old->sync();
  team.old->save("copy");
  team.went_on = true;
  const std::string first = must((*team.old)->add("client", {"alias=First"}));
  team.old->sync();
  team.old->put_back("copy");
  const std::string second = must((*team.old)->add("client", {"alias=Second"}));
  REQUIRE(first == second);
  const std::string contact =
      must((*team.old)->add("contact", {"client=" + second, "date=2026-11-20", "condoms=1"}));
  SECTION("the old home heard of it") { team.notice(); }
  SECTION("only the new home did") {
    // It notices by another chain, and its link breaks before this one comes.
    team.old->lose_answer_of = 2;
    static_cast<void>(team.old->try_sync());
    team.old->lose_answer_of = 0;
    if (!must((*team.old)->status()).copied) team.notice();
  }
  team.join_anew();
  team.carry();
  team.everybody_syncs();
  CHECK(with_alias(*team.lead, "First") == first);
  CHECK(with_alias(*team.lead, "Second") != first);
  CHECK(shown(*team.lead, contact, "client") == with_alias(*team.lead, "Second"));
  team.agree("client");
}

TEST_CASE("carry over: a stamp that both copies gave names two writes, and neither is lost") {
  Team team;
  const std::string id = must((*team.old)->add("client", {"alias=Mina", "phone=0"}));
  const std::string contact =
      must((*team.old)->add("contact", {"client=" + id, "date=2026-11-20", "condoms=0"}));
  team.old->sync();
  team.old->save("copy");
  team.went_on = true;
  must((*team.old)->edit(id, {"phone=1"}));
  must((*team.old)->edit(contact, {"condoms+=10"}));
  team.old->sync();
  team.old->put_back("copy");
  must((*team.old)->edit(id, {"phone=2"}));  // the same hour, the same counter
  must((*team.old)->edit(contact, {"condoms+=3"}));
  must((*team.old)->edit(id, {"phone=3"}));  // saw 2, not 1
  team.notice();
  team.join_anew();
  team.carry();
  team.everybody_syncs();
  CHECK(shown(*team.lead, contact, "condoms") == "13");
  const auto conflicts = must((*team.lead)->conflicts());
  REQUIRE(conflicts.size() == 1);
  std::vector<std::string> values{std::get<std::string>(conflicts.front().shown.value)};
  for (const Claim& other : conflicts.front().others)
    values.push_back(std::get<std::string>(other.value));
  std::ranges::sort(values);
  CHECK(values == std::vector<std::string>{"1", "3"});
  team.agree("client");
}

TEST_CASE("carry over: who saw both writes of one stamp beats both") {
  Team team;
  const std::string id = must((*team.old)->add("client", {"alias=Mina", "phone=0"}));
  team.old->sync();
  team.old->save("copy");
  team.went_on = true;
  must((*team.old)->edit(id, {"phone=1"}));
  team.old->sync();
  team.old->put_back("copy");
  must((*team.old)->edit(id, {"phone=2"}));  // the same hour, the same counter
  team.notice();
  const auto conflicts = must((*team.old)->conflicts());
  REQUIRE(conflicts.size() == 1);
  must((*team.old)->resolve(conflicts.front().id, "=3"));
  team.join_anew();
  team.carry();
  team.everybody_syncs();
  CHECK(shown(*team.lead, id, "phone") == "3");
  CHECK(must((*team.lead)->conflicts()).empty());
  team.agree("client");
}

TEST_CASE("carry over: what the other copy sent meanwhile is not written again") {
  Team team;
  const std::string id = must((*team.old)->add("client", {"alias=Mina"}));
  const std::string contact =
      must((*team.old)->add("contact", {"client=" + id, "date=2026-11-20", "condoms=5"}));
  must((*team.old)->edit(contact, {"condoms+=7"}));
  auto other = team.world.device("other");
  team.old->save("copy");
  other->put_back("copy");
  must((*team.old)->edit(contact, {"condoms+=100"}));
  must((*other)->add("client", {"alias=Of the other"}));
  other->sync();
  team.notice();
  team.join_anew();
  const CarryReport report = team.carry();
  CHECK(report.changes == 1);
  team.everybody_syncs();
  CHECK(shown(*team.lead, contact, "condoms") == "112");
  team.agree("contact");
}

TEST_CASE("carry over: a crash between the two commits loses nothing and doubles nothing") {
  Team team;
  const Work work(*team.old);
  team.old->sync();
  team.old->save("copy");
  team.put_back();
  work.go_on(*team.old);
  team.notice();
  team.join_anew();

  // The old home is ready, and the new one cannot be written to.
  {
    auto held = must(store::Store::open(team.anew->path(), replica_key(), store::Cipher::kAegis));
    auto writing = must(held.begin());
    CHECK((*team.anew)->carry_over(**team.old).error().code == Code::kBusy);
  }
  CHECK((*team.old)->prepare_sync().error().code == Code::kNotYet);  // nothing is renamed meanwhile
  const std::string later = must((*team.old)->add("client", {"alias=Recorded meanwhile"}));
  team.old->save("before the second commit");
  CHECK(team.carry().changes > 7);
  team.old->put_back("before the second commit");
  team.anew->reopen();
  must((*team.old)->edit(work.client, {"phone=4"}));
  CHECK((*team.old)->prepare_sync().error().code == Code::kNotYet);
  const CarryReport again = team.carry();
  CHECK(again.changes == 1);
  CHECK((*team.old)->prepare_sync());
  CHECK(must((*team.old)->status()).pending == 0);

  team.everybody_syncs();
  CHECK(shown(*team.lead, work.client, "phone") == "4");
  CHECK(shown(*team.lead, work.contact, "condoms") == "19");
  CHECK(shown(*team.lead, later, "alias") == "Recorded meanwhile");
  CHECK(must((*team.lead)->conflicts()).empty());
  team.agree("client");
  team.agree("contact");
}

TEST_CASE("carry over: a home that was carried and put back again is not carried twice") {
  Team team;
  const Work work(*team.old);
  team.old->sync();
  team.old->save("copy");
  team.put_back();
  work.go_on(*team.old);
  team.notice();
  team.old->save("recorded");
  team.join_anew();
  team.carry();
  team.everybody_syncs();
  team.old->put_back("recorded");
  CHECK(team.carry().changes == 0);
  CHECK(must((*team.old)->status()).pending == 0);
  team.everybody_syncs();
  work.check(*team.lead);
}

TEST_CASE("carry over: what belongs to a caseload that is not open yet waits, by name") {
  Team team;
  const std::string id = must((*team.old)->add("client", {"alias=Mina", "phone=1"}));
  team.old->sync();
  team.old->save("copy");
  team.put_back();
  must((*team.old)->edit(id, {"phone=2"}));
  team.notice();
  const std::string link = must((*team.lead)->invite({"", "worker", "North"})).link;
  team.lead->sync();
  team.anew = team.world.device("worker");
  must((*team.anew)->begin_join(link, "Worker of North, again"));
  team.anew->sync();

  const CarryReport first = team.carry();
  CHECK(first.changes == 0);
  CHECK(ids_of(first.waiting) == Ids{id});
  CHECK(first.waiting.front().reason.find("North") != std::string::npos);
  CHECK(must((*team.old)->status()).pending > 0);
  CHECK(shown(*team.old, id, "phone") == "2");

  team.lead->sync();
  must((*team.lead)->approve((*team.anew)->me().device));
  team.lead->sync();
  team.anew->sync();
  const CarryReport second = team.carry();
  CHECK(second.changes == 1);
  CHECK(second.waiting.empty());
  team.everybody_syncs();
  CHECK(shown(*team.lead, id, "phone") == "2");
}

TEST_CASE("carry over: a worker's unsent words to her leads arrive") {
  Team team;
  team.old->save("copy");
  team.put_back();
  team.notice();
  const std::string id = must((*team.old)->add(
      "incident", {"month=2026-11", "violations=raid", "narrative=They came at night"}));
  team.join_anew();
  team.carry();
  team.everybody_syncs();
  CHECK(shown(*team.lead, id, "narrative") == "They came at night");
  CHECK(shown(*team.colleague, id, "narrative").empty());
}

TEST_CASE("carry over: a hand-over is not carried, and is named") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  must((*lead)->add_caseload("North", ""));
  must((*lead)->add_caseload("South", ""));
  lead->sync();
  const std::string id = must((*lead)->add("client", {"alias=Mina", "phone=1"}, {"North", ""}));
  lead->sync();
  lead->save("copy");
  must((*lead)->edit(id, {"phone=2"}));
  lead->sync();
  lead->put_back("copy");
  must((*lead)->transfer({id, "", "South", {}}));
  must((*lead)->edit(id, {"alias=Meena"}));
  lead->sync();
  REQUIRE(must((*lead)->status()).copied);
  const std::string link = must((*coordinator)->invite({"Alpha", "lead", ""})).link;
  coordinator->sync();
  auto anew = world.device("lead again");
  must((*anew)->begin_join(link, "Lead of Alpha"));
  anew->sync();
  coordinator->sync();
  World::approve(*coordinator, *anew);
  coordinator->sync();
  anew->sync();
  const CarryReport report = must((*anew)->carry_over(**lead));
  CHECK(report.changes == 0);
  REQUIRE(ids_of(report.staying) == Ids{id});
  CHECK(report.staying.front().reason.find("hand the record over again") != std::string::npos);
}

TEST_CASE("carry over: refused where there is nothing that only it could bring") {
  Team team;
  team.join_anew();
  const auto refusal = [&](Device& to, Device& from) { return to->carry_over(*from).error(); };
  SECTION("the device is alive") {
    must((*team.old)->add("client", {"alias=Mina"}));
    CHECK(refusal(*team.anew, *team.old).code == Code::kNotAllowed);
    CHECK(refusal(*team.anew, *team.old).message.find("no old copy") != std::string::npos);
    CHECK(must((*team.old)->status()).pending > 0);
  }
  SECTION("the device was removed, and is no copy") {
    must((*team.old)->add("client", {"alias=Mina"}));
    must((*team.lead)->revoke((*team.old)->me().device));
    team.lead->sync();
    team.anew->sync();
    CHECK(refusal(*team.anew, *team.old).code == Code::kNotAllowed);
    CHECK(refusal(*team.anew, *team.old).hint.find("quarantine") != std::string::npos);
  }
  SECTION("the same home") {
    CHECK(refusal(*team.anew, *team.anew).code == Code::kInvalidArgument);
  }
  SECTION("another programme") {
    World elsewhere({}, 2);
    auto stranger = elsewhere.found();
    CHECK(refusal(*team.anew, *stranger).code == Code::kInvalidArgument);
  }
  SECTION("a home that nobody let in yet") {
    auto newcomer = team.world.device("newcomer");
    CHECK(refusal(*newcomer, *team.old).code == Code::kNotAllowed);
  }
}

TEST_CASE("carry over: of a copy that was taken out too, unless it was to destroy what it holds") {
  Team team;
  const std::string id = must((*team.old)->add("client", {"alias=Mina", "phone=1"}));
  team.old->sync();
  team.old->save("copy");
  team.put_back();
  must((*team.old)->edit(id, {"phone=2"}));
  team.notice();
  team.join_anew();
  const bool wipe = GENERATE(false, true);
  must((*team.lead)->revoke((*team.old)->me().device, wipe));
  team.lead->sync();
  team.anew->sync();
  if (wipe) {
    const auto refused = (*team.anew)->carry_over(**team.old);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::kNotAllowed);
    return;
  }
  CHECK(team.carry().changes == 1);
  team.everybody_syncs();
  CHECK(shown(*team.lead, id, "phone") == "2");
}
