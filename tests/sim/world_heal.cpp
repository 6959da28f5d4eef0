// The end of a world: faults stop, everybody meets the server, everything is judged.

#include <algorithm>

#include "log_check.hpp"
#include "world.hpp"

namespace setu::sim {
namespace {

// Contacts that everybody gets after the faults. A newcomer needs the most: her invite, her entry,
// her lead's approval, her keys, her records.
constexpr int kContactsToHeal = 6;
// And after lies: whose clock stands reads the log again with every eighth.
constexpr int kContactsAfterLies = 14;
// What a sync with nothing new may cost at any length of history: bodies, without HTTP heads.
constexpr std::uint64_t kQuietBytesUp = 180;
constexpr std::uint64_t kQuietBytesDown = 120;
// Proving a replica from its signatures up costs as much as days of a small world: not every one.
constexpr double kVerified = 0.25;
// A replica or log may take so much, empty (its write-ahead log included) and per write.
constexpr std::uint64_t kDiskBytes = 8 * 1024 * 1024;
constexpr std::uint64_t kDiskBytesPerWrite = 16 * 1024;
// A log that did not fit what a device knew is read again at most once a day.
constexpr std::int64_t kUntilReadAgainMs = 25 * 3'600'000;

}  // namespace

void World::heal() {
  heal_phase_ = true;
  trace_.note("world", "the faults stop");
  contacts_.clear();
  end_other_log();
  if (!server_.disk().has_power() || !server_.is_up()) server_.crash(dice_);
  server_.disk().set_capacity_unlimited();
  server_.disk().fail_power_after(~std::uint64_t{0});
  if (!server_.is_up() && !server_.start()) {
    checker_.fail("the server does not start again");
    return;
  }
  for (const auto& device : devices_) {
    if (device->wiped) continue;
    if (device->is_up() && !device->disk().has_power()) device->crash(dice_);
    device->disk().set_capacity_unlimited();
    device->disk().fail_power_after(~std::uint64_t{0});
    if (!device->is_up()) must(device->name + " starts again", device->reopen());
  }
  if (!checker_.violations().empty()) return;
  if (has_lied()) now_ms_ += kUntilReadAgainMs;
  const int rounds = has_lied() ? kContactsAfterLies : kContactsToHeal;
  for (int round = 0; round < rounds; ++round) {
    for (const auto& device : devices_) {
      if (device->wiped) continue;
      const Status synced = sync_fully(*device);
      const bool unknown = !synced && synced.error().code == Code::kNotAllowed &&
                           may_be_unknown(*device) && (round + 1 < rounds || !takes_part(*device));
      // What it was told in a lie does not fit the log: it says so, and reads again.
      const bool doubts =
          !synced && synced.error().code == Code::kRefused && round == 0 && device->lied_to;
      if (!synced && !unknown && !doubts)
        checker_.fail(device->name + " cannot sync any more: " + synced.error().message);
      if (synced) after_good_contact(*device);
      if (synced && device->person.role == Person::Role::kLead) settle_quarantine(*device);
    }
    if (!checker_.violations().empty()) return;
  }
  bring_copies_back();
  for (const auto& device : devices_) excuse_copy(*device);
  const auto is_member = [&](SimDevice& device) {
    return takes_part(device) && device.client().me().state != "removed";
  };
  for (const auto& device : devices_) {
    if (is_member(*device)) check_quiet(*device);
  }
  checker_.expect_everything();
  for (const auto& device : devices_) {
    if (is_member(*device)) check_device(*device);
  }
  check_removals();
  check_server();
}

// A device that found that it is an old copy of itself keeps what it records from then on, and what
// it had not sent when the copy was made, unless its person carries that over to another.
void World::excuse_copy(SimDevice& device) {
  if (device.wiped) return;
  const auto status = device.client().status();
  if (!status || !status->copied) return;
  if (!device.person.put_back)
    checker_.fail(device.name + " takes itself for an old copy, and is none");
  if (!device.carried)
    checker_.forgive(device.number, std::min(device.put_back_at, device.sent_through),
                     checker_.last_write());
  if (device.person.role == Person::Role::kLead) checker_.strand(device.person.org);
  check_copy_is_known(device);
}

// She was told by the copy itself, whatever the server would rather.
void World::check_copy_is_known(SimDevice& device) {
  SimDevice& lead = lead_of(device.person.org);
  const bool can_tell = device.client().me().state == "active" && takes_part(device);
  if (&lead == &device || !can_tell || !takes_part(lead) || lead.person.goes_her_own_way()) return;
  const auto members = lead.client().members();
  const bool told = members && std::ranges::any_of(*members, [&](const MemberView& member) {
                      return member.device == device.id && member.copied;
                    });
  if (!told) checker_.fail(lead.name + " does not know that there is a copy of " + device.name);
}

void World::check_quiet(SimDevice& device) {
  Contact contact(device, server_, {}, dice_.fork(), counts_.links);
  while (contact.step(now_ms_)) {
  }
  const sync::Report& report = contact.report();
  if (!contact.ending()) {
    checker_.fail(device.name + " cannot sync: " + contact.ending().error().message);
  } else if (report.requests != 1 || report.pushed_batches + report.pulled_batches +
                                             report.pushed_entries + report.pulled_entries >
                                         0) {
    checker_.fail(device.name + " has not come to rest: " + std::to_string(report.requests) +
                  " requests, pushed " + std::to_string(report.pushed_batches) + "+" +
                  std::to_string(report.pushed_entries) + ", pulled " +
                  std::to_string(report.pulled_batches) + "+" +
                  std::to_string(report.pulled_entries));
  } else if (report.body_bytes_up > kQuietBytesUp || report.body_bytes_down > kQuietBytesDown) {
    checker_.fail(device.name + ": a sync with nothing new takes " +
                  std::to_string(report.body_bytes_up) + " bytes up and " +
                  std::to_string(report.body_bytes_down) + " down");
  }
}

void World::check_device(SimDevice& device) {
  Client& client = device.client();
  checker_.look_at_all(device.name, device.person, client);
  const auto status = client.status();
  if (!status) {
    checker_.fail(device.name + ": no status: " + status.error().message);
    return;
  }
  const std::uint64_t set_aside = counts_.removals > 0 ? 0 : status->quarantined;
  if (!status->copied && status->pending + status->parked + set_aside > 0) {
    checker_.fail(device.name + " still has " + std::to_string(status->pending) + " pending, " +
                  std::to_string(status->parked) + " parked, " +
                  std::to_string(status->quarantined) + " quarantined");
  }
  if (!status->copied && status->history_cut.unfinished > 0)
    checker_.fail(device.name + " has not completed a cut of the history");
  for (const std::string& warning : status->warnings) {
    if (!status->copied && !is_of_other_log(warning))
      checker_.fail(device.name + " warns: " + warning);
  }
  if (device.disk().holds(kCanary)) checker_.fail(device.name + ": plaintext on its disk");
  if (device.disk().bytes() > kDiskBytes + kDiskBytesPerWrite * checker_.last_write())
    checker_.fail(device.name + ": its disk holds " + std::to_string(device.disk().bytes()) +
                  " bytes");
  if (!dice_.chance(kVerified)) return;
  const auto problems = client.verify();
  if (!problems) checker_.fail(device.name + " cannot be verified: " + problems.error().message);
  if (problems && !problems->empty())
    checker_.fail(device.name + " does not verify: " + problems->front());
}

void World::check_server() {
  if (server_.disk().holds(kCanary)) checker_.fail("plaintext on the server's disk");
  const auto report = server::check_log(server_.log());
  if (!report) checker_.fail("the server's log cannot be checked: " + report.error().message);
  if (!report) return;
  for (const auto& [problem, count] : report->problems)
    checker_.fail("the server's log: " + problem + " (" + std::to_string(count) + ")");
}

}  // namespace setu::sim
