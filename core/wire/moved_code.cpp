#include "wire/moved_code.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "setu/base/limits.hpp"
#include "wire/change_rules.hpp"

namespace setu::wire {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMinStampBytes = 3;
constexpr std::size_t kMinEntryBytes = 1 + 1 + kMinStampBytes + 1 + 1;

bool ascends(const std::vector<Stamp>& stamps) {
  return std::ranges::adjacent_find(stamps, std::ranges::greater_equal{}) == stamps.end();
}

// Devices by number, in order of first use.
class DeviceTable {
 public:
  std::size_t number_of(const DeviceId& device) {
    const auto [place, is_new] = numbers_.emplace(device, devices_.size());
    if (is_new) devices_.push_back(device);
    return place->second;
  }
  [[nodiscard]] const std::vector<DeviceId>& devices() const { return devices_; }

 private:
  std::map<DeviceId, std::size_t> numbers_;
  std::vector<DeviceId> devices_;
};

class MovedWriter {
 public:
  Bytes write(const MovedPart& moved) {
    for (const Cover& cover : moved.covers) {
      out_.id(cover.circle);
      put_stamps(cover.tips);
    }
    out_.varint(moved.slots.size());
    for (const MovedSlot& slot : moved.slots) put_slot(slot);
    Writer whole;
    whole.u8(kVersion);
    whole.varint(devices_.devices().size());
    for (const DeviceId& device : devices_.devices()) whole.id(device);
    whole.varint(moved.covers.size());
    whole.raw(out_.view());
    return whole.take();
  }

 private:
  void put_stamp(const Stamp& stamp) {
    out_.varint(stamp.hour);
    out_.varint(stamp.counter);
    out_.varint(devices_.number_of(stamp.device));
  }
  void put_stamps(const std::vector<Stamp>& stamps) {
    out_.varint(stamps.size());
    for (const Stamp& stamp : stamps) put_stamp(stamp);
  }
  void put_slot(const MovedSlot& slot) {
    out_.varint(slot.field);
    out_.sized(slot.key);
    out_.varint(slot.entries.size());
    for (const MovedEntry& entry : slot.entries) {
      out_.u8(static_cast<std::uint8_t>(entry.type));
      out_.varint(entry.origin);
      put_stamp(entry.stamp);
      write_value(out_, entry.value);
      put_stamps(entry.seen);
    }
    put_stamps(slot.dead);
  }

  DeviceTable devices_;
  Writer out_;
};

class MovedReader {
 public:
  explicit MovedReader(ByteView bytes) : in_(bytes) {}

  std::optional<MovedPart> read() {
    if (in_.u8() != kVersion) return std::nullopt;
    devices_.resize(in_.count(in_.remaining(), DeviceId::size));
    for (DeviceId& device : devices_) device = in_.id<DeviceId>();
    MovedPart moved;
    moved.covers.resize(in_.count(in_.remaining(), CircleId::size + 1));
    for (Cover& cover : moved.covers) {
      cover.circle = in_.id<CircleId>();
      cover.tips = take_stamps();
    }
    moved.slots.resize(in_.count(in_.remaining(), 4));
    for (MovedSlot& slot : moved.slots) take_slot(slot);
    if (!in_.ok() || !in_.at_end() || !is_well_formed(moved)) return std::nullopt;
    return moved;
  }

 private:
  Stamp take_stamp() {
    const std::uint64_t hour = in_.varint();
    const std::uint64_t counter = in_.varint();
    const std::uint64_t device = in_.varint();
    if (hour > UINT32_MAX || counter > UINT32_MAX || device >= devices_.size()) in_.set_failed();
    if (!in_.ok()) return {};
    return {static_cast<std::uint32_t>(hour), static_cast<std::uint32_t>(counter),
            devices_[static_cast<std::size_t>(device)]};
  }
  std::vector<Stamp> take_stamps() {
    std::vector<Stamp> stamps(in_.count(in_.remaining(), kMinStampBytes));
    for (Stamp& stamp : stamps) stamp = take_stamp();
    return stamps;
  }
  void take_slot(MovedSlot& slot) {
    const std::uint64_t field = in_.varint();
    if (field > UINT16_MAX) in_.set_failed();
    slot.field = static_cast<FieldTag>(field);
    slot.key = std::string(as_text(in_.sized(limits::kTextBytes)));
    slot.entries.resize(in_.count(in_.remaining(), kMinEntryBytes));
    for (MovedEntry& entry : slot.entries) {
      entry.type = static_cast<OpType>(in_.u8());
      entry.origin = static_cast<std::size_t>(in_.varint());
      entry.stamp = take_stamp();
      entry.value = read_value(in_);
      entry.seen = take_stamps();
    }
    slot.dead = take_stamps();
  }

  Reader in_;
  std::vector<DeviceId> devices_;
};

bool is_good_entry(const MovedSlot& slot, const MovedEntry& entry, std::size_t covers) {
  const bool may_see = slot.field == kDeletedField && entry.type == OpType::kWrite;
  return entry.origin < covers && ascends(entry.seen) && (may_see || entry.seen.empty()) &&
         is_good_op({slot.field, entry.type, slot.key, entry.value, {}});
}

}  // namespace

Bytes encode_moved(const MovedPart& moved) { return MovedWriter().write(moved); }

std::optional<MovedPart> decode_moved(ByteView bytes) {
  if (bytes.size() > limits::kMovedPartBytes) return std::nullopt;
  std::optional<MovedPart> moved = MovedReader(bytes).read();
  // One encoding: devices in order of first use, and none that nothing names.
  if (moved && !equal(encode_moved(*moved), bytes)) return std::nullopt;
  return moved;
}

bool is_well_formed(const MovedPart& moved) {
  const auto by_device = [](const Stamp& a, const Stamp& b) { return !(a.device < b.device); };
  const auto cover_repeats = [](const Cover& a, const Cover& b) { return !(a.circle < b.circle); };
  const auto slot_repeats = [](const MovedSlot& a, const MovedSlot& b) {
    return std::tie(a.field, a.key) >= std::tie(b.field, b.key);
  };
  const auto entry_repeats = [](const MovedEntry& a, const MovedEntry& b) {
    return std::tie(a.stamp, a.type, a.value) >= std::tie(b.stamp, b.type, b.value);
  };
  const auto rises = [](const auto& list, const auto& repeats) {
    return std::ranges::adjacent_find(list, repeats) == list.end();
  };
  return rises(moved.covers, cover_repeats) && rises(moved.slots, slot_repeats) &&
         std::ranges::all_of(moved.covers,
                             [&](const Cover& cover) { return rises(cover.tips, by_device); }) &&
         std::ranges::all_of(moved.slots, [&](const MovedSlot& slot) {
           return rises(slot.entries, entry_repeats) && ascends(slot.dead) &&
                  std::ranges::all_of(slot.entries, [&](const MovedEntry& entry) {
                    return is_good_entry(slot, entry, moved.covers.size());
                  });
         });
}

}  // namespace setu::wire
