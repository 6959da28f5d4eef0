// The outbox: changes that this device wrote and has not sealed yet.

#include "store/impl.hpp"

namespace setu::store {
namespace {

// Reads rows of (number, circle, record, change).
Result<std::vector<OutboxItem>> read_items(Interned<CircleId>& circles, Statement& rows) {
  std::vector<OutboxItem> items;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return items;
    OutboxItem item;
    item.number = rows.integer(0);
    SETU_TAKE(item.circle, circles.id_of(rows.integer(1)));
    SETU_TAKE(item.record, rows.id<RecordId>(2));
    item.change = to_bytes(rows.blob(3));
    items.push_back(std::move(item));
  }
}

}  // namespace

Status Store::outbox_add(const CircleId& circle, const RecordId& record, ByteView change) {
  SETU_TAKE(const std::int64_t number, impl_->circles.number_of(circle));
  return impl_->db->run("INSERT INTO outbox (circle, record, change) VALUES (?, ?, ?)", number,
                        record, change);
}

Result<std::vector<OutboxItem>> Store::outbox(const CircleId& circle, std::size_t limit) {
  SETU_TAKE(const std::optional<std::int64_t> number, impl_->circles.find(circle));
  if (!number) return std::vector<OutboxItem>{};
  SETU_TAKE(Statement rows, impl_->db->prepare("SELECT number, circle, record, change FROM outbox "
                                               "WHERE circle = ? ORDER BY number LIMIT ?"));
  rows.bind(*number, as_limit(limit));
  return read_items(impl_->circles, rows);
}

// No index on records: the outbox is short, and every write would pay for one.
Result<std::vector<OutboxItem>> Store::outbox_of(const RecordId& record) {
  SETU_TAKE(Statement rows, impl_->db->prepare("SELECT number, circle, record, change FROM outbox "
                                               "WHERE record = ? ORDER BY number"));
  rows.bind(record);
  return read_items(impl_->circles, rows);
}

Result<std::vector<CircleId>> Store::outbox_circles() {
  SETU_TAKE(Statement rows,
            impl_->db->prepare(
                "SELECT id FROM circles "
                "WHERE EXISTS (SELECT 1 FROM outbox WHERE circle = circles.number) ORDER BY id"));
  std::vector<CircleId> circles;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return circles;
    SETU_TAKE(const CircleId circle, rows.id<CircleId>(0));
    circles.push_back(circle);
  }
}

Status Store::outbox_remove(const CircleId& circle, std::int64_t through_number) {
  SETU_TAKE(const std::optional<std::int64_t> number, impl_->circles.find(circle));
  if (!number) return {};
  return impl_->db->run("DELETE FROM outbox WHERE circle = ? AND number <= ?", *number,
                        through_number);
}

Status Store::outbox_drop(std::int64_t number) {
  return impl_->db->run("DELETE FROM outbox WHERE number = ?", number);
}

Result<std::uint64_t> Store::outbox_count() {
  SETU_TAKE(const std::int64_t count, impl_->db->number("SELECT count(*) FROM outbox"));
  return static_cast<std::uint64_t>(count);
}

}  // namespace setu::store
