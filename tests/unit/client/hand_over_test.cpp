// Records that move from one caseload to another: who holds them afterwards, what becomes of edits
// by who had not heard, of clashes between leads, of rebuilding. The tests named after cht-core
// replay what went wrong there.

#include <algorithm>
#include <map>
#include <set>

#include "world.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

struct TwoCaseloads {
  World world;
  std::unique_ptr<Device> coordinator, lead, north, south;
  explicit TwoCaseloads(std::uint64_t seed = 1) : world({}, seed) {
    coordinator = world.found();
    lead = world.lead(*coordinator, "Alpha");
    north = world.worker(*lead, "North");
    south = world.worker(*lead, "South");
    everybody_syncs();
  }
  void everybody_syncs() {
    for (int round = 0; round < 2; ++round) {
      for (Device* device : {north.get(), south.get(), lead.get(), coordinator.get()})
        device->sync();
    }
  }
  void hand_over(const std::string& record, const std::string& caseload) {
    must((*lead)->transfer({record, "", caseload, {}}));
    lead->sync();
  }
  // Another lead of the org, with all its keys.
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
};

bool has(Device& device, const std::string& id) { return device->show(id).has_value(); }
std::string shown(Device& device, const std::string& id, std::string_view name) {
  return field(must(device->show(id)), name);
}
std::string caseload_of(Device& device, const std::string& id) {
  return must(device->show(id)).caseload;
}

void check_clean(Device& device) {
  const std::vector<std::string> problems = must(device->verify());
  INFO((problems.empty() ? std::string() : problems.front()));
  CHECK(problems.empty());
}

// Everything a device shows stays the same when each circle that it reads is replayed.
void check_rebuilds(Device& device) {
  const auto before = picture(device, "client");
  const auto contacts = picture(device, "contact");
  for (const CaseloadView& caseload : must(device->caseloads())) must(device->rebuild(caseload.id));
  CHECK(picture(device, "client") == before);
  CHECK(picture(device, "contact") == contacts);
  check_clean(device);
}

}  // namespace

TEST_CASE("hand-over: a record moves whole, the old caseload's worker holds it no more") {
  TwoCaseloads team;
  const std::string id =
      must((*team.north)->add("client", {"alias=Moon", "population=msm", "notes=first"}));
  must((*team.north)->edit(id, {"alias=Luna", "notes+=second"}));
  team.everybody_syncs();
  REQUIRE(shown(*team.lead, id, "alias") == "Luna");

  team.hand_over(id, "South");
  team.everybody_syncs();

  CHECK(caseload_of(*team.lead, id) == "South");
  CHECK(caseload_of(*team.south, id) == "South");
  CHECK(shown(*team.south, id, "alias") == "Luna");
  CHECK(shown(*team.south, id, "notes") == "first | second");
  CHECK(shown(*team.south, id, "population") == "msm");
  CHECK_FALSE(must((*team.south)->show(id)).partial);
  CHECK(shown(*team.coordinator, id, "population") == "msm");
  CHECK(must((*team.coordinator)->list("client")).size() == 1);

  CHECK_FALSE(has(*team.north, id));
  CHECK(must((*team.north)->list("client")).empty());
  CHECK((*team.north)->show(id).error().message.find("handed over") != std::string::npos);
  CHECK(must((*team.north)->status()).handed_over == 1);
  CHECK(must((*team.south)->status()).received == 1);
  for (Device* device :
       {team.lead.get(), team.north.get(), team.south.get(), team.coordinator.get()})
    check_clean(*device);
}

TEST_CASE("hand-over: who receives the record edits it, and everybody who reads it sees that") {
  TwoCaseloads team;
  const std::string id = must((*team.north)->add("client", {"alias=Moon", "population=msm"}));
  team.everybody_syncs();
  team.hand_over(id, "South");
  team.everybody_syncs();
  must((*team.south)->edit(id, {"alias=Sun", "population+=hijra"}));
  team.everybody_syncs();
  CHECK(shown(*team.lead, id, "alias") == "Sun");
  CHECK(shown(*team.coordinator, id, "population") == "hijra,msm");
  CHECK(must((*team.lead)->show(id)).conflicts.empty());
  must((*team.lead)->edit(id, {"alias=Star"}));
  team.everybody_syncs();
  CHECK(shown(*team.south, id, "alias") == "Star");
  CHECK_FALSE(has(*team.north, id));
}

TEST_CASE("hand-over: late edits of who had not heard follow the record, once") {
  TwoCaseloads team;
  const std::string id = must((*team.north)->add("client", {"alias=Moon"}));
  const std::string met =
      must((*team.north)->add("contact", {"client=" + id, "date=2026-11-20", "services=condoms"}));
  must((*team.north)->edit(met, {"condoms+=10"}));
  team.everybody_syncs();

  must((*team.north)->edit(id, {"phone=555", "alias=Luna"}));  // not sent yet
  must((*team.north)->edit(met, {"condoms+=7"}));
  team.hand_over(id, "South");
  team.south->sync();
  must((*team.south)->edit(id, {"alias=Sun"}));
  must((*team.south)->edit(met, {"condoms+=5"}));
  auto second = team.second_lead();
  team.everybody_syncs();
  second->sync();
  team.everybody_syncs();
  second->sync();
  team.everybody_syncs();

  CHECK(shown(*team.south, id, "phone") == "555");
  CHECK(shown(*team.south, met, "condoms") == "22");
  CHECK(shown(*team.coordinator, met, "condoms") == "22");
  CHECK(shown(*second, met, "condoms") == "22");
  const RecordView client = must((*team.south)->show(id));
  REQUIRE(client.conflicts.size() == 1);  // two names that did not know of each other
  CHECK(client.conflicts.front().field == "alias");
  CHECK_FALSE(has(*team.north, id));
  CHECK_FALSE(has(*team.north, met));
  CHECK(must((*team.north)->status()).pending == 0);
  for (Device* device : {team.lead.get(), team.south.get(), team.coordinator.get(), second.get()}) {
    CHECK(shown(*device, met, "condoms") == "22");
    check_rebuilds(*device);
  }
  check_rebuilds(*team.north);
  CHECK_FALSE(has(*team.north, id));
}

// medic/cht-core issue 5701: people were moved to another place of the hierarchy on the server. The
// phone that had them kept them, and what was written there about them afterwards was refused by
// the server without anybody being told: lost, unless the phone was cleared by hand.
TEST_CASE("cht-core#5701: a client who was moved leaves the old phone, and its late edits arrive") {
  TwoCaseloads team;
  const std::string id = must((*team.north)->add("client", {"alias=Moon"}));
  team.everybody_syncs();
  must((*team.north)->edit(id, {"phone=1"}));
  team.north->sync();
  team.hand_over(id, "South");
  // The phone has not heard: its owner goes on, for weeks.
  must((*team.north)->edit(id, {"area=Riverside"}));
  must((*team.north)->edit(id, {"notes+=moved house"}));
  team.everybody_syncs();
  CHECK_FALSE(has(*team.north, id));  // without clearing the phone
  CHECK(must((*team.north)->status()).pending == 0);
  CHECK(must((*team.north)->status()).quarantined == 0);
  CHECK((*team.north)->take_refusals().empty());
  CHECK(shown(*team.south, id, "phone") == "1");
  CHECK(shown(*team.south, id, "area") == "Riverside");
  CHECK(shown(*team.south, id, "notes") == "moved house");
  // Writing to it now says why not.
  const auto edit = (*team.north)->edit(id, {"area=Hill"});
  REQUIRE_FALSE(edit);
  CHECK(edit.error().message.find("handed over") != std::string::npos);
}

// medic/cht-core issue 11306: after a catchment was reorganised, phones kept people who were no
// longer theirs, and went on making reports about them. The server refused each of these for ever,
// in silence, while the phone counted them towards the worker's targets: month after month, workers
// were shown more than they were paid for.
TEST_CASE("cht-core#11306: a report about a client who was moved is not refused, and counts once") {
  TwoCaseloads team;
  const std::string id = must((*team.north)->add("client", {"alias=Moon"}));
  team.everybody_syncs();
  team.hand_over(id, "South");
  const std::string report =
      must((*team.north)->add("contact", {"client=" + id, "date=2026-11-21", "services=hiv_test"}));
  const std::string referral =
      must((*team.north)->add("referral", {"client=" + id, "service=hiv_test"}));
  team.everybody_syncs();
  team.everybody_syncs();
  for (const std::string& late : {report, referral}) {
    CHECK(caseload_of(*team.south, late) == "South");
    CHECK_FALSE(has(*team.north, late));
  }
  CHECK(must((*team.north)->list("contact")).empty());  // nothing here that counts for her
  CHECK(must((*team.south)->list("contact")).size() == 1);
  CHECK(must((*team.lead)->list("contact")).size() == 1);
  CHECK(must((*team.coordinator)->list("contact")).size() == 1);
  CHECK(must((*team.north)->status()).pending == 0);
  CHECK(must((*team.north)->status()).handed_over == 3);
  CHECK(must((*team.south)->status()).received == 3);
  for (Device* device :
       {team.lead.get(), team.north.get(), team.south.get(), team.coordinator.get()})
    check_rebuilds(*device);
}

TEST_CASE("hand-over: a worker leaves with sixty clients and what belongs to them") {
  TwoCaseloads team;
  std::vector<std::string> clients;
  for (int i = 0; i < 60; ++i) {
    clients.push_back(must((*team.north)->add("client", {"alias=C" + std::to_string(i)})));
    must((*team.north)
             ->add("contact", {"client=" + clients.back(), "date=2026-11-20", "services=condoms"}));
  }
  team.everybody_syncs();
  std::size_t last_done = 0;
  const TransferReport report =
      must((*team.lead)->transfer({"", "North", "South", [&](std::size_t done, std::size_t) {
                                     last_done = done;
                                   }}));
  CHECK(report.moved == 120);
  CHECK(report.refused.empty());
  CHECK(last_done == 120);
  team.everybody_syncs();
  CHECK(must((*team.north)->list("client")).empty());
  CHECK(must((*team.north)->list("contact")).empty());
  CHECK(must((*team.south)->list("client")).size() == 60);
  CHECK(must((*team.coordinator)->list("contact")).size() == 60);
  CHECK(must((*team.north)->status()).handed_over == 120);
  CHECK(must((*team.south)->status()).received == 120);
  const std::uint64_t before = team.lead->requests;
  team.lead->sync();
  CHECK(team.lead->requests == before + 1);  // nothing goes round in circles
  for (Device* device :
       {team.lead.get(), team.north.get(), team.south.get(), team.coordinator.get()})
    check_rebuilds(*device);
}

TEST_CASE("hand-over: a record that comes back is whole again where it was") {
  TwoCaseloads team;
  const std::string id = must((*team.north)->add("client", {"alias=Moon", "phone=1"}));
  team.everybody_syncs();
  team.hand_over(id, "South");
  must((*team.north)->edit(id, {"area=Late"}));  // had not heard
  team.everybody_syncs();
  must((*team.south)->edit(id, {"alias=Sun"}));
  team.everybody_syncs();
  team.hand_over(id, "North");
  team.everybody_syncs();
  for (Device* device : {team.lead.get(), team.north.get()}) {
    CHECK(caseload_of(*device, id) == "North");
    CHECK(shown(*device, id, "alias") == "Sun");
    CHECK(shown(*device, id, "phone") == "1");
    CHECK(shown(*device, id, "area") == "Late");
    CHECK(must((*device)->show(id)).conflicts.empty());
  }
  CHECK_FALSE(has(*team.south, id));
  must((*team.north)->edit(id, {"alias=Star"}));
  team.everybody_syncs();
  CHECK(shown(*team.lead, id, "alias") == "Star");
  team.hand_over(id, "South");
  team.everybody_syncs();
  CHECK(shown(*team.south, id, "alias") == "Star");
  CHECK_FALSE(has(*team.north, id));
  for (Device* device :
       {team.lead.get(), team.north.get(), team.south.get(), team.coordinator.get()})
    check_rebuilds(*device);
}

TEST_CASE("hand-over: two leads move a record to different caseloads, a lead decides") {
  TwoCaseloads team;
  auto second = team.second_lead();
  must((*team.lead)->add_caseload("East", ""));
  team.lead->sync();
  second->sync();
  const std::string id = must((*team.north)->add("client", {"alias=Moon"}));
  team.everybody_syncs();
  second->sync();
  must((*team.lead)->transfer({id, "", "South", {}}));
  must((*second)->transfer({id, "", "East", {}}));
  team.lead->sync();
  second->sync();
  team.everybody_syncs();
  second->sync();

  const RecordView mine = must((*team.lead)->show(id));
  REQUIRE(mine.conflicts.size() == 1);
  CHECK(mine.conflicts.front().field == "caseload");
  CHECK(mine.caseload == must((*second)->show(id)).caseload);
  CHECK(must((*team.lead)->status()).conflicts == 1);
  CHECK(must((*team.lead)->list("client")).size() == 1);
  CHECK(must((*team.coordinator)->list("client")).size() == 1);
  CHECK(must((*team.coordinator)->show(id)).conflicts.empty());  // the leads' to decide
  REQUIRE(has(*team.south, id));                                 // nobody loses it meanwhile
  must((*team.south)->edit(id, {"phone=7"}));
  team.everybody_syncs();

  const bool south_shown = mine.caseload == "South";
  must((*team.lead)->resolve(mine.conflicts.front().id, south_shown ? "other" : "shown"));
  team.everybody_syncs();
  second->sync();
  team.everybody_syncs();
  for (Device* device : {team.lead.get(), second.get()}) {
    CHECK(caseload_of(*device, id) == "East");
    CHECK(shown(*device, id, "phone") == "7");
    CHECK(must((*device)->conflicts()).empty());
    check_rebuilds(*device);
  }
  CHECK_FALSE(has(*team.south, id));
  CHECK_FALSE(has(*team.north, id));
  CHECK(must((*team.coordinator)->list("client")).size() == 1);
}

TEST_CASE("hand-over: open conflicts and deletions go along") {
  TwoCaseloads team;
  const std::string torn = must((*team.north)->add("client", {"alias=Moon"}));
  const std::string gone = must((*team.north)->add("client", {"alias=Gone"}));
  team.everybody_syncs();
  must((*team.north)->edit(torn, {"alias=A"}));
  must((*team.lead)->edit(torn, {"alias=B"}));
  team.everybody_syncs();
  REQUIRE(must((*team.lead)->show(torn)).conflicts.size() == 1);
  must((*team.north)->remove(gone));  // not sent: the record moves while it is being deleted
  must((*team.lead)->transfer({"", "North", "South", {}}));
  team.lead->sync();
  team.everybody_syncs();
  team.everybody_syncs();
  const RecordView there = must((*team.south)->show(torn));
  REQUIRE(there.conflicts.size() == 1);
  must((*team.south)->resolve(there.conflicts.front().id, "other"));
  CHECK(must((*team.south)->show(gone)).deleted);
  team.everybody_syncs();
  CHECK(must((*team.lead)->conflicts()).empty());
  CHECK(must((*team.lead)->show(gone)).deleted);
  CHECK(must((*team.coordinator)->list("client")).size() == 1);
}

TEST_CASE(
    "hand-over: only leads move records, and only to another caseload of their organisation") {
  TwoCaseloads team;
  const std::string id = must((*team.north)->add("client", {"alias=Moon"}));
  const std::string activity =
      must((*team.lead)->add("activity", {"type=outreach", "date=2026-11-20"}));
  team.everybody_syncs();
  CHECK((*team.north)->transfer({id, "", "North", {}}).error().code == Code::kInvalidArgument);
  CHECK((*team.north)->transfer({id, "", "South", {}}).error().code == Code::kNotFound);
  CHECK((*team.coordinator)->transfer({id, "", "South", {}}).error().code == Code::kNotFound);
  CHECK((*team.lead)->transfer({id, "", "West", {}}).error().code == Code::kNotFound);
  CHECK((*team.lead)->transfer({id, "North", "South", {}}).error().code == Code::kInvalidArgument);
  CHECK((*team.lead)->transfer({activity, "", "South", {}}).error().code == Code::kInvalidArgument);
  CHECK((*team.lead)->transfer({"", "South", "South", {}}).error().code == Code::kInvalidArgument);
  CHECK(must((*team.lead)->status()).pending == 0);
  CHECK(caseload_of(*team.lead, id) == "North");
}

TEST_CASE("hand-over: history says who handed over, when, and who wrote what before") {
  TwoCaseloads team;
  const std::string id = must((*team.north)->add("client", {"alias=Moon"}));
  team.everybody_syncs();
  team.hand_over(id, "South");
  team.everybody_syncs();
  for (Device* device : {team.lead.get(), team.south.get()}) {
    const std::vector<ChangeView> history = must((*device)->history(id));
    REQUIRE(history.size() == 2);
    CHECK(history[0].person == "Worker of North");
    CHECK(history[1].person == "Lead of Alpha");
    REQUIRE(history[1].fields.size() == 1);
    CHECK(history[1].fields.front().field == "caseload");
    CHECK(std::get<std::string>(history[1].fields.front().value) == "South");
    CHECK(history[1].verified);
  }
  CHECK(must((*team.south)->history(id)).front().brought_by == "Lead of Alpha");
  CHECK(must((*team.lead)->history(id)).front().brought_by.empty());
  CHECK_FALSE((*team.north)->history(id));
}

TEST_CASE("hand-over: a part that has not arrived yet follows when it does") {
  TwoCaseloads team;
  auto second = team.second_lead();
  const std::string id = must((*team.north)->add("client", {"alias=Moon", "population=msm"}));
  team.everybody_syncs();
  second->sync();
  must((*team.north)->edit(id, {"population+=hijra"}));
  team.hand_over(id, "South");
  team.north->sync();
  second->sync();  // the second lead passes it on, the first one has not heard of it
  team.south->sync();
  CHECK(shown(*team.south, id, "population") == "hijra,msm");
  team.everybody_syncs();
  second->sync();
  const std::uint64_t before = second->requests;
  second->sync();
  CHECK(second->requests == before + 1);
  CHECK(shown(*team.coordinator, id, "population") == "hijra,msm");
}

// Two leads and two workers write, hand over and sync at random, with clocks that are wrong by
// days. Afterwards every record is in one caseload, its worker and the leads show the same of it,
// nobody else holds it, and every increment and note that was accepted is there once.
TEST_CASE("hand-over: random hand-overs, writes and syncs lose nothing and double nothing") {
  const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 7)));
  CAPTURE(seed);
  TwoCaseloads team(seed);
  auto second = team.second_lead();
  const std::vector<Device*> writers{team.north.get(), team.south.get(), team.lead.get(),
                                     second.get()};
  const auto dice = [&](std::size_t sides) {
    std::array<std::byte, 4> bytes;
    team.world.random.fill(bytes);
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value % sides;
  };
  std::vector<std::string> clients, contacts;
  std::map<std::string, std::int64_t> condoms;
  std::map<std::string, std::multiset<std::string>> notes;
  for (int step = 0; step < 160; ++step) {
    Device& device = *writers[dice(writers.size())];
    const bool leads = &device == team.lead.get() || &device == second.get();
    device.clock_error_hours = static_cast<std::int64_t>(dice(200)) - 100;
    team.world.now_ms += static_cast<std::int64_t>(dice(90)) * 60'000;
    const std::size_t choice = dice(12);
    const std::string number = std::to_string(step);
    const std::string caseload = dice(2) == 0 ? "North" : "South";
    if ((choice < 2 || clients.size() < 2) && !leads) {
      clients.push_back(must(device->add("client", {"alias=" + number})));
      contacts.push_back(must(device->add(
          "contact", {"client=" + clients.back(), "date=2026-11-20", "services=condoms"})));
    } else if (clients.empty()) {
      device.sync();
    } else if (choice < 5) {
      const std::string& id = contacts[dice(contacts.size())];
      if (device->edit(id, {"condoms+=1"})) ++condoms[id];
    } else if (choice < 8) {
      const std::string& id = clients[dice(clients.size())];
      if (device->edit(id, {"notes+=" + number, "alias=" + number})) notes[id].insert(number);
    } else if (choice == 8 && leads) {
      static_cast<void>(device->transfer({clients[dice(clients.size())], "", caseload, {}}));
    } else {
      device.sync();
    }
  }
  const auto heal = [&] {
    for (int round = 0; round < 4; ++round) {
      for (Device* device : writers) device->sync();
      team.coordinator->sync();
    }
  };
  heal();
  for (const ConflictView& conflict : must((*team.lead)->conflicts())) {
    if (conflict.field == "caseload") must((*team.lead)->resolve(conflict.id, "shown"));
  }
  heal();
  const auto without_id = [](const std::vector<std::string>& lines, const std::string& caseload) {
    std::vector<std::string> mine;
    std::ranges::copy_if(lines, std::back_inserter(mine), [&](const std::string& line) {
      return line.find(" " + caseload + " ") != std::string::npos;
    });
    return mine;
  };
  for (const char* kind : {"client", "contact"}) {
    const std::vector<std::string> all = picture(*team.lead, kind);
    CHECK(all.size() == (kind == std::string("client") ? clients : contacts).size());
    CHECK(picture(*second, kind) == all);
    for (Device* worker : {team.north.get(), team.south.get()}) {
      const std::string mine = must((*worker)->caseloads()).front().id;
      CHECK(picture(*worker, kind) == without_id(all, mine));
    }
    CHECK(must((*team.coordinator)->list(kind)).size() == all.size());
  }
  for (const std::string& id : clients) {
    const RecordView client = must((*team.lead)->show(id));
    const auto lines = std::ranges::find(client.fields, "notes", &NamedValue::field);
    std::multiset<std::string> told;
    if (lines != client.fields.end()) {
      for (const LogLine& line : std::get<std::vector<LogLine>>(lines->value))
        told.insert(line.text);
    }
    CHECK(told == notes[id]);
  }
  for (std::size_t i = 0; i < contacts.size(); ++i) {
    const std::string counted = shown(*team.coordinator, contacts[i], "condoms");
    CHECK((counted.empty() ? "0" : counted) == std::to_string(condoms[contacts[i]]));
    // Its contacts are where the client is.
    CHECK(caseload_of(*team.lead, contacts[i]) == caseload_of(*team.lead, clients[i]));
  }
  for (Device* device : writers) check_rebuilds(*device);
  check_rebuilds(*team.coordinator);
}
