#include "merge/pack.hpp"

#include <algorithm>
#include <optional>

#include "merge/pack_format.hpp"
#include "setu/base/codec.hpp"

namespace setu::merge {
namespace {

using format::SlotFlags;
using format::ValueForm;

// One slot on its way into the blob, with what the form knows of its field (null: nothing).
struct Item {
  const SlotId* id = nullptr;
  const Slot* slot = nullptr;
  const PartField* field = nullptr;
  bool implied_at_its_stamp = false;  // the column tells all of it but the stamp of its only entry
  bool whole_field = false;           // no slot of this field is left to the column
};

[[nodiscard]] bool is_implied_at_its_stamp(const SlotId& id, const Slot& slot,
                                           const PartField& field) {
  if (slot.entries.size() != 1 || !slot.dead.empty()) return false;
  const Entry& entry = slot.entries.front();
  const format::Implied implied = format::implied_entry(field.rule.rule);
  if (implied.by == format::ImpliedBy::kNothing || entry.type != implied.type ||
      !entry.seen.empty())
    return false;
  switch (implied.by) {
    case format::ImpliedBy::kValue: return id.key.empty() && format::column_tells(entry.value);
    case format::ImpliedBy::kCount:
      return id.key.empty() && std::holds_alternative<std::int64_t>(entry.value);
    case format::ImpliedBy::kElements: return is_empty(entry.value);
    case format::ImpliedBy::kCounts: return std::holds_alternative<std::int64_t>(entry.value);
    case format::ImpliedBy::kNothing: break;
  }
  return false;
}

std::vector<Item> list_items(const Part& part, const PartFields& fields) {
  std::vector<Item> items;
  items.reserve(part.slots().size());
  auto known = fields.begin();
  for (const auto& [id, slot] : part.slots()) {
    while (known != fields.end() && known->field < id.field) ++known;
    const bool is_known =
        known != fields.end() && known->field == id.field && id.field != kDeletedField;
    Item item{&id, &slot, is_known ? &*known : nullptr, false, false};
    if (is_known) item.implied_at_its_stamp = is_implied_at_its_stamp(id, slot, *known);
    items.push_back(item);
  }
  return items;
}

// A key that a joined column cannot hold keeps its whole field out of the column's hands.
void mark_whole_fields(std::vector<Item>& items) {
  for (auto first = items.begin(); first != items.end();) {
    const auto last = std::find_if(
        first, items.end(), [&](const Item& item) { return item.id->field != first->id->field; });
    const bool joined = first->field != nullptr && format::is_joined(first->field->rule.rule);
    if (joined && std::any_of(first, last, [](const Item& item) {
          return !format::fits_joined(item.id->key);
        })) {
      for (auto item = first; item != last; ++item) {
        item->whole_field = true;
        item->implied_at_its_stamp = false;
      }
    }
    first = last;
  }
}

// The commonest stamp of those slots that the column could tell; of equally common ones the lowest.
std::optional<Stamp> choose_base(const std::vector<Item>& items) {
  std::vector<Stamp> stamps;
  stamps.reserve(items.size());
  for (const Item& item : items) {
    if (item.implied_at_its_stamp) stamps.push_back(item.slot->entries.front().stamp);
  }
  if (stamps.empty()) return std::nullopt;
  std::sort(stamps.begin(), stamps.end());
  auto best = stamps.begin();
  std::ptrdiff_t best_count = 0;
  for (auto run = stamps.begin(); run != stamps.end();) {
    const auto end =
        std::find_if(run, stamps.end(), [&](const Stamp& stamp) { return stamp != *run; });
    if (end - run > best_count) {
      best = run;
      best_count = end - run;
    }
    run = end;
  }
  return *best;
}

class Packer {
 public:
  Packer(const Part& part, std::optional<Stamp> base, DeviceNumbers& devices)
      : part_(part), base_(base), devices_(devices) {}

  Bytes pack(const std::vector<Item>& items) {
    std::vector<const Item*> exceptions;
    for (const Item& item : items) {
      if (!(item.implied_at_its_stamp && item.slot->entries.front().stamp == *base_))
        exceptions.push_back(&item);
    }
    out_.u8(format::kVersion);
    out_.varint(exceptions.size() << 1 | (base_ ? 1U : 0U));
    if (base_) {
      out_.varint(devices_.number_of(base_->device));
      out_.varint(base_->hour);
      out_.varint(base_->counter);
    }
    if (!exceptions.empty()) {
      put_table(exceptions);
      FieldTag previous = 0;
      for (const Item* item : exceptions) {
        out_.varint(static_cast<std::uint64_t>(item->id->field - previous));
        previous = item->id->field;
        put_slot(*item);
      }
    }
    return out_.take();
  }

 private:
  void put_table(const std::vector<const Item*>& exceptions) {
    for (const Item* item : exceptions) {
      for (const Entry& entry : item->slot->entries) {
        table_.push_back(entry.stamp);
        table_.insert(table_.end(), entry.seen.begin(), entry.seen.end());
      }
      table_.insert(table_.end(), item->slot->dead.begin(), item->slot->dead.end());
    }
    std::sort(table_.begin(), table_.end());
    table_.erase(std::unique(table_.begin(), table_.end()), table_.end());
    if (base_) std::erase(table_, *base_);
    out_.varint(table_.size());
    std::int64_t hour = base_ ? base_->hour : 0;
    for (const Stamp& stamp : table_) {
      out_.varint(devices_.number_of(stamp.device));
      out_.zigzag(std::int64_t{stamp.hour} - hour);
      out_.varint(stamp.counter);
      hour = stamp.hour;
    }
  }

  void put_reference(const Stamp& stamp) {
    if (base_ && stamp == *base_) {
      out_.varint(0);
      return;
    }
    const auto at = std::lower_bound(table_.begin(), table_.end(), stamp);
    out_.varint(static_cast<std::uint64_t>(at - table_.begin()) + (base_ ? 1 : 0));
  }

  void put_references(const std::vector<Stamp>& stamps) {
    out_.varint(stamps.size());
    for (const Stamp& stamp : stamps) put_reference(stamp);
  }

  void put_slot(const Item& item) {
    const Slot& slot = *item.slot;
    std::uint64_t head = slot.entries.size() << SlotFlags::kBits;
    if (!item.id->key.empty()) head |= SlotFlags::kHasKey;
    if (!slot.dead.empty()) head |= SlotFlags::kHasDead;
    if (item.whole_field) head |= SlotFlags::kWholeField;
    out_.varint(head);
    if (!item.id->key.empty()) out_.sized(item.id->key);
    Value column;  // told by the column, and so not repeated here; empty: the column is of no help
    if (item.field != nullptr && item.id->key.empty() &&
        format::column_is_one_value(item.field->rule.rule)) {
      column = view_register(part_, item.id->field, item.field->rule).shown;
    }
    for (const Entry& entry : slot.entries) put_entry(entry, column);
    if (!slot.dead.empty()) put_references(slot.dead);
  }

  void put_entry(const Entry& entry, const Value& column) {
    const auto* number = std::get_if<std::int64_t>(&entry.value);
    const auto* text = std::get_if<std::string>(&entry.value);
    ValueForm form = ValueForm::kEmpty;
    if (number != nullptr) form = ValueForm::kNumber;
    if (text != nullptr) form = ValueForm::kText;
    if (format::column_tells(column) && entry.value == column) form = ValueForm::kColumn;
    out_.u8(format::entry_head(entry.type, form, !entry.seen.empty()));
    put_reference(entry.stamp);
    if (form == ValueForm::kNumber) out_.zigzag(*number);
    if (form == ValueForm::kText) out_.sized(*text);
    if (!entry.seen.empty()) put_references(entry.seen);
  }

  const Part& part_;
  std::optional<Stamp> base_;
  DeviceNumbers& devices_;
  std::vector<Stamp> table_;  // ascending, without the base
  Writer out_;
};

}  // namespace

Bytes pack(const Part& part, const PartFields& fields, DeviceNumbers& devices) {
  std::vector<Item> items = list_items(part, fields);
  mark_whole_fields(items);
  return Packer(part, choose_base(items), devices).pack(items);
}

}  // namespace setu::merge
