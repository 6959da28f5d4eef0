#include "client/copy_notice.hpp"

#include "client/copied.hpp"
#include "client/entries.hpp"
#include "client/keyring.hpp"
#include "roster/quorum.hpp"

namespace setu::client {
namespace {

bool is_active(const roster::Member* member) {
  return member != nullptr && member->state == roster::MemberState::kActive;
}

}  // namespace

Status queue_copy_notice(Context& context) {
  const roster::Member* me = context.me();
  SETU_TAKE(const bool proven, is_proven_copy(context));
  if (!proven || !is_active(me) || me->copied) return {};
  SETU_TAKE(const auto waiting, pending_copy_notices(context));
  if (!waiting.empty()) return {};
  SETU_TRY(queue_entry(context, wire::CopyNotice{}));
  return {};
}

Result<std::vector<std::pair<Hash, Bytes>>> pending_copy_notices(Context& context) {
  SETU_TAKE(auto pending, context.store.pending_entries());
  std::erase_if(pending, [&](const auto& hash_and_bytes) {
    const auto entry = wire::parse_entry(hash_and_bytes.second, context.roster.programme());
    return !entry || entry->author != context.self.id ||
           !std::holds_alternative<wire::CopyNotice>(entry->content);
  });
  return pending;
}

std::vector<std::string> advice_about_copies(Context& context) {
  std::vector<std::string> advice;
  const roster::Member* me = context.me();
  if (!is_active(me)) return advice;
  for (const auto& [id, member] : context.roster.members()) {
    const roster::Place place{member.org, member.role};
    if (!member.copied || !is_active(&member) || id == me->device ||
        !roster::may_sign_for(context.roster, me->device, place))
      continue;
    advice.push_back(
        "there are two copies of the phone of " + person_name(context, id) +
        ", restored from a backup or in somebody else's hands; take it out (setu revoke " +
        id.hex() + "), invite its person anew, and `setu carry` brings over what she kept");
  }
  return advice;
}

std::vector<std::string> warnings_about_copies(Context& context) {
  const roster::Member* me = context.me();
  if (!is_active(me) || !me->copied) return {};
  return {
      "there is a second copy of this phone: if nobody restored a backup of it, somebody else may "
      "hold what is on it; tell a lead today, who takes it out and invites you anew"};
}

}  // namespace setu::client
