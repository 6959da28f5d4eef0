// Stories: clocks, power, disks, and copies of what was.

#include "generations.hpp"
#include "story.hpp"
#include "story_error.hpp"
#include "story_text.hpp"

namespace setu::sim {
namespace {
constexpr std::int64_t kYear2100Ms = 4'102'444'800'000;
}  // namespace

Status Story::clock_fast(const Words& words) {
  who(words).clock.offset_ms = span_ms(words);
  return {};
}

Status Story::clock_slow(const Words& words) {
  who(words).clock.offset_ms = -span_ms(words);
  return {};
}

Status Story::clock_stands(const Words& words) {
  const int year = number_in(words, "YEAR");
  if (year != 1970 && year != 2100) throw StoryError("clocks stand at 1970 or 2100");
  who(words).clock.stuck = Instant{year == 1970 ? 0 : kYear2100Ms};
  return {};
}

Status Story::clock_right(const Words& words) {
  who(words).clock = {};
  return {};
}

Status Story::time_passes(const Words& words) {
  world_.now_ms_ += span_ms(words);
  return {};
}

Status Story::device_power(const Words& words) {
  Disk& disk = who(words).disk();
  disk.fail_power_after(static_cast<std::uint64_t>(number_in(words, "NTH")));
  armed_[&disk] = line_;
  return {};
}

Status Story::server_power(const Words& words) {
  Disk& disk = world_.server_.disk();
  disk.fail_power_after(static_cast<std::uint64_t>(number_in(words, "NTH")));
  armed_[&disk] = line_;
  return {};
}

Status Story::device_full(const Words& words) {
  Disk& disk = who(words).disk();
  disk.set_capacity(disk.bytes());
  return {};
}

Status Story::device_room(const Words& words) {
  who(words).disk().set_capacity_unlimited();
  return {};
}

Status Story::server_full(const Words&) {
  world_.server_.disk().set_capacity(world_.server_.disk().bytes());
  return {};
}

Status Story::server_room(const Words&) {
  world_.server_.disk().set_capacity_unlimited();
  return {};
}

Status Story::server_down(const Words&) {
  for (const auto& [number, contact] : world_.contacts_) contact->server_gone();
  world_.server_.stop();
  return {};
}

Status Story::server_up(const Words&) {
  if (world_.server_.is_up()) throw StoryError("the server runs");
  if (!world_.server_.start()) return fail(Code::kInternal, "the server does not start");
  return {};
}

Status Story::server_copied(const Words&) {
  world_.server_.take_copy();
  return {};
}

Status Story::put_server_back(bool by_command) {
  if (!world_.server_.has_copy()) throw StoryError("the server was not backed up");
  for (const auto& [number, contact] : world_.contacts_) contact->server_gone();
  world_.server_.stop();
  world_.server_.put_copy_back();
  if (!world_.server_.start()) return fail(Code::kInternal, "the server does not start");
  return by_command ? server::begin_everywhere(world_.server_.log(), nullptr) : Status{};
}

Status Story::server_back_by_hand(const Words&) { return put_server_back(false); }

Status Story::server_back_by_command(const Words&) { return put_server_back(true); }

Status Story::device_copied(const Words& words) {
  who(words).take_copy();
  return {};
}

Status Story::device_back(const Words& words) {
  SimDevice& device = who(words);
  if (!device.has_copy()) throw StoryError("her phone was not copied");
  world_.contacts_.erase(device.number);
  device.close();
  device.put_copy_back();
  return device.reopen();
}

}  // namespace setu::sim
