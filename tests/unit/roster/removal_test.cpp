// Goal: who may take whom out, how many signatures that takes, and what it changes. Method: a real
// programme with signed entries; each sentence of docs/roster-rules.md about removals.

#include <catch2/catch.hpp>

#include "roster/quorum.hpp"
#include "world.hpp"

namespace setu::roster::testing {
namespace {

wire::Remove removal_of(const Device& device) { return {device.id, {}, false}; }

bool is_removed(const Network& net, const Device& device) {
  return net.roster.member(device.id)->state == MemberState::kRemoved;
}

// The same authority as from a printed sheet.
struct Sheet {
  Device key;
  wire::RecoveryEntry entry;
};
Sheet print_sheet(Network& net, const OrgId& org) {
  Sheet sheet{net.new_device(), {}};
  sheet.key.id = wire::recovery_id(sheet.key.sign.public_key);
  sheet.entry = {org, sheet.key.sign.public_key};
  return sheet;
}

// A programme with three coordinators: two signatures for leads and coordinators.
struct Board : Network {
  Board()
      : second(enrol(coordinator, Role::kCoordinator, umbrella)),
        third(enrol(coordinator, Role::kCoordinator, umbrella)) {}
  Device second, third;
};

}  // namespace

TEST_CASE("roster: a lead of her org or a coordinator removes a worker, nobody else") {
  Network net;
  CHECK(net.refuses(net.lily.lead, removal_of(net.rose.worker)));
  CHECK(net.refuses(net.lily.worker, removal_of(net.rose.worker)));
  CHECK(net.refuses(net.pending, removal_of(net.rose.worker)));
  CHECK(net.refuses(net.stranger, removal_of(net.rose.worker)));
  CHECK(net.accepts(net.rose.lead, removal_of(net.rose.worker)));
  CHECK(is_removed(net, net.rose.worker));
  CHECK(net.accepts(net.coordinator, removal_of(net.lily.worker)));
  CHECK(net.say(net.coordinator, removal_of(net.lily.worker)).verdict == Verdict::kRepeated);
  CHECK(net.refuses(net.coordinator, removal_of(net.stranger)));
}

TEST_CASE("roster: a removed device is nobody: no circle, no entry, no name, no way back") {
  Network net;
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.caseload, {net.rose.worker.id})));
  const Hash standing = net.roster.member(net.rose.worker.id)->standing;
  REQUIRE(net.roster.in_force(standing));
  REQUIRE(net.accepts(net.rose.lead, removal_of(net.rose.worker)));
  CHECK(net.roster.circles_of(net.rose.worker.id).empty());
  CHECK_FALSE(net.roster.is_member(net.rose.worker.id, net.rose.caseload));
  CHECK_FALSE(net.roster.in_force(standing));
  CHECK(net.roster.contains(standing));
  CHECK(net.refuses(net.rose.worker, net.person_label(net.rose.worker.id, net.commons)));
  CHECK(net.refuses(net.rose.lead, net.grant(net.rose.home, {net.rose.worker.id})));
  CHECK(net.refuses(net.coordinator, wire::Approve{net.rose.worker.id}));
  const Invitation again = net.invitation(net.rose.org, Role::kWorker);
  REQUIRE(net.accepts(net.rose.lead, again.content));
  CHECK(net.refuses(net.rose.worker, net.use(again, net.rose.worker)));
}

TEST_CASE("roster: an entry on condition of who was removed since is refused") {
  Network net;
  const Hash standing = net.roster.member(net.rose.worker.id)->standing;
  REQUIRE(
      net.say(net.rose.lead, net.grant(net.rose.home, {net.rose.lead.id}), {standing}).verdict ==
      Verdict::kAccepted);
  REQUIRE(net.accepts(net.rose.lead, removal_of(net.rose.worker)));
  CHECK(net.say(net.rose.lead, net.grant(net.rose.facts, {net.rose.lead.id}), {standing}).verdict ==
        Verdict::kRefused);
}

TEST_CASE("roster: invites die with who made them") {
  Network net;
  const Device second = net.enrol(net.coordinator, Role::kLead, net.rose.org);
  const Invitation invite = net.invitation(net.rose.org, Role::kWorker);
  REQUIRE(net.accepts(second, invite.content));
  REQUIRE(net.accepts(net.rose.lead, removal_of(second)));
  const Device joiner = net.new_device();
  CHECK(net.refuses(joiner, net.use(invite, joiner)));
}

TEST_CASE("roster: one or two coordinators sign alone, of three two must") {
  Network net;
  const Device second = net.enrol(net.coordinator, Role::kCoordinator, net.umbrella);
  CHECK(quorum(net.roster) == 1);
  const Device third = net.enrol(net.coordinator, Role::kCoordinator, net.umbrella);
  CHECK(quorum(net.roster) == 2);
  REQUIRE(net.accepts(net.coordinator, removal_of(net.rose.lead)));
  CHECK_FALSE(is_removed(net, net.rose.lead));
  CHECK(net.say(net.coordinator, removal_of(net.rose.lead)).verdict == Verdict::kRepeated);
  REQUIRE(net.accepts(second, removal_of(net.rose.lead)));
  CHECK(is_removed(net, net.rose.lead));
  REQUIRE(net.accepts(net.coordinator, removal_of(third)));
  REQUIRE(net.accepts(second, removal_of(third)));
  CHECK(is_removed(net, third));
  CHECK(quorum(net.roster) == 1);
}

TEST_CASE("roster: of two coordinators the log decides who removed whom") {
  Network net;
  const Device second = net.enrol(net.coordinator, Role::kCoordinator, net.umbrella);
  REQUIRE(net.accepts(net.coordinator, removal_of(second)));
  CHECK(net.refuses(second, removal_of(net.coordinator)));
}

TEST_CASE("roster: the subject of a removal neither signs nor counts") {
  Board net;
  CHECK(net.accepts(net.coordinator, removal_of(net.second)));
  CHECK_FALSE(is_removed(net, net.second));
  // Leaving is another thing, and her own.
  CHECK(net.accepts(net.third, removal_of(net.second)));
  CHECK(is_removed(net, net.second));
}

TEST_CASE("roster: who lost her authority has not signed") {
  Board net;
  REQUIRE(net.accepts(net.coordinator, removal_of(net.rose.lead)));
  REQUIRE(net.accepts(net.second, removal_of(net.coordinator)));
  REQUIRE(net.accepts(net.third, removal_of(net.coordinator)));
  REQUIRE(is_removed(net, net.coordinator));
  const Device fourth = net.join(net.second, Role::kCoordinator, net.umbrella);
  REQUIRE(net.accepts(net.second, wire::Approve{fourth.id}));
  REQUIRE(quorum(net.roster) == 2);
  CHECK(net.accepts(net.second, removal_of(net.rose.lead)));
  CHECK_FALSE(is_removed(net, net.rose.lead));
  CHECK(net.accepts(fourth, removal_of(net.rose.lead)));
  CHECK(is_removed(net, net.rose.lead));
}

TEST_CASE("roster: leads sign for leads of their org, never for coordinators") {
  Board net;
  const Device second_lead = net.join(net.rose.lead, Role::kLead, net.rose.org);
  REQUIRE(net.accepts(net.rose.lead, wire::Approve{second_lead.id}));
  CHECK(net.roster.member(second_lead.id)->state == MemberState::kPending);
  REQUIRE(net.accepts(net.coordinator, wire::Approve{second_lead.id}));
  CHECK(net.roster.member(second_lead.id)->state == MemberState::kActive);
  CHECK(net.refuses(net.rose.lead, removal_of(net.third)));
  CHECK(net.refuses(net.lily.lead, removal_of(second_lead)));
  REQUIRE(net.accepts(second_lead, removal_of(net.rose.lead)));
  REQUIRE(net.accepts(net.second, removal_of(net.rose.lead)));
  CHECK(is_removed(net, net.rose.lead));
}

TEST_CASE("roster: everybody may leave but the last who could let others in") {
  Network net;
  CHECK(net.accepts(net.rose.worker, removal_of(net.rose.worker)));
  CHECK(is_removed(net, net.rose.worker));
  CHECK(net.accepts(net.pending, removal_of(net.pending)));
  CHECK(net.refuses(net.rose.lead, removal_of(net.rose.lead)));
  CHECK(net.refuses(net.coordinator, removal_of(net.coordinator)));
  const Device second = net.enrol(net.coordinator, Role::kLead, net.rose.org);
  CHECK(net.accepts(net.rose.lead, removal_of(net.rose.lead)));
  CHECK(net.refuses(second, removal_of(second)));
  CHECK(net.accepts(net.coordinator, removal_of(second)));
}

TEST_CASE(
    "roster: a printed key signs once, like a lead or a coordinator, and the next one replaces "
    "it") {
  Board net;
  Sheet sheet = print_sheet(net, net.umbrella);
  CHECK(net.refuses(net.rose.lead, sheet.entry));
  REQUIRE(net.accepts(net.coordinator, sheet.entry));
  CHECK(net.roster.recovery_key(sheet.key.id) == nullptr);  // printing it takes the quorum
  REQUIRE(net.accepts(net.second, sheet.entry));
  REQUIRE(net.roster.recovery_key(sheet.key.id) != nullptr);

  REQUIRE(net.accepts(sheet.key, removal_of(net.third)));
  CHECK_FALSE(is_removed(net, net.third));
  REQUIRE(net.accepts(net.coordinator, removal_of(net.third)));
  CHECK(is_removed(net, net.third));
  CHECK(net.refuses(sheet.key, net.grant(net.programme, {net.second.id})));
  CHECK(net.refuses(sheet.key, wire::OrgEntry{crypto::random_id<OrgId>(net.random)}));

  const Sheet next = print_sheet(net, net.umbrella);
  REQUIRE(net.accepts(net.coordinator, next.entry));
  CHECK(net.roster.recovery_key(sheet.key.id) == nullptr);
  CHECK(net.refuses(sheet.key, removal_of(net.second)));
}

TEST_CASE("roster: with a printed key alone a lost programme lets a coordinator in again") {
  Network net;
  const Sheet sheet = print_sheet(net, net.umbrella);
  REQUIRE(net.accepts(net.coordinator, sheet.entry));
  const Invitation invite = net.invitation(net.umbrella, Role::kCoordinator);
  REQUIRE(net.accepts(sheet.key, invite.content));
  CHECK(net.refuses(sheet.key, net.invitation(net.umbrella, Role::kWorker).content));
  const Device joiner = net.new_device();
  REQUIRE(net.accepts(joiner, net.use(invite, joiner)));
  REQUIRE(net.accepts(sheet.key, net.reveal(joiner)));
  REQUIRE(net.accepts(sheet.key, wire::Approve{joiner.id}));
  REQUIRE(net.accepts(joiner, removal_of(net.coordinator)));
  CHECK(is_removed(net, net.coordinator));
}

TEST_CASE("roster: an org's printed key signs for its leads only") {
  Board net;
  const Sheet sheet = print_sheet(net, net.rose.org);
  REQUIRE(net.accepts(net.rose.lead, sheet.entry));
  REQUIRE(net.accepts(net.coordinator, sheet.entry));
  CHECK(net.refuses(sheet.key, removal_of(net.lily.lead)));
  CHECK(net.refuses(sheet.key, removal_of(net.third)));
  CHECK(net.accepts(sheet.key, removal_of(net.rose.worker)));
  REQUIRE(net.accepts(sheet.key, removal_of(net.rose.lead)));
  CHECK_FALSE(is_removed(net, net.rose.lead));
  REQUIRE(net.accepts(net.second, removal_of(net.rose.lead)));
  CHECK(is_removed(net, net.rose.lead));
}

}  // namespace setu::roster::testing
