// A server that lies, within what devices can find out and make good: it shows some of them another
// history for some time, or keeps back a part of what it has for them. Then it is honest again.

#include "world.hpp"

namespace setu::sim {
namespace {

constexpr std::uint64_t kLongestHours = 48;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr double kFromNow = 0.5;  // the other log begins as the log is now; else as it was

}  // namespace

// From here on there are two histories: whoever meets the second one gives it what the first had
// from her, and the other way round.
void World::begin_other_log() {
  if (other_log_.is_up() || !server_.is_up()) return;
  const bool from_now = !server_.has_copy() || dice_.chance(kFromNow);
  other_log_.disk() = from_now ? server_.disk() : server_.copy();
  other_log_.disk().set_capacity_unlimited();
  other_log_.disk().fail_power_after(~std::uint64_t{0});
  if (!other_log_.start()) {
    checker_.fail("the other log does not open");
    return;
  }
  ++counts_.other_logs;
  trace_.note("server", from_now ? "shows some another log" : "shows some an old log");
  for (const auto& device : devices_) {
    if (device->person.out) doubt_late_writes(*device);
  }
  at(now_ms_ + static_cast<std::int64_t>(1 + dice_.below(kLongestHours)) * kHourMs,
     {Deed::kOneLog, -1, {}});
}

void World::end_other_log() {
  if (!other_log_.is_up()) return;
  trace_.note("server", "shows everybody one log again");
  for (const auto& [number, contact] : contacts_) {
    if (&contact->server() == &other_log_) contact->server_gone();
  }
  other_log_.stop();
}

std::unique_ptr<Contact> World::meet_server(SimDevice& device, const LinkFaults& link) {
  const bool other = other_log_.is_up() && dice_.chance(options_.shown_other);
  auto contact = std::make_unique<Contact>(device, other ? other_log_ : server_, link, dice_.fork(),
                                           counts_.links);
  if (other) {
    ++counts_.other_shown;
    trace_.note(device.name, "meets the other log");
  } else if (dice_.chance(options_.withholding)) {
    contact->withhold(options_.withheld);
  }
  return contact;
}

bool World::note_lies(SimDevice& device, const Contact& contact) {
  if (contact.withheld() > 0) {
    ++counts_.kept_short;
    trace_.note(device.name, "was kept short of " + std::to_string(contact.withheld()));
  }
  const bool lied_to = &contact.server() == &other_log_ || contact.withheld() > 0;
  device.lied_to = lied_to || (device.lied_to && !contact.ending());
  return lied_to;
}

bool World::is_of_other_log(const std::string& warning) const {
  return counts_.other_shown > 0 && warning.find("both heads are kept as proof") != warning.npos;
}

}  // namespace setu::sim
