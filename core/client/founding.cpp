#include "client/founding.hpp"

#include <algorithm>
#include <set>

#include "client/copied.hpp"
#include "client/copy_notice.hpp"
#include "client/digits.hpp"
#include "client/entries.hpp"
#include "client/epochs.hpp"
#include "client/intake.hpp"
#include "client/names_again.hpp"
#include "client/plan.hpp"
#include "client/removals.hpp"
#include "client/rollback.hpp"
#include "client/withdrawal.hpp"

namespace setu::client {
namespace {

using roster::CircleType;

constexpr std::uint32_t kFirstEpoch = 1;
constexpr std::string_view kPerson =
    "person";  // the member's own name, until and after it is sealed to others

Status check_unused(Context& context) {
  SETU_TAKE(const std::optional<Plan> plan, load_plan(context));
  if (!plan && !context.roster.has_genesis()) return {};
  return fail(Code::kInvalidArgument, "start: this home belongs to a programme already",
              "use another --home for another one");
}

Result<std::string> own_name(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(kPerson));
  return note ? std::string(as_text(*note)) : std::string();
}

// An org's three circles, their keys granted to their maker, and commons and alerts to the org.
struct OrgCircles {
  NewCircle home, facts, leads;
};
struct Wide {  // a circle that exists, with its key
  CircleId id;
  std::uint32_t epoch = kFirstEpoch;
  const crypto::Secret* key = nullptr;
};
struct CoordinatorsInbox {
  CircleId id;
  std::uint32_t epoch = kFirstEpoch;
  crypto::BoxPublicKey inbox;
};

Status grant_to_self(Context& context, const Footing& footing, const NewCircle& circle,
                     std::vector<wire::Recipient> more = {}) {
  SETU_TAKE(wire::Recipient self, for_device(context, context.self.id, context.self.box.public_key,
                                             circle.id, kFirstEpoch, circle.key));
  more.insert(more.begin(), std::move(self));
  return queue_grant(context, footing, circle.id, kFirstEpoch, std::move(more));
}

Result<OrgCircles> queue_org_circles(Context& context, const Footing& footing, const OrgId& org,
                                     const CoordinatorsInbox& coordinators,
                                     std::initializer_list<Wide> wide_circles) {
  OrgCircles made;
  SETU_TAKE(made.home, queue_circle(context, footing, CircleType::kOrg, org, {}));
  SETU_TAKE(made.facts, queue_circle(context, footing, CircleType::kOrgFacts, org, made.home.id));
  SETU_TAKE(made.leads, queue_circle(context, footing, CircleType::kLeads, org, {}));
  SETU_TRY(grant_to_self(context, footing, made.home));
  std::vector<wire::Recipient> coordinators_too;
  SETU_TAKE(wire::Recipient recipient,
            for_circle(context, coordinators.id, coordinators.epoch, coordinators.inbox,
                       made.facts.id, kFirstEpoch, made.facts.key));
  coordinators_too.push_back(std::move(recipient));
  SETU_TRY(grant_to_self(context, footing, made.facts, std::move(coordinators_too)));
  SETU_TRY(grant_to_self(context, footing, made.leads));
  for (const Wide& wide : wide_circles) {
    SETU_TAKE(wire::Recipient to_org, for_circle(context, made.home.id, kFirstEpoch,
                                                 made.home.inbox, wide.id, wide.epoch, *wide.key));
    std::vector<wire::Recipient> recipients;
    recipients.push_back(std::move(to_org));
    SETU_TRY(queue_grant(context, footing, wide.id, wide.epoch, std::move(recipients)));
  }
  return made;
}

Status queue_label(Context& context, const Footing& footing, wire::Subject subject, ByteView id,
                   std::string_view name, std::initializer_list<const NewCircle*> readers) {
  wire::Label label{subject, to_bytes(id), {}};
  for (const NewCircle* circle : readers) {
    label.names.push_back(
        wire::seal_name(circle->id, kFirstEpoch, circle->key, subject, id, name, context.random()));
  }
  SETU_TRY(queue_entry(context, label, footing.programme, footing.conditions));
  return {};
}

Status note_named(Context& context, std::initializer_list<CircleId> circles) {
  SETU_TAKE(std::optional<Bytes> note, context.store.note(notes::kNamed));
  Bytes named = note ? std::move(*note) : Bytes{};
  for (const CircleId& circle : circles) append(named, circle.view());
  return context.store.put_note(notes::kNamed, named);
}

// The whole beginning of a programme: genesis, the wide circles, the umbrella org's circles, names.
Status queue_genesis(Context& context, Plan& plan, const crypto::SignPublicKey& server_key) {
  wire::Genesis genesis;
  context.random().fill(genesis.salt);
  genesis.server_key = server_key;
  genesis.umbrella = crypto::random_id<OrgId>(context.random());
  genesis.coordinator = context.self.public_keys();
  SETU_TAKE(const wire::Entry entry, queue_entry(context, genesis, ProgrammeId{}, {}));
  plan.genesis = entry.hash;
  const Footing footing{wire::programme_of(entry.hash), {entry.hash}};

  SETU_TAKE(const NewCircle commons,
            queue_circle(context, footing, CircleType::kCommons, genesis.umbrella, {}));
  SETU_TAKE(const NewCircle alerts,
            queue_circle(context, footing, CircleType::kAlerts, genesis.umbrella, {}));
  SETU_TAKE(const NewCircle programme,
            queue_circle(context, footing, CircleType::kProgramme, genesis.umbrella, {}));
  SETU_TAKE(const NewCircle coordinators,
            queue_circle(context, footing, CircleType::kCoordinators, genesis.umbrella, {}));
  for (const NewCircle* circle : {&commons, &alerts, &programme, &coordinators})
    SETU_TRY(grant_to_self(context, footing, *circle));
  SETU_TAKE(
      const OrgCircles org,
      queue_org_circles(
          context, footing, genesis.umbrella, {coordinators.id, kFirstEpoch, coordinators.inbox},
          {{commons.id, kFirstEpoch, &commons.key}, {alerts.id, kFirstEpoch, &alerts.key}}));

  SETU_TRY(queue_label(context, footing, wire::Subject::kProgramme, {}, plan.programme_name,
                       {&commons}));
  SETU_TRY(queue_label(context, footing, wire::Subject::kOrg, genesis.umbrella.view(),
                       plan.org_name, {&commons}));
  SETU_TAKE(const std::string person, own_name(context));
  SETU_TRY(queue_label(context, footing, wire::Subject::kPerson, context.self.id.view(), person,
                       {&org.home, &programme}));
  SETU_TRY(note_named(context, {org.home.id, programme.id}));
  return save_plan(context, plan);
}

// Opens the keys that were sealed to the invite.
Status keep_invited_keys(Context& context, const wire::InviteKeys& keys,
                         const roster::InviteState& invite) {
  for (const wire::InviteGrant& grant : invite.invite.grants) {
    SETU_TAKE(const crypto::Secret key,
              wire::open_epoch_key(keys.box, grant.circle, grant.epoch, grant.sealed));
    SETU_TRY(keep_key(context, grant.circle, grant.epoch, key));
  }
  return {};
}

// The roster has the invite: opens the keys sealed to it and asks to be taken in.
Status queue_joining(Context& context, const Plan& plan) {
  const wire::InviteKeys keys = wire::derive_invite_keys(plan.secret);
  const roster::InviteState* state = context.roster.invite(wire::invite_id(keys.sign.public_key));
  if (state == nullptr) {
    return fail(Code::kRefused, "join: the programme knows no such invite",
                "whoever invited you syncs first; then try again, or ask for a new invite");
  }
  if (state->used_by && *state->used_by != context.self.id) {
    return fail(Code::kRefused, "join: this invite was used by another device",
                "ask for a new invite, and tell who invited you");
  }
  const Footing footing{context.roster.programme(), {state->entry}};
  const wire::DeviceKeys mine = context.self.public_keys();
  SETU_TRY(queue_entry(
      context,
      wire::DeviceEntry{mine, state->id, wire::sign_invite_use(keys, mine, footing.programme)},
      footing.programme, footing.conditions));
  SETU_TRY(keep_invited_keys(context, keys, *state));
  const roster::Member* inviter = context.roster.member(state->author);
  if (inviter == nullptr) return {};
  SETU_TAKE(const std::string person, own_name(context));
  wire::Label label{wire::Subject::kPerson, to_bytes(context.self.id.view()), {}};
  SETU_TAKE(wire::SealedName name,
            wire::seal_name(inviter->device, inviter->keys.box, label.subject, label.id, person,
                            context.random()));
  label.names.push_back(std::move(name));
  SETU_TRY(queue_entry(context, label, footing.programme, {}));
  return {};
}

// A lead whose org has no circles yet makes them, and hands commons and alerts on.
Status queue_missing_org_circles(Context& context) {
  const roster::Member& me = *context.me();
  const roster::Org* org = context.roster.org(me.org);
  const roster::Circle* coordinators =
      context.roster.circle(context.roster.programme_circle(CircleType::kCoordinators));
  if (me.role != roster::Role::kLead || org == nullptr || !org->home.is_nil() ||
      coordinators == nullptr)
    return {};
  const CircleId commons = context.roster.programme_circle(CircleType::kCommons);
  const CircleId alerts = context.roster.programme_circle(CircleType::kAlerts);
  const auto commons_key = newest_key(context, commons);
  const auto alerts_key = newest_key(context, alerts);
  if (!commons_key || !alerts_key)
    return {};  // granted with the approval; a later sync brings them
  const roster::Epoch& epoch = coordinators->newest();
  SETU_TRY(queue_org_circles(context, own_footing(context), org->id,
                             {coordinators->id, epoch.number, epoch.inbox},
                             {{commons, commons_key->epoch, commons_key->key},
                              {alerts, alerts_key->epoch, alerts_key->key}}));
  return {};
}

// Seals this member's name to the circles that should read it, once it holds their keys.
Status queue_own_name(Context& context) {
  const roster::Member& me = *context.me();
  const roster::Org* org = context.roster.org(me.org);
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kNamed));
  std::set<CircleId> named;
  if (note) {
    for (std::size_t at = 0; at + CircleId::size <= note->size(); at += CircleId::size) {
      named.insert(*CircleId::from(ByteView(*note).subspan(at, CircleId::size)));
    }
  }
  std::vector<CircleId> readers;
  if (org != nullptr && !org->home.is_nil()) readers.push_back(org->home);
  if (me.role != roster::Role::kWorker)
    readers.push_back(context.roster.programme_circle(CircleType::kProgramme));

  SETU_TAKE(const std::string person, own_name(context));
  wire::Label label{wire::Subject::kPerson, to_bytes(context.self.id.view()), {}};
  for (const CircleId& circle : readers) {
    const auto held = newest_key(context, circle);
    if (named.contains(circle) || !held || !context.roster.is_member(context.self.id, circle))
      continue;
    label.names.push_back(wire::seal_name(circle, held->epoch, *held->key, label.subject, label.id,
                                          person, context.random()));
    SETU_TRY(note_named(context, {circle}));
  }
  if (label.names.empty()) return {};
  SETU_TRY(queue_entry(context, label));
  return {};
}

Result<std::optional<crypto::SignPublicKey>> server_key(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kServerKey));
  if (!note || note->empty()) return std::nullopt;
  SETU_TAKE(const crypto::SignPublicKey key, crypto::SignPublicKey::from(*note));
  return key;
}

// What was planned is done. The invite stays: a server that was put back to before this device had
// joined lets in who shows it, to give back her own enrolment. The keys of the invite were kept
// then; not so in a copy of this home from before, to which batches came that wait for them.
Status end_plan(Context& context, const Plan& plan) {
  SETU_TRY(forget_plan(context));
  if (plan.type != PlanType::kJoin) return {};
  SETU_TRY(context.store.put_note(notes::kUsedInvite, plan.secret));
  const wire::InviteKeys keys = wire::derive_invite_keys(plan.secret);
  const auto* invite = context.roster.invite(wire::invite_id(keys.sign.public_key));
  if (invite == nullptr) return {};
  const Status kept = keep_invited_keys(context, keys, *invite);
  if (!kept && kept.error().code != Code::kForged) return kept;
  std::vector<CircleId> circles;
  for (const wire::InviteGrant& grant : invite->invite.grants) circles.push_back(grant.circle);
  return retry_parked(context, circles);
}

Status pursue_plan(Context& context, Plan plan) {
  SETU_TAKE(const auto pending, context.store.pending_entries());
  if (!pending.empty()) return {};
  if (plan.type == PlanType::kFound) {
    SETU_TAKE(const std::optional<crypto::SignPublicKey> key, server_key(context));
    return key ? queue_genesis(context, plan, *key) : Status{};
  }
  return context.roster.has_genesis() ? queue_joining(context, plan) : Status{};
}

}  // namespace

Status check_server_url(std::string_view url) {
  if ((url.starts_with("https://") || url.starts_with("http://")) && url.size() < 300 &&
      is_utf8_text(url))
    return {};
  return fail(Code::kInvalidArgument, "read server address: not an address",
              "give it as https://HOST:PORT");
}

Status begin_programme(Context& context, const Client::NewProgramme& request) {
  SETU_TRY(check_unused(context));
  SETU_TRY(check_server_url(request.server_url));
  SETU_TRY(check_name("programme", request.name));
  SETU_TRY(check_name("organisation", request.org));
  SETU_TRY(check_name("person", request.person));
  SETU_TAKE(const wire::Token token, wire::parse_token(request.token));
  Plan plan{PlanType::kFound,      request.server_url, {},         token.secret,
            token.server_key_hash, request.name,       request.org};
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TRY(save_plan(context, plan));
  SETU_TRY(context.store.put_note(kPerson, as_bytes(request.person)));
  SETU_TRY(context.store.put_note(notes::kServerUrl, as_bytes(request.server_url)));
  return transaction.commit();
}

Status begin_join(Context& context, std::string_view link_text, const std::string& person) {
  SETU_TRY(check_unused(context));
  SETU_TRY(check_name("person", person));
  SETU_TAKE(const wire::InviteLink link, wire::parse_invite_link(link_text));
  Plan plan{PlanType::kJoin, link.server_url, link.genesis, link.secret, {}, {}, {}};
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TRY(save_plan(context, plan));
  SETU_TRY(context.store.put_note(kPerson, as_bytes(person)));
  SETU_TRY(context.store.put_note(notes::kServerUrl, as_bytes(link.server_url)));
  return transaction.commit();
}

Status tend(Context& context) {
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  // A roster that lacks what is being given back must not be mended by making it anew, and an old
  // copy writes nothing but that it is one.
  SETU_TAKE(const bool giving_back, is_giving_back(context));
  SETU_TAKE(const bool copied, is_copied(context));
  const bool may_write = !giving_back && !copied;
  SETU_TAKE(const std::optional<Plan> plan, load_plan(context));
  const roster::Member* me = context.me();
  if (!giving_back) SETU_TRY(queue_copy_notice(context));
  if (plan && me != nullptr) SETU_TRY(end_plan(context, *plan));
  if (plan && me == nullptr && may_write) SETU_TRY(pursue_plan(context, *plan));
  if (me != nullptr && me->state == roster::MemberState::kActive) {
    SETU_TAKE(const std::vector<CircleId> gained, collect_keys(context));
    SETU_TRY(retry_parked(context, gained));
    SETU_TRY(close_parked(context));
    SETU_TAKE(const auto pending, context.store.pending_entries());
    if (pending.empty() && may_write) {  // one thing at a time: what is queued may be it
      SETU_TRY(queue_missing_org_circles(context));
      SETU_TRY(queue_own_name(context));
      SETU_TRY(queue_names_again(context));
      SETU_TRY(queue_removals(context));
      SETU_TRY(queue_reveals(context));
      SETU_TRY(queue_withdrawals(context));
    }
    SETU_TAKE(const auto queued, context.store.pending_entries());
    if (queued.empty() && may_write) SETU_TRY(queue_epochs(context));
    SETU_TAKE(const auto epochs, context.store.pending_entries());
    if (epochs.empty() && may_write) SETU_TRY(queue_missing_grants(context));
  }
  return transaction.commit();
}

Result<bool> settled(Context& context) {
  SETU_TAKE(const std::optional<Plan> plan, load_plan(context));
  SETU_TAKE(const auto pending, context.store.pending_entries());
  SETU_TAKE(const bool copied, is_copied(context));
  if (context.bearer_of && !context.roster.has_genesis()) return false;
  if (copied) {
    SETU_TAKE(const auto notices, pending_copy_notices(context));
    return notices.empty();
  }
  return !plan && pending.empty();
}

}  // namespace setu::client
