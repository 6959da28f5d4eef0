#include "client/read_token.hpp"

#include <algorithm>
#include <functional>

#include "setu/base/codec.hpp"
#include "setu/base/limits.hpp"

// Layout: version 1 | last 4 bytes of the record id | devices | distinct stamp lists | for each
// (part, field, key) the number of its list. A fresh record has one list, so its token stays short.

namespace setu::client {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMaxTokenItems = 10'000;

ByteView record_check(const RecordId& record) { return record.view().last(4); }

template <class T>
std::size_t index_in(std::vector<T>& list, const T& item) {
  const auto place = std::ranges::find(list, item);
  if (place != list.end()) return static_cast<std::size_t>(place - list.begin());
  list.push_back(item);
  return list.size() - 1;
}

}  // namespace

void ReadToken::note(std::uint8_t part, const merge::SlotId& slot, std::vector<Stamp> stamps) {
  if (!stamps.empty()) seen_[{part, slot}] = std::move(stamps);
}

std::vector<Stamp> ReadToken::seen(std::uint8_t part, const merge::SlotId& slot) const {
  const auto found = seen_.find({part, slot});
  return found == seen_.end() ? std::vector<Stamp>{} : found->second;
}

std::vector<Stamp> ReadToken::all_seen(std::uint8_t part) const {
  std::vector<Stamp> all;
  for (const auto& [place, stamps] : seen_) {
    if (place.first == part) all.insert(all.end(), stamps.begin(), stamps.end());
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::string ReadToken::text() const {
  std::vector<DeviceId> devices;
  std::vector<std::vector<Stamp>> lists;
  std::vector<std::size_t> list_of;
  for (const auto& [place, stamps] : seen_) {
    list_of.push_back(index_in(lists, stamps));
    for (const Stamp& stamp : stamps) index_in(devices, stamp.device);
  }
  Writer writer;
  writer.u8(kVersion);
  writer.raw(record_check(record_));
  writer.varint(devices.size());
  for (const DeviceId& device : devices) writer.id(device);
  writer.varint(lists.size());
  for (const auto& stamps : lists) {
    writer.varint(stamps.size());
    for (const Stamp& stamp : stamps) {
      writer.varint(stamp.hour);
      writer.varint(stamp.counter);
      writer.varint(index_in(devices, stamp.device));
    }
  }
  writer.varint(seen_.size());
  std::size_t at = 0;
  for (const auto& [place, stamps] : seen_) {
    writer.u8(place.first);
    writer.varint(place.second.field);
    writer.sized(place.second.key);
    writer.varint(list_of[at++]);
  }
  return to_base64url(writer.view());
}

Result<ReadToken> ReadToken::parse(std::string_view text, const RecordId& record) {
  const auto refuse = [] {
    return fail(Code::kInvalidArgument, "read token: not one that `show` printed",
                "copy the value of \"seen\" whole");
  };
  const auto bytes = from_base64url(text);
  if (!bytes) return refuse();
  Reader reader(*bytes);
  if (reader.u8() != kVersion) return refuse();
  if (!equal(reader.raw(4), record_check(record))) {
    return fail(Code::kStale, "read token: it is of another record",
                "run `setu show` for this record and use its token");
  }
  std::vector<DeviceId> devices(reader.count(kMaxTokenItems, DeviceId::size));
  for (DeviceId& device : devices) device = reader.id<DeviceId>();
  std::vector<std::vector<Stamp>> lists(reader.count(kMaxTokenItems));
  for (auto& stamps : lists) {
    stamps.resize(reader.count(limits::kSeenPerOp, 3));
    for (Stamp& stamp : stamps) {
      stamp.hour = static_cast<std::uint32_t>(reader.varint());
      stamp.counter = static_cast<std::uint32_t>(reader.varint());
      const std::uint64_t device = reader.varint();
      if (device >= devices.size()) return refuse();
      stamp.device = devices[device];
    }
    if (std::ranges::adjacent_find(stamps, std::greater_equal<>()) != stamps.end()) return refuse();
  }
  ReadToken token(record);
  const std::size_t slots = reader.count(kMaxTokenItems, 4);
  for (std::size_t i = 0; i < slots; ++i) {
    const std::uint8_t part = reader.u8();
    merge::SlotId slot{.field = static_cast<FieldTag>(reader.varint()), .key = {}};
    slot.key = std::string(as_text(reader.sized(limits::kTextBytes)));
    const std::uint64_t list = reader.varint();
    if (!reader.ok() || list >= lists.size()) return refuse();
    token.note(part, slot, lists[list]);
  }
  // One token has one text: numbers cut to their size, stamps twice or lists in another order would
  // name something else than `show` printed, or what no change may carry.
  if (!reader.ok() || !reader.at_end() || token.text() != text) return refuse();
  return token;
}

}  // namespace setu::client
