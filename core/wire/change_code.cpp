#include <algorithm>
#include <bit>
#include <chrono>

#include "setu/base/codec.hpp"
#include "wire/body.hpp"
#include "wire/change_rules.hpp"
#include "wire/domains.hpp"
#include "wire/moved_code.hpp"

// One change on its own, for the outbox. Versioned because it is on disk.

namespace setu::wire {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kVersionOfMoved =
    2;  // as version 1, with the flags of parts that were moved
constexpr std::uint8_t kVersionOfCarried = 3;  // as version 2, with the stamp it was recorded under
constexpr std::uint8_t kCreates = 1;
constexpr std::uint8_t kSeeded = 2;
constexpr std::uint8_t kMoved = 4;
constexpr std::uint8_t kMovesIn = 8;   // a moved part follows the operations
constexpr std::uint8_t kCarried = 16;  // another device's stamp follows the own

void write_stamp(Writer& writer, const Stamp& stamp) {
  writer.varint(stamp.hour);
  writer.varint(stamp.counter);
  writer.id(stamp.device);
}

std::uint32_t read_u32(Reader& reader) {
  const std::uint64_t value = reader.varint();
  if (value > UINT32_MAX) reader.set_failed();
  return static_cast<std::uint32_t>(value);
}

std::uint16_t read_u16(Reader& reader) {
  const std::uint64_t value = reader.varint();
  if (value > UINT16_MAX) reader.set_failed();
  return static_cast<std::uint16_t>(value);
}

Stamp read_stamp(Reader& reader) {
  Stamp stamp;
  stamp.hour = read_u32(reader);
  stamp.counter = read_u32(reader);
  stamp.device = reader.id<DeviceId>();
  return stamp;
}

std::size_t varint_size(std::uint64_t value) {
  return std::max<std::size_t>(1, (static_cast<std::size_t>(std::bit_width(value)) + 6) / 7);
}

std::size_t zigzag_size(std::int64_t value) {
  return varint_size(static_cast<std::uint64_t>(value) << 1 ^
                     static_cast<std::uint64_t>(value >> 63));
}

std::size_t sized_size(std::string_view text) { return varint_size(text.size()) + text.size(); }

std::size_t stamp_size(const Stamp& stamp) {
  return varint_size(stamp.hour) + varint_size(stamp.counter) + DeviceId::size;
}

}  // namespace

void write_value(Writer& writer, const Value& value) {
  writer.u8(static_cast<std::uint8_t>(value.index()));
  if (const auto* number = std::get_if<std::int64_t>(&value)) writer.zigzag(*number);
  if (const auto* text = std::get_if<std::string>(&value)) writer.sized(*text);
}

Value read_value(Reader& reader) {
  switch (reader.u8()) {
    case 0: return {};
    case 1: return reader.zigzag();
    case 2: return std::string(as_text(reader.sized(limits::kTextBytes)));
    default: reader.set_failed(); return {};
  }
}

RecordId record_id(const RecordSeed& seed) {
  Writer number;
  number.u32(seed.month);
  number.u32(seed.number);
  const Hash hash = crypto::hash(domains::kRecordId, {seed.seed, number.view()});
  return make_record_id(month_start_ms(seed.month),
                        std::span<const std::byte, 10>(hash.bytes.data(), 10));
}

std::int64_t month_start_ms(std::uint32_t month) {
  namespace chrono = std::chrono;
  const chrono::year year{static_cast<int>(1970 + month / 12)};
  const chrono::sys_days first{year / chrono::month{month % 12 + 1} / 1};
  return chrono::milliseconds(first.time_since_epoch()).count();
}

namespace {

std::uint8_t version_of(const Change& change) {
  if (change.recorded) return kVersionOfCarried;
  return change.moved ? kVersionOfMoved : kVersion;
}

}  // namespace

Bytes encode_change(const SeededChange& seeded) {
  const Change& change = seeded.change;
  Writer writer;
  writer.u8(version_of(change));
  writer.u8(static_cast<std::uint8_t>(
      (change.creates ? kCreates : 0) | (seeded.seed ? kSeeded : 0) | (change.moved ? kMoved : 0) |
      (change.moved_in ? kMovesIn : 0) | (change.recorded ? kCarried : 0)));
  if (seeded.seed) {
    writer.raw(seeded.seed->seed);
    writer.varint(seeded.seed->month);
    writer.varint(seeded.seed->number);
  } else {
    writer.id(change.record);
  }
  writer.varint(change.kind);
  writer.id(change.home);
  write_stamp(writer, change.stamp);
  if (change.recorded) write_stamp(writer, *change.recorded);
  writer.varint(change.ops.size());
  for (const Op& op : change.ops) {
    writer.varint(op.field);
    writer.u8(static_cast<std::uint8_t>(op.type));
    writer.sized(op.key);
    write_value(writer, op.value);
    writer.varint(op.seen.size());
    for (const Stamp& stamp : op.seen) write_stamp(writer, stamp);
  }
  if (change.moved_in) writer.sized(encode_moved(*change.moved_in));
  return writer.take();
}

std::size_t encoded_size(const SeededChange& seeded) {
  const Change& change = seeded.change;
  std::size_t size = 2 + varint_size(change.kind) + CircleId::size + stamp_size(change.stamp) +
                     varint_size(change.ops.size());
  size += seeded.seed
              ? sizeof(Seed) + varint_size(seeded.seed->month) + varint_size(seeded.seed->number)
              : RecordId::size;
  if (change.recorded) size += stamp_size(*change.recorded);
  for (const Op& op : change.ops) {
    size += varint_size(op.field) + 2 + sized_size(op.key) + varint_size(op.seen.size());
    if (const auto* number = std::get_if<std::int64_t>(&op.value)) size += zigzag_size(*number);
    if (const auto* text = std::get_if<std::string>(&op.value)) size += sized_size(*text);
    for (const Stamp& stamp : op.seen) size += stamp_size(stamp);
  }
  if (change.moved_in) {
    const std::size_t moved = encode_moved(*change.moved_in).size();
    size += varint_size(moved) + moved;
  }
  return size;
}

Result<SeededChange> decode_change(ByteView bytes) {
  const auto refuse = [] { return fail(Code::kMalformed, "read change: it does not parse"); };
  if (bytes.size() > limits::kChangeBytes + limits::kMovedPartBytes) return refuse();
  Reader reader(bytes);
  const std::uint8_t version = reader.u8();
  if (version < kVersion || version > kVersionOfCarried) return refuse();
  SeededChange seeded;
  Change& change = seeded.change;
  const std::uint8_t flags = reader.u8();
  change.creates = (flags & kCreates) != 0;
  change.moved = (flags & kMoved) != 0;
  if ((flags & kSeeded) != 0) {
    RecordSeed seed;
    const ByteView raw = reader.raw(seed.seed.size());
    if (raw.size() == seed.seed.size()) std::memcpy(seed.seed.data(), raw.data(), raw.size());
    seed.month = read_u32(reader);
    seed.number = read_u32(reader);
    if (!reader.ok() || seed.month > kMaxMonth) return refuse();
    change.record = record_id(seed);
    seeded.seed = seed;
  } else {
    change.record = reader.id<RecordId>();
  }
  change.kind = read_u16(reader);
  change.home = reader.id<CircleId>();
  change.stamp = read_stamp(reader);
  if ((flags & kCarried) != 0) change.recorded = read_stamp(reader);
  if (version != version_of(change)) return refuse();
  change.ops.resize(reader.count(limits::kOpsPerChange, 5));
  for (Op& op : change.ops) {
    op.field = read_u16(reader);
    op.type = static_cast<OpType>(reader.u8());
    op.key = std::string(as_text(reader.sized(limits::kTextBytes)));
    op.value = read_value(reader);
    op.seen.resize(reader.count(limits::kSeenPerOp, 10));
    for (Stamp& stamp : op.seen) stamp = read_stamp(reader);
  }
  if ((flags & kMovesIn) != 0) {
    change.moved_in = decode_moved(reader.sized(limits::kMovedPartBytes));
    if (!change.moved_in) return refuse();
  }
  if (!reader.ok() || !reader.at_end() ||
      (flags & ~(kCreates | kSeeded | kMoved | kMovesIn | kCarried)) != 0 ||
      !is_well_formed(change) || bytes.size() > most_bytes(change))
    return refuse();
  return seeded;
}

}  // namespace setu::wire
