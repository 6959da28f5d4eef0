#include "client/hand_on.hpp"

#include <algorithm>

#include "client/digits.hpp"
#include "client/entries.hpp"
#include "roster/allowed.hpp"

namespace setu::client {
namespace {

using roster::CircleType;
using roster::Role;

bool is_to_hand_on(const Context& context, const roster::Circle& circle) {
  switch (circle.type) {
    case CircleType::kCommons:
    case CircleType::kAlerts:
    case CircleType::kProgramme: return context.me()->role == Role::kLead;
    case CircleType::kOrg:
    case CircleType::kOrgFacts:
    case CircleType::kCaseload:
    case CircleType::kCaseloadFacts:
      return context.me()->role == Role::kWorker && circle.org == context.me()->org;
    case CircleType::kCoordinators:
    case CircleType::kLeads: return false;
  }
  return false;
}

// Somebody of the newcomer's role and organisation who can grant this circle's key herself.
bool has_granter(const Context& context, const roster::Member& newcomer,
                 const roster::Circle& circle) {
  return std::ranges::any_of(context.roster.members_of(circle.id), [&](const DeviceId& device) {
    const roster::Member* member = context.roster.member(device);
    return member->role == newcomer.role && member->org == newcomer.org &&
           context.roster.holds_newest(device, circle.id);
  });
}

Status queue_hand_on(Context& context, const roster::Member& newcomer,
                     const roster::Circle& circle) {
  const std::uint32_t newest = circle.newest().number;
  SETU_TAKE(const crypto::Secret* key, find_key(context, circle.id, newest));
  if (key == nullptr) {
    return fail(Code::kNotYet, "approve: a newer key of one of the circles has not arrived here",
                "run `setu sync`, then try again");
  }
  std::vector<wire::Recipient> recipients;
  SETU_TAKE(wire::Recipient to,
            for_device(context, newcomer.device, newcomer.keys.box, circle.id, newest, *key));
  recipients.push_back(std::move(to));
  return queue_grant(context, own_footing(context), circle.id, newest, std::move(recipients));
}

}  // namespace

bool may_hand_on(const Context& context, const roster::Member& newcomer) {
  const roster::Member& me = *context.me();
  if (newcomer.state != roster::MemberState::kActive || newcomer.device == me.device) return false;
  if (me.role == Role::kWorker) return newcomer.role == Role::kLead && newcomer.org == me.org;
  return me.role == Role::kLead && newcomer.role == Role::kCoordinator;
}

Status hand_on(Context& context, const roster::Member& newcomer, std::string_view digits) {
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  bool left_to_others = false;
  bool any = false;
  for (const CircleId& id : context.roster.circles_of(context.self.id)) {
    const roster::Circle& circle = *context.roster.circle(id);
    if (!is_to_hand_on(context, circle) || context.roster.holds_newest(newcomer.device, id))
      continue;
    if (has_granter(context, newcomer, circle)) {
      left_to_others = true;
      continue;
    }
    SETU_TRY(queue_hand_on(context, newcomer, circle));
    any = true;
  }
  if (left_to_others) {
    return fail(Code::kNotAllowed,
                "approve: somebody else of that role holds these keys, and hands them on herself",
                "ask her; if her device is lost, it has to be taken out first: `setu revoke`");
  }
  if (!any)
    return fail(Code::kNotAllowed,
                "approve: there is nothing to hand on: that device has the keys that this one has",
                "`setu members` shows who is who");
  SETU_TRY(check_digits(context, newcomer, digits));
  return transaction.commit();
}

}  // namespace setu::client
