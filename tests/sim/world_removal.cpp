// Taking devices out: workers' phones that were lost, seized, or left behind, and those who leave
// by themselves. What they write without knowing it counts for nobody unless a lead adopts it.

#include <algorithm>

#include "wire/entry.hpp"
#include "world.hpp"

namespace setu::sim {
namespace {

constexpr double kLeavesByHerself = 0.15;
constexpr double kComesBack = 0.5;  // with a new phone
constexpr double kAdopted = 0.4, kDropped = 0.3;
constexpr std::size_t kWholeLog = 100'000'000;  // entries, bytes

// Circles whose members get new keys at once. Those of the whole programme, and facts, follow at
// most daily.
bool is_renewed_at_once(roster::CircleType type) {
  return type == roster::CircleType::kOrg || type == roster::CircleType::kCaseload;
}

}  // namespace

// --- deeds

void World::take_somebody_out() {
  std::vector<SimDevice*> workers;
  for (const auto& device : devices_) {
    if (device->person.role == Person::Role::kWorker && takes_part(*device) && !device->person.out)
      workers.push_back(device.get());
  }
  if (!workers.empty()) take_out(*dice_.pick(workers));
}

void World::take_out(SimDevice& device) {
  const bool leaves = dice_.chance(kLeavesByHerself);
  SimDevice& by = leaves ? device : lead_of(device.person.org);
  if (!by.is_up() || by.person.put_back || contacts_.contains(by.number)) return;
  const bool wipe = !leaves && dice_.chance(options_.wipe_orders);
  const Status asked = by.client().revoke(device.id, wipe);
  trace_.note(by.name, (leaves ? "leaves" : "takes out " + device.name) +
                           (asked ? "" : ": " + asked.error().message));
  const bool unsure = !asked && !by.disk().has_power();
  if (!asked && !unsure) {
    // She may not have heard of her yet, or have asked already before her own phone was put back.
    const Code code = asked.error().code;
    if (code != Code::kDiskFull && code != Code::kNotFound && code != Code::kInvalidArgument &&
        code != Code::kNotAllowed)
      checker_.fail(by.name + " cannot take out " + device.name + ": " + asked.error().message);
    return;
  }
  ++counts_.removals;
  device.person.out = true;
  doubt_late_writes(device);
  if (dice_.chance(kComesBack)) invite_newcomer(device.person.org, device.person.caseload);
}

// What she sent in a contact that ended well is in the log, before anything that takes her out;
// unless the log was put back.
void World::doubt_late_writes(SimDevice& device) {
  checker_.doubt_from(device.number, may_have_lost() ? 0 : device.sent_through);
}

void World::renew_keys() {
  const auto& device = dice_.pick(devices_);
  const bool may = device->person.role != Person::Role::kWorker && takes_part(*device) &&
                   device->is_up() && !contacts_.contains(device->number);
  if (!may) return;
  const bool cuts = dice_.chance(options_.history_cuts);
  const auto renewed = cuts ? device->client().cut_history() : device->client().rotate();
  const char* deed = cuts ? "cuts the history" : "renews all keys";
  trace_.note(device->name, renewed ? deed : "rotate: " + renewed.error().message);
  if (cuts) checker_.cut_history();
  if (renewed) ++(cuts ? counts_.history_cuts : counts_.rotations);
}

// A lead looks through what came too late: takes it in, puts it out of sight, or leaves it for
// another day.
void World::settle_quarantine(SimDevice& lead) {
  const auto waiting = lead.client().quarantine();
  if (!waiting) {
    if (lead.disk().has_power())
      checker_.fail(lead.name + " cannot look into quarantine: " + waiting.error().message);
    return;
  }
  for (const QuarantineView& view : *waiting) {
    const double mood = heal_phase_ ? dice_.unit() * (kAdopted + kDropped) : dice_.unit();
    if (mood >= kAdopted + kDropped) continue;
    const bool adopts = mood < kAdopted;
    const auto done = adopts ? [&]() -> Status {
      const auto adopted = lead.client().adopt_quarantined(view.id);
      return adopted ? Status{} : Status{fail(adopted.error())};
    }()
        : lead.client().drop_quarantined(view.id);
    trace_.note(lead.name, (adopts ? "adopts " : "drops ") + view.id +
                               (done ? "" : ": " + done.error().message));
    if (done) ++(adopts ? counts_.adoptions : counts_.drops);
    const bool fair = done || !lead.disk().has_power() || done.error().code == Code::kDiskFull;
    if (!fair)
      checker_.fail(lead.name + " cannot settle what came too late: " + done.error().message);
  }
}

void World::obey_wipe_order(SimDevice& device) {
  const auto status = device.client().status();
  if (!status || !status->wipe) return;
  ++counts_.wipes;
  trace_.note(device.name, "destroys what it holds, as it was told");
  device.wipe();
}

void World::check_refuses_recording(SimDevice& device) {
  const auto added = device.client().add(kProbeKind, {}, {device.person.caseload, ""});
  if (added || (added.error().code != Code::kNotAllowed && device.disk().has_power()))
    checker_.fail(device.name + " was taken out, and still records");
}

// --- the end

SimDevice* World::device_with(const std::string& id) {
  const auto found = std::ranges::find_if(
      devices_, [&](const auto& device) { return !id.empty() && device->id == id; });
  return found == devices_.end() ? nullptr : found->get();
}

void World::check_removals() {
  const auto programmes = server_.log().programmes();
  if (!programmes || programmes->size() != 1) return;
  const auto stored = server_.log().entries(programmes->front(), {0, kWholeLog}, kWholeLog);
  if (!stored) return;
  std::vector<wire::Entry> log;
  for (const auto& entry : *stored) {
    auto parsed = wire::parse_entry(entry.bytes, log.empty() ? ProgrammeId{} : programmes->front());
    if (!parsed) {
      checker_.fail("the log holds an entry that does not parse");
      return;
    }
    log.push_back(std::move(*parsed));
  }
  for (std::size_t at = 0; at < log.size(); ++at) {
    if (const auto* removal = std::get_if<wire::Remove>(&log[at].content))
      check_removed(removal->device, at, log);
  }
  check_ends(log);
  check_cuts(log);
}

void World::check_ends(const std::vector<wire::Entry>& log) {
  std::map<std::pair<DeviceId, CircleId>, std::uint64_t> ends;
  for (const wire::Entry& entry : log) {
    if (const auto* removal = std::get_if<wire::Remove>(&entry.content)) {
      for (const auto& [circle, end] : removal->cuts) ends[{removal->device, circle}] = end.seq;
    }
    if (const auto* begun = std::get_if<wire::EpochEntry>(&entry.content)) {
      for (const auto& [device, end] : begun->ended) ends[{device, begun->circle}] = end.seq;
    }
  }
  if (ends.empty()) return;
  for (const auto& device : devices_) {
    if (!takes_part(*device) || device->client().me().state != "active") continue;
    device->close();
    for (const auto& [chain, seq] : ends) {
      if (device->applied_beyond(chain.second, chain.first, seq) > 0)
        checker_.fail(device->name + " counts what was written after its author was taken out");
    }
    must(device->name + " starts again", device->reopen());
  }
}

// One signature takes a worker out.
void World::check_removed(const DeviceId& removed, std::uint64_t place,
                          const std::vector<wire::Entry>& log) {
  SimDevice* device = device_with(removed.hex());
  if (device == nullptr) {
    checker_.fail("the log takes out a device that nobody has");
    return;
  }
  if (!device->person.out) checker_.fail(device->name + " was taken out by nobody");
  if (device->wiped) return;
  if (device->client().me().state != "removed")
    checker_.fail(device->name + " was taken out and does not know it");

  roster::Roster before, after;
  for (std::size_t at = 0; at < log.size(); ++at) {
    if (at < place) before.apply(log[at], roster::Check::kSignaturesDone);
    after.apply(log[at], roster::Check::kSignaturesDone);
  }
  const bool led = !checker_.is_stranded(device->person.org);
  device->close();
  for (const auto& [id, circle] : after.circles()) {
    const roster::Circle* then = before.circle(id);
    const std::size_t known = then == nullptr ? 0 : then->epochs.size();
    for (std::size_t epoch = known; epoch < circle.epochs.size(); ++epoch) {
      if (device->holds_key(id, circle.epochs[epoch].number))
        checker_.fail(device->name + " was taken out, and holds a key that began later");
    }
    const bool was_hers = before.is_member(removed, id) && is_renewed_at_once(circle.type);
    if (was_hers && led && device->holds_key(id, circle.newest().number))
      checker_.fail("the key that " + device->name + " had is still in use");
  }
  must(device->name + " starts again", device->reopen());
}

}  // namespace setu::sim
