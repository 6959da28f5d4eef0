#include "store/tables.hpp"

#include <algorithm>
#include <set>

namespace setu::store {
namespace {

bool is_name(std::string_view name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (name.empty() || !lower(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '_'; });
}

tl::unexpected<Error> refuse(KindTag kind, std::string_view why) {
  return fail(Code::kInvalidArgument,
              "make table of kind " + std::to_string(kind) + ": " + std::string(why));
}

// What must hold before any of it becomes SQL.
Status validate(const TableSpec& spec) {
  if (!is_name(spec.name)) return refuse(spec.kind, "its name is not [a-z][a-z0-9_]*");
  if (spec.parts.empty()) return refuse(spec.kind, "it has no part");
  if (!std::is_sorted(spec.parts.begin(), spec.parts.end(), std::less_equal<>())) {
    return refuse(spec.kind, "its parts do not ascend");
  }
  std::set<FieldTag> fields;
  std::set<std::string_view> names;
  for (const Column& column : spec.columns) {
    if (!is_name(column.name)) return refuse(spec.kind, "a column's name is not [a-z][a-z0-9_]*");
    if (!fields.insert(column.field).second) return refuse(spec.kind, "a field has two columns");
    if (!names.insert(column.name).second) return refuse(spec.kind, "two columns have one name");
    if (!std::binary_search(spec.parts.begin(), spec.parts.end(), column.part)) {
      return refuse(spec.kind, "a column is of a part that the kind does not have");
    }
  }
  return {};
}

const Column* column_of(const TableSpec& spec, FieldTag field) {
  auto found = std::find_if(spec.columns.begin(), spec.columns.end(),
                            [&](const Column& c) { return c.field == field; });
  return found == spec.columns.end() ? nullptr : &*found;
}

bool same(const Column& a, const Column& b) {
  return a.name == b.name && a.type == b.type && a.part == b.part;
}

bool covers(const TableSpec& stored, const TableSpec& wanted) {
  return stored.name == wanted.name &&
         std::includes(stored.parts.begin(), stored.parts.end(), wanted.parts.begin(),
                       wanted.parts.end()) &&
         std::all_of(wanted.columns.begin(), wanted.columns.end(), [&](const Column& column) {
           const Column* there = column_of(stored, column.field);
           return there != nullptr && same(*there, column);
         });
}

std::string table_name(const TableSpec& spec) { return quoted("r_" + spec.name); }

KindTable spell_out(const TableSpec& spec, const TableSpec& stored) {
  KindTable t{.spec = spec,
              .stored = stored,
              .table = table_name(spec),
              .select = {},
              .select_by_id = {},
              .insert = {},
              .update = {},
              .erase = {}};
  std::string names;
  std::string marks;
  std::string sets;
  const auto add = [&](const std::string& name) {
    names += ", " + name;
    marks += ", ?";
    sets += ", " + name + " = ?";
  };
  for (const Column& column : spec.columns) add(quoted(column.name));
  for (const std::uint8_t part : spec.parts) add(part_column(part));
  t.select = "SELECT _row, _id, _home, _deleted" + names + " FROM " + t.table;
  t.select_by_id = t.select + " WHERE _id = ?";
  t.insert = "INSERT INTO " + t.table + " (_id, _home, _deleted" + names + ") VALUES (?, ?, ?" +
             marks + ")";
  t.update = "UPDATE " + t.table + " SET _deleted = ?" + sets + " WHERE _row = ?";
  t.erase = "DELETE FROM " + t.table + " WHERE _row = ?";
  return t;
}

}  // namespace

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }
std::string part_column(std::uint8_t part) { return "_m" + std::to_string(part); }

Result<const KindTable*> KindTables::find(KindTag kind) {
  auto found = tables_.find(kind);
  if (!loaded_at_ || found == tables_.end()) {
    SETU_TRY(refresh());
    found = tables_.find(kind);
  }
  if (found == tables_.end()) {
    return fail(Code::kNotFound,
                "find table: this replica has none of kind " + std::to_string(kind));
  }
  return &found->second;
}

Result<const std::map<KindTag, KindTable>*> KindTables::all() {
  SETU_TRY(refresh());
  return &tables_;
}

Status KindTables::refresh() {
  SETU_TAKE(const std::int64_t version, db_.number("PRAGMA schema_version"));
  if (loaded_at_ == version) return {};
  SETU_TRY(load());
  loaded_at_ = version;
  return {};
}

Status KindTables::load() {
  std::map<KindTag, TableSpec> specs;
  {
    SETU_TAKE(Statement rows, db_.prepare("SELECT kind, name FROM kinds"));
    for (;;) {
      SETU_TAKE(const bool row, rows.step());
      if (!row) break;
      const auto kind = static_cast<KindTag>(rows.integer(0));
      specs[kind] = {.kind = kind, .name = std::string(rows.text(1)), .columns = {}, .parts = {}};
    }
  }
  {
    SETU_TAKE(
        Statement rows,
        db_.prepare("SELECT kind, field, name, type, part FROM kind_columns ORDER BY kind, place"));
    for (;;) {
      SETU_TAKE(const bool row, rows.step());
      if (!row) break;
      specs[static_cast<KindTag>(rows.integer(0))].columns.push_back(
          {.field = static_cast<FieldTag>(rows.integer(1)),
           .name = std::string(rows.text(2)),
           .type = static_cast<ColumnType>(rows.integer(3)),
           .part = static_cast<std::uint8_t>(rows.integer(4))});
    }
  }
  {
    SETU_TAKE(Statement rows, db_.prepare("SELECT kind, part FROM kind_parts ORDER BY kind, part"));
    for (;;) {
      SETU_TAKE(const bool row, rows.step());
      if (!row) break;
      specs[static_cast<KindTag>(rows.integer(0))].parts.push_back(
          static_cast<std::uint8_t>(rows.integer(1)));
    }
  }
  tables_.clear();
  for (const auto& [kind, stored] : specs) {
    auto asked = asked_.find(kind);
    const bool as_asked = asked != asked_.end() && covers(stored, asked->second);
    tables_.emplace(kind, spell_out(as_asked ? asked->second : stored, stored));
  }
  return {};
}

Status KindTables::ensure(const TableSpec& spec) {
  SETU_TRY(validate(spec));
  SETU_TRY(refresh());
  auto known = tables_.find(spec.kind);
  if (known == tables_.end() || !covers(known->second.stored, spec)) {
    const auto change_schema = [&]() -> Status {
      SETU_TRY(refresh());  // under the write lock: another process may have been quicker
      known = tables_.find(spec.kind);
      return known == tables_.end() ? make(spec) : extend(TableSpec(known->second.stored), spec);
    };
    SETU_TRY(db_.atomically(change_schema));
  }
  asked_[spec.kind] = spec;
  forget();
  return refresh();
}

Status KindTables::make(const TableSpec& spec) {
  SETU_TAKE(const std::int64_t taken,
            db_.number("SELECT count(*) FROM kinds WHERE name = ?", spec.name));
  if (taken != 0) return refuse(spec.kind, "another kind has its name");
  std::string sql = "CREATE TABLE " + table_name(spec) +
                    " (_row INTEGER PRIMARY KEY, _id BLOB NOT NULL UNIQUE, _home INTEGER NOT NULL, "
                    "_deleted INTEGER NOT NULL";
  for (const Column& column : spec.columns) sql += ", " + quoted(column.name);
  for (const std::uint8_t part : spec.parts) sql += ", " + part_column(part);
  SETU_TRY(db_.execute(sql + ")"));
  SETU_TRY(db_.run("INSERT INTO kinds (kind, name) VALUES (?, ?)", spec.kind, spec.name));
  for (std::size_t place = 0; place < spec.columns.size(); ++place) {
    SETU_TRY(add_column(spec.kind, place, spec.columns[place]));
  }
  for (const std::uint8_t part : spec.parts) {
    SETU_TRY(db_.run("INSERT INTO kind_parts (kind, part) VALUES (?, ?)", spec.kind, part));
  }
  return {};
}

Status KindTables::extend(const TableSpec& stored, const TableSpec& wanted) {
  if (stored.name != wanted.name) return refuse(wanted.kind, "it has another name here");
  for (const Column& column : wanted.columns) {
    const Column* there = column_of(stored, column.field);
    if (there != nullptr && !same(*there, column)) {
      return refuse(wanted.kind, "field " + std::to_string(column.field) +
                                     " has another name, type or part here");
    }
    const auto has_name = [&](const Column& other) {
      return other.name == column.name && other.field != column.field;
    };
    if (std::any_of(stored.columns.begin(), stored.columns.end(), has_name)) {
      return refuse(wanted.kind,
                    "another field here has the name of field " + std::to_string(column.field));
    }
  }
  // ADD COLUMN without a default changes the schema only: old rows are short, and read as empty.
  const std::string add = "ALTER TABLE " + table_name(stored) + " ADD COLUMN ";
  std::size_t place = stored.columns.size();
  for (const Column& column : wanted.columns) {
    if (column_of(stored, column.field) != nullptr) continue;
    SETU_TRY(db_.execute(add + quoted(column.name)));
    SETU_TRY(add_column(wanted.kind, place++, column));
  }
  for (const std::uint8_t part : wanted.parts) {
    if (std::binary_search(stored.parts.begin(), stored.parts.end(), part)) continue;
    SETU_TRY(db_.execute(add + part_column(part)));
    SETU_TRY(db_.run("INSERT INTO kind_parts (kind, part) VALUES (?, ?)", wanted.kind, part));
  }
  return {};
}

Status KindTables::add_column(KindTag kind, std::size_t place, const Column& column) {
  return db_.run(
      "INSERT INTO kind_columns (kind, place, field, name, type, part) VALUES (?, ?, ?, ?, ?, ?)",
      kind, place, column.field, column.name, static_cast<int>(column.type), column.part);
}

}  // namespace setu::store
