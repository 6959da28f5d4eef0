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

namespace {

// The first epoch after this one whose holders cannot open it: begun by somebody who did not have
// the key before it, or who cut the history there. 0: there is none.
std::uint32_t first_cut_off(const Circle& circle, std::uint32_t epoch) {
  for (const Epoch& later : circle.epochs) {
    if (later.number > epoch && !later.hands_on) return later.number;
  }
  return 0;
}

}  // namespace

// Whom a key of this epoch reached, or one of a later epoch that opens it.
void Roster::collect_holders(const CircleId& circle, std::uint32_t from_epoch,
                             std::set<DeviceId>& into) const {
  const Circle* found = this->circle(circle);
  const std::uint32_t cut_off = found == nullptr ? 0 : first_cut_off(*found, from_epoch);
  const auto opens = [&](std::uint32_t epoch) {
    return epoch >= from_epoch && (cut_off == 0 || epoch < cut_off);
  };
  const auto copies = sealed_keys_.find(circle);
  if (copies != sealed_keys_.end()) {
    for (const SealedKey& copy : copies->second) {
      const wire::Recipient& to = copy.recipient;
      if (!opens(copy.epoch)) continue;
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
    if (opens(epoch)) into.insert(device);
  }
}

std::uint32_t Roster::last_cut(const CircleId& circle) const {
  const Circle* found = this->circle(circle);
  if (found == nullptr) return 0;
  const auto cut = std::find_if(found->epochs.rbegin(), found->epochs.rend(),
                                [](const Epoch& epoch) { return !epoch.hands_on; });
  return cut == found->epochs.rend() ? 0 : cut->number;
}

bool Roster::opens_epoch(const DeviceId& device, const CircleId& circle,
                         std::uint32_t epoch) const {
  std::set<DeviceId> holders;
  collect_holders(circle, epoch, holders);
  return holders.contains(device);
}

bool Roster::is_exposed(const CircleId& circle) const {
  const Circle* found = this->circle(circle);
  if (found == nullptr) return false;
  const auto astray = astray_.find(circle);
  if (astray != astray_.end() && astray->second == found->newest().number) return true;
  std::set<DeviceId> holders;
  collect_holders(circle, found->newest().number, holders);
  return !std::ranges::all_of(holders,
                              [&](const DeviceId& device) { return is_member(device, circle); });
}

bool Roster::holds_newest(const DeviceId& device, const CircleId& circle) const {
  const Circle* found = this->circle(circle);
  if (found == nullptr) return false;
  std::set<DeviceId> holders;
  collect_holders(circle, found->newest().number, holders);
  return holders.contains(device);
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
