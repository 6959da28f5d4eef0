// Stories: contacts with the server, and what links do to them.

#include "story.hpp"
#include "story_error.hpp"
#include "story_text.hpp"

namespace setu::sim {
namespace {

constexpr int kMostRounds = 8;       // until everybody has everything
constexpr int kMostAttempts = 3000;  // of a contact that fails a little later each time
constexpr int kSlowSteps = 6;        // into a slow contact, until it is left in the middle

bool brought_something(const sync::Report& report) {
  return report.pushed_batches + report.pulled_batches + report.pushed_entries +
             report.pulled_entries >
         0;
}

}  // namespace

Status Story::sync(SimDevice& device) {
  LinkFaults link = std::exchange(link_, {});
  link.repeated = 1;  // kept, for when it is to arrive again
  Contact contact(device, world_.server_, link, world_.dice_.fork(), world_.counts_.links);
  while (contact.step(world_.now_ms_) && device.disk().has_power()) {
    if (!world_.server_.disk().has_power()) contact.server_gone();
  }
  if (contact.leaked()) return fail(Code::kInternal, "plaintext went over the link");
  last_requests_[device.number] = contact.take_repeat();
  last_reports_[device.number] = contact.report();
  if (contact.ending()) world_.after_good_contact(device);
  return contact.ending();
}

Status Story::one_syncs(const Words& words) { return sync(who(words)); }

// Everybody in turn, until nobody has or hears anything new.
Status Story::all_sync(const Words&) {
  bool quiet = false;
  for (int round = 0; !quiet; ++round) {
    if (round == kMostRounds)
      return fail(Code::kInternal, "everybody goes on having something new");
    quiet = true;
    for (const auto& device : world_.devices_) {
      if (device->wiped) continue;
      if (Status synced = sync(*device); !synced)
        return fail(synced.error().code, device->name + ": " + synced.error().message);
      quiet = quiet && !brought_something(last_reports_[device->number]);
    }
  }
  return {};
}

Status Story::sync_cut_ever_later(const Words& words) {
  SimDevice& device = who(words);
  const int step = number_in(words, "N");
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    const auto place = static_cast<std::size_t>(attempt / 2 * step);
    // First the request is cut, then the answer to the same.
    if (attempt % 2 == 0) link_.cut_up_at = place;
    link_.cut_down_at = place;
    const Status synced = sync(device);
    if (synced && attempt < 2) throw StoryError("the link was cut nowhere");
    if (synced || synced.error().code != Code::kNoLink) return synced;
  }
  return fail(Code::kInternal, "never went through");
}

Status Story::sync_through_power_loss(const Words& words) {
  SimDevice& device = who(words);
  for (int write = 1; write < kMostAttempts; ++write) {
    device.disk().fail_power_after(static_cast<std::uint64_t>(write));
    const Status synced = sync(device);
    if (device.disk().has_power()) {
      device.disk().fail_power_after(kNever);
      if (write == 1) throw StoryError("syncing wrote nothing");
      return synced;
    }
    revive();
  }
  return fail(Code::kInternal, "never went through");
}

Status Story::sync_through_server_power_loss(const Words& words) {
  for (int write = 1; write < kMostAttempts; ++write) {
    world_.server_.disk().fail_power_after(static_cast<std::uint64_t>(write));
    const Status synced = sync(who(words));
    if (world_.server_.disk().has_power()) {
      world_.server_.disk().fail_power_after(kNever);
      if (write == 1) throw StoryError("the server wrote nothing");
      return synced;
    }
    revive();
  }
  return fail(Code::kInternal, "never went through");
}

Status Story::link_cuts_answer(const Words& words) {
  link_.cut_down_at = static_cast<std::size_t>(number_in(words, "N"));
  return {};
}

Status Story::link_cuts_request(const Words& words) {
  link_.cut_up_at = static_cast<std::size_t>(number_in(words, "N"));
  return {};
}

Status Story::link_loses_request(const Words&) {
  link_.lost = 1;
  return {};
}

Status Story::repeat_request(const Words& words) {
  const Bytes& request = last_requests_[who(words).number];
  if (request.empty()) throw StoryError("no request of hers arrived yet");
  deliver_again(world_.server_, request, world_.now_ms_);
  return {};
}

Status Story::begin_slow_sync(const Words& words) {
  SimDevice& device = who(words);
  LinkFaults link;
  link.slow = true;
  auto contact = std::make_unique<Contact>(device, world_.server_, link, world_.dice_.fork(),
                                           world_.counts_.links);
  for (int i = 0; i < kSlowSteps; ++i) {
    const auto pause = contact->step(world_.now_ms_);
    if (!pause) throw StoryError("her sync is over already");
    world_.now_ms_ += *pause;
  }
  world_.contacts_[device.number] = std::move(contact);
  return {};
}

Status Story::end_slow_sync(const Words& words) {
  SimDevice& device = who(words);
  auto open = world_.contacts_.extract(device.number);
  if (open.empty()) throw StoryError("she has no slow sync going on");
  Contact& contact = *open.mapped();
  while (const auto pause = contact.step(world_.now_ms_)) world_.now_ms_ += *pause;
  last_reports_[device.number] = contact.report();
  if (contact.ending()) world_.after_good_contact(device);
  return contact.ending();
}

}  // namespace setu::sim
