// The replica as a whole: restarts, rebuilding, lying servers, members with tampered apps, many
// devices in random order.

#include <algorithm>

#include "wire/envelope.hpp"
#include "world.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

forms::Field text_field(FieldTag tag, const std::string& name, forms::Audience audience) {
  forms::Field field;
  field.tag = tag;
  field.name = name;
  field.type = forms::FieldType::kText;
  field.audience = audience;
  field.label = name;
  return field;
}

// A kind of the test's own, org-homed.
forms::Form visit_form(forms::Audience audience_of_place, bool workers_write_result) {
  forms::Form form;
  form.kind = 0x9001;
  form.name = "visit";
  form.label = "Visit";
  form.home = forms::HomeType::kOrg;
  form.fields = {text_field(1, "place", audience_of_place),
                 text_field(2, "result", forms::Audience::kFacts),
                 text_field(3, "remark", forms::Audience::kHome)};
  form.fields[1].writers.worker = workers_write_result;
  return form;
}

struct Team {
  World world;
  std::unique_ptr<Device> coordinator, lead, worker;
  explicit Team(std::vector<forms::Form> added = {}, std::uint64_t seed = 1)
      : world(std::move(added), seed) {
    coordinator = world.found();
    lead = world.lead(*coordinator, "Alpha");
    worker = world.worker(*lead, "North");
  }
};

void check_clean(Device& device) {
  const std::vector<std::string> problems = must(device->verify());
  INFO((problems.empty() ? std::string() : problems.front()));
  CHECK(problems.empty());
}

}  // namespace

TEST_CASE("client: everything recorded is there after a restart, sealed or not") {
  Team team;
  const std::string sent = must((*team.worker)->add("client", {"alias=Sent"}));
  team.worker->sync();
  const std::string unsent = must((*team.worker)->add("client", {"alias=Unsent"}));
  team.worker->reopen();
  CHECK(field(must((*team.worker)->show(sent)), "alias") == "Sent");
  CHECK(field(must((*team.worker)->show(unsent)), "alias") == "Unsent");
  CHECK(must((*team.worker)->status()).pending == 2);  // a change in each of two circles
  team.worker->sync();
  CHECK(must((*team.worker)->status()).pending == 0);
  team.lead->sync();
  CHECK(must((*team.lead)->list("client")).size() == 2);
}

TEST_CASE("client: a sync with nothing new is one request, whatever there is already") {
  Team team;
  for (int i = 0; i < 40; ++i) must((*team.worker)->add("client", {"alias=" + std::to_string(i)}));
  team.worker->sync();
  team.lead->sync();
  for (Device* device : {team.worker.get(), team.lead.get()}) {
    const std::uint64_t before = device->requests;
    device->sync();
    CHECK(device->requests == before + 1);
  }
}

TEST_CASE("client: rebuilding a circle from its kept batches and unsealed changes shows the same") {
  Team team;
  const std::string id = must((*team.worker)->add("client", {"alias=Moon", "population=msm"}));
  team.worker->sync();
  team.lead->sync();
  must((*team.worker)->edit(id, {"alias=A", "population+=hijra"}));
  must((*team.lead)->edit(id, {"alias=B", "notes+=seen"}));
  team.worker->sync();
  team.lead->sync();
  team.worker->sync();
  must((*team.worker)->edit(id, {"phone=5"}));  // not sealed yet
  must((*team.worker)->add("client", {"alias=New"}));
  const std::vector<std::string> before = picture(*team.worker, "client");
  for (const CaseloadView& caseload : must((*team.worker)->caseloads()))
    must((*team.worker)->rebuild(caseload.id));
  CHECK(picture(*team.worker, "client") == before);
  check_clean(*team.worker);
}

TEST_CASE("client: a batch with a flipped bit is not taken, reported, and asked for again") {
  Team team;
  auto second = team.world.worker(*team.lead, "South");
  must((*team.worker)->add("client", {"alias=Moon"}));
  team.worker->sync();
  team.world.store.tamper = [&](std::uint64_t, Bytes& batch) { batch.back() ^= std::byte{1}; };
  team.lead->sync();
  team.world.store.tamper = nullptr;
  CHECK(must((*team.lead)->status()).quarantined == 0);  // its author did not do it
  CHECK(must((*team.lead)->status()).warnings.size() == 1);
  CHECK_FALSE(must((*team.lead)->verify()).empty());
  CHECK(must((*team.lead)->list("client")).empty());

  must((*second)->add("client", {"alias=Sun"}));
  second->sync();
  team.lead->sync();
  CHECK(must((*team.lead)->list("client")).size() == 2);
  check_clean(*team.lead);
}

TEST_CASE("client: a batch moved into another circle does not open there") {
  Team team;
  must((*team.worker)->add("activity", {"type=outreach", "date=2026-11-20", "title=one"}));
  must((*team.worker)->add("client", {"alias=Moon"}));
  team.worker->sync();
  std::vector<Bytes> served;
  team.world.store.tamper = [&](std::uint64_t, Bytes& batch) {
    served.push_back(batch);
    // Every batch is handed out with the body of the first one: a splice across circles.
    const auto first = wire::parse_batch(served.front());
    const auto own = wire::parse_batch(batch);
    if (first && own && first->header.circle != own->header.circle &&
        first->ciphertext.size() == own->ciphertext.size()) {
      std::ranges::copy(first->ciphertext,
                        batch.end() - static_cast<std::ptrdiff_t>(own->ciphertext.size()));
    }
  };
  team.lead->sync();
  team.world.store.tamper = nullptr;
  CHECK(must((*team.lead)->status()).warnings.size() == 1);
  must((*team.lead)->add("client", {"alias=Sun"}, {.caseload = "North", .org = ""}));
  team.lead->sync();
  team.worker->sync();
  CHECK(must((*team.worker)->list("client")).size() == 2);
  CHECK(must((*team.lead)->list("client")).size() == 2);
  check_clean(*team.lead);
}

TEST_CASE(
    "client: a value in the wrong circle, or by someone who may not write it, is quarantined; the "
    "rest of its batch is not") {
  Team team({visit_form(forms::Audience::kHome, false)});
  // A worker's app has been tampered with: it seals the place into the facts, and lets her write
  // results.
  team.world.added_forms = {visit_form(forms::Audience::kFacts, true)};
  team.worker = team.world.worker(*team.lead, "South");
  const std::string id =
      must((*team.worker)->add("visit", {"place=secret", "result=forged", "remark=fine"}));
  team.worker->sync();
  team.lead->sync();
  team.coordinator->sync();
  const RecordView at_lead = must((*team.lead)->show(id));
  CHECK(field(at_lead, "remark") == "fine");
  CHECK(field(at_lead, "place").empty());
  CHECK(field(at_lead, "result").empty());
  const std::vector<std::string> problems = must((*team.lead)->verify());
  const auto says = [&](std::string_view why) {
    return std::ranges::any_of(problems, [&](const std::string& problem) {
      return problem.find(why) != std::string::npos;
    });
  };
  CHECK(says("visit.place: arrived in a circle that this field is not for"));
  CHECK(says("visit.result: written by someone who may not write this field"));
  CHECK(must((*team.coordinator)->list("visit")).size() <= 1);
}

TEST_CASE("client: a kind that this version does not know is kept, and shown after an update") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  auto worker = world.worker(*lead, "North");
  worker->reopen_with({visit_form(forms::Audience::kHome, true)});
  const std::string id = must((*worker)->add("visit", {"place=river", "remark=fine"}));
  worker->sync();
  lead->sync();
  CHECK((*lead)->show(id).error().code == Code::kNotFound);
  lead->reopen_with({visit_form(forms::Audience::kHome, true)});
  CHECK(field(must((*lead)->show(id)), "place") == "river");
}

TEST_CASE(
    "client: many devices, random writes, random order of syncs: all show the same, and nothing is "
    "lost") {
  const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 5)));
  CAPTURE(seed);
  Team team({}, seed);
  auto second = team.world.worker(*team.lead, "North");  // two workers share the caseload
  std::vector<Device*> devices{team.worker.get(), team.lead.get(), second.get()};
  for (Device* device : devices) device->sync();
  const auto dice = [&](std::size_t sides) {
    std::array<std::byte, 4> bytes;
    team.world.random.fill(bytes);
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value % sides;
  };
  std::vector<std::string> ids;
  std::size_t entries_written = 0;
  for (int step = 0; step < 150; ++step) {
    Device& device = *devices[dice(devices.size())];
    device.clock_error_hours = static_cast<std::int64_t>(dice(200)) - 100;
    team.world.now_ms += static_cast<std::int64_t>(dice(90)) * 60'000;
    const std::size_t choice = dice(10);
    if (choice < 2 || ids.empty()) {
      ids.push_back(must(device->add("client", {"alias=" + std::to_string(step)},
                                     {.caseload = "North", .org = ""})));
    } else if (choice < 8) {
      const std::string& id = ids[dice(ids.size())];
      if (!device->show(id)) continue;  // not synced to this device yet
      const std::string number = std::to_string(step);
      const Client::Assignments edits[] = {{"phone=" + number},
                                           {"alias=" + number},
                                           {"population+=msm"},
                                           {"population-=msm"},
                                           {"notes+=" + number}};
      const Client::Assignments& edit = edits[dice(std::size(edits))];
      if (device->edit(id, edit) && edit.front().starts_with("notes")) ++entries_written;
      if (dice(12) == 0) must(device->edit(id, {"deleted=yes"}));
    } else {
      device.sync();
    }
  }
  for (int round = 0; round < 3; ++round) {
    for (Device* device : devices) device->sync();
  }
  const std::vector<std::string> expected = picture(*devices[0], "client");
  CHECK_FALSE(expected.empty());
  for (Device* device : devices) {
    CHECK(picture(*device, "client") == expected);
    check_clean(*device);
    std::size_t entries = 0;
    for (const std::string& id : ids) {
      const std::string notes = field(must((*device)->show(id)), "notes");
      entries += notes.empty() ? 0 : 1 + static_cast<std::size_t>(std::ranges::count(notes, '|'));
    }
    CHECK(entries == entries_written);
  }
}
