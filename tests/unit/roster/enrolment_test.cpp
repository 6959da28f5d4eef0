// Goal: nobody is on the roster, or active on it, but by the rules: genesis, invites, joining,
// approval. Method: a real programme with signed entries; each rule met, then broken in one point.

#include <catch2/catch.hpp>

#include "world.hpp"

namespace setu::roster::testing {
namespace {

constexpr std::uint32_t kNow = 500'000;

wire::Genesis genesis_for(const Device& coordinator) {
  wire::Genesis genesis;
  genesis.umbrella.bytes[0] = std::byte{1};
  genesis.coordinator = coordinator.keys;
  return genesis;
}

}  // namespace

TEST_CASE("roster: the genesis makes the umbrella and its active coordinator") {
  World world;
  const Member* first = world.roster.member(world.coordinator.id);
  REQUIRE(first != nullptr);
  CHECK(first->role == Role::kCoordinator);
  CHECK(first->state == MemberState::kActive);
  CHECK(first->org == world.umbrella);
  CHECK(first->standing == world.roster.genesis_hash());
  CHECK(first->inviter.is_nil());
  CHECK(world.roster.programme() == wire::programme_of(world.log[0].hash));
  REQUIRE(world.roster.org(world.umbrella) != nullptr);
  CHECK(world.roster.org(world.umbrella)->umbrella);
}

TEST_CASE("roster: a log begins with a genesis and has one") {
  World world;
  const Device other = world.new_device();
  CHECK(world.refuses(other, genesis_for(other)));
  CHECK(world.refuses(world.coordinator, genesis_for(world.coordinator)));

  Roster empty;
  CHECK(empty.apply(world.entry(world.coordinator, wire::OrgEntry{world.umbrella})).verdict ==
        Verdict::kRefused);
  CHECK_FALSE(empty.has_genesis());
}

TEST_CASE(
    "roster: a genesis by another than its coordinator, of another suite or without umbrella is "
    "refused") {
  World world;
  const Device other = world.new_device();
  const auto verdict = [&](const Device& author, const wire::Genesis& genesis) {
    return Roster().judge(world.entry(author, genesis)).verdict;
  };
  CHECK(verdict(other, genesis_for(other)) == Verdict::kAccepted);
  CHECK(verdict(world.coordinator, genesis_for(other)) == Verdict::kRefused);
  wire::Genesis unknown_suite = genesis_for(other);
  unknown_suite.suite = 2;
  CHECK(verdict(other, unknown_suite) == Verdict::kRefused);
  wire::Genesis no_umbrella = genesis_for(other);
  no_umbrella.umbrella = {};
  CHECK(verdict(other, no_umbrella) == Verdict::kRefused);
}

TEST_CASE("roster: only who leads an org invites its workers") {
  Network net;
  const auto invite = [&] { return net.invitation(net.rose.org, Role::kWorker).content; };
  CHECK(net.accepts(net.rose.lead, invite()));
  CHECK(net.refuses(net.lily.lead, invite()));
  CHECK(net.refuses(net.coordinator, invite()));
  CHECK(net.refuses(net.rose.worker, invite()));
  CHECK(net.refuses(net.pending, invite()));
  CHECK(net.refuses(net.stranger, invite()));
  CHECK(net.accepts(net.coordinator, net.invitation(net.umbrella, Role::kWorker).content));
  CHECK(net.refuses(net.rose.lead, net.invitation(net.umbrella, Role::kWorker).content));
}

TEST_CASE("roster: a coordinator or a lead of the org invites leads") {
  Network net;
  const auto invite = [&] { return net.invitation(net.rose.org, Role::kLead).content; };
  CHECK(net.accepts(net.coordinator, invite()));
  CHECK(net.accepts(net.rose.lead, invite()));
  CHECK(net.refuses(net.lily.lead, invite()));
  CHECK(net.refuses(net.rose.worker, invite()));
}

TEST_CASE("roster: a coordinator invites coordinators, to the umbrella alone") {
  Network net;
  CHECK(net.accepts(net.coordinator, net.invitation(net.umbrella, Role::kCoordinator).content));
  CHECK(net.refuses(net.coordinator, net.invitation(net.rose.org, Role::kCoordinator).content));
  CHECK(net.refuses(net.rose.lead, net.invitation(net.umbrella, Role::kCoordinator).content));
  CHECK(net.refuses(net.rose.lead, net.invitation(net.rose.org, Role::kCoordinator).content));
}

TEST_CASE("roster: an invite names an org of the programme and an id never used") {
  Network net;
  const Invitation first = net.invitation(net.rose.org, Role::kWorker);
  REQUIRE(net.accepts(net.rose.lead, first.content));
  wire::Invite same_id = first.content;
  same_id.expires_hour += 1;
  CHECK(net.refuses(net.rose.lead, same_id));
  CHECK(net.refuses(net.coordinator,
                    net.invitation(crypto::random_id<OrgId>(net.random), Role::kLead).content));
}

TEST_CASE("roster: an invite's caseload is one of its org") {
  Network net;
  const auto naming = [&](const CircleId& circle) {
    return net.invitation(net.rose.org, Role::kWorker, {}, circle).content;
  };
  CHECK(net.accepts(net.rose.lead, naming(net.rose.caseload)));
  CHECK(net.refuses(net.rose.lead, naming(net.lily.caseload)));
  CHECK(net.refuses(net.rose.lead, naming(net.rose.home)));
  CHECK(net.refuses(net.rose.lead, naming(crypto::random_id<CircleId>(net.random))));
}

TEST_CASE("roster: only workers join without approval, and only such invites carry keys") {
  Network net;
  wire::Invite lead = net.invitation(net.rose.org, Role::kLead).content;
  lead.preapproved = true;
  lead.digits = {};
  CHECK(net.refuses(net.coordinator, lead));

  wire::Invite waiting = net.invitation(net.rose.org, Role::kWorker, {net.rose.home}).content;
  waiting.preapproved = false;
  waiting.digits = net.invitation(net.rose.org, Role::kLead).content.digits;
  CHECK(net.refuses(net.rose.lead, waiting));
  waiting.grants.clear();
  CHECK(net.accepts(net.rose.lead, waiting));
}

TEST_CASE("roster: an invite carries keys that its author holds and its place allows") {
  Network net;
  REQUIRE(net.accepts(net.coordinator, net.grant(net.commons, {net.rose.lead.id})));
  REQUIRE(net.accepts(net.coordinator, net.grant(net.programme, {net.rose.lead.id})));
  const auto carrying = [&](std::vector<CircleId> circles) {
    return net.invitation(net.rose.org, Role::kWorker, std::move(circles)).content;
  };
  CHECK(net.accepts(net.rose.lead, carrying({net.commons, net.rose.home, net.rose.facts,
                                             net.rose.caseload, net.rose.caseload_facts})));
  CHECK(net.refuses(net.rose.lead, carrying({net.alerts})));     // she holds no key
  CHECK(net.refuses(net.rose.lead, carrying({net.programme})));  // no worker may
  CHECK(net.refuses(net.rose.lead, carrying({net.rose.leads})));
  CHECK(net.refuses(net.rose.lead, carrying({net.lily.home})));
  CHECK(net.refuses(net.rose.lead, carrying({net.rose.home, net.rose.leads})));  // one bad, all bad
  wire::Invite no_epoch = carrying({net.rose.home});
  no_epoch.grants[0].epoch = 2;
  CHECK(net.refuses(net.rose.lead, no_epoch));
}

TEST_CASE(
    "roster: the server refuses an invite open for more than 30 days; clients trust the log") {
  Network net;
  wire::Invite invite = net.invitation(net.rose.org, Role::kWorker).content;
  invite.expires_hour = kNow + kLongestInviteHours + 1;
  CHECK(net.say_at(kNow, net.rose.lead, invite).verdict == Verdict::kRefused);
  CHECK(net.accepts(net.rose.lead, invite));

  wire::Invite allowed = net.invitation(net.rose.org, Role::kWorker).content;
  allowed.expires_hour = kNow + kLongestInviteHours;
  CHECK(net.say_at(kNow, net.rose.lead, allowed).verdict == Verdict::kAccepted);
  wire::Invite endless = net.invitation(net.rose.org, Role::kWorker).content;
  endless.expires_hour = 0xffff'ffff;
  CHECK(net.say_at(kNow, net.rose.lead, endless).verdict == Verdict::kRefused);
}

TEST_CASE("roster: a worker who joins by an invite is active with its place and keys") {
  Network net;
  const Invitation invite = net.invitation(net.rose.org, Role::kWorker,
                                           {net.rose.home, net.rose.caseload}, net.rose.caseload);
  REQUIRE(net.accepts(net.rose.lead, invite.content));
  const Device joiner = net.new_device();
  const wire::Entry joining = net.entry(joiner, net.use(invite, joiner));
  REQUIRE(net.apply(joining).verdict == Verdict::kAccepted);
  const Member* member = net.roster.member(joiner.id);
  REQUIRE(member != nullptr);
  CHECK(member->keys == joiner.keys);
  CHECK(member->state == MemberState::kActive);
  CHECK(member->role == Role::kWorker);
  CHECK(member->org == net.rose.org);
  CHECK(member->inviter == net.rose.lead.id);
  CHECK(member->invited_caseload == net.rose.caseload);
  CHECK(member->standing == joining.hash);
  CHECK(net.roster.invite(invite.id)->used_by == joiner.id);
  CHECK(net.roster.is_member(joiner.id, net.rose.home));
  CHECK(net.roster.is_member(joiner.id, net.rose.caseload));
  CHECK_FALSE(net.roster.is_member(joiner.id, net.rose.facts));
}

TEST_CASE("roster: an invite lets one device in, once") {
  Network net;
  const Invitation invite = net.invitation(net.rose.org, Role::kWorker);
  REQUIRE(net.accepts(net.rose.lead, invite.content));
  const Device first = net.new_device();
  const Device second = net.new_device();
  CHECK(net.accepts(first, net.use(invite, first)));
  CHECK(net.refuses(second, net.use(invite, second)));
  CHECK(net.roster.invite(invite.id)->used_by == first.id);
}

TEST_CASE("roster: nobody joins by an invite that was withdrawn") {
  Network net;
  const Invitation invite = net.invitation(net.rose.org, Role::kWorker);
  REQUIRE(net.accepts(net.rose.lead, invite.content));
  const wire::Withdrawal withdrawal{invite.id};
  CHECK(net.accepts(net.rose.lead, withdrawal));
  CHECK(net.say(net.rose.lead, withdrawal).verdict == Verdict::kRepeated);
  const Device late = net.new_device();
  CHECK(net.refuses(late, net.use(invite, late)));
}

TEST_CASE(
    "roster: a member says of itself that there is a copy of it, once, and nothing else follows") {
  Network net;
  const wire::Entry notice = net.entry(net.rose.worker, wire::CopyNotice{});
  CHECK(net.accepts(net.rose.worker, wire::CopyNotice{}));
  const Member* worker = net.roster.member(net.rose.worker.id);
  CHECK(worker->copied);
  CHECK(worker->state == MemberState::kActive);
  CHECK_FALSE(net.roster.member(net.rose.lead.id)->copied);
  // The copy says the same words under the same key: one entry.
  CHECK(net.roster.apply(notice).verdict == Verdict::kRepeated);
  CHECK(net.say(net.rose.worker, wire::CopyNotice{}).verdict == Verdict::kRepeated);
  CHECK(net.accepts(net.rose.lead, wire::Remove{net.rose.worker.id, {}, false}));
}

TEST_CASE("roster: who is no member yet, or no more, has no copies to tell of") {
  Network net;
  CHECK(net.refuses(net.pending, wire::CopyNotice{}));
  REQUIRE(net.accepts(net.rose.lead, wire::Remove{net.rose.worker.id, {}, false}));
  CHECK(net.refuses(net.rose.worker, wire::CopyNotice{}));
}

TEST_CASE("roster: who made an invite withdraws it, or who may take out whom it lets in") {
  Network net;
  const auto open = [&](Role role, const OrgId& org, const Device& inviter) {
    const Invitation invite = net.invitation(org, role);
    REQUIRE(net.accepts(inviter, invite.content));
    return wire::Withdrawal{invite.id};
  };
  const auto worker = open(Role::kWorker, net.rose.org, net.rose.lead);
  CHECK(net.refuses(net.rose.worker, worker));
  CHECK(net.refuses(net.lily.lead, worker));
  CHECK(net.refuses(net.pending, worker));
  CHECK(net.refuses(net.stranger, worker));
  CHECK(net.accepts(net.coordinator, worker));
  CHECK(net.accepts(net.rose.lead, open(Role::kLead, net.rose.org, net.coordinator)));
  const auto coordinator = open(Role::kCoordinator, net.umbrella, net.coordinator);
  CHECK(net.refuses(net.rose.lead, coordinator));
  CHECK(net.accepts(net.coordinator, coordinator));
  CHECK(
      net.refuses(net.coordinator, wire::Withdrawal{net.invitation(net.rose.org, Role::kLead).id}));
}

TEST_CASE("roster: an invite that was used is not withdrawn") {
  Network net;
  const Invitation invite = net.invitation(net.rose.org, Role::kWorker);
  REQUIRE(net.accepts(net.rose.lead, invite.content));
  const Device joiner = net.new_device();
  REQUIRE(net.accepts(joiner, net.use(invite, joiner)));
  CHECK(net.refuses(net.rose.lead, wire::Withdrawal{invite.id}));
  CHECK(net.roster.member(joiner.id)->state == MemberState::kActive);
}

TEST_CASE(
    "roster: keys that lay in a withdrawn invite are exposed until their circle has new ones") {
  Network net;
  const Invitation invite =
      net.invitation(net.rose.org, Role::kWorker, {net.rose.home, net.rose.caseload});
  REQUIRE(net.accepts(net.rose.lead, invite.content));
  CHECK_FALSE(net.roster.is_exposed(net.rose.home));
  REQUIRE(net.accepts(net.rose.lead, wire::Withdrawal{invite.id}));
  CHECK(net.roster.is_exposed(net.rose.home));
  CHECK(net.roster.is_exposed(net.rose.caseload));
  CHECK_FALSE(net.roster.is_exposed(net.rose.facts));
  REQUIRE(net.accepts(net.rose.lead, net.next_epoch(net.rose.home, {net.rose.lead.id})));
  CHECK_FALSE(net.roster.is_exposed(net.rose.home));
}

TEST_CASE("roster: joining needs an invite of the log, signed over the joiner's keys") {
  Network net;
  const Invitation unlogged = net.invitation(net.rose.org, Role::kWorker);
  const Invitation invite = net.invitation(net.rose.org, Role::kWorker);
  REQUIRE(net.accepts(net.rose.lead, invite.content));
  const Device joiner = net.new_device();
  const Device thief = net.new_device();
  CHECK(net.refuses(joiner, net.use(unlogged, joiner)));

  wire::DeviceEntry stolen = net.use(invite, joiner);
  CHECK(net.refuses(thief, stolen));  // another's keys
  stolen.keys = thief.keys;
  const std::string before = dump(net.roster);
  const Judgement judged = net.say(thief, stolen);
  CHECK(judged.verdict == Verdict::kRefused);
  CHECK(judged.forged);
  CHECK(dump(net.roster) == before);
  CHECK(net.accepts(joiner, net.use(invite, joiner)));
}

TEST_CASE("roster: a device joins once, whatever invites it holds") {
  Network net;
  const Invitation invite = net.invitation(net.rose.org, Role::kLead);
  REQUIRE(net.accepts(net.rose.lead, invite.content));
  CHECK(net.refuses(net.rose.worker, net.use(invite, net.rose.worker)));
  CHECK(net.refuses(net.pending, net.use(invite, net.pending)));
}

TEST_CASE(
    "roster: the server refuses joining after the invite's last hour; clients trust the log") {
  Network net;
  const auto open_invite = [&] {
    Invitation invite = net.invitation(net.rose.org, Role::kWorker);
    REQUIRE(net.accepts(net.rose.lead, invite.content));
    return invite;
  };
  const Device early = net.new_device();
  const Device late = net.new_device();
  const Invitation first = open_invite();
  const Invitation second = open_invite();
  const std::uint32_t last_hour = first.content.expires_hour;
  CHECK(net.say_at(last_hour, early, net.use(first, early)).verdict == Verdict::kAccepted);
  CHECK(net.say_at(last_hour + 1, late, net.use(second, late)).verdict == Verdict::kRefused);
  CHECK(net.accepts(late, net.use(second, late)));
}

TEST_CASE(
    "roster: a lead who joined is pending, authors nothing and holds nothing until approved") {
  Network net;
  const Member* member = net.roster.member(net.pending.id);
  CHECK(member->state == MemberState::kPending);
  CHECK(member->standing.is_nil());
  CHECK(net.refuses(net.pending, net.circle(CircleType::kCaseload, net.rose.org)));
  CHECK(net.refuses(net.rose.lead, net.grant(net.rose.home, {net.pending.id})));
  CHECK(net.roster.circles_of(net.pending.id).empty());

  const wire::Entry approval = net.entry(net.rose.lead, wire::Approve{net.pending.id});
  REQUIRE(net.apply(approval).verdict == Verdict::kAccepted);
  CHECK(member->state == MemberState::kActive);
  CHECK(member->standing == approval.hash);
  CHECK(member->approver == net.rose.lead.id);
  CHECK(net.accepts(net.pending, net.circle(CircleType::kCaseload, net.rose.org)));
}

TEST_CASE("roster: a coordinator approves anyone, a lead those of her org but coordinators") {
  Network net;
  CHECK(net.refuses(net.lily.lead, wire::Approve{net.pending.id}));
  CHECK(net.refuses(net.rose.worker, wire::Approve{net.pending.id}));
  CHECK(net.refuses(net.pending, wire::Approve{net.pending.id}));
  CHECK(net.refuses(net.stranger, wire::Approve{net.pending.id}));
  CHECK(net.refuses(net.coordinator, wire::Approve{net.stranger.id}));
  CHECK(net.accepts(net.coordinator, wire::Approve{net.pending.id}));

  const Device umbrella_lead = net.enrol(net.coordinator, Role::kLead, net.umbrella);
  const Device candidate = net.join(net.coordinator, Role::kCoordinator, net.umbrella);
  CHECK(net.refuses(umbrella_lead, wire::Approve{candidate.id}));
  CHECK(net.refuses(net.rose.lead, wire::Approve{candidate.id}));
  CHECK(net.accepts(net.coordinator, wire::Approve{candidate.id}));
}

TEST_CASE("roster: a worker whose invite wanted approval is approved by a lead of her org") {
  Network net;
  Invitation invite = net.invitation(net.rose.org, Role::kWorker);
  invite.content.preapproved = false;
  invite.content.digits = net.invitation(net.rose.org, Role::kLead).content.digits;
  REQUIRE(net.accepts(net.rose.lead, invite.content));
  const Device joiner = net.new_device();
  REQUIRE(net.accepts(joiner, net.use(invite, joiner)));
  REQUIRE(net.accepts(net.rose.lead, net.reveal(joiner)));
  CHECK(net.roster.member(joiner.id)->state == MemberState::kPending);
  CHECK(net.refuses(net.lily.lead, wire::Approve{joiner.id}));
  CHECK(net.accepts(net.rose.lead, wire::Approve{joiner.id}));
}

TEST_CASE("roster: digits are committed to wherever an approval follows, and nowhere else") {
  Network net;
  wire::Invite lead = net.invitation(net.rose.org, Role::kLead).content;
  lead.digits = {};
  CHECK(net.refuses(net.coordinator, lead));
  wire::Invite worker = net.invitation(net.rose.org, Role::kWorker).content;
  worker.digits = net.invitation(net.rose.org, Role::kLead).content.digits;
  CHECK(net.refuses(net.rose.lead, worker));
}

TEST_CASE("roster: digits are revealed once, by who made the invite, for who used it") {
  Network net;
  const Invitation invite = net.invitation(net.rose.org, Role::kLead);
  REQUIRE(net.accepts(net.rose.lead, invite.content));
  const Device joiner = net.new_device();
  REQUIRE(net.accepts(joiner, net.use(invite, joiner)));
  CHECK(net.roster.digits(joiner.id).empty());
  CHECK(net.refuses(net.rose.lead, wire::Approve{joiner.id}));  // nobody can have compared them

  const wire::Reveal reveal = net.reveal(joiner);
  CHECK(net.refuses(net.coordinator, reveal));
  CHECK(net.refuses(joiner, reveal));
  wire::Reveal other = reveal;
  other.nonce.bytes[0] ^= std::byte{1};
  CHECK(net.refuses(net.rose.lead, other));
  other = reveal;
  other.joined = net.roster.member(net.pending.id)->entry;
  CHECK(net.refuses(net.rose.lead, other));
  other.device = net.stranger.id;
  CHECK(net.refuses(net.rose.lead, other));
  other.device = net.rose.worker.id;
  other.joined = net.roster.member(net.rose.worker.id)->entry;
  CHECK(net.refuses(net.rose.lead, other));  // her invite had none

  REQUIRE(net.accepts(net.rose.lead, reveal));
  CHECK(net.roster.digits(joiner.id).size() == 6);
  CHECK(net.roster.digits(net.rose.worker.id).empty());
  CHECK(net.say(net.rose.lead, reveal).verdict == Verdict::kRepeated);
  CHECK(net.accepts(net.rose.lead, wire::Approve{joiner.id}));
}

TEST_CASE("roster: approving twice is a repetition, and nobody approves herself") {
  Network net;
  REQUIRE(net.accepts(net.coordinator, wire::Approve{net.pending.id}));
  const std::string before = dump(net.roster);
  CHECK(net.say(net.rose.lead, wire::Approve{net.pending.id}).verdict == Verdict::kRepeated);
  CHECK(dump(net.roster) == before);
  CHECK(net.refuses(net.rose.worker, wire::Approve{net.pending.id}));
  CHECK(net.refuses(net.coordinator, wire::Approve{net.coordinator.id}));
}

}  // namespace setu::roster::testing
