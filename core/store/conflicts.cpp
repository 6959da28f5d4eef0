// The index of open conflicts. The merge blobs are what counts; this only says where to look.

#include "store/impl.hpp"

namespace setu::store {
namespace {

// Reads rows of (kind, record, part, field, key).
Result<std::vector<OpenConflict>> read_conflicts(Statement& rows) {
  std::vector<OpenConflict> conflicts;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return conflicts;
    OpenConflict conflict;
    conflict.kind = static_cast<KindTag>(rows.integer(0));
    SETU_TAKE(conflict.record, rows.id<RecordId>(1));
    conflict.part = static_cast<std::uint8_t>(rows.integer(2));
    conflict.field = static_cast<FieldTag>(rows.integer(3));
    conflict.key = std::string(rows.text(4));
    conflicts.push_back(std::move(conflict));
  }
}

}  // namespace

Status Store::set_conflicts(KindTag kind, const RecordId& record, std::uint8_t part,
                            const std::vector<OpenConflict>& open) {
  if (open.empty()) {
    // The usual case by far: nothing before, nothing after. Looking costs a microsecond and takes
    // no lock.
    SETU_TAKE(const std::int64_t there,
              impl_->db->number("SELECT 1 FROM conflicts WHERE record = ? AND part = ? LIMIT 1",
                                record, part));
    if (there == 0) return {};
  }
  return impl_->db->atomically([&]() -> Status {
    SETU_TRY(impl_->db->run("DELETE FROM conflicts WHERE record = ? AND part = ?", record, part));
    for (const OpenConflict& conflict : open) {
      SETU_TRY(impl_->db->run(
          "INSERT INTO conflicts (record, part, field, key, kind) VALUES (?, ?, ?, ?, ?)", record,
          part, conflict.field, conflict.key, kind));
    }
    return {};
  });
}

Result<std::vector<OpenConflict>> Store::conflicts(std::size_t limit) {
  SETU_TAKE(Statement rows,
            impl_->db->prepare("SELECT kind, record, part, field, key FROM conflicts "
                               "ORDER BY record, part, field, key LIMIT ?"));
  rows.bind(as_limit(limit));
  return read_conflicts(rows);
}

Result<std::vector<OpenConflict>> Store::conflicts_of(const RecordId& record) {
  SETU_TAKE(Statement rows,
            impl_->db->prepare("SELECT kind, record, part, field, key FROM conflicts "
                               "WHERE record = ? ORDER BY part, field, key"));
  rows.bind(record);
  return read_conflicts(rows);
}

Result<std::uint64_t> Store::conflict_count() {
  // A deletion is one conflict, in however many parts there are edits that it did not see.
  SETU_TAKE(const std::int64_t count,
            impl_->db->number("SELECT (SELECT count(*) FROM conflicts WHERE field <> ?1) + "
                              "(SELECT count(DISTINCT record) FROM conflicts WHERE field = ?1)",
                              kDeletedField));
  return static_cast<std::uint64_t>(count);
}

}  // namespace setu::store
