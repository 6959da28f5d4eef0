// Goal: what holds for every entry of the log: signatures, conditions, repetition, the chain,
// replay. Method: signed entries of a real programme, and the same with one thing wrong.

#include <catch2/catch.hpp>

#include "world.hpp"

namespace setu::roster::testing {

TEST_CASE("roster: an entry that its author did not sign is refused as forged") {
  Network net;
  const wire::OrgEntry org{crypto::random_id<OrgId>(net.random)};
  wire::Entry entry = net.entry(net.coordinator, org);
  entry.signature = net.entry(net.rose.lead, org).signature;
  const std::string before = dump(net.roster);
  const Judgement judged = net.apply(entry);
  CHECK(judged.verdict == Verdict::kRefused);
  CHECK(judged.forged);
  CHECK(dump(net.roster) == before);
}

TEST_CASE("roster: an entry of another programme is refused as forged") {
  Network net;
  const wire::OrgEntry org{crypto::random_id<OrgId>(net.random)};
  const wire::Entry elsewhere = wire::make_entry(org, net.coordinator.sign, net.coordinator.id, {},
                                                 crypto::random_id<ProgrammeId>(net.random));
  const auto reparsed = wire::parse_entry(elsewhere.bytes, net.roster.programme());
  REQUIRE(reparsed);
  CHECK(net.apply(*reparsed).forged);
}

TEST_CASE("roster: a genesis or device entry signed with other keys than it brings is forged") {
  Network net;
  const Device imposter = net.new_device();
  wire::Genesis genesis;
  genesis.umbrella = net.umbrella;
  genesis.coordinator = net.stranger.keys;
  wire::Entry forged_genesis = net.entry(net.stranger, genesis);
  forged_genesis.signature = net.entry(imposter, genesis).signature;
  CHECK(Roster().judge(forged_genesis).forged);

  const Invitation invite = net.invitation(net.rose.org, Role::kWorker);
  REQUIRE(net.accepts(net.rose.lead, invite.content));
  wire::Entry joining = net.entry(net.stranger, net.use(invite, net.stranger));
  joining.signature = net.entry(imposter, net.use(invite, net.stranger)).signature;
  CHECK(net.apply(joining).forged);
  CHECK(net.roster.member(net.stranger.id) == nullptr);
}

TEST_CASE("roster: an entry holds only where its conditions are in force") {
  Network net;
  const wire::Entry condition =
      net.entry(net.coordinator, wire::OrgEntry{crypto::random_id<OrgId>(net.random)});
  const wire::Entry refused =
      net.entry(net.rose.lead, wire::OrgEntry{crypto::random_id<OrgId>(net.random)});
  const wire::OrgEntry org{crypto::random_id<OrgId>(net.random)};
  const Hash genesis = net.roster.genesis_hash();
  CHECK(net.say(net.coordinator, org, {genesis, condition.hash}).verdict == Verdict::kRefused);
  REQUIRE(net.apply(condition).verdict == Verdict::kAccepted);
  REQUIRE(net.apply(refused).verdict == Verdict::kRefused);
  CHECK(net.say(net.coordinator, org, {refused.hash}).verdict == Verdict::kRefused);
  CHECK(net.say(net.coordinator, org, {genesis, condition.hash}).verdict == Verdict::kAccepted);
}

TEST_CASE("roster: an entry refused too early is accepted when it comes again in its place") {
  Network net;
  const Invitation invite = net.invitation(net.rose.org, Role::kWorker);
  const wire::Entry joining = net.entry(net.stranger, net.use(invite, net.stranger));
  CHECK(net.apply(joining).verdict == Verdict::kRefused);
  REQUIRE(net.accepts(net.rose.lead, invite.content));
  CHECK(net.apply(joining).verdict == Verdict::kAccepted);
}

TEST_CASE("roster: accepted bytes given again change nothing, the chain neither") {
  Network net;
  const std::string before = dump(net.roster);
  const Hash head = net.roster.head();
  const std::uint64_t count = net.roster.entry_count();
  for (const wire::Entry& entry : net.log) {
    CHECK(net.roster.apply(entry).verdict == Verdict::kRepeated);
  }
  CHECK(dump(net.roster) == before);
  CHECK(net.roster.head() == head);
  CHECK(net.roster.entry_count() == count);
}

TEST_CASE("roster: refused entries of the log count in its chain") {
  Network net;
  const Hash before = net.roster.head();
  const std::uint64_t count = net.roster.entry_count();
  const wire::Entry refused = net.entry(net.stranger, wire::OrgEntry{net.rose.org});
  REQUIRE(net.apply(refused).verdict == Verdict::kRefused);
  CHECK(net.roster.head() == wire::chain_head(before, refused.hash));
  CHECK(net.roster.entry_count() == count + 1);
  CHECK_FALSE(net.roster.contains(refused.hash));
}

TEST_CASE("roster: judging says what applying would, and takes nothing in") {
  Network net;
  const wire::Entry good =
      net.entry(net.coordinator, wire::OrgEntry{crypto::random_id<OrgId>(net.random)});
  const wire::Entry bad = net.entry(net.rose.lead, wire::OrgEntry{net.rose.org});
  const std::string before = dump(net.roster);
  const Hash head = net.roster.head();
  CHECK(net.roster.judge(good).verdict == Verdict::kAccepted);
  CHECK(net.roster.judge(bad).verdict == Verdict::kRefused);
  CHECK(net.roster.judge(net.log[0]).verdict == Verdict::kRepeated);
  CHECK(dump(net.roster) == before);
  CHECK(net.roster.head() == head);
  CHECK(net.apply(good).verdict == Verdict::kAccepted);
}

TEST_CASE("roster: replaying one's own copy without checking signatures gives the same roster") {
  Network net;
  REQUIRE(net.accepts(net.coordinator, net.grant(net.commons, {}, {net.rose.home, net.lily.home})));
  REQUIRE(net.refuses(net.lily.lead, net.grant(net.rose.home, {net.lily.lead.id})));
  Roster replayed;
  for (const wire::Entry& entry : net.log) replayed.apply(entry, Check::kSignaturesDone);
  CHECK(dump(replayed) == dump(net.roster));
  CHECK(replayed.head() == net.roster.head());
}

}  // namespace setu::roster::testing
