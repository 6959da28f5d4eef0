#include "roster/quorum.hpp"

#include <algorithm>

#include "setu/base/codec.hpp"

namespace setu::roster {

Motion motion_of(const wire::Approve& approve) {
  return {Motion::Type::kApprove, to_bytes(approve.device.view())};
}

Motion motion_of(const wire::Remove& removal) {
  return {Motion::Type::kRemove, to_bytes(removal.device.view())};
}

Motion motion_of(const wire::RecoveryEntry& recovery) {
  Writer subject;
  subject.id(recovery.org);
  subject.id(recovery.key);
  return {Motion::Type::kRecovery, subject.take()};
}

std::optional<Place> authority_of(const Roster& roster, const DeviceId& signer) {
  if (const Member* member = roster.member(signer)) {
    return member->state == MemberState::kActive ? std::optional(place_of(*member)) : std::nullopt;
  }
  const RecoveryKey* sheet = roster.recovery_key(signer);
  if (sheet == nullptr) return std::nullopt;
  return Place{sheet->org, recovery_role(roster, sheet->org)};
}

Role recovery_role(const Roster& roster, const OrgId& org) {
  return org == roster.umbrella() ? Role::kCoordinator : Role::kLead;
}

std::size_t quorum(const Roster& roster) {
  const auto coordinators = std::ranges::count_if(
      roster.members(), [](const auto& entry) { return coordinates(entry.second); });
  return coordinators >= 3 ? 2 : 1;
}

bool may_sign_for(const Roster& roster, const DeviceId& signer, const Place& subject) {
  const std::optional<Place> authority = authority_of(roster, signer);
  if (!authority) return false;
  if (authority->role == Role::kCoordinator) return true;
  return subject.role != Role::kCoordinator && authority->role == Role::kLead &&
         authority->org == subject.org;
}

Count count_with(const Roster& roster, const Motion& motion, const DeviceId& signer,
                 const Place& subject) {
  if (!may_sign_for(roster, signer, subject)) return Count::kNotEntitled;
  const std::set<DeviceId>* before = roster.signatures(motion);
  const std::set<DeviceId> signed_by = before == nullptr ? std::set<DeviceId>{} : *before;
  // Who signed and has lost her authority since does not count any more.
  const auto others =
      static_cast<std::size_t>(std::ranges::count_if(signed_by, [&](const DeviceId& other) {
        return other != signer && may_sign_for(roster, other, subject);
      }));
  const std::size_t needed = subject.role == Role::kWorker ? 1 : quorum(roster);
  if (others + 1 >= needed) return Count::kCarried;
  return signed_by.contains(signer) ? Count::kSignedBefore : Count::kOneMore;
}

}  // namespace setu::roster
