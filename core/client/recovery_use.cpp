#include "client/recovery_use.hpp"

#include "client/digits.hpp"
#include "client/enrol.hpp"
#include "client/entries.hpp"
#include "client/founding.hpp"
#include "client/plan.hpp"
#include "roster/quorum.hpp"
#include "wire/recovery_key.hpp"

namespace setu::client {
namespace {

using roster::Role;

// A key in force, brought to this device.
struct Brought {
  crypto::SignKeyPair key;
  roster::RecoveryKey sheet;
  [[nodiscard]] Signer signer() const { return {key, sheet.id}; }
};

Result<Brought> bring(const Context& context, std::string_view text) {
  SETU_TAKE(const wire::RecoverySheet sheet, wire::parse_recovery_key(text));
  if (sheet.programme && *sheet.programme != context.roster.programme())
    return fail(Code::kInvalidArgument,
                "read recovery key: it is another programme's; nothing was signed",
                "use a home of the programme that the sheet names");
  crypto::SignKeyPair key = wire::derive_recovery_key(sheet.secret);
  const DeviceId id = wire::recovery_id(key.public_key);
  if (const roster::RecoveryKey* known = context.roster.recovery_key(id))
    return Brought{std::move(key), *known};
  const bool was = context.roster.printed_key(id) != nullptr;
  return fail(Code::kNotFound,
              was ? "recovery key: a newer sheet has replaced this one; nothing was signed"
                  : "recovery key: the programme knows no such key; nothing was signed",
              was ? "find the newer sheet: `setu recover list` shows its id"
                  : "sync and try again: its printing may not have arrived here, or was never "
                    "signed by enough");
}

// Only what an active member brings is taken from somebody else.
Status check_may_bring(const Context& context) {
  if (context.bearer_of) return {};
  const roster::Member* me = context.me();
  if (me != nullptr && me->state == roster::MemberState::kActive) return {};
  return fail(Code::kNotAllowed, "recovery key: this device is not an active member",
              "use a member's device, a worker's will do");
}

Result<const roster::Member*> find_subject(const Context& context, const Brought& brought,
                                           std::string_view device) {
  SETU_TAKE(const roster::Member* subject, find_member(context, device));
  if (subject->state == roster::MemberState::kRemoved)
    return fail(Code::kInvalidArgument, "recovery key: that device was removed already",
                "`setu members` shows who removed it");
  if (roster::may_sign_for(context.roster, brought.sheet.id, roster::place_of(*subject)))
    return subject;
  return fail(Code::kNotAllowed,
              "recovery key: an organisation's signs for its own people only, and no "
              "organisation's for coordinators",
              "the umbrella's sheet signs for everybody");
}

Status check_may_invite(const Context& context, const Brought& brought, const OrgId& org,
                        Role role) {
  const bool is_umbrella = org == context.roster.umbrella();
  const bool of_umbrella = brought.sheet.org == context.roster.umbrella();
  const bool may = role == Role::kCoordinator
                       ? of_umbrella && is_umbrella
                       : role == Role::kLead && (of_umbrella || org == brought.sheet.org);
  if (may) return {};
  return fail(Code::kNotAllowed,
              "recovery key: an organisation's invites leads of it, the umbrella's coordinators "
              "and any organisation's leads; workers are invited by a lead, who has keys for them",
              "invite the lead first");
}

Status queue_signed(Context& context, const Brought& brought, const wire::EntryContent& content,
                    std::vector<Hash> conditions = {}) {
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TRY(queue_entry_of(context, brought.signer(), content, std::move(conditions)));
  return transaction.commit();
}

}  // namespace

Status begin_recovery(Context& context, std::string_view key, const std::string& server_url) {
  SETU_TAKE(const std::optional<Plan> plan, load_plan(context));
  if (plan || context.roster.has_genesis())
    return fail(Code::kInvalidArgument, "recovery key: this home belongs to a programme already",
                "use the key from it as it is");
  SETU_TAKE(const wire::RecoverySheet sheet, wire::parse_recovery_key(key));
  const std::string& url = sheet.server_url.empty() ? server_url : sheet.server_url;
  if (!sheet.programme || url.empty())
    return fail(Code::kInvalidArgument,
                "recovery key: without a member's device all four lines and the server's address "
                "are needed, or the link",
                "the sheet has them below the key; the address goes with --server");
  SETU_TRY(check_server_url(url));
  SETU_TRY(context.store.put_note(notes::kServerUrl, as_bytes(url)));
  context.self.sign = wire::derive_recovery_key(sheet.secret);
  context.self.id = wire::recovery_id(context.self.sign.public_key);
  context.bearer_of = sheet.programme;
  return {};
}

Result<RecoveryView> read_recovery(Context& context, std::string_view key) {
  SETU_TAKE(const Brought brought, bring(context, key));
  RecoveryView view;
  view.id = brought.sheet.id.hex();
  view.org_id = brought.sheet.org.hex();
  view.org = org_name(context, brought.sheet.org);
  view.in_force = true;
  view.used = brought.sheet.used;
  return view;
}

Result<Client::InviteResult> recover_invite(Context& context, std::string_view key,
                                            const Client::InviteRequest& request) {
  SETU_TRY(check_may_bring(context));
  SETU_TAKE(const Brought brought, bring(context, key));
  SETU_TAKE(const OrgId org, find_org(context, request.org, brought.sheet.org));
  const Role usual = roster::recovery_role(context.roster, org);
  const std::optional<Role> role =
      request.role.empty() ? std::optional(usual) : wire::role_from_name(request.role);
  if (!role) return fail(Code::kInvalidArgument, "invite: unknown role", "use lead or coordinator");
  SETU_TRY(check_may_invite(context, brought, org, *role));
  SETU_TAKE(const NewInvite drawn, draw_invite(context, org, *role, brought.key.seed));
  SETU_TRY(queue_signed(context, brought, drawn.content));
  return told(drawn);
}

Status recover_reveal(Context& context, std::string_view key, std::string_view device) {
  SETU_TRY(check_may_bring(context));
  SETU_TAKE(const Brought brought, bring(context, key));
  SETU_TAKE(const roster::Member* subject, find_subject(context, brought, device));
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TRY(queue_reveal(context, brought.signer(), *subject));
  return transaction.commit();
}

Status recover_approve(Context& context, std::string_view key, std::string_view device,
                       std::string_view digits) {
  SETU_TRY(check_may_bring(context));
  SETU_TAKE(const Brought brought, bring(context, key));
  SETU_TAKE(const roster::Member* subject, find_subject(context, brought, device));
  if (subject->state == roster::MemberState::kActive) return {};
  SETU_TRY(check_digits(context, *subject, digits));
  // For how she joined, and for no other invite that the same device may have used.
  return queue_signed(context, brought, wire::Approve{subject->device}, {subject->entry});
}

// No cuts: the key follows no circle. What the log took before stands, and who begins the next
// epochs says where the chains end.
Status recover_revoke(Context& context, std::string_view key, std::string_view device, bool wipe) {
  SETU_TRY(check_may_bring(context));
  SETU_TAKE(const Brought brought, bring(context, key));
  SETU_TAKE(const roster::Member* subject, find_subject(context, brought, device));
  return queue_signed(context, brought, wire::Remove{subject->device, {}, wipe});
}

}  // namespace setu::client
