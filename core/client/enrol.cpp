#include "client/enrol.hpp"

#include <algorithm>

#include "client/circles.hpp"
#include "client/digits.hpp"
#include "client/entries.hpp"
#include "client/hand_on.hpp"
#include "roster/quorum.hpp"
#include "setu/base/codec.hpp"
#include "wire/digits.hpp"

namespace setu::client {
namespace {

using roster::CircleType;
using roster::Role;

constexpr std::uint32_t kFirstEpoch = 1;
constexpr std::uint32_t kInviteHours = 72;

Result<const roster::Member*> active_me(const Context& context) {
  const roster::Member* me = context.me();
  if (me != nullptr && me->state == roster::MemberState::kActive) return me;
  return fail(Code::kNotAllowed, "change the roster: this device is not an active member yet",
              "run `setu sync`, then try again");
}

// May this member act for an org as its leads do? Coordinators are the umbrella's leads.
bool leads(const Context& context, const roster::Member& me, const OrgId& org) {
  if (me.org != org) return false;
  return me.role == Role::kLead ||
         (me.role == Role::kCoordinator && org == context.roster.umbrella());
}

// Caseloads that were made on this device and are not in the log yet: name, org, home circle.
struct BeingMade {
  std::string name;
  OrgId org;
  CircleId home;
};

Result<std::vector<BeingMade>> load_being_made(Context& context) {
  std::vector<BeingMade> all;
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kNewCaseloads));
  SETU_TAKE(const auto pending, context.store.pending_entries());
  if (!note || pending.empty()) return all;  // nothing waits: they are in the log, or were refused
  Reader reader(*note);
  while (!reader.at_end()) {
    BeingMade each;
    each.name = as_text(reader.sized(limits::kTextBytes));
    each.org = reader.id<OrgId>();
    each.home = reader.id<CircleId>();
    if (!reader.ok()) return fail(Code::kCorrupt, "read new caseloads: damaged note");
    if (context.roster.circle(each.home) == nullptr) all.push_back(std::move(each));
  }
  return all;
}

// Nobody can be put there, and a second one with its name must not be made, before a sync.
Status check_not_being_made(Context& context, std::string_view name, const OrgId& org) {
  SETU_TAKE(const std::vector<BeingMade> all, load_being_made(context));
  const bool waits = std::ranges::any_of(
      all, [&](const BeingMade& each) { return each.org == org && each.name == name; });
  if (!waits) return {};
  return fail(Code::kNotYet,
              "caseload " + std::string(name) + ": it was made here and is not sent yet",
              "run `setu sync`, then try again");
}

Status note_being_made(Context& context, const std::string& name, const OrgId& org,
                       const CircleId& home) {
  SETU_TAKE(std::vector<BeingMade> all, load_being_made(context));
  all.push_back({name, org, home});
  Writer writer;
  for (const BeingMade& each : all) {
    writer.sized(each.name);
    writer.id(each.org);
    writer.id(each.home);
  }
  return context.store.put_note(notes::kNewCaseloads, writer.view());
}

Result<std::optional<CircleId>> find_caseload(Context& context, std::string_view wanted,
                                              const OrgId& org) {
  std::vector<CircleId> matching;
  for (const auto& [id, circle] : context.roster.circles()) {
    if (circle.type != CircleType::kCaseload || circle.org != org) continue;
    if (id.hex() == wanted || caseload_name(context, id) == wanted) matching.push_back(id);
  }
  if (matching.size() > 1)
    return fail(Code::kAmbiguous, "find caseload: more than one has that name",
                "use its id from `setu caseload list`");
  if (matching.empty()) return std::nullopt;
  return matching.front();
}

// A caseload and its facts twin: keys to the org's leads, facts also to the coordinators.
struct NewCaseload {
  NewCircle home, facts;
};
Result<NewCaseload> queue_caseload(Context& context, const std::string& name, const OrgId& org) {
  SETU_TRY(check_name("caseload", name));
  SETU_TRY(check_not_being_made(context, name, org));
  const roster::Org* found = context.roster.org(org);
  const roster::Circle* leads_circle =
      found == nullptr ? nullptr : context.roster.circle(found->leads);
  const roster::Circle* coordinators =
      context.roster.circle(context.roster.programme_circle(CircleType::kCoordinators));
  if (leads_circle == nullptr || coordinators == nullptr) {
    return fail(Code::kNotYet, "add caseload: the organisation's circles are not made yet",
                "run `setu sync`, then try again");
  }
  const Footing footing = own_footing(context);
  NewCaseload made;
  SETU_TAKE(made.home, queue_circle(context, footing, CircleType::kCaseload, org, {}));
  SETU_TAKE(made.facts,
            queue_circle(context, footing, CircleType::kCaseloadFacts, org, made.home.id));
  for (const NewCircle* circle : {&made.home, &made.facts}) {
    std::vector<wire::Recipient> recipients;
    const roster::Epoch& leads_epoch = leads_circle->newest();
    SETU_TAKE(wire::Recipient to_leads,
              for_circle(context, leads_circle->id, leads_epoch.number, leads_epoch.inbox,
                         circle->id, kFirstEpoch, circle->key));
    recipients.push_back(std::move(to_leads));
    if (circle == &made.facts) {
      const roster::Epoch& epoch = coordinators->newest();
      SETU_TAKE(wire::Recipient to_coordinators,
                for_circle(context, coordinators->id, epoch.number, epoch.inbox, circle->id,
                           kFirstEpoch, circle->key));
      recipients.push_back(std::move(to_coordinators));
    }
    SETU_TRY(queue_grant(context, footing, circle->id, kFirstEpoch, std::move(recipients)));
  }
  wire::Label label{wire::Subject::kCaseload, to_bytes(made.home.id.view()), {}};
  label.names.push_back(wire::seal_name(made.home.id, kFirstEpoch, made.home.key, label.subject,
                                        label.id, name, context.random()));
  SETU_TRY(queue_entry(context, label));
  SETU_TRY(note_being_made(context, name, org, made.home.id));
  return made;
}

Result<wire::InviteGrant> invite_grant(Context& context, const wire::InviteKeys& keys,
                                       const CircleId& circle, std::uint32_t epoch,
                                       const crypto::Secret& key) {
  wire::InviteGrant grant{circle, epoch, {}};
  SETU_TAKE(grant.sealed,
            wire::seal_epoch_key(keys.box.public_key, circle, epoch, key, context.random()));
  return grant;
}

// Nobody but leads works there and nothing was written: its key may travel inside an invite.
Result<bool> is_untouched(Context& context, const CircleId& caseload) {
  for (const DeviceId& device : context.roster.members_of(caseload)) {
    const roster::Member* member = context.roster.member(device);
    if (member != nullptr && member->role == Role::kWorker) return false;
  }
  bool written = false;
  const store::BatchState any[] = {store::BatchState::kApplied,     store::BatchState::kParked,
                                   store::BatchState::kQuarantined, store::BatchState::kOwnUnsent,
                                   store::BatchState::kOwnAcked,    store::BatchState::kClosed};
  SETU_TRY(context.store.each_batch(caseload, any, [&](const store::StoredBatch&) -> Result<bool> {
    written = true;
    return false;
  }));
  SETU_TAKE(const auto unsealed, context.store.outbox(caseload, 1));
  return !written && unsealed.empty();
}

// Fills a worker's invite: org circles, and her caseload where it is new or untouched.
Status add_worker_grants(Context& context, wire::Invite& invite, const wire::InviteKeys& keys,
                         const std::string& caseload) {
  const roster::Org* org = context.roster.org(invite.org);
  const auto add_held = [&](const CircleId& circle) -> Status {
    SETU_TAKE(const HeldKey held, newest_key(context, circle));
    SETU_TAKE(wire::InviteGrant grant, invite_grant(context, keys, circle, held.epoch, *held.key));
    invite.grants.push_back(std::move(grant));
    return {};
  };
  SETU_TRY(add_held(org->home));
  SETU_TRY(add_held(org->facts));
  if (caseload.empty()) return {};
  SETU_TAKE(const std::optional<CircleId> existing, find_caseload(context, caseload, invite.org));
  if (existing) {
    invite.caseload = *existing;
    SETU_TAKE(const bool untouched, is_untouched(context, *existing));
    if (!untouched)
      return {};  // its key follows with `setu approve`, when the inviter has seen who came
    SETU_TRY(add_held(*existing));
    return add_held(context.roster.circle(*existing)->twin);
  }
  SETU_TAKE(const NewCaseload made, queue_caseload(context, caseload, invite.org));
  invite.caseload = made.home.id;
  for (const NewCircle* circle : {&made.home, &made.facts}) {
    SETU_TAKE(wire::InviteGrant grant,
              invite_grant(context, keys, circle->id, kFirstEpoch, circle->key));
    invite.grants.push_back(std::move(grant));
  }
  return {};
}

Status check_may_invite(const Context& context, const roster::Member& me, const OrgId& org,
                        Role role) {
  const bool may = role == Role::kWorker ? leads(context, me, org)
                   : role == Role::kLead
                       ? me.role == Role::kCoordinator || leads(context, me, org)
                       : me.role == Role::kCoordinator && org == context.roster.umbrella();
  if (may) return {};
  return fail(Code::kNotAllowed,
              "invite: your role may not invite a " + std::string(wire::role_name(role)) +
                  " to that organisation",
              "workers are invited by a lead of their organisation, leads by a coordinator or a "
              "lead of it, coordinators by a coordinator "
              "into the umbrella organisation");
}

std::vector<CircleId> circles_for(const Context& context, const roster::Member& member) {
  std::vector<CircleId> circles;
  const roster::Org* org = context.roster.org(member.org);
  const auto add = [&](const CircleId& circle) {
    if (!circle.is_nil()) circles.push_back(circle);
  };
  if (member.role != Role::kWorker) {
    for (CircleType type : {CircleType::kCommons, CircleType::kAlerts, CircleType::kProgramme})
      add(context.roster.programme_circle(type));
  }
  if (member.role == Role::kCoordinator)
    add(context.roster.programme_circle(CircleType::kCoordinators));
  add(org->home);
  add(org->facts);
  if (member.role != Role::kWorker) add(org->leads);
  if (const roster::Circle* caseload = context.roster.circle(member.invited_caseload);
      caseload != nullptr) {
    add(caseload->id);
    add(caseload->twin);
  }
  return circles;
}

// Whose word the roster took: of her approver, or of her inviter where no approval was needed.
std::string who_let_in(Context& context, const roster::Member& member) {
  const DeviceId& by = member.approver.is_nil() ? member.inviter : member.approver;
  return by.is_nil() ? std::string() : person_name(context, by);
}

std::vector<std::string> signers_of(Context& context, roster::Motion::Type type,
                                    const DeviceId& subject) {
  std::vector<std::string> names;
  const auto* signers = context.roster.signatures({type, to_bytes(subject.view())});
  if (signers == nullptr) return names;
  for (const DeviceId& signer : *signers) names.push_back(person_name(context, signer));
  return names;
}

}  // namespace

Result<OrgId> find_org(Context& context, std::string_view wanted, const OrgId& otherwise) {
  if (wanted.empty()) return otherwise;
  std::vector<OrgId> matching;
  for (const auto& [id, org] : context.roster.orgs()) {
    if (id.hex() == wanted || org_name(context, id) == wanted) matching.push_back(id);
  }
  if (matching.size() == 1) return matching.front();
  if (matching.empty()) {
    return fail(Code::kNotFound, "find organisation: none with that name or id",
                "`setu org list` shows them; sync if it is new");
  }
  return fail(Code::kAmbiguous, "find organisation: more than one has that name",
              "use its id from `setu org list`");
}

Result<NewInvite> draw_invite(Context& context, const OrgId& org, Role role,
                              const crypto::Secret& author_seed) {
  SETU_TAKE(const std::optional<Bytes> url, context.store.note(notes::kServerUrl));
  NewInvite invite;
  invite.link.server_url = url ? std::string(as_text(*url)) : std::string();
  invite.link.genesis = context.roster.genesis_hash();
  context.random().fill(invite.link.secret);
  invite.keys = wire::derive_invite_keys(invite.link.secret);
  invite.content.keys = invite.keys.public_keys();
  invite.content.org = org;
  invite.content.role = role;
  invite.content.expires_hour = hour_of(context.now()) + kInviteHours;
  invite.content.preapproved = role == Role::kWorker;
  if (!invite.content.preapproved) {
    invite.content.digits = wire::commit_digits(
        wire::digits_nonce(author_seed, wire::invite_id(invite.content.keys.sign)));
  }
  return invite;
}

Client::InviteResult told(const NewInvite& invite) {
  return {wire::format_invite_link(invite.link), iso_hour(invite.content.expires_hour),
          wire::invite_id(invite.content.keys.sign).hex()};
}

std::string_view state_name(roster::MemberState state) {
  switch (state) {
    case roster::MemberState::kPending: return "pending";
    case roster::MemberState::kActive: return "active";
    case roster::MemberState::kRemoved: return "removed";
  }
  return "pending";
}

Result<const roster::Member*> find_member(const Context& context, std::string_view device) {
  const roster::Member* found = nullptr;
  for (const auto& [id, member] : context.roster.members()) {
    if (device.size() < 4 || !id.hex().starts_with(device)) continue;
    if (found != nullptr)
      return fail(Code::kAmbiguous, "find device: more than one begins like that",
                  "give more of its id");
    found = &member;
  }
  if (found == nullptr)
    return fail(Code::kNotFound, "find device: nobody with that id",
                "sync; `setu members` shows who joined");
  return found;
}

Result<std::string> add_org(Context& context, const std::string& name) {
  SETU_TAKE(const roster::Member* me, active_me(context));
  if (me->role != Role::kCoordinator) {
    return fail(Code::kNotAllowed, "add organisation: only coordinators add organisations",
                "ask a coordinator");
  }
  SETU_TRY(check_name("organisation", name));
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  const CircleId commons = context.roster.programme_circle(CircleType::kCommons);
  SETU_TAKE(const HeldKey held, newest_key(context, commons));
  const OrgId id = crypto::random_id<OrgId>(context.random());
  SETU_TRY(queue_entry(context, wire::OrgEntry{id}));
  wire::Label label{wire::Subject::kOrg, to_bytes(id.view()), {}};
  label.names.push_back(wire::seal_name(commons, held.epoch, *held.key, label.subject, label.id,
                                        name, context.random()));
  SETU_TRY(queue_entry(context, label));
  SETU_TRY(transaction.commit());
  return id.hex();
}

Result<std::string> add_caseload(Context& context, const std::string& name, std::string_view org) {
  SETU_TAKE(const roster::Member* me, active_me(context));
  SETU_TAKE(const OrgId id, find_org(context, org, me->org));
  if (!leads(context, *me, id)) {
    return fail(Code::kNotAllowed, "add caseload: only leads of the organisation add caseloads",
                "ask a lead of that organisation");
  }
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TAKE(const std::optional<CircleId> existing, find_caseload(context, name, id));
  if (existing)
    return fail(Code::kInvalidArgument, "add caseload: there is one with that name already",
                "choose another name");
  SETU_TAKE(const NewCaseload made, queue_caseload(context, name, id));
  SETU_TRY(transaction.commit());
  return made.home.id.hex();
}

Result<Client::InviteResult> invite(Context& context, const Client::InviteRequest& request) {
  SETU_TAKE(const roster::Member* me, active_me(context));
  const std::optional<Role> role = wire::role_from_name(request.role);
  if (!role)
    return fail(Code::kInvalidArgument, "invite: unknown role", "use worker, lead or coordinator");
  SETU_TAKE(const OrgId org, find_org(context, request.org, me->org));
  SETU_TRY(check_may_invite(context, *me, org, *role));
  if (*role != Role::kWorker && !request.caseload.empty()) {
    return fail(Code::kInvalidArgument, "invite: only workers are invited to a caseload",
                "leads of an organisation see all its caseloads");
  }
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TAKE(NewInvite drawn, draw_invite(context, org, *role, context.self.sign.seed));
  if (drawn.content.preapproved)
    SETU_TRY(add_worker_grants(context, drawn.content, drawn.keys, request.caseload));
  SETU_TRY(queue_entry(context, drawn.content));
  SETU_TRY(transaction.commit());
  return told(drawn);
}

Status approve(Context& context, std::string_view device, std::string_view digits) {
  SETU_TAKE(const roster::Member* me, active_me(context));
  SETU_TAKE(const roster::Member* member, find_member(context, device));
  if (member->state == roster::MemberState::kRemoved) {
    return fail(Code::kInvalidArgument, "approve: that device was removed",
                "invite the person again, for another device");
  }
  if (may_hand_on(context, *member)) return hand_on(context, *member, digits);
  const bool may = me->role == Role::kCoordinator || leads(context, *me, member->org);
  if (!may || member->device == me->device) {
    return fail(Code::kNotAllowed,
                "approve: a coordinator, or a lead of the same organisation, approves a device",
                "ask one of them");
  }
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  if (member->state == roster::MemberState::kPending) {
    SETU_TRY(check_digits(context, *member, digits));
    const wire::Approve approval{member->device};
    const bool carries = roster::count_with(context.roster, roster::motion_of(approval), me->device,
                                            roster::place_of(*member)) == roster::Count::kCarried;
    // For how she joined, and for no other invite that the same device may have used.
    Footing footing = own_footing(context);
    footing.conditions.push_back(member->entry);
    SETU_TRY(queue_entry(context, approval, footing.programme, std::move(footing.conditions)));
    if (!carries) return transaction.commit();  // keys follow when the others have signed
  }
  for (const CircleId& circle : circles_for(context, *member)) {
    if (!context.roster.is_member(me->device, circle) ||
        context.roster.is_member(member->device, circle))
      continue;
    const auto held = newest_key(context, circle);
    if (!held) continue;
    if (held->epoch != context.roster.circle(circle)->newest().number) {
      return fail(Code::kNotYet, "approve: a newer key of one of the circles has not arrived here",
                  "run `setu sync`, then try again");
    }
    SETU_TAKE(wire::Recipient recipient, for_device(context, member->device, member->keys.box,
                                                    circle, held->epoch, *held->key));
    std::vector<wire::Recipient> recipients;
    recipients.push_back(std::move(recipient));
    SETU_TRY(
        queue_grant(context, own_footing(context), circle, held->epoch, std::move(recipients)));
  }
  return transaction.commit();
}

Result<std::vector<OrgView>> orgs(Context& context) {
  std::vector<OrgView> views;
  for (const auto& [id, org] : context.roster.orgs())
    views.push_back({id.hex(), org_name(context, id), org.umbrella, !org.home.is_nil()});
  std::ranges::stable_sort(views, {}, &OrgView::name);
  return views;
}

Result<std::vector<CaseloadView>> caseloads(Context& context) {
  std::vector<CaseloadView> views;
  for (const auto& [id, circle] : context.roster.circles()) {
    if (circle.type != CircleType::kCaseload || !may_use(context.roster, context.self.id, circle))
      continue;
    views.push_back(
        {id.hex(), caseload_name(context, id), circle.org.hex(), org_name(context, circle.org)});
  }
  std::ranges::stable_sort(views, {}, &CaseloadView::name);
  return views;
}

Result<std::vector<MemberView>> members(Context& context) {
  std::vector<MemberView> views;
  for (const auto& [id, member] : context.roster.members()) {
    views.push_back({.device = id.hex(),
                     .person = person_name(context, id),
                     .org_id = member.org.hex(),
                     .org = org_name(context, member.org),
                     .role = std::string(wire::role_name(member.role)),
                     .invite = {},
                     .state = std::string(state_name(member.state)),
                     .let_in_by = who_let_in(context, member),
                     .taken_out_by = member.remover.is_nil() ? std::string()
                                                             : person_name(context, member.remover),
                     .approved_by = signers_of(context, roster::Motion::Type::kApprove, id),
                     .revoked_by = signers_of(context, roster::Motion::Type::kRemove, id),
                     .copied = member.copied});
  }
  for (const auto& [id, state] : context.roster.invites()) {
    const bool is_open = !state.used_by && !state.withdrawn &&
                         state.invite.expires_hour >= hour_of(context.now()) &&
                         roster::authority_of(context.roster, state.author);
    if (!is_open) continue;
    MemberView& view = views.emplace_back();
    view.org_id = state.invite.org.hex();
    view.org = org_name(context, state.invite.org);
    view.role = wire::role_name(state.invite.role);
    view.invite = id.hex();
    view.state = "invited";
    view.let_in_by = person_name(context, state.author);
  }
  std::ranges::stable_sort(views, {}, [](const MemberView& view) {
    return std::tie(view.org, view.role, view.person, view.device);
  });
  return views;
}

}  // namespace setu::client
