// Goal: a circle's key goes only from who holds it to whom the circle's type allows, and membership
// follows the keys. Method: a real programme with signed entries; every type of circle against
// every place in the programme.

#include <catch2/catch.hpp>

#include "world.hpp"

namespace setu::roster::testing {
namespace {

struct Places {
  explicit Places(Network& net)
      : own_lead(net.enrol(net.rose.lead, Role::kLead, net.rose.org)),
        own_worker(net.enrol(net.rose.lead, Role::kWorker, net.rose.org)),
        coordinator(net.enrol(net.coordinator, Role::kCoordinator, net.umbrella)),
        other_lead(net.enrol(net.lily.lead, Role::kLead, net.lily.org)),
        other_worker(net.enrol(net.lily.lead, Role::kWorker, net.lily.org)) {}
  Device own_lead, own_worker, coordinator, other_lead, other_worker;
};

// Who of these may be granted the key, as a word of letters: own Lead, own Worker, Coordinator,
// other lead, other worker.
std::string who_may_hold(Network& net, const Places& places, const Device& holder,
                         const CircleId& circle) {
  std::string allowed;
  const auto try_grant = [&](char letter, const Device& to) {
    const bool accepted = net.accepts(holder, net.grant(circle, {to.id}));
    if (accepted) allowed += letter;
    CHECK(net.roster.is_member(to.id, circle) == accepted);
  };
  try_grant('L', places.own_lead);
  try_grant('W', places.own_worker);
  try_grant('C', places.coordinator);
  try_grant('l', places.other_lead);
  try_grant('w', places.other_worker);
  return allowed;
}

}  // namespace

TEST_CASE("roster: a device is granted only the circles of its place") {
  Network net;
  const Places places(net);
  CHECK(who_may_hold(net, places, net.coordinator, net.commons) == "LWClw");
  CHECK(who_may_hold(net, places, net.coordinator, net.alerts) == "LWClw");
  CHECK(who_may_hold(net, places, net.coordinator, net.programme) == "LCl");
  CHECK(who_may_hold(net, places, net.coordinator, net.coordinators) == "C");
  CHECK(who_may_hold(net, places, net.rose.lead, net.rose.home) == "LW");
  CHECK(who_may_hold(net, places, net.rose.lead, net.rose.facts) == "LWC");
  CHECK(who_may_hold(net, places, net.rose.lead, net.rose.leads) == "L");
  CHECK(who_may_hold(net, places, net.rose.lead, net.rose.caseload) == "LW");
  CHECK(who_may_hold(net, places, net.rose.lead, net.rose.caseload_facts) == "LWC");
}

TEST_CASE("roster: the umbrella's leads circle is for its leads and coordinators") {
  Network net;
  const CircleId leads = net.add_circle(net.coordinator, CircleType::kLeads, net.umbrella);
  const Device lead = net.enrol(net.coordinator, Role::kLead, net.umbrella);
  const Device worker = net.enrol(net.coordinator, Role::kWorker, net.umbrella);
  CHECK(net.accepts(net.coordinator, net.grant(leads, {lead.id})));
  CHECK(net.refuses(net.coordinator, net.grant(leads, {worker.id})));
  CHECK(net.refuses(net.coordinator, net.grant(leads, {net.rose.lead.id})));
}

TEST_CASE("roster: only who holds a key grants it, and its maker first of all") {
  Network net;
  const Device second = net.enrol(net.rose.lead, Role::kLead, net.rose.org);
  const wire::CircleEntry made = net.circle(CircleType::kCaseload, net.rose.org);
  REQUIRE(net.accepts(net.rose.lead, made));
  CHECK(net.refuses(second, net.grant(made.id, {second.id})));  // a lead, but without the key
  CHECK(net.accepts(net.rose.lead, net.grant(made.id, {net.rose.lead.id})));
  CHECK(net.refuses(second, net.grant(made.id, {second.id})));
  CHECK(net.accepts(net.rose.lead, net.grant(made.id, {second.id})));
  CHECK(net.accepts(second, net.grant(made.id, {net.rose.worker.id})));  // a member passes it on
}

TEST_CASE("roster: a worker grants nothing as long as a lead holds the key, then only to leads") {
  Network net;
  const Device colleague = net.enrol(net.rose.lead, Role::kWorker, net.rose.org);
  const Device second = net.enrol(net.coordinator, Role::kLead, net.rose.org);
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.caseload, {net.rose.worker.id})));
  CHECK(net.refuses(net.rose.worker, net.grant(net.rose.caseload, {second.id})));
  REQUIRE(net.accepts(net.coordinator, wire::Remove{net.rose.lead.id, {}, false}));
  CHECK(net.refuses(net.rose.worker, net.grant(net.rose.caseload, {colleague.id})));
  CHECK(net.refuses(net.rose.worker, net.grant(net.rose.caseload, {second.id, colleague.id})));
  CHECK(net.accepts(net.rose.worker, net.grant(net.rose.caseload, {second.id})));
  const Device third = net.enrol(net.coordinator, Role::kLead, net.rose.org);
  CHECK(net.refuses(net.rose.worker, net.grant(net.rose.caseload, {third.id})));
}

// She is a member of every caseload from then on, since their keys were sealed to the leads'
// circle; but not to an epoch of it that she can open.
TEST_CASE(
    "roster: a worker hands her caseload on to a new lead who has begun the leads' circle anew") {
  Network net;
  REQUIRE(net.accepts(net.rose.lead,
                      net.grant(net.rose.caseload, {net.rose.worker.id}, {net.rose.leads})));
  const Device heir = net.enrol(net.coordinator, Role::kLead, net.rose.org);
  REQUIRE(net.accepts(net.coordinator, wire::Remove{net.rose.lead.id, {}, false}));
  wire::EpochEntry begun = net.next_epoch(net.rose.leads, {heir.id});
  begun.previous.clear();
  REQUIRE(net.accepts(heir, begun));
  REQUIRE(net.roster.is_member(heir.id, net.rose.caseload));
  CHECK_FALSE(net.roster.holds_newest(heir.id, net.rose.caseload));
  const std::vector<DeviceId> lacking = net.roster.lacking_newest(net.rose.caseload);
  CHECK(lacking == std::vector{heir.id});

  REQUIRE(net.accepts(net.rose.worker, net.grant(net.rose.caseload, {heir.id})));
  CHECK(net.roster.holds_newest(heir.id, net.rose.caseload));
  const Device third = net.enrol(net.coordinator, Role::kLead, net.rose.org);
  CHECK(net.refuses(net.rose.worker, net.grant(net.rose.caseload, {third.id})));
  CHECK(net.roster.is_exposed(net.rose.caseload));  // the lost lead's phone has that key
  REQUIRE(net.accepts(
      heir, net.next_epoch(net.rose.caseload, {heir.id, net.rose.worker.id}, {net.rose.leads})));
  CHECK_FALSE(net.roster.is_exposed(net.rose.caseload));
}

TEST_CASE("roster: coordinators do not grant home keys") {
  Network net;
  for (const CircleId& home : {net.rose.home, net.rose.caseload}) {
    CHECK(net.refuses(net.coordinator, net.grant(home, {net.rose.worker.id})));
    CHECK(net.refuses(net.coordinator, net.grant(home, {net.coordinator.id})));
    CHECK(net.refuses(net.rose.lead, net.grant(home, {net.coordinator.id})));
  }
}

TEST_CASE("roster: a grant is for circles and epochs that exist and for devices of the roster") {
  Network net;
  const DeviceId worker = net.rose.worker.id;
  CHECK(net.refuses(net.rose.lead, net.grant(crypto::random_id<CircleId>(net.random), {worker})));
  wire::Grant later = net.grant(net.rose.home, {worker});
  later.epoch = 2;
  CHECK(net.refuses(net.rose.lead, later));
  later.epoch = 0;
  CHECK(net.refuses(net.rose.lead, later));
  CHECK(net.refuses(net.rose.lead, net.grant(net.rose.home, {net.stranger.id})));
  CHECK(net.refuses(net.rose.lead, net.grant(net.rose.home, {net.pending.id})));
  CHECK(net.refuses(net.rose.lead, net.grant(net.rose.home, {})));
  CHECK(net.refuses(net.stranger, net.grant(net.rose.home, {worker})));
}

TEST_CASE("roster: one bad recipient refuses the whole grant") {
  Network net;
  CHECK(net.refuses(net.rose.lead,
                    net.grant(net.rose.home, {net.rose.worker.id, net.lily.worker.id})));
  CHECK_FALSE(net.roster.is_member(net.rose.worker.id, net.rose.home));
  CHECK(net.refuses(net.rose.lead, net.grant(net.rose.facts, {net.rose.worker.id}, {net.commons})));
  CHECK_FALSE(net.roster.is_member(net.rose.worker.id, net.rose.facts));
}

TEST_CASE("roster: a circle's key is sealed only to the circles that its type names") {
  Network net;
  // The coordinator and both leads hold what they may, so that only the receiver decides.
  const std::vector<std::pair<std::string, CircleId>> receivers = {
      {"commons", net.commons},
      {"alerts", net.alerts},
      {"programme", net.programme},
      {"coordinators", net.coordinators},
      {"home", net.rose.home},
      {"facts", net.rose.facts},
      {"leads", net.rose.leads},
      {"caseload", net.rose.caseload},
      {"cfacts", net.rose.caseload_facts},
      {"other home", net.lily.home},
      {"other leads", net.lily.leads}};
  const auto sealed_to = [&](const Device& holder, const CircleId& circle) {
    std::string allowed;
    for (const auto& [name, receiver] : receivers) {
      if (net.accepts(holder, net.grant(circle, {}, {receiver}))) allowed += name + ", ";
    }
    return allowed;
  };
  CHECK(sealed_to(net.coordinator, net.commons) ==
        "programme, home, leads, other home, other leads, ");
  CHECK(sealed_to(net.coordinator, net.alerts) ==
        "programme, home, leads, other home, other leads, ");
  CHECK(sealed_to(net.coordinator, net.programme).empty());
  CHECK(sealed_to(net.coordinator, net.coordinators).empty());
  CHECK(sealed_to(net.rose.lead, net.rose.home).empty());
  CHECK(sealed_to(net.rose.lead, net.rose.leads).empty());
  CHECK(sealed_to(net.rose.lead, net.rose.facts) == "coordinators, ");
  CHECK(sealed_to(net.rose.lead, net.rose.caseload) == "leads, ");
  CHECK(sealed_to(net.rose.lead, net.rose.caseload_facts) == "coordinators, leads, ");
}

TEST_CASE("roster: a receiving circle exists, with the epoch that was sealed to") {
  Network net;
  wire::Grant later = net.grant(net.rose.facts, {}, {net.coordinators});
  later.recipients[0].epoch = 2;
  CHECK(net.refuses(net.rose.lead, later));
  const CircleId unknown = crypto::random_id<CircleId>(net.random);
  CHECK(net.refuses(net.rose.lead, net.grant(net.rose.facts, {}, {unknown})));
}

TEST_CASE("roster: members of a circle are members of what is sealed to it, before and after") {
  Network net;
  const Device second = net.enrol(net.coordinator, Role::kCoordinator, net.umbrella);
  CHECK_FALSE(net.roster.is_member(net.coordinator.id, net.rose.facts));
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.facts, {}, {net.coordinators})));
  CHECK(net.roster.is_member(net.coordinator.id, net.rose.facts));
  CHECK_FALSE(net.roster.is_member(second.id, net.rose.facts));
  REQUIRE(net.accepts(net.coordinator, net.grant(net.coordinators, {second.id})));
  CHECK(net.roster.is_member(second.id, net.rose.facts));
  CHECK_FALSE(net.roster.is_member(second.id, net.rose.home));

  // A member through a circle holds the key, and passes it on like any other.
  REQUIRE(net.accepts(net.coordinator, net.grant(net.commons, {}, {net.rose.home})));
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.home, {net.rose.worker.id})));
  CHECK(net.roster.is_member(net.rose.worker.id, net.commons));
  REQUIRE(net.accepts(net.coordinator, net.grant(net.commons, {net.lily.lead.id})));
  CHECK(net.accepts(net.lily.lead, net.grant(net.commons, {net.lily.worker.id})));
}

TEST_CASE("roster: a caseload sealed to the leads is every lead's, and no worker's") {
  Network net;
  const Device second = net.enrol(net.rose.lead, Role::kLead, net.rose.org);
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.leads, {second.id})));
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.caseload, {}, {net.rose.leads})));
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.caseload_facts, {}, {net.rose.leads})));
  CHECK(net.roster.is_member(second.id, net.rose.caseload));
  CHECK(net.roster.is_member(second.id, net.rose.caseload_facts));
  CHECK_FALSE(net.roster.is_member(net.rose.worker.id, net.rose.caseload));
}

TEST_CASE("roster: membership reads the same from the device's side and the circle's") {
  Network net;
  REQUIRE(net.accepts(net.coordinator, net.grant(net.commons, {}, {net.rose.home, net.lily.home})));
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.home, {net.rose.worker.id})));
  std::vector<CircleId> expected = {net.commons, net.rose.home};
  std::sort(expected.begin(), expected.end());
  CHECK(net.roster.circles_of(net.rose.worker.id) == expected);

  std::vector<DeviceId> in_commons = {net.coordinator.id, net.rose.lead.id, net.rose.worker.id,
                                      net.lily.lead.id};
  std::sort(in_commons.begin(), in_commons.end());
  CHECK(net.roster.members_of(net.commons) == in_commons);
  CHECK(net.roster.circles_of(net.stranger.id).empty());
  CHECK(net.roster.members_of(crypto::random_id<CircleId>(net.random)).empty());
}

TEST_CASE("roster: sealed keys are kept in log order, those of invites with the invite") {
  Network net;
  const CircleId caseload = net.add_circle(net.rose.lead, CircleType::kCaseload, net.rose.org);
  REQUIRE(net.accepts(net.rose.lead, net.grant(caseload, {net.rose.worker.id}, {net.rose.leads})));
  const Invitation invite = net.invitation(net.rose.org, Role::kWorker, {caseload});
  REQUIRE(net.accepts(net.rose.lead, invite.content));
  const auto keys = net.roster.sealed_keys(caseload);
  REQUIRE(keys.size() == 3);
  CHECK(keys[0]->recipient.device == net.rose.lead.id);
  CHECK(keys[1]->recipient.device == net.rose.worker.id);
  CHECK(keys[2]->recipient.circle == net.rose.leads);
  CHECK(net.roster.invite(invite.id)->invite.grants.size() == 1);
  CHECK(net.roster.sealed_keys(crypto::random_id<CircleId>(net.random)).empty());
}

}  // namespace setu::roster::testing
