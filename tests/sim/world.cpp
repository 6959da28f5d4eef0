#include "world.hpp"

#include <algorithm>

#include "generations.hpp"

namespace setu::sim {
namespace {

constexpr std::uint64_t kServerSeed = 1;  // one identity: a copied start names it
constexpr std::int64_t kSecondMs = 1'000;
constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
constexpr std::int64_t kDayMs = 24 * 60 * kMinuteMs;
constexpr std::uint64_t kOperationsAhead = 60;  // of a disk, within which an armed crash strikes

// How many of something that is expected `mean` times.
int about(Random& dice, double mean) {
  const int whole = static_cast<int>(mean);
  return whole + (dice.chance(mean - whole) ? 1 : 0);
}

}  // namespace

World::World(const Options& options, bool aloud)
    : options_(options),
      dice_(options.seed * 2 + 1),
      trace_(aloud),
      people_(options_, checker_, trace_, dice_.fork()),
      server_(kServerSeed),
      other_log_(kServerSeed) {
  seed_sqlite(options.seed);
}

World::~World() {
  contacts_.clear();
  devices_.clear();
}

Outline World::run() {
  build();
  if (checker_.violations().empty()) {
    at(now_ms_, {Deed::kDay, -1, {}});
    const std::int64_t end = now_ms_ + options_.days * kDayMs;
    while (!queue_.empty() && checker_.violations().empty()) {
      auto next = queue_.extract(queue_.begin());
      if (next.key() >= end) break;
      now_ms_ = std::max(now_ms_, next.key());
      trace_.set_time(now_ms_);
      happen(next.mapped());
      look_for_dead_machines();
    }
  }
  if (checker_.violations().empty()) heal();
  for (const auto& device : devices_) trace_.note_number(device->disk().history_hash());
  trace_.note_number(server_.disk().history_hash());
  Outline outline;
  outline.violations = checker_.violations();
  outline.trace = trace_.hash();
  outline.devices = devices_.size();
  outline.device_days = devices_.size() * static_cast<std::uint64_t>(options_.days);
  outline.writes = checker_.last_write();
  outline.records = checker_.records().size();
  outline.sights = checker_.sights();
  outline.hand_overs = checker_.hand_overs();
  outline.faults = counts_;
  return outline;
}

// --- days

void World::at(std::int64_t ms, Event event) { queue_.emplace(ms, std::move(event)); }

void World::plan_day() {
  const std::int64_t begin = now_ms_;
  at(begin + kDayMs, {Deed::kDay, -1, {}});
  const auto some_time = [&] { return begin + static_cast<std::int64_t>(dice_.below(kDayMs)); };
  for (const auto& device : devices_) plan_device_day(*device, begin);
  const std::pair<double, Deed> mishaps[] = {
      {options_.server_crashes, Deed::kServerArmCrash},
      {options_.server_disk_full, Deed::kServerFill},
      {options_.server_restores, Deed::kServerRestore},
      {options_.server_restores > 0 ? 1.0 : 0.0, Deed::kServerCopy},
      {static_cast<double>(options_.newcomers) / options_.days, Deed::kNewcomer},
      {options_.removals * options_.orgs, Deed::kRemoval},
      {options_.rotations, Deed::kRotation},
      {options_.other_logs, Deed::kOtherLog}};
  for (const auto& [mean, deed] : mishaps) {
    for (int i = about(dice_, mean); i > 0; --i) at(some_time(), {deed, -1, {}});
  }
}

void World::plan_device_day(SimDevice& device, std::int64_t begin) {
  const std::pair<double, Deed> deeds[] = {
      {options_.actions, Deed::kAct},
      {0.5, Deed::kGlance},
      {options_.contacts, Deed::kContact},
      {options_.device_crashes, Deed::kArmCrash},
      {options_.device_disk_full, Deed::kFillDisk},
      {options_.clock_jumps, Deed::kJump},
      {options_.device_restores, Deed::kDeviceRestore},
      {options_.device_restores > 0 ? 0.5 : 0.0, Deed::kDeviceCopy}};
  for (const auto& [mean, deed] : deeds) {
    for (int i = about(dice_, mean); i > 0; --i)
      at(begin + static_cast<std::int64_t>(dice_.below(kDayMs)), {deed, device.number, {}});
  }
}

void World::happen(Event& event) {
  SimDevice* device =
      event.device >= 0 ? devices_[static_cast<std::size_t>(event.device)].get() : nullptr;
  switch (event.deed) {
    case Deed::kDay: plan_day(); break;
    case Deed::kAct: act(*device, false); break;
    case Deed::kGlance: act(*device, true); break;
    case Deed::kContact: begin_contact(*device); break;
    case Deed::kContactStep: step_contact(*device); break;
    case Deed::kRepeat:
      trace_.note("link", "a request arrives again");
      deliver_again(server_, event.request, now_ms_);
      break;
    case Deed::kArmCrash:
      if (device->is_up()) device->disk().fail_power_after(1 + dice_.below(kOperationsAhead));
      break;
    case Deed::kReopen:
      if (device->is_up() || device->wiped) break;
      must(device->name + " starts again", device->reopen());
      break;
    case Deed::kFillDisk:
      ++counts_.full_disks;
      trace_.note(device->name, "disk full");
      device->disk().set_capacity(device->disk().bytes());
      at(now_ms_ + static_cast<std::int64_t>(dice_.below(kDayMs / 2)),
         {Deed::kFreeDisk, device->number, {}});
      break;
    case Deed::kFreeDisk: device->disk().set_capacity_unlimited(); break;
    case Deed::kJump: jump_clock(*device); break;
    case Deed::kNewcomer: add_newcomer(); break;
    case Deed::kRemoval: take_somebody_out(); break;
    case Deed::kRotation: renew_keys(); break;
    case Deed::kOtherLog: begin_other_log(); break;
    case Deed::kOneLog: end_other_log(); break;
    case Deed::kServerArmCrash:
      if (server_.is_up()) server_.disk().fail_power_after(1 + dice_.below(kOperationsAhead));
      break;
    case Deed::kServerStart:
      if (!server_.is_up() && !server_.start()) server_died();
      break;
    case Deed::kServerFill:
      ++counts_.server_full_disks;
      trace_.note("server", "disk full");
      server_.disk().set_capacity(server_.disk().bytes());
      at(now_ms_ + static_cast<std::int64_t>(dice_.below(kDayMs / 4)), {Deed::kServerFree, -1, {}});
      break;
    case Deed::kServerFree: server_.disk().set_capacity_unlimited(); break;
    case Deed::kServerCopy:
      if (server_.is_up()) server_.take_copy();
      break;
    case Deed::kServerRestore: put_server_back(); break;
    case Deed::kDeviceCopy:
      if (device->is_up() && !contacts_.contains(device->number)) {
        device->take_copy();
        device->copied_at = checker_.last_write();
      }
      break;
    case Deed::kDeviceRestore: put_device_back(*device); break;
  }
}

void World::act(SimDevice& device, bool only_looks) {
  if (!device.is_up() || !takes_part(device)) return;
  if (device.person.out && device.client().me().state == "removed")
    check_refuses_recording(device);
  else if (only_looks)
    people_.glance(device);
  else
    people_.act(device, caseloads_[device.person.org]);
}

// --- contacts

void World::begin_contact(SimDevice& device) {
  if (!device.is_up() || contacts_.contains(device.number)) return;
  LinkFaults link{options_.lost_requests,
                  options_.cut_requests,
                  options_.cut_answers,
                  options_.repeats,
                  dice_.chance(options_.slow_links),
                  0};
  if (link.slow && dice_.chance(0.5))
    link.window_ms = static_cast<std::int64_t>(1 + dice_.below(30)) * kSecondMs;
  ++counts_.contacts;
  device.contact_began_at = checker_.last_write();
  contacts_[device.number] = meet_server(device, link);
  step_contact(device);
}

void World::step_contact(SimDevice& device) {
  const auto found = contacts_.find(device.number);
  if (found == contacts_.end()) return;
  Contact& contact = *found->second;
  while (const auto pause = contact.step(now_ms_)) {
    if (*pause > 0) {
      at(now_ms_ + *pause, {Deed::kContactStep, device.number, {}});
      return;
    }
    if (!device.disk().has_power() || !server_.disk().has_power()) {
      at(now_ms_, {Deed::kContactStep, device.number, {}});
      return;  // somebody died in the middle: see look_for_dead_machines
    }
  }
  after_contact(device);
}

void World::after_contact(SimDevice& device) {
  const std::unique_ptr<Contact> contact = std::move(contacts_.extract(device.number).mapped());
  const Status& ending = contact->ending();
  trace_.note(device.name, ending ? "synced" : "sync: " + ending.error().message);
  trace_.note_number(contact->report().body_bytes_up);
  trace_.note_number(contact->report().body_bytes_down);
  if (contact->leaked()) checker_.fail(device.name + ": plaintext went over the link");
  if (Bytes again = contact->take_repeat(); !again.empty())
    at(now_ms_ + static_cast<std::int64_t>(dice_.below(kDayMs)),
       {Deed::kRepeat, -1, std::move(again)});
  const bool lied_to = note_lies(device, *contact);
  if (ending) {
    if (!device.person.goes_her_own_way() && !lied_to)
      device.sent_through = device.contact_began_at;
    after_good_contact(device);
    if (device.person.role == Person::Role::kLead) settle_quarantine(device);
    return;
  }
  ++counts_.failed_contacts;
  if (!device.disk().has_power()) return;
  const Code code = ending.error().code;
  const bool fair = code == Code::kNoLink || code == Code::kBusy || code == Code::kDiskFull ||
                    (code == Code::kNotAllowed && may_be_unknown(device)) ||
                    (code == Code::kRefused && device.lied_to);
  if (!fair) checker_.fail(device.name + ": sync failed: " + ending.error().message);
}

void World::drop_contact(SimDevice& device) {
  if (contacts_.erase(device.number) > 0) ++counts_.failed_contacts;
}

// --- mishaps

void World::look_for_dead_machines() {
  for (const auto& device : devices_) {
    if (device->is_up() && !device->disk().has_power()) device_died(*device);
  }
  if (!server_.disk().has_power()) server_died();
}

void World::device_died(SimDevice& device) {
  ++counts_.device_crashes;
  trace_.note(device.name, "power failed");
  drop_contact(device);
  device.crash(dice_);
  at(now_ms_ + static_cast<std::int64_t>(dice_.below(6 * 60)) * kMinuteMs,
     {Deed::kReopen, device.number, {}});
}

void World::server_died() {
  ++counts_.server_crashes;
  trace_.note("server", "power failed");
  for (const auto& [number, contact] : contacts_) contact->server_gone();
  server_.crash(dice_);
  at(now_ms_ + static_cast<std::int64_t>(1 + dice_.below(120)) * kMinuteMs,
     {Deed::kServerStart, -1, {}});
}

// The server goes on from an old copy of its files: put there by its command, or by hand.
void World::put_server_back() {
  if (!server_.is_up() || !server_.has_copy()) return;
  ++counts_.server_restores;
  const bool by_command = dice_.chance(options_.proper_restores);
  trace_.note("server",
              by_command ? "restored from an old copy" : "put back to an old copy by hand");
  for (const auto& [number, contact] : contacts_) contact->server_gone();
  // What only the lost log had of them was not read by whoever takes them out.
  for (const auto& device : devices_) {
    if (device->person.out) doubt_late_writes(*device);
  }
  server_.stop();
  server_.put_copy_back();
  if (!server_.start()) {
    checker_.fail("the server does not start from an old copy");
  } else if (by_command) {
    must("a new generation", server::begin_everywhere(server_.log(), nullptr));
  }
}

// A home put back to an old copy of itself: what was recorded since is gone with the phone, unless
// the log has it.
void World::put_device_back(SimDevice& device) {
  if (!device.has_copy() || !takes_part(device) || device.wiped) return;
  ++counts_.device_restores;
  trace_.note(device.name, "put back to an old copy");
  drop_contact(device);
  device.close();
  device.put_copy_back();
  device.glances.clear();
  checker_.forgive(device.number, device.copied_at, checker_.last_write());
  if (!device.person.put_back) device.put_back_at = checker_.last_write();
  device.person.put_back = true;
  must(device.name + " starts from an old copy", device.reopen());
}

void World::jump_clock(SimDevice& device) {
  ++counts_.clock_jumps;
  trace_.note(device.name, "clock jumps");
  device.clock.stuck.reset();
  device.clock.offset_ms += (static_cast<std::int64_t>(dice_.below(200)) - 100) * 60 * kMinuteMs;
}

}  // namespace setu::sim
