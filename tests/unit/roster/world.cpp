#include "world.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "wire/digits.hpp"

namespace setu::roster::testing {
namespace {

const wire::DigitsNonce kNonce = *wire::DigitsNonce::from(Bytes(32, std::byte{0x33}));

// As long as a sealed epoch key is, and as meaningless to whoever cannot open it.
Bytes stand_in_for_sealed_key() {
  return Bytes(crypto::kKeySize + crypto::kSealedBoxOverhead, std::byte{0x5e});
}

Device make_device(crypto::Random& random) {
  crypto::SignKeyPair sign = crypto::sign_key_from_seed(crypto::random_key(random));
  const crypto::BoxKeyPair box = crypto::box_key_from_seed(crypto::random_key(random));
  const wire::DeviceKeys keys{sign.public_key, box.public_key};
  return Device{std::move(sign), keys, wire::device_id(keys)};
}

}  // namespace

World::World(std::uint64_t seed) : random(seed) {
  REQUIRE(crypto::init());
  coordinator = make_device(random);
  wire::Genesis genesis;
  random.fill(genesis.salt);
  genesis.server_key = make_device(random).keys.sign;
  genesis.umbrella = umbrella = crypto::random_id<OrgId>(random);
  genesis.coordinator = coordinator.keys;
  REQUIRE(say(coordinator, genesis).verdict == Verdict::kAccepted);
}

Device World::new_device() { return make_device(random); }

wire::Entry World::entry(const Device& author, const wire::EntryContent& content,
                         const std::vector<Hash>& conditions) const {
  const bool names_the_programme = std::holds_alternative<wire::Genesis>(content);
  return wire::make_entry(content, author.sign, author.id, conditions,
                          names_the_programme ? ProgrammeId{} : roster.programme());
}

wire::CircleEntry World::circle(CircleType type, const OrgId& org, const CircleId& twin) {
  return {.id = crypto::random_id<CircleId>(random),
          .type = type,
          .org = org,
          .twin = twin,
          .commitment = crypto::random_id<crypto::Commitment>(random),
          .inbox = crypto::random_id<crypto::BoxPublicKey>(random)};
}

namespace {

std::uint32_t newest_epoch(const Roster& roster, const CircleId& circle) {
  const Circle* found = roster.circle(circle);
  return found == nullptr ? 1 : found->newest().number;
}

}  // namespace

wire::Grant World::grant(const CircleId& circle, std::vector<DeviceId> devices,
                         std::vector<CircleId> receivers) const {
  wire::Grant grant{.circle = circle, .epoch = newest_epoch(roster, circle), .recipients = {}};
  for (const DeviceId& device : devices) {
    grant.recipients.push_back({.type = wire::RecipientType::kDevice,
                                .device = device,
                                .circle = {},
                                .epoch = 0,
                                .sealed = stand_in_for_sealed_key()});
  }
  for (const CircleId& receiver : receivers) {
    grant.recipients.push_back({.type = wire::RecipientType::kCircle,
                                .device = {},
                                .circle = receiver,
                                .epoch = newest_epoch(roster, receiver),
                                .sealed = stand_in_for_sealed_key()});
  }
  return grant;
}

wire::EpochEntry World::next_epoch(const CircleId& circle, std::vector<DeviceId> devices,
                                   std::vector<CircleId> receivers, std::vector<DeviceId> ended) {
  wire::EpochEntry epoch{.circle = circle,
                         .number = newest_epoch(roster, circle) + 1,
                         .commitment = crypto::random_id<crypto::Commitment>(random),
                         .inbox = crypto::random_id<crypto::BoxPublicKey>(random),
                         .previous = stand_in_for_sealed_key(),
                         .ended = {},
                         .recipients = grant(circle, devices, receivers).recipients};
  std::ranges::sort(ended);
  for (const DeviceId& device : ended) epoch.ended.push_back({device, {}});
  return epoch;
}

Invitation World::invitation(const OrgId& org, Role role, std::vector<CircleId> grants,
                             const CircleId& caseload) {
  wire::InviteSecret secret;
  random.fill(secret);
  wire::InviteKeys keys = wire::derive_invite_keys(secret);
  wire::Invite content{.keys = keys.public_keys(),
                       .org = org,
                       .role = role,
                       .caseload = caseload,
                       .expires_hour = 500'072,
                       .preapproved = role == Role::kWorker,
                       .grants = {},
                       .digits = role == Role::kWorker ? Hash{} : wire::commit_digits(kNonce)};
  for (const CircleId& circle : grants) {
    content.grants.push_back({.circle = circle,
                              .epoch = newest_epoch(roster, circle),
                              .sealed = stand_in_for_sealed_key()});
  }
  const InviteId id = wire::invite_id(content.keys.sign);
  return Invitation{std::move(keys), std::move(content), id};
}

wire::Label World::person_label(const DeviceId& subject, const CircleId& reader) const {
  return {.subject = wire::Subject::kPerson,
          .id = to_bytes(subject.view()),
          .names = {{.circle = reader, .epoch = 1, .device = {}, .sealed = Bytes(72)}}};
}

wire::DeviceEntry World::use(const Invitation& invitation, const Device& joiner) const {
  return {
      .keys = joiner.keys,
      .invite = invitation.id,
      .invite_signature = wire::sign_invite_use(invitation.keys, joiner.keys, roster.programme())};
}

Judgement World::apply(const wire::Entry& entry, std::optional<std::uint32_t> now_hour) {
  log.push_back(entry);
  return roster.apply(entry, Check::kAll, now_hour);
}

Judgement World::say(const Device& author, const wire::EntryContent& content,
                     const std::vector<Hash>& conditions) {
  return apply(entry(author, content, conditions));
}

Judgement World::say_at(std::uint32_t now_hour, const Device& author,
                        const wire::EntryContent& content) {
  return apply(entry(author, content), now_hour);
}

bool World::accepts(const Device& author, const wire::EntryContent& content) {
  const wire::Entry said = entry(author, content);
  const Judgement judgement = apply(said);
  UNSCOPED_INFO("judged: " << judgement.reason);
  return judgement.verdict == Verdict::kAccepted && judgement.reason.empty() &&
         roster.contains(said.hash);
}

bool World::refuses(const Device& author, const wire::EntryContent& content) {
  const std::string before = dump(roster);
  const wire::Entry said = entry(author, content);
  const Judgement judgement = apply(said);
  return judgement.verdict == Verdict::kRefused && !judgement.reason.empty() && !judgement.forged &&
         !roster.contains(said.hash) && dump(roster) == before;
}

OrgId World::add_org() {
  const OrgId org = crypto::random_id<OrgId>(random);
  REQUIRE(accepts(coordinator, wire::OrgEntry{org}));
  return org;
}

CircleId World::add_circle(const Device& author, CircleType type, const OrgId& org,
                           const CircleId& twin) {
  const wire::CircleEntry added = circle(type, org, twin);
  REQUIRE(accepts(author, added));
  REQUIRE(accepts(author, grant(added.id, {author.id})));
  return added.id;
}

Device World::join(const Device& inviter, Role role, const OrgId& org) {
  const Invitation invite = invitation(org, role);
  REQUIRE(accepts(inviter, invite.content));
  Device joiner = new_device();
  REQUIRE(accepts(joiner, use(invite, joiner)));
  if (role != Role::kWorker) REQUIRE(accepts(inviter, reveal(joiner)));
  return joiner;
}

wire::Reveal World::reveal(const Device& joiner) const { return reveal(joiner, roster); }

wire::Reveal World::reveal(const Device& joiner, const Roster& seen) {
  return {.device = joiner.id, .joined = seen.member(joiner.id)->entry, .nonce = kNonce};
}

Device World::enrol(const Device& inviter, Role role, const OrgId& org) {
  Device joiner = join(inviter, role, org);
  if (role != Role::kWorker) REQUIRE(accepts(coordinator, wire::Approve{joiner.id}));
  return joiner;
}

Team World::add_team() {
  Team team;
  team.org = add_org();
  team.lead = enrol(coordinator, Role::kLead, team.org);
  team.worker = enrol(team.lead, Role::kWorker, team.org);
  team.home = add_circle(team.lead, CircleType::kOrg, team.org);
  team.facts = add_circle(team.lead, CircleType::kOrgFacts, team.org, team.home);
  team.leads = add_circle(team.lead, CircleType::kLeads, team.org);
  team.caseload = add_circle(team.lead, CircleType::kCaseload, team.org);
  team.caseload_facts = add_circle(team.lead, CircleType::kCaseloadFacts, team.org, team.caseload);
  return team;
}

Network::Network(std::uint64_t seed)
    : World(seed),
      commons(add_circle(coordinator, CircleType::kCommons, umbrella)),
      alerts(add_circle(coordinator, CircleType::kAlerts, umbrella)),
      programme(add_circle(coordinator, CircleType::kProgramme, umbrella)),
      coordinators(add_circle(coordinator, CircleType::kCoordinators, umbrella)),
      rose(add_team()),
      lily(add_team()),
      pending(join(coordinator, Role::kLead, rose.org)),
      stranger(new_device()) {}

namespace {

void dump_circle(std::ostream& out, const Roster& roster, const Circle& circle) {
  out << "circle " << circle.id.hex() << ' ' << int(circle.type) << ' ' << circle.org.hex() << ' '
      << circle.twin.hex() << ' ' << circle.entry.hex() << ' ' << circle.author.hex();
  for (const Epoch& epoch : circle.epochs) {
    out << " epoch " << epoch.number << ' ' << epoch.commitment.hex() << ' ' << epoch.inbox.hex();
  }
  if (roster.is_exposed(circle.id)) out << " exposed";
  for (const auto& [device, end] : circle.ends)
    out << " end " << device.hex() << ' ' << end.seq << ' ' << end.hash.hex();
  for (const DeviceId& device : roster.members_of(circle.id)) out << " member " << device.hex();
  for (const SealedKey* key : roster.sealed_keys(circle.id)) {
    out << " key " << key->epoch << ' ' << key->recipient.device.hex() << ' '
        << key->recipient.circle.hex() << ' ' << key->recipient.epoch << ' '
        << to_hex(key->recipient.sealed);
  }
  out << '\n';
}

void dump_names(std::ostream& out, const Roster& roster, wire::Subject subject, ByteView id) {
  for (const wire::SealedName& name : roster.names(subject, id)) {
    out << "name " << int(subject) << ' ' << to_hex(id) << ' ' << name.circle.hex() << ' '
        << name.device.hex() << ' ' << to_hex(name.sealed) << '\n';
  }
}

}  // namespace

std::string dump(const Roster& roster) {
  std::ostringstream out;
  out << roster.genesis_hash().hex() << ' ' << roster.programme().hex() << ' '
      << roster.server_key().hex() << ' ' << roster.umbrella().hex() << '\n';
  dump_names(out, roster, wire::Subject::kProgramme, {});
  for (const auto& [id, org] : roster.orgs()) {
    out << "org " << id.hex() << ' ' << org.umbrella << ' ' << org.entry.hex() << ' '
        << org.home.hex() << ' ' << org.facts.hex() << ' ' << org.leads.hex() << ' '
        << org.recovery.hex() << '\n';
    dump_names(out, roster, wire::Subject::kOrg, id.view());
  }
  for (const auto& [id, member] : roster.members()) {
    out << "member " << id.hex() << ' ' << member.keys.sign.hex() << ' ' << member.keys.box.hex()
        << ' ' << member.org.hex() << ' ' << int(member.role) << ' ' << int(member.state) << ' '
        << member.invite.hex() << ' ' << member.invited_caseload.hex() << ' '
        << member.inviter.hex() << ' ' << member.approver.hex() << ' ' << member.entry.hex() << ' '
        << member.standing.hex() << ' ' << member.removal.hex() << ' ' << member.remover.hex()
        << ' ' << member.wipe << ' ' << member.copied << ' ' << roster.in_force(member.standing)
        << ' ' << member.nonce.hex();
    for (const Motion::Type type : {Motion::Type::kApprove, Motion::Type::kRemove}) {
      if (const auto* signers = roster.signatures({type, to_bytes(id.view())})) {
        for (const DeviceId& signer : *signers) out << " signed " << signer.hex();
      }
    }
    for (const CircleId& circle : roster.circles_of(id)) out << " in " << circle.hex();
    out << '\n';
    dump_names(out, roster, wire::Subject::kPerson, id.view());
  }
  for (const auto& [id, circle] : roster.circles()) {
    dump_circle(out, roster, circle);
    dump_names(out, roster, wire::Subject::kCaseload, id.view());
  }
  for (const auto& [id, invite] : roster.invites()) {
    out << "invite " << id.hex() << ' ' << invite.author.hex() << ' ' << invite.entry.hex() << ' '
        << (invite.used_by     ? invite.used_by->hex()
            : invite.withdrawn ? "withdrawn"
                               : "open")
        << '\n';
  }
  return out.str();
}

}  // namespace setu::roster::testing
