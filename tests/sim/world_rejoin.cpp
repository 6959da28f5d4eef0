// People whose phones were put back to an old copy come back: each joins anew with another device,
// and brings over what the copy kept. All that she recorded on it must be everywhere in the end.

#include <utility>

#include "world.hpp"

namespace setu::sim {
namespace {

constexpr double kComesBack = 0.7;
constexpr double kLosesPower = 0.5;
constexpr std::uint64_t kOperationsAhead = 60;
// Until everybody has what came: the newcomer's sync, another that tells a lead, another's.
constexpr int kContactsAfterwards = 4;

}  // namespace

void World::bring_copies_back() {
  const std::size_t known = devices_.size();
  for (std::size_t i = 0; i < known && checker_.violations().empty(); ++i) {
    SimDevice& old = *devices_[i];
    SimDevice& lead = lead_of(old.person.org);
    if (!takes_part(old) || old.person.out || old.person.role != Person::Role::kWorker) continue;
    if (lead.wiped || lead.person.goes_her_own_way() || lead.client().me().state != "active")
      continue;
    const auto status = old.client().status();
    if (status && status->copied && dice_.chance(kComesBack)) rejoin(old, lead);
  }
  if (devices_.size() == known) return;
  for (int round = 0; round < kContactsAfterwards; ++round) {
    for (const auto& device : devices_) {
      if (!device->wiped && takes_part(*device)) must(device->name + " syncs", sync_fully(*device));
    }
  }
}

void World::rejoin(SimDevice& old, SimDevice& lead) {
  Person again = old.person;
  again.put_back = false;
  again.newcomer = true;  // who joins after a cut, if there was one
  SimDevice& anew = new_device(old.name + "-again", again);
  draw_clock(anew);
  const DeviceClock was = std::exchange(lead.clock, {});  // by a wrong one the invite has expired
  join(lead, anew, "worker", again.caseload);
  lead.clock = was;
  must(anew.name + " syncs once more", sync_fully(anew));
  if (!checker_.violations().empty()) return;
  const auto report = carry_over(old, anew);
  if (!report) return;
  ++counts_.carried;
  trace_.note(anew.name, "carries over");
  trace_.note_number(report->changes);
  for (const auto* left : {&report->waiting, &report->staying}) {
    if (!left->empty())
      checker_.fail(anew.name + " cannot carry over all: " + left->front().reason);
  }
  const auto again_report = anew.client().carry_over(old.client());
  if (!again_report || again_report->changes > 0) checker_.fail(anew.name + " carries over twice");
  old.carried = true;
}

std::optional<CarryReport> World::carry_over(SimDevice& old, SimDevice& anew) {
  for (SimDevice* dying : {&old, &anew}) {
    if (!dice_.chance(kLosesPower)) continue;
    dying->disk().fail_power_after(1 + dice_.below(kOperationsAhead));
    const auto cut_off = anew.client().carry_over(old.client());
    if (!cut_off && dying->disk().has_power())
      checker_.fail(anew.name + " carries over: " + cut_off.error().message);
    if (!dying->disk().has_power()) dying->crash(dice_);
    dying->disk().fail_power_after(~std::uint64_t{0});
    if (!dying->is_up()) must(dying->name + " starts again", dying->reopen());
    if (!checker_.violations().empty()) return std::nullopt;
  }
  auto report = anew.client().carry_over(old.client());
  if (!report) checker_.fail(anew.name + " carries over: " + report.error().message);
  return report ? std::optional(std::move(*report)) : std::nullopt;
}

}  // namespace setu::sim
