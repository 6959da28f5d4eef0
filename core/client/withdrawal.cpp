#include "client/withdrawal.hpp"

#include "client/entries.hpp"
#include "roster/quorum.hpp"

namespace setu::client {
namespace {

constexpr std::size_t kFewestDigits = 4;
// A clock that is further ahead than this is wrong: it closes nothing.
constexpr std::uint32_t kBelievableHours = 365 * 24;

Result<const roster::InviteState*> find_invite(const Context& context, std::string_view which) {
  std::string id(which);
  if (which.find('#') != std::string_view::npos) {
    SETU_TAKE(const wire::InviteLink link, wire::parse_invite_link(which));
    id = wire::invite_id(wire::derive_invite_keys(link.secret).sign.public_key).hex();
  }
  const roster::InviteState* found = nullptr;
  for (const auto& [candidate, state] : context.roster.invites()) {
    if (id.size() < kFewestDigits || !candidate.hex().starts_with(id)) continue;
    if (found != nullptr)
      return fail(Code::kAmbiguous, "withdraw: more than one invite has an id like this",
                  "type more of it");
    found = &state;
  }
  if (found == nullptr)
    return fail(Code::kNotFound, "withdraw: there is no such invite here",
                "`setu members` shows the open ones with their ids; sync if it is new");
  return found;
}

bool may_withdraw(const Context& context, const roster::InviteState& invite) {
  const roster::Member* me = context.me();
  if (me == nullptr || me->state != roster::MemberState::kActive) return false;
  const roster::Place invited{invite.invite.org, invite.invite.role};
  return me->device == invite.author || roster::may_sign_for(context.roster, me->device, invited);
}

bool is_over(const Context& context, const roster::InviteState& invite) {
  const std::uint32_t now = hour_of(context.now()), last = invite.invite.expires_hour;
  return now > last && now - last < kBelievableHours;
}

}  // namespace

Status withdraw_invite(Context& context, std::string_view which) {
  SETU_TAKE(const roster::InviteState* invite, find_invite(context, which));
  if (!may_withdraw(context, *invite))
    return fail(Code::kNotAllowed, "withdraw: only who made the invite, or leads and coordinators",
                "ask who made it; nothing was changed");
  if (invite->used_by)
    return fail(Code::kInvalidArgument, "withdraw: somebody has joined by it; nothing was changed",
                "take that device out: setu revoke " + invite->used_by->hex());
  if (invite->withdrawn)
    return fail(Code::kInvalidArgument, "withdraw: nobody can use it any more already",
                "there is nothing left to do; `setu members` shows the open ones");
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TRY(queue_entry(context, wire::Withdrawal{invite->id}));
  return transaction.commit();
}

Status queue_withdrawals(Context& context) {
  for (const auto& [id, invite] : context.roster.invites()) {
    const bool is_open = !invite.used_by && !invite.withdrawn;
    if (is_open && invite.author == context.self.id && is_over(context, invite))
      SETU_TRY(queue_entry(context, wire::Withdrawal{id}));
  }
  return {};
}

}  // namespace setu::client
