#include "client/recovery.hpp"

#include <algorithm>

#include "client/enrol.hpp"
#include "client/entries.hpp"
#include "roster/quorum.hpp"
#include "wire/recovery_key.hpp"

namespace setu::client {
namespace {

constexpr std::size_t kFewestLetters = 4;
constexpr int kSafeDevices = 2;  // that can let others in: one may be lost

roster::Place place_of_sheet(const Context& context, const OrgId& org) {
  return {org, roster::recovery_role(context.roster, org)};
}

Status check_may_print(const Context& context, const OrgId& org) {
  if (roster::may_sign_for(context.roster, context.self.id, place_of_sheet(context, org)))
    return {};
  return fail(Code::kNotAllowed,
              "recovery sheet: a lead of the organisation or a coordinator signs for one; for the "
              "umbrella's, a coordinator",
              "ask one of them");
}

std::string server_url(Context& context) {
  const auto url = context.store.note(notes::kServerUrl);
  return url && *url ? std::string(as_text(**url)) : std::string();
}

// What entries of the log said about keys that are not in force: a motion knows only their ids.
Result<std::vector<wire::RecoveryEntry>> logged_keys(Context& context) {
  std::vector<wire::RecoveryEntry> keys;
  SETU_TAKE(const auto entries, context.store.logged_entries());
  for (const auto& [position, bytes] : entries) {
    const auto entry = wire::parse_entry(bytes, context.roster.programme());
    const auto* printed = entry ? std::get_if<wire::RecoveryEntry>(&entry->content) : nullptr;
    if (printed != nullptr) keys.push_back(*printed);
  }
  return keys;
}

RecoveryView view_of(Context& context, const wire::RecoveryEntry& printed) {
  const DeviceId id = wire::recovery_id(printed.key);
  const roster::RecoveryKey* known = context.roster.printed_key(id);
  RecoveryView view;
  view.id = id.hex();
  view.org_id = printed.org.hex();
  view.org = org_name(context, printed.org);
  view.in_force = context.roster.recovery_key(id) != nullptr;
  view.used = known != nullptr && known->used;
  if (const auto* signers = context.roster.signatures(roster::motion_of(printed))) {
    for (const DeviceId& signer : *signers) view.signed_by.push_back(person_name(context, signer));
  }
  return view;
}

int devices_that_let_in(const Context& context, const roster::Org& org) {
  return static_cast<int>(std::ranges::count_if(context.roster.members(), [&](const auto& entry) {
    return roster::leads(entry.second, org.id);
  }));
}

bool concerns(const roster::Member& me, const OrgId& org) {
  return roster::coordinates(me) || me.org == org;
}

}  // namespace

Result<RecoveryPrint> draw_recovery(Context& context, std::string_view org) {
  const roster::Member* me = context.me();
  if (me == nullptr || me->state != roster::MemberState::kActive)
    return fail(Code::kNotAllowed, "recovery sheet: this device is not an active member",
                "run `setu sync`, then try again");
  SETU_TAKE(const OrgId id, find_org(context, org, me->org));
  SETU_TRY(check_may_print(context, id));
  crypto::Secret secret(wire::kRecoverySecretSize);
  context.random().fill(secret.writable());
  const crypto::SignKeyPair key = wire::derive_recovery_key(secret);
  const wire::RecoverySheet sheet{std::move(secret), server_url(context),
                                  context.roster.programme()};
  RecoveryPrint print;
  print.id = wire::recovery_id(key.public_key).hex();
  print.org_id = id.hex();
  print.org = org_name(context, id);
  print.programme = name_of(context, wire::Subject::kProgramme, {});
  print.server_url = sheet.server_url;
  print.umbrella = id == context.roster.umbrella();
  print.link = wire::format_recovery_link(sheet);
  print.code = wire::format_recovery_code(sheet);
  return print;
}

Status sign_recovery(Context& context, const RecoveryPrint& drawn) {
  SETU_TAKE(const Bytes bytes, from_hex(drawn.org_id));
  SETU_TAKE(const OrgId org, OrgId::from(bytes));
  SETU_TRY(check_may_print(context, org));
  SETU_TAKE(const wire::RecoverySheet sheet, wire::parse_recovery_key(drawn.link));
  const crypto::SignKeyPair key = wire::derive_recovery_key(sheet.secret);
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TRY(queue_entry(context, wire::RecoveryEntry{org, key.public_key}));
  return transaction.commit();
}

Status cosign_recovery(Context& context, std::string_view id) {
  SETU_TAKE(const std::vector<wire::RecoveryEntry> keys, logged_keys(context));
  const wire::RecoveryEntry* wanted = nullptr;
  for (const wire::RecoveryEntry& key : keys) {
    const bool waits = context.roster.signatures(roster::motion_of(key)) != nullptr;
    if (!waits || id.size() < kFewestLetters || !wire::recovery_id(key.key).hex().starts_with(id))
      continue;
    if (wanted != nullptr && *wanted != key)
      return fail(Code::kAmbiguous, "sign recovery sheet: more than one begins like that",
                  "give more of its id");
    wanted = &key;
  }
  if (wanted == nullptr)
    return fail(Code::kNotFound, "sign recovery sheet: none with that id waits for a signature",
                "`setu recover list` shows them; sync if it is new");
  SETU_TRY(check_may_print(context, wanted->org));
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TRY(queue_entry(context, *wanted));
  return transaction.commit();
}

Result<std::vector<RecoveryView>> recovery_keys(Context& context) {
  std::vector<RecoveryView> views;
  SETU_TAKE(const std::vector<wire::RecoveryEntry> keys, logged_keys(context));
  for (const wire::RecoveryEntry& key : keys) {
    const bool is_told = std::ranges::any_of(views, [&](const RecoveryView& view) {
      return view.id == wire::recovery_id(key.key).hex() && view.org_id == key.org.hex();
    });
    if (!is_told) views.push_back(view_of(context, key));
  }
  std::ranges::stable_sort(views, {}, &RecoveryView::org);
  return views;
}

std::vector<std::string> advice_about_recovery(Context& context) {
  std::vector<std::string> advice;
  const roster::Member* me = context.me();
  if (me == nullptr || me->state != roster::MemberState::kActive) return advice;
  for (const auto& [id, org] : context.roster.orgs()) {
    const int devices = devices_that_let_in(context, org);
    const bool is_begun = !org.home.is_nil();  // its first lead is with it, or was
    const bool may_help =
        roster::may_sign_for(context.roster, me->device, place_of_sheet(context, id));
    if (!is_begun || !may_help || devices >= kSafeDevices || !org.recovery.is_nil()) continue;
    const std::string who = org.umbrella ? "coordinator" : "lead";
    const std::string state = devices == 0 ? " has no " + who + "'s device left"
                                           : " hangs on one " + who +
                                                 "'s device: if it is lost, "
                                                 "nobody there can let anybody in";
    advice.push_back(org_name(context, id) + state + "; invite a second " + who +
                     ", or print a recovery sheet and lock it away: setu recover print --org " +
                     id.hex() + " --pdf FILE");
  }
  return advice;
}

std::vector<std::string> warnings_about_recovery(Context& context) {
  std::vector<std::string> warnings;
  const roster::Member* me = context.me();
  if (me == nullptr || me->state != roster::MemberState::kActive) return warnings;
  for (const auto& [id, org] : context.roster.orgs()) {
    const roster::RecoveryKey* key = context.roster.recovery_key(org.recovery);
    if (key == nullptr || !key->used || !concerns(*me, id)) continue;
    warnings.push_back(person_name(context, key->id) +
                       " was used (`setu members` shows for whom); whoever used it may have it "
                       "still: a lead or coordinator prints a new one with `setu recover print`");
  }
  return warnings;
}

}  // namespace setu::client
