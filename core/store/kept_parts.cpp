// Parts of records that were handed over, beside the rows that show them.

#include "store/impl.hpp"

namespace setu::store {
namespace {

constexpr std::string_view kSelect =
    "SELECT record, kind, home, part, state, origins, gone, changed FROM kept_parts ";

}  // namespace

Result<KeptPart> Store::Impl::read_kept_part(const Statement& statement) {
  KeptPart kept;
  SETU_TAKE(kept.record, statement.id<RecordId>(0));
  kept.kind = static_cast<KindTag>(statement.integer(1));
  SETU_TAKE(kept.home, circles.id_of(statement.integer(2)));
  kept.part = static_cast<std::uint8_t>(statement.integer(3));
  if (!statement.is_null(4)) kept.state = to_bytes(statement.blob(4));
  if (!statement.is_null(5)) kept.origins = to_bytes(statement.blob(5));
  kept.gone = statement.integer(6) != 0;
  kept.changed = statement.integer(7) != 0;
  return kept;
}

Result<std::vector<KeptPart>> Store::kept_parts(const RecordId& record) {
  SETU_TAKE(Statement rows,
            impl_->db->prepare(std::string(kSelect) + "WHERE record = ? ORDER BY home, part"));
  rows.bind(record);
  std::vector<KeptPart> parts;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return parts;
    SETU_TAKE(KeptPart kept, impl_->read_kept_part(rows));
    parts.push_back(std::move(kept));
  }
}

Result<std::optional<KeptPart>> Store::kept_part(const RecordId& record, const CircleId& home,
                                                 std::uint8_t part) {
  SETU_TAKE(const std::optional<std::int64_t> number, impl_->circles.find(home));
  if (!number) return std::nullopt;
  SETU_TAKE(Statement row, impl_->db->prepare(std::string(kSelect) +
                                              "WHERE record = ? AND home = ? AND part = ?"));
  SETU_TAKE(const bool there, row.bind(record, *number, part).step());
  if (!there) return std::nullopt;
  SETU_TAKE(KeptPart kept, impl_->read_kept_part(row));
  return std::optional(std::move(kept));
}

Status Store::put_kept_part(const KeptPart& kept) {
  SETU_TRY(impl_->devices.take_failure());
  SETU_TAKE(const std::int64_t home, impl_->circles.number_of(kept.home));
  if (kept.state.empty() && kept.origins.empty()) {
    return impl_->db->run("DELETE FROM kept_parts WHERE record = ? AND home = ? AND part = ?",
                          kept.record, home, kept.part);
  }
  SETU_TAKE(Statement statement,
            impl_->db->prepare("INSERT OR REPLACE INTO kept_parts (record, home, part, kind, gone, "
                               "changed, state, origins) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  statement.bind(kept.record, home, kept.part, kept.kind, kept.gone, kept.changed);
  constexpr int kState = 7;
  constexpr int kOrigins = 8;
  const auto bind_bytes = [&](int index, const Bytes& bytes) {
    if (bytes.empty())
      statement.bind_from(index, nullptr);
    else
      statement.bind_from(index, bytes);
  };
  bind_bytes(kState, kept.state);
  bind_bytes(kOrigins, kept.origins);
  return statement.run();
}

Result<std::vector<std::pair<KindTag, RecordId>>> Store::records_kept_in(std::uint8_t part,
                                                                         const CircleId& home) {
  std::vector<std::pair<KindTag, RecordId>> records;
  SETU_TAKE(const std::optional<std::int64_t> number, impl_->circles.find(home));
  if (!number) return records;
  SETU_TAKE(Statement rows,
            impl_->db->prepare("SELECT kind, record FROM kept_parts WHERE part = ? AND home = ?"));
  rows.bind(part, *number);
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return records;
    SETU_TAKE(const RecordId record, rows.id<RecordId>(1));
    records.emplace_back(static_cast<KindTag>(rows.integer(0)), record);
  }
}

Result<std::vector<std::pair<KindTag, RecordId>>> Store::clear_kept_parts(std::uint8_t part,
                                                                          const CircleId& home) {
  SETU_TAKE(auto records, records_kept_in(part, home));
  if (records.empty()) return records;
  SETU_TAKE(const std::optional<std::int64_t> number, impl_->circles.find(home));
  SETU_TRY(impl_->db->run("DELETE FROM kept_parts WHERE part = ? AND home = ?", part, *number));
  return records;
}

Result<std::vector<KeptPart>> Store::changed_kept_parts() {
  SETU_TAKE(Statement rows, impl_->db->prepare(std::string(kSelect) + "WHERE changed = 1 "
                                                                      "ORDER BY record, home"));
  std::vector<KeptPart> parts;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return parts;
    SETU_TAKE(KeptPart kept, impl_->read_kept_part(rows));
    parts.push_back(std::move(kept));
  }
}

Result<std::vector<RecordId>> Store::left_behind(KindTag kind, std::string_view column) {
  SETU_TAKE(const KindTable* table, impl_->kinds.find(kind));
  SETU_TAKE(Statement rows,
            impl_->db->prepare(
                "SELECT r._id FROM " + table->table +
                " r WHERE EXISTS (SELECT 1 FROM kept_parts k WHERE k.record = r." + quoted(column) +
                " AND k.home = r._home AND k.gone = 0 AND k.state IS NOT NULL) ORDER BY r._row"));
  std::vector<RecordId> records;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return records;
    SETU_TAKE(const RecordId record, rows.id<RecordId>(0));
    records.push_back(record);
  }
}

Result<std::vector<KeptPart>> Store::moved_parts() {
  SETU_TAKE(Statement rows, impl_->db->prepare(std::string(kSelect) +
                                               "WHERE gone = 1 OR (state IS NULL AND origins IS "
                                               "NOT NULL) ORDER BY record, home, part"));
  std::vector<KeptPart> parts;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return parts;
    SETU_TAKE(KeptPart kept, impl_->read_kept_part(rows));
    parts.push_back(std::move(kept));
  }
}

}  // namespace setu::store
