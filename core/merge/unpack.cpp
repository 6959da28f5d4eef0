#include <algorithm>
#include <charconv>
#include <limits>
#include <tuple>

#include "merge/pack.hpp"
#include "merge/pack_format.hpp"
#include "setu/base/codec.hpp"

namespace setu::merge {
namespace {

using format::SlotFlags;
using format::ValueForm;

// Bytes of the shortest table row, slot, entry: no count can promise more than the bytes that
// follow it.
constexpr std::size_t kMinStampBytes = 3;
constexpr std::size_t kMinSlotBytes = 3;
constexpr std::size_t kMinEntryBytes = 2;

tl::unexpected<Error> corrupt(const char* what) {
  return fail(Code::kCorrupt,
              std::string("unpack merge state: ") + what + "; the record cannot be merged");
}

bool ascends(const Entry& a, const Entry& b) {
  return std::tie(a.stamp, a.type, a.value) < std::tie(b.stamp, b.type, b.value);
}

class Unpacker {
 public:
  Unpacker(ByteView blob, const PartFields& fields, const ColumnReader& column,
           const DeviceNumbers& devices)
      : in_(blob), fields_(fields), column_(column), devices_(devices) {}

  Result<Part> unpack() {
    if (in_.u8() != format::kVersion) return corrupt("unknown version");
    const std::uint64_t head = in_.varint();
    has_base_ = (head & 1) != 0;
    const std::uint64_t slot_count = head >> 1;
    if (has_base_) SETU_TRY(read_stamp());
    if (slot_count > in_.remaining() / kMinSlotBytes) return corrupt("more slots than bytes");
    if (slot_count > 0) {
      const std::size_t table_size = in_.count(in_.remaining(), kMinStampBytes);
      for (std::size_t i = 0; i < table_size; ++i) SETU_TRY(read_stamp());
    }
    for (std::uint64_t i = 0; i < slot_count; ++i) SETU_TRY(read_slot());
    if (!in_.ok()) return corrupt("cut short or malformed");
    if (!in_.at_end()) return corrupt("bytes left over");
    for (const PartField& field : fields_) SETU_TRY(add_implied(field));
    return std::move(part_);
  }

 private:
  // The base gives its hour; each stamp after it the difference to the one before.
  Status read_stamp() {
    const std::uint64_t number = in_.varint();
    const std::int64_t hour = stamps_.empty() && has_base_
                                  ? static_cast<std::int64_t>(in_.varint())
                                  : add_hours(previous_hour_, in_.zigzag());
    const std::uint64_t counter = in_.varint();
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
    const bool in_range =
        static_cast<std::uint64_t>(hour) <= kMax && counter <= kMax && number <= kMax;
    if (!in_.ok() || !in_range) return corrupt("bad stamp");
    SETU_TAKE(const DeviceId device, devices_.device_of(static_cast<std::uint32_t>(number)));
    stamps_.push_back(
        {static_cast<std::uint32_t>(hour), static_cast<std::uint32_t>(counter), device});
    previous_hour_ = hour;
    return {};
  }

  // Out of range becomes negative, or far too high.
  static std::int64_t add_hours(std::int64_t hour, std::int64_t difference) {
    constexpr std::int64_t kFarthest = std::int64_t{1} << 33;
    return difference > kFarthest || difference < -kFarthest ? -1 : hour + difference;
  }

  Stamp read_reference() {
    const std::uint64_t index = in_.varint();
    if (index < stamps_.size()) return stamps_[static_cast<std::size_t>(index)];
    in_.set_failed();
    return {};
  }

  std::vector<Stamp> read_references() {
    std::vector<Stamp> stamps;
    const std::size_t count = in_.count(in_.remaining());
    for (std::size_t i = 0; i < count && in_.ok(); ++i) stamps.push_back(read_reference());
    return stamps;
  }

  Status read_slot() {
    const std::uint64_t tag = last_tag_ + in_.varint();
    if (tag < last_tag_ || tag > std::numeric_limits<FieldTag>::max()) return corrupt("bad field");
    last_tag_ = tag;
    const std::uint64_t head = in_.varint();
    SlotId id{static_cast<FieldTag>(tag), {}};
    if ((head & SlotFlags::kHasKey) != 0) id.key = as_text(in_.sized(in_.remaining()));
    if ((head & SlotFlags::kWholeField) != 0) whole_fields_.push_back(id.field);
    auto& slots = part_.mutable_slots();
    if (!slots.empty() && !(slots.rbegin()->first < id)) return corrupt("slots out of order");

    const std::uint64_t entry_count = head >> SlotFlags::kBits;
    if (entry_count > in_.remaining() / kMinEntryBytes) return corrupt("more entries than bytes");
    Slot slot;
    for (std::uint64_t i = 0; i < entry_count; ++i) {
      SETU_TAKE(Entry entry, read_entry(id));
      if (!slot.entries.empty() && !ascends(slot.entries.back(), entry))
        return corrupt("entries out of order");
      slot.entries.push_back(std::move(entry));
    }
    if ((head & SlotFlags::kHasDead) != 0) slot.dead = read_references();
    const auto disorder =
        std::adjacent_find(slot.dead.begin(), slot.dead.end(), std::greater_equal<>());
    if (disorder != slot.dead.end()) return corrupt("dead stamps out of order");
    if (!in_.ok() || (slot.entries.empty() && slot.dead.empty())) return corrupt("bad slot");
    slots.emplace_hint(slots.end(), std::move(id), std::move(slot));
    return {};
  }

  Result<Entry> read_entry(const SlotId& id) {
    const std::uint8_t head = in_.u8();
    const auto type = static_cast<OpType>(head & format::kTypeMask);
    if (head > format::kEntryHeadMax || type < OpType::kWrite || type > OpType::kAppend)
      return corrupt("bad entry");
    Entry entry;
    entry.type = type;
    entry.stamp = read_reference();
    switch (static_cast<ValueForm>(head >> format::kFormShift & format::kFormMask)) {
      case ValueForm::kEmpty: break;
      case ValueForm::kNumber: entry.value = in_.zigzag(); break;
      case ValueForm::kText: entry.value = std::string(as_text(in_.sized(in_.remaining()))); break;
      case ValueForm::kColumn:
        if (!has_one_value_column(id)) return corrupt("a value without its column");
        entry.value = column_(id.field);
        if (!format::column_tells(entry.value)) return corrupt("a value that its column lost");
        break;
    }
    if ((head & format::kHasSeen) != 0) entry.seen = read_references();
    if (!in_.ok()) return corrupt("cut short or malformed");
    return entry;
  }

  [[nodiscard]] bool has_one_value_column(const SlotId& id) const {
    return id.key.empty() && id.field != kDeletedField &&
           std::any_of(fields_.begin(), fields_.end(), [&](const PartField& field) {
             return field.field == id.field && format::column_is_one_value(field.rule.rule);
           });
  }

  // The slots of this field that the blob left to the column.
  Status add_implied(const PartField& field) {
    const format::Implied implied = format::implied_entry(field.rule.rule);
    const bool whole = std::binary_search(whole_fields_.begin(), whole_fields_.end(), field.field);
    if (implied.by == format::ImpliedBy::kNothing || whole || field.field == kDeletedField)
      return {};
    Value column = column_(field.field);
    if (is_empty(column)) return {};
    if (implied.by == format::ImpliedBy::kValue)
      return add_slot({field.field, {}}, implied.type, std::move(column));
    if (implied.by == format::ImpliedBy::kCount) {
      if (!std::holds_alternative<std::int64_t>(column))
        return corrupt("a counter's column without a number");
      return add_slot({field.field, {}}, implied.type, std::move(column));
    }
    const auto* joined = std::get_if<std::string>(&column);
    if (joined == nullptr) return corrupt("a joined column without text");
    std::string_view rest = *joined;
    while (true) {
      const std::size_t comma = rest.find(',');
      SETU_TRY(add_element(field.field, implied, rest.substr(0, comma)));
      if (comma == std::string_view::npos) return {};
      rest.remove_prefix(comma + 1);
    }
  }

  Status add_element(FieldTag field, const format::Implied& implied, std::string_view element) {
    Value value;
    if (implied.by == format::ImpliedBy::kCounts) {
      const std::size_t equals = element.rfind('=');
      if (equals == std::string_view::npos) return corrupt("a counters' column without a number");
      std::int64_t number = 0;
      const std::string_view digits = element.substr(equals + 1);
      const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      const bool complete = parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size();
      if (!complete) return corrupt("a counters' column with a bad number");
      value = number;
      element = element.substr(0, equals);
    }
    if (element.empty()) return corrupt("a joined column with an empty part");
    return add_slot({field, std::string(element)}, implied.type, std::move(value));
  }

  // Slots that the blob lists stand as listed.
  Status add_slot(SlotId id, OpType type, Value value) {
    const auto [slot, added] = part_.mutable_slots().try_emplace(std::move(id));
    if (!added) return {};
    if (!has_base_) return corrupt("a column's value without a stamp");
    slot->second.entries.push_back({stamps_.front(), type, std::move(value), {}});
    return {};
  }

  Reader in_;
  const PartFields& fields_;
  const ColumnReader& column_;
  const DeviceNumbers& devices_;
  bool has_base_ = false;
  std::int64_t previous_hour_ = 0;
  std::uint64_t last_tag_ = 0;
  std::vector<Stamp> stamps_;           // the base, where there is one, then the table
  std::vector<FieldTag> whole_fields_;  // ascending
  Part part_;
};

}  // namespace

Result<Part> unpack(ByteView blob, const PartFields& fields, const ColumnReader& column,
                    const DeviceNumbers& devices) {
  return Unpacker(blob, fields, column, devices).unpack();
}

}  // namespace setu::merge
