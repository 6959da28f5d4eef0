// How a world begins, and who joins it later.

#include <algorithm>
#include <array>

#include "world.hpp"

namespace setu::sim {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::uint64_t kFoundingSeed = 1;
constexpr std::int64_t kYear2100Ms = 4'102'444'800'000;

std::string org_name(int org) { return std::string(kCanary) + "-org-" + std::to_string(org); }
std::string caseload_name(int org, int number) {
  return std::string(kCanary) + "-cl-" + std::to_string(org) + "-" + std::to_string(number);
}
std::string person_name(const std::string& device) {
  return std::string(kCanary) + "-person-" + device;
}

}  // namespace

void World::must(const std::string& what, const Status& status) {
  if (status) {
    trace_.note("world", what);
  } else {
    checker_.fail(what + ": " + status.error().message);
  }
}

SimDevice& World::new_device(const std::string& name, const Person& person) {
  const int number = static_cast<int>(devices_.size());
  devices_.push_back(std::make_unique<SimDevice>(number, name, person, now_ms_, dice_.next()));
  devices_.back()->person.device = number;
  must(name + " is installed", devices_.back()->create());
  return *devices_.back();
}

SimDevice& World::lead_of(int org) {
  for (const auto& device : devices_) {
    if (device->person.role == Person::Role::kLead && device->person.org == org) return *device;
  }
  return *devices_.front();
}

void World::draw_clock(SimDevice& device) {
  if (dice_.chance(options_.broken_clocks)) {
    device.clock.stuck = Instant{dice_.chance(0.5) ? 0 : kYear2100Ms};
  } else if (dice_.chance(options_.wrong_clocks)) {
    device.clock.offset_ms = (static_cast<std::int64_t>(dice_.below(100)) - 50) * kHourMs;
    device.clock.drift = (dice_.unit() - 0.5) * 0.02;
  } else {
    return;
  }
  ++counts_.wrong_clocks;
}

Status World::sync_fully(SimDevice& device) {
  Contact contact(device, server_, {}, dice_.fork(), counts_.links);
  while (contact.step(now_ms_)) {
  }
  if (contact.leaked()) checker_.fail(device.name + ": plaintext went over the link");
  return contact.ending();
}

void World::build() {
  if (!options_.copied_start) {
    found();
  } else {
    take_over(founding_of(options_.orgs, options_.workers_per_org, options_.shared_caseloads));
  }
  for (const auto& device : devices_) draw_clock(*device);
}

void World::found() {
  if (!server_.start()) {
    checker_.fail("the server cannot start");
    return;
  }
  SimDevice& founder = new_device("coordinator", {Person::Role::kCoordinator, 0, 0, ""});
  must("found", founder.client().begin_programme({std::string(kCanary) + "-programme", org_name(0),
                                                  person_name("coordinator"), "https://setu.test:1",
                                                  server_.make_token()}));
  must("found: sync", sync_fully(founder));
  founder.joined = true;
  for (int org = 1; org <= options_.orgs && checker_.violations().empty(); ++org) found_org(org);
  for (const auto& device : devices_) must(device->name + " settles", sync_fully(*device));
}

Founding World::founding() {
  Founding founding;
  founding.violations = checker_.violations();
  founding.caseloads = caseloads_;
  server_.stop();
  founding.server = server_.disk();
  for (const auto& device : devices_) {
    device->close();
    founding.members.push_back({device->name, device->person, device->disk()});
  }
  return founding;
}

const Founding& founding_of(int orgs, int workers_per_org, int shared_caseloads) {
  static std::map<std::array<int, 3>, Founding> known;
  const auto [place, is_new] = known.try_emplace({orgs, workers_per_org, shared_caseloads});
  if (is_new) {
    Options calm;
    calm.seed = kFoundingSeed;
    calm.orgs = orgs;
    calm.workers_per_org = workers_per_org;
    calm.shared_caseloads = shared_caseloads;
    World world(calm, false);
    world.found();
    place->second = world.founding();
  }
  return place->second;
}

void World::take_over(const Founding& founding) {
  for (const std::string& violation : founding.violations) checker_.fail("founding: " + violation);
  seed_sqlite(options_.seed);  // whether the founding was made just now or long ago
  caseloads_ = founding.caseloads;
  server_.disk() = founding.server;
  if (!server_.start()) checker_.fail("the server cannot start");
  for (const Founding::Member& member : founding.members) {
    devices_.push_back(std::make_unique<SimDevice>(static_cast<int>(devices_.size()), member.name,
                                                   member.person, now_ms_, dice_.next()));
    SimDevice& device = *devices_.back();
    device.disk() = member.disk;
    must(device.name + " starts", device.reopen());
    device.joined = true;
    device.id = device.client().me().device;
  }
}

void World::found_org(int org) {
  SimDevice& coordinator = *devices_.front();
  const auto added = coordinator.client().add_org(org_name(org));
  must("add org", added ? Status{} : Status{fail(added.error())});
  must("coordinator syncs", sync_fully(coordinator));
  SimDevice& lead = new_device("lead-" + std::to_string(org), {Person::Role::kLead, 0, org, ""});
  join(coordinator, lead, "lead", "");
  const int shared = options_.shared_caseloads;
  for (int i = 1; i <= options_.workers_per_org && checker_.violations().empty(); ++i) {
    const std::string caseload = caseload_name(org, i <= 1 + shared ? 1 : i);
    if (caseloads_[org].empty() || caseloads_[org].back() != caseload)
      caseloads_[org].push_back(caseload);
    const std::string name = "worker-" + std::to_string(org) + "-" + std::to_string(i);
    SimDevice& worker = new_device(name, {Person::Role::kWorker, 0, org, caseload});
    join(lead, worker, "worker", caseload);
  }
}

void World::join(SimDevice& inviter, SimDevice& joiner, const char* role,
                 const std::string& caseload) {
  const auto invite = inviter.client().invite({org_name(joiner.person.org), role, caseload});
  if (!invite) {
    checker_.fail(inviter.name + " invites: " + invite.error().message);
    return;
  }
  must("invite", sync_fully(inviter));
  must(joiner.name + " joins", joiner.client().begin_join(invite->link, person_name(joiner.name)));
  must(joiner.name + " joins: sync", sync_fully(joiner));
  must("approve: sync", sync_fully(inviter));
  must(joiner.name + " reads her digits: sync", sync_fully(joiner));
  const Client::Me me = joiner.client().me();
  must("approve", inviter.client().approve(me.device, me.digits));
  must("approve: sync again", sync_fully(inviter));
  must(joiner.name + " settles", sync_fully(joiner));
  joiner.joined = true;
  joiner.id = me.device;
}

void World::add_newcomer() {
  const int org = dice_.range(1, options_.orgs);
  const bool shares = dice_.chance(0.5);
  const int number = static_cast<int>(devices_.size());
  invite_newcomer(org, shares ? dice_.pick(caseloads_[org]) : caseload_name(org, 100 + number));
}

void World::invite_newcomer(int org, const std::string& caseload) {
  SimDevice& lead = lead_of(org);
  if (!lead.is_up() || contacts_.contains(lead.number) || would_make_again(lead, caseload)) return;
  const auto invite = lead.client().invite({org_name(org), "worker", caseload});
  if (!invite) {
    trace_.note(lead.name, "invite: " + invite.error().message);
    const Code code = invite.error().code;
    if (lead.disk().has_power() && code != Code::kDiskFull && code != Code::kNotYet)
      checker_.fail(lead.name + " invites: " + invite.error().message);
    return;
  }
  ++counts_.newcomers;
  SimDevice& device = new_device("newcomer-" + std::to_string(devices_.size()),
                                 {Person::Role::kWorker, 0, org, caseload});
  device.person.newcomer = true;
  must(device.name + " joins", device.client().begin_join(invite->link, person_name(device.name)));
  draw_clock(device);
}

// A lead whose old copy does not know a caseload that there is: by that name she would get another.
bool World::would_make_again(SimDevice& lead, const std::string& caseload) {
  const auto& all = caseloads_[lead.person.org];
  if (std::ranges::find(all, caseload) == all.end()) return false;
  const auto known = lead.client().caseloads();
  return known && std::ranges::find(*known, caseload, &CaseloadView::name) == known->end();
}

void World::after_good_contact(SimDevice& device) {
  if (device.id.empty()) device.id = device.client().me().device;
  if (device.person.out) obey_wipe_order(device);
  if (device.wiped) return;
  if (!device.joined) {
    const auto caseloads = device.client().caseloads();
    device.joined = device.client().me().state == "active" && caseloads && !caseloads->empty();
    auto& known = caseloads_[device.person.org];
    if (device.joined && std::ranges::find(known, device.person.caseload) == known.end())
      known.push_back(device.person.caseload);
    return;
  }
  if (device.person.role != Person::Role::kLead) return;
  for (const auto& newcomer : devices_) {
    if (newcomer->joined || !newcomer->is_up() || newcomer->person.org != device.person.org)
      continue;
    const Client::Me me = newcomer->client().me();
    if (me.state != "active") continue;
    const Status approved = device.client().approve(me.device);
    trace_.note(device.name, approved ? "approves " + newcomer->name
                                      : "cannot approve yet: " + approved.error().message);
  }
}

// A server that was put back to before somebody joined does not know her until another device that
// saw her has given her enrolment back.
bool World::may_be_unknown(const SimDevice& device) const {
  return !takes_part(device) || may_have_lost();
}

bool World::takes_part(const SimDevice& device) const { return device.joined && !device.wiped; }

}  // namespace setu::sim
