// Cut histories, by the log alone and the keys on the devices' disks: who was invited later opens
// nothing from before.

#include "wire/entry.hpp"
#include "world.hpp"

namespace setu::sim {
namespace {

// Whose keys reach nobody but through circles that a lead cuts with them, and before them. Those of
// the whole programme, and facts, are sealed to circles that others cut.
bool is_closed_by_leads(roster::CircleType type) {
  return type == roster::CircleType::kOrg || type == roster::CircleType::kCaseload ||
         type == roster::CircleType::kLeads;
}

struct Cut {
  CircleId circle;
  std::uint32_t epoch = 0;
  std::size_t place = 0;
};

}  // namespace

void World::check_cuts(const std::vector<wire::Entry>& log) {
  if (may_have_lost()) return;  // what came later may have come before, in a log that was lost
  roster::Roster roster;
  std::vector<Cut> cuts;
  std::map<InviteId, std::size_t> invited;  // an invite carries the keys of its day
  std::map<DeviceId, std::size_t> joined;
  for (std::size_t at = 0; at < log.size(); ++at) {
    if (roster.apply(log[at], roster::Check::kSignaturesDone).verdict != roster::Verdict::kAccepted)
      continue;
    if (const auto* invite = std::get_if<wire::Invite>(&log[at].content))
      invited[wire::invite_id(invite->keys.sign)] = at;
    if (const auto* joiner = std::get_if<wire::DeviceEntry>(&log[at].content))
      joined[log[at].author] = invited[joiner->invite];
    const auto* begun = std::get_if<wire::EpochEntry>(&log[at].content);
    if (begun != nullptr && begun->previous.empty() &&
        is_closed_by_leads(roster.circle(begun->circle)->type))
      cuts.push_back({begun->circle, begun->number, at});
  }
  if (cuts.empty()) return;
  for (const auto& [id, place] : joined) {
    SimDevice* device = device_with(id.hex());
    if (device == nullptr || device->wiped) continue;
    device->close();
    for (const Cut& cut : cuts) {
      for (std::uint32_t epoch = 1; cut.place < place && epoch < cut.epoch; ++epoch) {
        if (device->holds_key(cut.circle, epoch))
          checker_.fail(device->name +
                        " was invited after a history was cut, and has a key from before");
      }
    }
    must(device->name + " starts again", device->reopen());
  }
}

}  // namespace setu::sim
