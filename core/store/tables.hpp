#pragma once
// The tables of kinds: one per kind, made from what a form says, remembered in kinds / kind_columns
// / kind_parts so that a kind that this build has no form for is still found and kept.
//
// Table r_<kind>: _row (integer primary key), _id (16 bytes, unique), _home (number in circles),
// _deleted, a column per field, and _m<part> with the merge blob of each part. Fields never begin
// with '_', so the two never collide. Columns have no declared type: SQLite then converts nothing,
// and what comes back is exactly what was given.

#include <map>
#include <optional>

#include "store/db.hpp"
#include "store/store.hpp"

namespace setu::store {

// One kind's table, with its statements spelled out once.
struct KindTable {
  TableSpec
      spec;  // as the caller named it, or all of it when nobody did: the shape of Row::columns
  TableSpec stored;  // all that the table has; a newer program may have added columns
  std::string table;

  std::string select;  // _row, _id, _home, _deleted, columns, parts; no WHERE
  std::string select_by_id;
  std::string insert;  // _id, _home, _deleted, columns, parts
  std::string update;  // _deleted, columns, parts; last: _row
  std::string erase;   // _row
};

class KindTables {
 public:
  explicit KindTables(Db& db) : db_(db) {}

  Status ensure(const TableSpec& spec);
  // kNotFound: no such kind. Valid until the next call of any member.
  Result<const KindTable*> find(KindTag kind);
  // Every kind, ascending, as the database has them now: another process may have added some.
  Result<const std::map<KindTag, KindTable>*> all();
  void forget() { loaded_at_.reset(); }

 private:
  Status refresh();  // loads again when the schema changed since
  Status load();
  Status make(const TableSpec& spec);
  Status extend(const TableSpec& stored, const TableSpec& wanted);
  Status add_column(KindTag kind, std::size_t place, const Column& column);

  Db& db_;
  std::map<KindTag, KindTable> tables_;
  std::map<KindTag, TableSpec> asked_;     // what ensure() was given
  std::optional<std::int64_t> loaded_at_;  // SQLite's schema_version then
};

[[nodiscard]] std::string quoted(std::string_view name);
[[nodiscard]] std::string part_column(std::uint8_t part);

}  // namespace setu::store
