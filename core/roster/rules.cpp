#include "roster/rules.hpp"

#include <algorithm>

#include "roster/allowed.hpp"
#include "roster/quorum.hpp"
#include "wire/digits.hpp"

namespace setu::roster::rules {
namespace {

constexpr std::uint32_t kSuite = 1;  // compiled in: no peer chooses the cryptography

const wire::DeviceKeys& keys_brought(const wire::Genesis& genesis) { return genesis.coordinator; }
const wire::DeviceKeys& keys_brought(const wire::DeviceEntry& joiner) { return joiner.keys; }

bool has_epoch(const Circle& circle, std::uint32_t number) {
  return std::ranges::any_of(circle.epochs,
                             [&](const Epoch& epoch) { return epoch.number == number; });
}

// A pending device may leave, and a recovery key remove: neither is an active member.
template <class Content>
constexpr bool kSignedByAuthority =
    kAuthor<Content> == Author::kAuthority || std::is_same_v<Content, wire::Remove>;

// Empty when the author stands as this type of entry asks.
template <class Content>
std::string wrong_author(const Case& about, const Content& content) {
  if constexpr (kAuthor<Content> == Author::kNewcomer) {
    if (about.entry.author != wire::device_id(keys_brought(content))) {
      return "the author is not the device whose keys it brings";
    }
    return {};
  }
  if (kSignedByAuthority<Content> && about.author == nullptr && about.authority) return {};
  if (about.author == nullptr) return "the author is not on the roster";
  if (about.author->state == MemberState::kRemoved) return "the author is no member any more";
  const bool may_wait = kAuthor<Content> == Author::kKnown;
  if (!may_wait && about.author->state == MemberState::kPending)
    return "the author waits for approval";
  return {};
}

template <class Content>
bool signature_verifies(const Case& about, const Content& content) {
  if constexpr (kAuthor<Content> == Author::kNewcomer) {
    return wire::verify_entry(about.entry, keys_brought(content).sign);
  } else if (about.author != nullptr) {
    return wire::verify_entry(about.entry, about.author->keys.sign);
  } else {
    return wire::verify_entry(about.entry, about.roster.recovery_key(about.entry.author)->key);
  }
}

template <class Content>
Judgement judge_content(const Case& about, const Content& content) {
  if (std::string reason = wrong_author(about, content); !reason.empty()) {
    return refused("entry: " + reason);
  }
  Judgement judgement = judge(about, content);
  if (judgement.verdict == Verdict::kRefused) return judgement;
  if (about.check == Check::kAll && !signature_verifies(about, content)) {
    return forged("entry: the author's signature does not verify");
  }
  return judgement;
}

}  // namespace

Judgement judge_entry(const Roster& roster, const wire::Entry& entry, Check check,
                      std::optional<std::uint32_t> now_hour) {
  if (roster.contains(entry.hash)) return repeated("entry: the log holds it already");
  for (const Hash& condition : entry.conditions) {
    if (!roster.in_force(condition)) return refused("entry: a condition of it is not in force");
  }
  const Case about{roster, entry,   roster.member(entry.author), authority_of(roster, entry.author),
                   check,  now_hour};
  return std::visit([&](const auto& content) { return judge_content(about, content); },
                    entry.content);
}

Judgement judge(const Case& about, const wire::Genesis& genesis) {
  if (about.roster.has_genesis()) return refused("genesis: the programme has one already");
  if (genesis.suite != kSuite) return refused("genesis: unknown cryptographic suite");
  if (genesis.umbrella.is_nil()) return refused("genesis: the umbrella has no id");
  return accepted();
}

Judgement judge(const Case& about, const wire::OrgEntry& added) {
  if (!coordinates(*about.author)) return refused("org: only a coordinator adds one");
  if (added.id.is_nil()) return refused("org: it has no id");
  if (about.roster.org(added.id) != nullptr) return refused("org: its id is taken");
  return accepted();
}

namespace {

Judgement judge_programme_circle(const Case& about, const wire::CircleEntry& added) {
  if (!coordinates(*about.author)) return refused("circle: only a coordinator makes this type");
  if (added.org != about.roster.umbrella()) return refused("circle: not the umbrella's");
  if (!about.roster.programme_circle(added.type).is_nil()) {
    return refused("circle: the programme has one of this type");
  }
  return accepted();
}

// Of the org's circles that exist once, the one of this type; null for types that may be many.
const CircleId* only_one(const Org& org, CircleType type) {
  switch (type) {
    case CircleType::kOrg: return &org.home;
    case CircleType::kOrgFacts: return &org.facts;
    case CircleType::kLeads: return &org.leads;
    default: return nullptr;
  }
}

// Empty when a facts circle names a home circle that wants it, and any other names none.
std::string wrong_twin(const Case& about, const wire::CircleEntry& added) {
  if (!is_facts(added.type)) return added.twin.is_nil() ? "" : "only a facts circle has a home";
  const CircleType home_type =
      added.type == CircleType::kOrgFacts ? CircleType::kOrg : CircleType::kCaseload;
  const Circle* home = about.roster.circle(added.twin);
  if (home == nullptr || home->type != home_type || home->org != added.org) {
    return "its home is no such circle of this org";
  }
  return home->twin.is_nil() ? "" : "its home has a facts circle";
}

Judgement judge_org_circle(const Case& about, const wire::CircleEntry& added) {
  const Org* org = about.roster.org(added.org);
  if (org == nullptr) return refused("circle: its org is not on the roster");
  if (!leads(*about.author, added.org)) return refused("circle: the author is no lead of its org");
  if (const CircleId* taken = only_one(*org, added.type); taken != nullptr && !taken->is_nil()) {
    return refused("circle: the org has one of this type");
  }
  if (std::string reason = wrong_twin(about, added); !reason.empty()) {
    return refused("circle: " + reason);
  }
  return accepted();
}

}  // namespace

Judgement judge(const Case& about, const wire::CircleEntry& added) {
  if (added.id.is_nil()) return refused("circle: it has no id");
  if (about.roster.circle(added.id) != nullptr) return refused("circle: its id is taken");
  switch (added.type) {
    case CircleType::kCommons:
    case CircleType::kAlerts:
    case CircleType::kProgramme:
    case CircleType::kCoordinators:
      if (!added.twin.is_nil()) return refused("circle: only a facts circle has a home");
      return judge_programme_circle(about, added);
    case CircleType::kOrg:
    case CircleType::kOrgFacts:
    case CircleType::kLeads:
    case CircleType::kCaseload:
    case CircleType::kCaseloadFacts: return judge_org_circle(about, added);
  }
  return refused("circle: unknown type");
}

std::string wrong_recipient(const Roster& roster, const Circle& circle, const wire::Recipient& to) {
  switch (to.type) {
    case wire::RecipientType::kDevice: {
      const Member* member = roster.member(to.device);
      if (member == nullptr) return "a recipient is not on the roster";
      if (member->state == MemberState::kRemoved) return "a recipient is no member any more";
      if (member->state == MemberState::kPending) return "a recipient waits for approval";
      return may_hold(place_of(*member), circle) ? "" : "a recipient's place is outside the circle";
    }
    case wire::RecipientType::kCircle: {
      const Circle* receiver = roster.circle(to.circle);
      if (receiver == nullptr) return "a receiving circle does not exist";
      // Who was removed may hold the inboxes of earlier epochs.
      if (to.epoch != receiver->newest().number)
        return "not the newest epoch of a receiving circle";
      return may_be_sealed_to(circle, *receiver) ? "" : "its key is not for a receiving circle";
    }
  }
  return "unknown type of recipient";
}

namespace {

// An epoch that is over makes nobody a member: whoever grants it may not know who was put out
// since.
bool is_already_in(const Roster& roster, const Circle& circle, const wire::Recipient& to) {
  return to.type == wire::RecipientType::kDevice ? roster.is_member(to.device, circle.id)
                                                 : roster.is_linked(circle.id, to.circle);
}

// Workers record; whom their caseload is shared with is for leads. Only where no lead is left that
// holds the key, a worker hands it to a new one. Being a member is not enough: a new lead is one of
// every caseload as soon as the leads' circle has an epoch of hers, and holds none of their keys.
std::string wrong_granter(const Case& about, const Circle& circle, const wire::Grant& grant) {
  const Member& author = *about.author;
  if (author.role != Role::kWorker) return {};
  const auto is_lead = [&](const DeviceId& device) {
    const Member* member = about.roster.member(device);
    return member != nullptr && member->role != Role::kWorker && member->org == author.org;
  };
  const auto can_grant = [&](const DeviceId& device) {
    return is_lead(device) && about.roster.holds_newest(device, circle.id);
  };
  if (std::ranges::any_of(about.roster.members_of(circle.id), can_grant))
    return "a worker grants nothing that a lead can";
  const bool to_leads = std::ranges::all_of(grant.recipients, [&](const wire::Recipient& to) {
    return to.type == wire::RecipientType::kDevice && is_lead(to.device);
  });
  return to_leads ? "" : "a worker grants to leads of her org only";
}

}  // namespace

Judgement judge(const Case& about, const wire::Grant& grant) {
  const Circle* circle = about.roster.circle(grant.circle);
  if (circle == nullptr) return refused("grant: the circle does not exist");
  if (!has_epoch(*circle, grant.epoch)) return refused("grant: the circle has no such epoch");
  // Its maker holds the key before anybody was granted it: her first grant is to herself.
  const DeviceId& author = about.author->device;
  if (circle->author != author && !about.roster.is_member(author, grant.circle)) {
    return refused("grant: the author is not a member of the circle");
  }
  if (grant.recipients.empty()) return refused("grant: it names nobody");
  const bool is_over = grant.epoch != circle->newest().number;
  for (const wire::Recipient& to : grant.recipients) {
    if (std::string reason = wrong_recipient(about.roster, *circle, to); !reason.empty()) {
      return refused("grant: " + reason);
    }
    if (is_over && !is_already_in(about.roster, *circle, to))
      return refused("grant: an epoch that is over makes nobody a member");
  }
  if (std::string reason = wrong_granter(about, *circle, grant); !reason.empty())
    return refused("grant: " + reason);
  return accepted();
}

namespace {

// Empty when the author may invite someone to this place.
std::string wrong_inviter(const Case& about, const wire::Invite& invite) {
  const Place& author = *about.authority;
  const bool coordinator = author.role == Role::kCoordinator;
  switch (invite.role) {
    case Role::kWorker:
      return about.author != nullptr && leads(author, invite.org)
                 ? ""
                 : "only a lead of the org invites workers";
    case Role::kLead:
      return coordinator || leads(author, invite.org)
                 ? ""
                 : "only a coordinator or a lead of the org invites leads";
    case Role::kCoordinator:
      if (invite.org != about.roster.umbrella()) return "coordinators belong to the umbrella";
      return coordinator ? "" : "only a coordinator invites coordinators";
  }
  return "unknown role";
}

// Empty when this key may be sealed to whoever will use the invite.
std::string wrong_invite_grant(const Case& about, const wire::Invite& invite,
                               const wire::InviteGrant& grant) {
  const Circle* circle = about.roster.circle(grant.circle);
  if (circle == nullptr) return "a granted circle does not exist";
  if (!has_epoch(*circle, grant.epoch)) return "a granted circle has no such epoch";
  if (grant.epoch != circle->newest().number) return "a granted epoch is over";
  if (!about.roster.is_member(about.entry.author, grant.circle)) {
    return "the author is not a member of a granted circle";
  }
  return may_hold(place_of(invite), *circle) ? "" : "a granted circle is outside the invited place";
}

}  // namespace

Judgement judge(const Case& about, const wire::Invite& invite) {
  if (about.roster.invite(wire::invite_id(invite.keys.sign)) != nullptr) {
    return refused("invite: its id is taken");
  }
  if (about.roster.org(invite.org) == nullptr) return refused("invite: unknown org");
  if (std::string reason = wrong_inviter(about, invite); !reason.empty()) {
    return refused("invite: " + reason);
  }
  if (!invite.caseload.is_nil()) {
    const Circle* caseload = about.roster.circle(invite.caseload);
    if (caseload == nullptr || caseload->type != CircleType::kCaseload ||
        caseload->org != invite.org) {
      return refused("invite: no such caseload in the org");
    }
  }
  if (invite.preapproved && invite.role != Role::kWorker) {
    return refused("invite: only workers join without approval");
  }
  const bool has_digits = !invite.digits.is_nil();
  if (has_digits == invite.preapproved)
    return refused("invite: digits are compared where an approval follows, and only there");
  if (!invite.preapproved && !invite.grants.empty()) {
    return refused("invite: keys come after approval");
  }
  for (const wire::InviteGrant& grant : invite.grants) {
    if (std::string reason = wrong_invite_grant(about, invite, grant); !reason.empty()) {
      return refused("invite: " + reason);
    }
  }
  // By distance, since now plus the limit may overflow.
  if (about.now_hour && invite.expires_hour > *about.now_hour &&
      invite.expires_hour - *about.now_hour > kLongestInviteHours) {
    return refused("invite: it would stay open for more than 30 days");
  }
  return accepted();
}

Judgement judge(const Case& about, const wire::DeviceEntry& joiner) {
  if (about.author != nullptr) return refused("join: this device is on the roster already");
  const InviteState* invite = about.roster.invite(joiner.invite);
  if (invite == nullptr) return refused("join: no such invite");
  if (invite->used_by) return refused("join: the invite was used");
  if (invite->withdrawn) return refused("join: the invite was withdrawn");
  if (!authority_of(about.roster, invite->author))
    return refused("join: who made the invite may invite nobody any more");
  if (about.now_hour && *about.now_hour > invite->invite.expires_hour) {
    return refused("join: the invite has expired");
  }
  if (about.check == Check::kAll &&
      !wire::verify_invite_use(invite->invite.keys.sign, joiner.keys, about.roster.programme(),
                               joiner.invite_signature)) {
    return forged("join: the invite's signature does not verify");
  }
  return accepted();
}

Judgement judge(const Case& about, const wire::Withdrawal& withdrawal) {
  const InviteState* invite = about.roster.invite(withdrawal.invite);
  if (invite == nullptr) return refused("withdraw: no such invite");
  const DeviceId& author = about.author->device;
  if (author != invite->author && !may_sign_for(about.roster, author, place_of(invite->invite)))
    return refused("withdraw: only who made the invite, or may take out whom it lets in");
  if (invite->used_by) return refused("withdraw: the invite was used; its device can be removed");
  if (invite->withdrawn) return repeated("withdraw: nobody can use it any more already");
  return accepted();
}

Judgement judge(const Case& about, const wire::CopyNotice& /*notice*/) {
  return about.author->copied ? repeated("copy: the device has said so already") : accepted();
}

Judgement judge(const Case& about, const wire::Reveal& reveal) {
  const Member* joiner = about.roster.member(reveal.device);
  if (joiner == nullptr) return refused("reveal: the device is not on the roster");
  if (joiner->inviter != about.entry.author)
    return refused("reveal: only who made the invite reveals its digits");
  if (joiner->entry != reveal.joined) return refused("reveal: that is not how the device joined");
  const InviteState* used = about.roster.invite(joiner->invite);
  if (used == nullptr || wire::commit_digits(reveal.nonce) != used->invite.digits)
    return refused("reveal: not what the invite committed to");
  if (!joiner->nonce.is_nil()) return repeated("reveal: done already");
  return accepted();
}

Judgement judge(const Case& about, const wire::Approve& approve) {
  const Member* subject = about.roster.member(approve.device);
  if (subject == nullptr) return refused("approve: the device is not on the roster");
  if (subject->device == about.entry.author) return refused("approve: nobody approves herself");
  if (subject->state == MemberState::kRemoved)
    return refused("approve: she was removed; she joins again with another invite");
  if (!may_sign_for(about.roster, about.entry.author, place_of(*subject)))
    return refused("approve: only a coordinator, or a lead of her org, approves her");
  if (subject->state == MemberState::kActive) return repeated("approve: she is active already");
  if (subject->nonce.is_nil())
    return refused("approve: her digits are not revealed yet, so nobody can have compared them");
  const Count count =
      count_with(about.roster, motion_of(approve), about.entry.author, place_of(*subject));
  if (count == Count::kSignedBefore)
    return repeated("approve: signed already; somebody else has to sign too");
  return accepted();
}

namespace {

template <class Id>
std::optional<Id> read_id(ByteView bytes) {
  auto id = Id::from(bytes);
  if (!id) return std::nullopt;
  return *id;
}

bool may_name_org(const Case& about, ByteView id) {
  const auto org = read_id<OrgId>(id);
  return org && about.roster.org(*org) != nullptr &&
         (coordinates(*about.author) || leads(*about.author, *org));
}

bool may_name_caseload(const Case& about, ByteView id) {
  const auto caseload = read_id<CircleId>(id);
  const Circle* circle = caseload ? about.roster.circle(*caseload) : nullptr;
  return circle != nullptr && circle->type == CircleType::kCaseload &&
         about.roster.is_member(about.author->device, *caseload);
}

bool may_name_person(const Case& about, ByteView id) {
  const auto device = read_id<DeviceId>(id);
  const Member* subject = device ? about.roster.member(*device) : nullptr;
  if (subject == nullptr) return false;
  const DeviceId& author = about.author->device;
  return subject->device == author || (about.author->state == MemberState::kActive &&
                                       (subject->inviter == author || subject->approver == author));
}

bool may_name(const Case& about, const wire::Label& label) {
  switch (label.subject) {
    case wire::Subject::kProgramme: return label.id.empty() && coordinates(*about.author);
    case wire::Subject::kOrg: return may_name_org(about, label.id);
    case wire::Subject::kCaseload: return may_name_caseload(about, label.id);
    case wire::Subject::kPerson: return may_name_person(about, label.id);
  }
  return false;
}

bool has_reader(const Roster& roster, const wire::SealedName& name) {
  if (name.circle.is_nil()) return roster.member(name.device) != nullptr;
  const Circle* circle = roster.circle(name.circle);
  return circle != nullptr && has_epoch(*circle, name.epoch);
}

}  // namespace

Judgement judge(const Case& about, const wire::Label& label) {
  if (!may_name(about, label)) return refused("label: not the author's to name");
  if (label.names.empty()) return refused("label: it gives no name");
  for (const wire::SealedName& name : label.names) {
    if (!has_reader(about.roster, name)) {
      return refused("label: a name is sealed to no circle, epoch or device of the roster");
    }
  }
  return accepted();
}

}  // namespace setu::roster::rules
