#include <algorithm>

#include "roster/allowed.hpp"
#include "roster/roster.hpp"

// Who holds which keys, against who is a member: what removals leave to be done.

namespace setu::roster {

bool Roster::counts(const DeviceId& device, const CircleId& circle, std::uint64_t seq,
                    const Hash& hash) const {
  if (const auto end = end_of(device, circle))
    return seq < end->seq || (seq == end->seq && hash == end->hash);
  if (was_member(device, circle)) return true;
  const Circle* written = this->circle(circle);
  const Member* author = member(device);
  return written != nullptr && takes_inbox(written->type) && author != nullptr &&
         author->state != MemberState::kPending;
}

std::optional<wire::ChainEnd> Roster::end_of(const DeviceId& device, const CircleId& circle) const {
  const Circle* found = this->circle(circle);
  if (found == nullptr) return std::nullopt;
  const auto end = found->ends.find(device);
  return end == found->ends.end() ? std::nullopt : std::optional(end->second);
}

bool Roster::holds_directly(const DeviceId& device, const CircleId& circle) const {
  return reach_.reaches_directly(circle, device);
}

bool Roster::is_linked(const CircleId& circle, const CircleId& receiver) const {
  return std::ranges::binary_search(reach_.receivers_of(circle), receiver);
}

std::vector<CircleId> Roster::receivers_of(const CircleId& circle) const {
  return reach_.receivers_of(circle);
}

// Whom a key of this epoch or a later one reached: a later one opens those before it.
void Roster::collect_holders(const CircleId& circle, std::uint32_t from_epoch,
                             std::set<DeviceId>& into) const {
  const auto copies = sealed_keys_.find(circle);
  if (copies != sealed_keys_.end()) {
    for (const SealedKey& copy : copies->second) {
      const wire::Recipient& to = copy.recipient;
      if (copy.epoch < from_epoch) continue;
      if (to.type == wire::RecipientType::kDevice) {
        into.insert(to.device);
      } else if (to.circle != circle) {
        collect_holders(to.circle, to.epoch, into);
      }
    }
  }
  const auto invited = invited_.find(circle);
  if (invited == invited_.end()) return;
  for (const auto& [device, epoch] : invited->second) {
    if (epoch >= from_epoch) into.insert(device);
  }
}

bool Roster::is_exposed(const CircleId& circle) const {
  const Circle* found = this->circle(circle);
  if (found == nullptr) return false;
  std::set<DeviceId> holders;
  collect_holders(circle, found->newest().number, holders);
  return !std::ranges::all_of(holders,
                              [&](const DeviceId& device) { return is_member(device, circle); });
}

std::vector<DeviceId> Roster::lacking_newest(const CircleId& circle) const {
  const Circle* found = this->circle(circle);
  if (found == nullptr) return {};
  std::set<DeviceId> holders;
  collect_holders(circle, found->newest().number, holders);
  std::vector<DeviceId> lacking = members_of(circle);
  std::erase_if(lacking, [&](const DeviceId& device) { return holders.contains(device); });
  return lacking;
}

}  // namespace setu::roster
