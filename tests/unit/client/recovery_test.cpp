// Printed recovery keys: who prints one, what it signs, what it never does, and how those who are
// left get to their records again. Method: whole programmes whose leads are lost.

#include "world.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

bool says(const std::vector<std::string>& lines, std::string_view words) {
  for (const std::string& line : lines) {
    if (line.find(words) != std::string::npos) return true;
  }
  return false;
}

Code code(const auto& result) { return result ? Code{} : result.error().code; }

std::string typed(const RecoveryPrint& sheet) { return sheet.code[0] + "\n" + sheet.code[1]; }

// Printed and in force.
RecoveryPrint print(Device& device, const std::string& org = "") {
  RecoveryPrint sheet = must(device->draw_recovery(org));
  must(device->sign_recovery(sheet));
  device.sync();
  return sheet;
}

// A newcomer by an invite of the sheet that `bearer` brings, let in by the sheet too.
std::unique_ptr<Device> bring_in(World& world, Device& bearer, const std::string& key,
                                 const Client::InviteRequest& request = {}) {
  const std::string link = must(bearer->recover_invite(key, request)).link;
  bearer.sync();
  auto newcomer = world.device("newcomer");
  must((*newcomer)->begin_join(link, "Newcomer"));
  newcomer->sync();
  bearer.sync();
  const std::string device = (*newcomer)->me().device;
  CHECK(code(bearer->recover_approve(key, device, "123456")) == Code::kNotYet);
  must(bearer->recover_reveal(key, device));
  bearer.sync();
  newcomer->sync();
  CHECK(code(bearer->recover_approve(key, device, "")) == Code::kMissingRequired);
  const std::string digits = (*newcomer)->me().digits;
  CHECK(code(bearer->recover_approve(key, device, digits == "000000" ? "000001" : "000000")) ==
        Code::kRefused);
  must(bearer->recover_approve(key, device, digits));
  bearer.sync();
  newcomer->sync();
  return newcomer;
}

MemberView member(Device& viewer, const std::string& device) {
  for (const MemberView& view : must(viewer->members())) {
    if (view.device == device) return view;
  }
  FAIL("not a member: " << device);
  return {};
}

}  // namespace

TEST_CASE("client: who has one lead's device and no sheet is told, until a sheet is in force") {
  World world;
  auto coordinator = world.found();
  CHECK(says(must((*coordinator)->status()).advice, "Umbrella hangs on one coordinator's device"));
  auto lead = world.lead(*coordinator, "Alpha");
  auto worker = world.worker(*lead, "North");
  CHECK(says(must((*lead)->status()).advice, "Alpha hangs on one lead's device"));
  CHECK_FALSE(says(must((*lead)->status()).advice, "Umbrella"));
  CHECK(must((*worker)->status()).advice.empty());
  CHECK(must((*coordinator)->status()).advice.size() == 2);

  const RecoveryPrint sheet = must((*lead)->draw_recovery(""));
  CHECK(sheet.org == "Alpha");
  CHECK(sheet.programme == "Network");
  CHECK_FALSE(must((*lead)->status()).advice.empty());  // drawn is not in force
  must((*lead)->sign_recovery(sheet));
  lead->sync();
  CHECK(must((*lead)->status()).advice.empty());
  const std::vector<RecoveryView> keys = must((*lead)->recovery_keys());
  REQUIRE(keys.size() == 1);
  CHECK(keys[0].id == sheet.id);
  CHECK(keys[0].in_force);
  CHECK_FALSE(keys[0].used);
  CHECK(must((*lead)->read_recovery(sheet.link)).org == "Alpha");
  CHECK(must((*lead)->read_recovery(typed(sheet))).id == sheet.id);
}

TEST_CASE("client: a second lead's device ends the advice as a sheet does") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  const std::string link = must((*lead)->invite({"", "lead", ""})).link;
  lead->sync();
  auto second = world.device("lead");
  must((*second)->begin_join(link, "Second"));
  second->sync();
  lead->sync();
  CHECK_FALSE(must((*lead)->status()).advice.empty());
  world.approve(*lead, *second);
  lead->sync();
  CHECK(must((*lead)->status()).advice.empty());
}

TEST_CASE("client: only who may sign for an organisation's leads prints its sheet") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  auto other = world.lead(*coordinator, "Beta");
  auto worker = world.worker(*lead, "North");
  CHECK(code((*worker)->draw_recovery("")) == Code::kNotAllowed);
  CHECK(code((*lead)->draw_recovery("Umbrella")) == Code::kNotAllowed);
  other->sync();
  CHECK(code((*other)->draw_recovery("Alpha")) == Code::kNotAllowed);
  CHECK(code((*lead)->draw_recovery("Nowhere")) == Code::kNotFound);
  CHECK((*coordinator)->draw_recovery("Alpha").has_value());
  CHECK((*coordinator)->draw_recovery("").has_value());
}

TEST_CASE(
    "client: an organisation that lost its only lead brings a new one in with its sheet, and its "
    "workers hand her their caseloads") {
  World world;
  auto coordinator = world.found();
  auto lost = world.lead(*coordinator, "Alpha");
  auto north = world.worker(*lost, "North");
  auto south = world.worker(*lost, "South");
  const std::string moon = must((*north)->add("client", {"alias=Moon"}));
  const std::string star = must((*south)->add("client", {"alias=Star"}));
  const RecoveryPrint sheet = print(*lost);
  for (Device* device : {north.get(), south.get(), lost.get(), coordinator.get()}) device->sync();

  // The lead's phone is gone; a worker's device carries what the sheet signs.
  auto heir = bring_in(world, *north, typed(sheet));
  CHECK((*heir)->me().state == "active");
  CHECK((*heir)->me().role == "lead");
  CHECK(code((*heir)->show(moon)) == Code::kNotFound);  // authority carries no keys
  must((*north)->recover_revoke(sheet.link, (*lost)->me().device));
  north->sync();
  heir->sync();  // begins the leads' circle anew: nobody is left who has its key
  CHECK(code((*heir)->show(moon)) == Code::kNotFound);

  north->sync();
  world.approve(*north, *heir);
  north->sync();
  heir->sync();
  CHECK(field(must((*heir)->show(moon)), "alias") == "Moon");
  CHECK(code((*heir)->show(star)) == Code::kNotFound);
  south->sync();
  world.approve(*south, *heir);
  south->sync();
  heir->sync();
  CHECK(field(must((*heir)->show(star)), "alias") == "Star");

  // She leads: a worker of hers, a caseload, new keys everywhere, and nothing for the lost phone.
  auto west = world.worker(*heir, "West");
  for (Device* device : {heir.get(), north.get(), south.get(), west.get()}) device->sync();
  const std::string late = must((*north)->add("client", {"alias=Late"}));
  north->sync();
  heir->sync();
  CHECK(field(must((*heir)->show(late)), "alias") == "Late");
  CHECK(must((*heir)->verify()).empty());
  CHECK(must((*north)->verify()).empty());
  coordinator->sync();
  CHECK((*coordinator)->show(late).has_value());  // the facts of it
}

TEST_CASE("client: everybody sees what a sheet signed, and is told as long as it is in force") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  auto stranger = world.lead(*coordinator, "Beta");
  auto worker = world.worker(*lead, "North");
  const RecoveryPrint sheet = print(*lead);
  worker->sync();
  CHECK_FALSE(says(must((*worker)->status()).warnings, "recovery key"));
  auto heir = bring_in(world, *worker, sheet.link);
  must((*worker)->recover_revoke(typed(sheet), (*lead)->me().device));
  worker->sync();
  const std::string words = "the printed recovery key of Alpha";
  for (Device* device : {coordinator.get(), worker.get()}) {
    device->sync();
    CHECK(member(*device, (*heir)->me().device).let_in_by == words);
    CHECK(member(*device, (*lead)->me().device).taken_out_by == words);
    CHECK(says(must((*device)->status()).warnings, words + " was used"));
  }
  stranger->sync();
  CHECK(must((*stranger)->status()).warnings.empty());
  std::vector<std::string> events;
  for (const AuditView& view : must((*coordinator)->audit())) {
    if (view.person != words) continue;
    CHECK(view.device == sheet.id);
    CHECK(view.verified);
    events.push_back(view.event);
  }
  CHECK(events == std::vector<std::string>{"invited", "approved", "revoked"});

  const RecoveryPrint next = must((*coordinator)->draw_recovery("Alpha"));
  must((*coordinator)->sign_recovery(next));
  coordinator->sync();
  CHECK_FALSE(says(must((*coordinator)->status()).warnings, words));
  CHECK(member(*coordinator, (*heir)->me().device).let_in_by == words);  // a replaced one still
}

TEST_CASE("client: a sheet that was replaced signs nothing any more") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  auto worker = world.worker(*lead, "North");
  const RecoveryPrint old = print(*lead);
  worker->sync();
  // Signed before the news of the new sheet: the log has the new sheet first, and refuses.
  must((*worker)->recover_revoke(old.link, (*lead)->me().device));
  const RecoveryPrint next = print(*lead);
  worker->sync();
  CHECK(says((*worker)->take_refusals(), "rules do not allow"));
  CHECK(member(*worker, (*lead)->me().device).state == "active");
  const auto refused = (*worker)->recover_invite(old.link, {});
  CHECK(code(refused) == Code::kNotFound);
  CHECK(refused.error().message.find("newer sheet has replaced") != std::string::npos);
  CHECK((*worker)->recover_invite(next.link, {}).has_value());
}

TEST_CASE(
    "client: a sheet signs no more than a lead of its organisation could, and grants nothing") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  auto other = world.lead(*coordinator, "Beta");
  auto worker = world.worker(*lead, "North");
  const RecoveryPrint sheet = print(*lead);
  worker->sync();
  const auto invites = [&](const std::string& org, const std::string& role) {
    return code((*worker)->recover_invite(sheet.link, {org, role, ""}));
  };
  CHECK(invites("", "worker") == Code::kNotAllowed);
  CHECK(invites("", "coordinator") == Code::kNotAllowed);
  CHECK(invites("Beta", "lead") == Code::kNotAllowed);
  CHECK(invites("Umbrella", "coordinator") == Code::kNotAllowed);
  CHECK(invites("", "captain") == Code::kInvalidArgument);
  const auto revokes = [&](Device& device) {
    return code((*worker)->recover_revoke(sheet.link, device->me().device));
  };
  CHECK(revokes(*other) == Code::kNotAllowed);
  CHECK(revokes(*coordinator) == Code::kNotAllowed);
  CHECK((*worker)->status()->pending == 0);

  // Another programme's sheet, and one that was never signed for.
  World elsewhere({}, 7);
  auto founder = elsewhere.found();
  const RecoveryPrint foreign = print(*founder);
  CHECK(code((*worker)->read_recovery(foreign.link)) == Code::kInvalidArgument);
  CHECK(code((*worker)->read_recovery(typed(foreign))) == Code::kNotFound);
  const RecoveryPrint drawn = must((*coordinator)->draw_recovery(""));
  CHECK(code((*coordinator)->read_recovery(drawn.link)) == Code::kNotFound);
}

TEST_CASE("client: where no member's device is at hand, the sheet alone brings a new lead in") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  auto worker = world.worker(*lead, "North");
  const RecoveryPrint sheet = print(*lead);
  const std::string whole = typed(sheet) + sheet.code[2] + sheet.code[3];

  auto bearer = world.device("bearer");
  CHECK(code((*bearer)->begin_recovery(typed(sheet), "https://test:1")) == Code::kInvalidArgument);
  CHECK(code((*bearer)->begin_recovery(whole, "")) == Code::kInvalidArgument);
  CHECK(code((*bearer)->begin_recovery(whole, "nowhere")) == Code::kInvalidArgument);
  must((*bearer)->begin_recovery(whole, "https://test:1"));
  bearer->sync();
  CHECK((*bearer)->add("client", {"alias=Moon"}).has_value() == false);
  CHECK(must((*bearer)->caseloads()).empty());
  auto heir = bring_in(world, *bearer, sheet.link);
  CHECK((*heir)->me().state == "active");
  must((*bearer)->recover_revoke(sheet.link, (*lead)->me().device));
  bearer->sync();
  worker->sync();
  CHECK(member(*worker, (*lead)->me().device).state == "removed");
  world.approve(*worker, *heir);
  worker->sync();
  heir->sync();
  CHECK(must((*heir)->caseloads()).size() == 1);
  CHECK(code((*worker)->begin_recovery(sheet.link, "")) == Code::kInvalidArgument);

  // Replaced, it is nobody to the server.
  print(*heir);
  CHECK(code(bearer->try_sync()) != Code{});
  auto another = world.device("bearer");
  must((*another)->begin_recovery(sheet.link, ""));
  CHECK_FALSE(another->try_sync().has_value());
  CHECK((*another)->me().programme_id.empty());
}

TEST_CASE("client: a key that is not in force, and another programme's server, let nobody in") {
  World world;
  auto coordinator = world.found();
  const RecoveryPrint drawn = must((*coordinator)->draw_recovery(""));
  auto bearer = world.device("bearer");
  must((*bearer)->begin_recovery(drawn.link, ""));
  CHECK_FALSE(bearer->try_sync().has_value());

  World elsewhere({}, 7);
  auto founder = elsewhere.found();
  const RecoveryPrint foreign = print(*founder);
  auto lost = world.device("bearer");
  must((*lost)->begin_recovery(foreign.link, ""));
  CHECK_FALSE(lost->try_sync().has_value());
  CHECK((*lost)->me().programme_id.empty());
}

TEST_CASE("client: with three coordinators a sheet needs two signatures, and counts as one") {
  World world;
  auto first = world.found();
  const auto add = [&] {
    const std::string link = must((*first)->invite({"Umbrella", "coordinator", ""})).link;
    first->sync();
    auto device = world.device("coordinator");
    must((*device)->begin_join(link, "Another"));
    device->sync();
    first->sync();
    world.approve(*first, *device);
    first->sync();
    device->sync();
    return device;
  };
  auto second = add();
  auto third = add();
  for (Device* device : {first.get(), second.get(), third.get()}) device->sync();
  const RecoveryPrint sheet = print(*first);
  CHECK(code((*first)->read_recovery(sheet.link)) == Code::kNotFound);
  second->sync();
  const std::vector<RecoveryView> waiting = must((*second)->recovery_keys());
  REQUIRE(waiting.size() == 1);
  CHECK_FALSE(waiting[0].in_force);
  CHECK(waiting[0].signed_by == std::vector<std::string>{"Coordinator"});
  CHECK(code((*second)->cosign_recovery("ffff")) == Code::kNotFound);
  must((*second)->cosign_recovery(sheet.id.substr(0, 6)));
  second->sync();
  CHECK(must((*second)->read_recovery(sheet.link)).in_force);
  CHECK(code((*second)->cosign_recovery(sheet.id)) == Code::kNotFound);

  must((*second)->recover_revoke(sheet.link, (*third)->me().device));
  second->sync();
  CHECK(member(*second, (*third)->me().device).state == "active");
  CHECK(member(*second, (*third)->me().device).revoked_by ==
        std::vector<std::string>{"the printed recovery key of Umbrella"});
  must((*second)->revoke((*third)->me().device));
  second->sync();
  CHECK(member(*second, (*third)->me().device).state == "removed");
}

TEST_CASE(
    "client: a programme that lost its only coordinator brings a new one in with the umbrella's "
    "sheet, and leads hand on what is everybody's") {
  World world;
  auto lost = world.found();
  auto lead = world.lead(*lost, "Alpha");
  auto worker = world.worker(*lead, "North");
  const std::string id = must((*worker)->add("client", {"alias=Moon", "population=msm"}));
  const RecoveryPrint sheet = print(*lost);
  for (Device* device : {worker.get(), lead.get()}) device->sync();

  auto heir = bring_in(world, *lead, sheet.link);
  CHECK((*heir)->me().role == "coordinator");
  must((*lead)->recover_revoke(sheet.link, (*lost)->me().device));
  lead->sync();
  heir->sync();
  lead->sync();
  world.approve(*lead, *heir);
  lead->sync();
  for (int round = 0; round < 2; ++round) {
    world.now_ms += 25 * 3'600'000LL;  // wide circles get new keys once a day
    heir->sync();
    lead->sync();
  }
  heir->sync();
  CHECK(must((*heir)->orgs()).size() == 2);
  must((*heir)->add_org("Beta"));
  heir->sync();
  const RecordView facts = must((*heir)->show(id));
  CHECK(field(facts, "population") == "msm");
  CHECK(field(facts, "alias").empty());
}
