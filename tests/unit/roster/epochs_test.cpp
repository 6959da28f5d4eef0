// Goal: after a removal no key that the removed device knew stays in use, and where her chains end
// is the same for everybody. Method: a real programme with signed entries.

#include <catch2/catch.hpp>

#include "world.hpp"

namespace setu::roster::testing {
namespace {

const Hash kTip = *Hash::from(Bytes(Hash::size, std::byte{7}));
const Hash kOther = *Hash::from(Bytes(Hash::size, std::byte{8}));

// A caseload as it is made: sealed to the leads, granted to a worker.
struct Ward : Network {
  Ward() : second(enrol(coordinator, Role::kLead, rose.org)) {
    REQUIRE(accepts(rose.lead, grant(rose.leads, {second.id})));
    REQUIRE(accepts(rose.lead, grant(rose.home, {second.id, rose.worker.id})));
    REQUIRE(accepts(rose.lead, grant(rose.caseload, {rose.worker.id}, {rose.leads})));
  }
  Device second;
};

}  // namespace

TEST_CASE(
    "roster: a removal exposes every circle whose newest key the device had, a new epoch closes "
    "it") {
  Ward net;
  CHECK_FALSE(net.roster.is_exposed(net.rose.caseload));
  REQUIRE(net.accepts(net.rose.lead, wire::Remove{net.rose.worker.id, {}, false}));
  CHECK(net.roster.is_exposed(net.rose.caseload));
  CHECK(net.roster.is_exposed(net.rose.home));
  CHECK_FALSE(net.roster.is_exposed(net.rose.leads));
  CHECK_FALSE(net.roster.is_exposed(net.lily.home));
  REQUIRE(net.accepts(net.second, net.next_epoch(net.rose.caseload, {}, {net.rose.leads})));
  CHECK_FALSE(net.roster.is_exposed(net.rose.caseload));
  CHECK(net.roster.lacking_newest(net.rose.caseload).empty());
  CHECK(net.roster.is_member(net.second.id, net.rose.caseload));
}

TEST_CASE(
    "roster: a removed lead exposes what was sealed to the leads, until that is sealed to their "
    "next epoch") {
  Ward net;
  REQUIRE(net.accepts(net.rose.lead, wire::Remove{net.second.id, {}, false}));
  CHECK(net.roster.is_exposed(net.rose.leads));
  CHECK(net.roster.is_exposed(net.rose.caseload));
  // Sealed to what she knows it would be hers again.
  wire::EpochEntry stale =
      net.next_epoch(net.rose.caseload, {net.rose.worker.id}, {net.rose.leads});
  REQUIRE(net.accepts(net.rose.lead, net.next_epoch(net.rose.leads, {net.rose.lead.id})));
  CHECK(net.refuses(net.rose.lead, stale));
  CHECK(net.roster.is_exposed(net.rose.caseload));
  REQUIRE(net.accepts(net.rose.lead,
                      net.next_epoch(net.rose.caseload, {net.rose.worker.id}, {net.rose.leads})));
  CHECK_FALSE(net.roster.is_exposed(net.rose.leads));
  CHECK_FALSE(net.roster.is_exposed(net.rose.caseload));
}

TEST_CASE(
    "roster: epochs are begun by leads in their org and by coordinators in what is everybody's") {
  Ward net;
  CHECK(net.refuses(net.rose.worker, net.next_epoch(net.rose.caseload, {net.rose.worker.id})));
  CHECK(net.refuses(net.lily.lead, net.next_epoch(net.rose.home, {net.rose.lead.id})));
  CHECK(net.refuses(net.coordinator, net.next_epoch(net.rose.home, {net.rose.lead.id})));
  REQUIRE(net.accepts(net.coordinator, net.grant(net.commons, {net.rose.lead.id})));
  CHECK(net.refuses(net.rose.lead, net.next_epoch(net.commons, {net.rose.lead.id})));
  CHECK(net.accepts(net.coordinator, net.next_epoch(net.commons, {net.coordinator.id})));
  wire::EpochEntry skipping = net.next_epoch(net.rose.home, {net.rose.lead.id});
  skipping.number += 1;
  CHECK(net.refuses(net.rose.lead, skipping));
  skipping.number -= 2;
  CHECK(net.refuses(net.rose.lead, skipping));
}

TEST_CASE(
    "roster: who was left out of an epoch is a member still, and lacks its key until granted") {
  Ward net;
  REQUIRE(net.accepts(net.rose.lead, net.next_epoch(net.rose.home, {net.rose.lead.id})));
  CHECK(net.roster.is_member(net.rose.worker.id, net.rose.home));
  CHECK(net.roster.lacking_newest(net.rose.home).size() == 2);
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.home, {net.rose.worker.id})));
  CHECK(net.roster.lacking_newest(net.rose.home) == std::vector{net.second.id});
}

TEST_CASE("roster: a grant of an epoch that is over makes nobody a member") {
  Ward net;
  const Device newcomer = net.enrol(net.rose.lead, Role::kWorker, net.rose.org);
  const wire::Grant late = net.grant(net.rose.caseload, {newcomer.id});
  const wire::Grant history = net.grant(net.rose.caseload, {net.rose.worker.id});
  REQUIRE(net.accepts(net.rose.lead,
                      net.next_epoch(net.rose.caseload, {net.rose.worker.id}, {net.rose.leads})));
  CHECK(net.refuses(net.second, late));
  CHECK(net.accepts(net.second, history));
}

TEST_CASE("roster: only the chains of removed devices end") {
  Ward net;
  CHECK(net.refuses(net.rose.lead,
                    net.next_epoch(net.rose.caseload, {}, {net.rose.leads}, {net.rose.worker.id})));
  REQUIRE(net.accepts(net.rose.lead, wire::Remove{net.rose.worker.id, {}, false}));
  CHECK(net.refuses(net.rose.lead,
                    net.next_epoch(net.rose.caseload, {}, {net.rose.leads}, {net.stranger.id})));
  CHECK(net.accepts(net.rose.lead,
                    net.next_epoch(net.rose.caseload, {}, {net.rose.leads}, {net.rose.worker.id})));
}

TEST_CASE("roster: the cut alone decides what of a removed device's chain counts") {
  Ward net;
  CHECK(net.roster.counts(net.rose.worker.id, net.rose.caseload, 900, kTip));
  const wire::CircleCut cut{net.rose.caseload, {5, kTip}};
  CHECK(net.refuses(net.coordinator, wire::Remove{net.rose.worker.id, {cut}, false}));
  REQUIRE(net.accepts(net.rose.lead, wire::Remove{net.rose.worker.id, {cut}, false}));
  CHECK(net.roster.counts(net.rose.worker.id, net.rose.caseload, 4, kOther));
  CHECK(net.roster.counts(net.rose.worker.id, net.rose.caseload, 5, kTip));
  CHECK_FALSE(net.roster.counts(net.rose.worker.id, net.rose.caseload, 5, kOther));
  CHECK_FALSE(net.roster.counts(net.rose.worker.id, net.rose.caseload, 6, kTip));
  // Where the remover did not look nothing is cut, until who begins the next epoch says.
  CHECK(net.roster.counts(net.rose.worker.id, net.rose.home, 900, kTip));
  wire::EpochEntry next =
      net.next_epoch(net.rose.home, {net.rose.lead.id, net.second.id}, {}, {net.rose.worker.id});
  REQUIRE(net.accepts(net.second, next));
  CHECK_FALSE(net.roster.counts(net.rose.worker.id, net.rose.home, 1, kTip));
  wire::EpochEntry other =
      net.next_epoch(net.rose.home, {net.rose.lead.id, net.second.id}, {}, {net.rose.worker.id});
  CHECK(net.refuses(net.second, other));  // the first cut stands
}

TEST_CASE(
    "roster: who is no member writes to the inbox of leads until she is removed, and ends there") {
  Ward net;
  const DeviceId worker = net.rose.worker.id;
  const auto may_write = [&](const DeviceId& device, const CircleId& circle) {
    return net.roster.may_write_to_inbox(device, circle);
  };
  CHECK(may_write(worker, net.rose.leads));
  CHECK(may_write(net.coordinator.id, net.rose.leads));
  CHECK_FALSE(may_write(net.rose.lead.id, net.rose.leads));  // a member
  CHECK_FALSE(may_write(net.coordinator.id, net.rose.caseload));
  CHECK_FALSE(may_write(net.coordinator.id, net.rose.home));
  CHECK_FALSE(may_write(net.stranger.id, net.rose.leads));
  CHECK_FALSE(may_write(net.pending.id, net.rose.leads));
  CHECK(net.roster.counts(worker, net.rose.leads, 900, kTip));
  CHECK_FALSE(net.roster.counts(net.pending.id, net.rose.leads, 1, kTip));
  CHECK_FALSE(net.roster.is_member(worker, net.rose.leads));
  CHECK_FALSE(net.roster.was_member(worker, net.rose.leads));

  const wire::CircleCut cut{net.rose.leads, {5, kTip}};
  REQUIRE(net.accepts(net.rose.lead, wire::Remove{worker, {cut}, false}));
  CHECK_FALSE(may_write(worker, net.rose.leads));
  CHECK(net.roster.counts(worker, net.rose.leads, 5, kTip));
  CHECK_FALSE(net.roster.counts(worker, net.rose.leads, 6, kTip));
}

TEST_CASE("roster: a chain of who never was a member counts nowhere") {
  Ward net;
  CHECK_FALSE(net.roster.counts(net.lily.worker.id, net.rose.caseload, 1, kTip));
  CHECK_FALSE(net.roster.counts(net.pending.id, net.rose.caseload, 1, kTip));
  CHECK_FALSE(net.roster.counts(net.stranger.id, net.rose.caseload, 1, kTip));
  CHECK_FALSE(net.roster.counts(net.coordinator.id, net.rose.caseload, 1, kTip));
}

TEST_CASE("roster: a circle that nobody is left in begins anew, without what was before") {
  Network net;
  REQUIRE(net.accepts(net.coordinator, wire::Remove{net.rose.lead.id, {}, false}));
  REQUIRE(net.roster.members_of(net.rose.leads).empty());
  const Device heir = net.enrol(net.coordinator, Role::kLead, net.rose.org);
  CHECK_FALSE(net.roster.is_member(heir.id, net.rose.leads));
  CHECK(net.refuses(net.lily.lead, net.next_epoch(net.rose.leads, {heir.id})));
  REQUIRE(net.accepts(heir, net.next_epoch(net.rose.leads, {heir.id})));
  CHECK(net.roster.is_member(heir.id, net.rose.leads));
}

TEST_CASE("roster: whoever joins after an epoch that hands no key on opens nothing from before") {
  Network net;
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.caseload, {net.rose.worker.id})));
  CHECK(net.roster.last_cut(net.rose.caseload) == 0);
  REQUIRE(net.accepts(net.rose.lead,
                      net.next_epoch(net.rose.caseload, {net.rose.lead.id, net.rose.worker.id})));
  CHECK(net.roster.last_cut(net.rose.caseload) == 0);
  wire::EpochEntry cut = net.next_epoch(net.rose.caseload, {net.rose.lead.id, net.rose.worker.id});
  cut.previous.clear();
  CHECK(net.refuses(net.rose.worker, cut));
  REQUIRE(net.accepts(net.rose.lead, cut));
  CHECK(net.roster.last_cut(net.rose.caseload) == 3);

  const Device newcomer = net.enrol(net.rose.lead, Role::kWorker, net.rose.org);
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.caseload, {newcomer.id})));
  const auto opens = [&](const Device& device, std::uint32_t epoch) {
    return net.roster.opens_epoch(device.id, net.rose.caseload, epoch);
  };
  for (std::uint32_t epoch = 1; epoch <= 3; ++epoch) CHECK(opens(net.rose.worker, epoch));
  CHECK_FALSE(opens(newcomer, 1));
  CHECK_FALSE(opens(newcomer, 2));
  CHECK(opens(newcomer, 3));
  CHECK(net.roster.holds_newest(newcomer.id, net.rose.caseload));
  // A later epoch hands on what the cut began, and nothing more.
  REQUIRE(net.accepts(net.rose.lead,
                      net.next_epoch(net.rose.caseload, {net.rose.lead.id, newcomer.id})));
  CHECK(net.roster.last_cut(net.rose.caseload) == 3);
  CHECK(opens(newcomer, 3));
  CHECK_FALSE(opens(newcomer, 2));
}

}  // namespace setu::roster::testing
