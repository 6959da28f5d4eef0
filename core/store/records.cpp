// Records: the rows of kind tables, read and written whole.

#include <algorithm>

#include "store/impl.hpp"

namespace setu::store {
namespace {

constexpr int kFixedColumns = 4;  // _row, _id, _home, _deleted: before the fields in every SELECT

Status check_shape(const KindTable& table, const Row& row) {
  const auto known = [&](const auto& part) {
    return std::binary_search(table.spec.parts.begin(), table.spec.parts.end(), part.first);
  };
  if (row.columns.size() != table.spec.columns.size() ||
      !std::all_of(row.parts.begin(), row.parts.end(), known)) {
    return fail(
        Code::kInvalidArgument,
        "write record: it has other columns or parts than its kind's table; nothing was changed");
  }
  return {};
}

// Fields, then parts; `first` is the index of the first parameter. Gives the index after the last.
int bind_contents(Statement& statement, int first, const KindTable& table, const Row& row) {
  int index = first;
  for (std::size_t i = 0; i < row.columns.size(); ++i) {
    statement.bind_value(index++, row.columns[i], table.spec.columns[i].type == ColumnType::kBlob);
  }
  for (const std::uint8_t part : table.spec.parts) {
    auto found = row.parts.find(part);
    if (found == row.parts.end()) {
      statement.bind_from(index++, nullptr);
    } else {
      statement.bind_from(index++, found->second);
    }
  }
  return index;
}

// An element as it stands in a column of joined elements; nothing when no element can look like
// that.
std::optional<std::string> element_text(const Value& value) {
  std::string text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) text = std::to_string(*number);
  if (const auto* name = std::get_if<std::string>(&value)) text = *name;
  if (text.empty() || text.find(',') != std::string::npos) return std::nullopt;
  return text;
}

// A filter as a condition with one parameter, and what to bind to it.
struct Condition {
  std::string sql;
  Value bound;
  bool text_as_blob = false;
};

Result<std::vector<Condition>> conditions_of(const KindTable& table,
                                             const std::vector<Filter>& filters, bool& none_fit) {
  std::vector<Condition> conditions;
  for (const Filter& filter : filters) {
    auto column = std::find_if(table.stored.columns.begin(), table.stored.columns.end(),
                               [&](const Column& c) { return c.name == filter.column; });
    if (column == table.stored.columns.end()) {
      return fail(Code::kInvalidArgument, "list records: the kind has no column of that name");
    }
    const std::string name = quoted(column->name);
    if (!filter.contains) {
      conditions.push_back(
          {" AND " + name + " IS ?", filter.value, column->type == ColumnType::kBlob});
      continue;
    }
    std::optional<std::string> element = element_text(filter.value);
    if (!element) none_fit = true;
    if (element)
      conditions.push_back(
          {" AND instr(',' || " + name + " || ',', ',' || ? || ',') > 0", *element, false});
  }
  return conditions;
}

}  // namespace

Result<Row> Store::Impl::read_row(const KindTable& table, const Statement& statement) {
  Row row;
  row.kind = table.spec.kind;
  row.row_number = statement.integer(0);
  SETU_TAKE(row.id, statement.id<RecordId>(1));
  SETU_TAKE(row.home, circles.id_of(statement.integer(2)));
  row.deleted = statement.integer(3) != 0;
  int column = kFixedColumns;
  row.columns.reserve(table.spec.columns.size());
  for (std::size_t i = 0; i < table.spec.columns.size(); ++i)
    row.columns.push_back(statement.value(column++));
  for (const std::uint8_t part : table.spec.parts) {
    if (!statement.is_null(column)) row.parts.emplace(part, to_bytes(statement.blob(column)));
    ++column;
  }
  return row;
}

Result<std::optional<Row>> Store::find(KindTag kind, const RecordId& id) {
  SETU_TAKE(const KindTable* table, impl_->kinds.find(kind));
  SETU_TAKE(Statement statement, impl_->db->prepare(table->select_by_id));
  SETU_TAKE(const bool there, statement.bind(id).step());
  if (!there) return std::nullopt;
  SETU_TAKE(Row row, impl_->read_row(*table, statement));
  return std::optional(std::move(row));
}

Result<std::optional<Row>> Store::find(const RecordId& id) {
  SETU_TAKE(const auto* tables, impl_->kinds.all());
  for (const auto& [kind, table] : *tables) {
    SETU_TAKE(Statement statement, impl_->db->prepare(table.select_by_id));
    SETU_TAKE(const bool there, statement.bind(id).step());
    if (!there) continue;
    SETU_TAKE(Row row, impl_->read_row(table, statement));
    return std::optional(std::move(row));
  }
  return std::nullopt;
}

Status Store::insert(Row& row) {
  SETU_TAKE(const KindTable* table, impl_->kinds.find(row.kind));
  SETU_TRY(check_shape(*table, row));
  SETU_TRY(impl_->devices.take_failure());
  SETU_TAKE(const std::int64_t home, impl_->circles.number_of(row.home));
  SETU_TAKE(Statement statement, impl_->db->prepare(table->insert));
  statement.bind(row.id, home, row.deleted);
  bind_contents(statement, 4, *table, row);
  SETU_TRY(statement.run());
  row.row_number = impl_->db->last_row();
  return {};
}

Status Store::update(const Row& row) {
  SETU_TAKE(const KindTable* table, impl_->kinds.find(row.kind));
  SETU_TRY(check_shape(*table, row));
  SETU_TRY(impl_->devices.take_failure());
  SETU_TAKE(Statement statement, impl_->db->prepare(table->update));
  statement.bind(row.deleted);
  const int last = bind_contents(statement, 2, *table, row);
  SETU_TRY(statement.bind_from(last, row.row_number).run());
  if (impl_->db->changed_rows() == 0)
    return fail(Code::kNotFound, "write record: its row is gone; nothing was changed");
  return {};
}

Status Store::set_home(const Row& row) {
  SETU_TAKE(const KindTable* table, impl_->kinds.find(row.kind));
  SETU_TAKE(const std::int64_t home, impl_->circles.number_of(row.home));
  return impl_->db->run("UPDATE " + table->table + " SET _home = ? WHERE _row = ?", home,
                        row.row_number);
}

Status Store::erase_row(const Row& row) {
  SETU_TAKE(const KindTable* table, impl_->kinds.find(row.kind));
  return impl_->db->atomically([&]() -> Status {
    SETU_TRY(impl_->db->run(table->erase, row.row_number));
    if (impl_->db->changed_rows() == 0) {
      return fail(Code::kNotFound, "erase record: its row is gone; nothing was changed");
    }
    return impl_->db->run("DELETE FROM conflicts WHERE record = ?", row.id);
  });
}

Result<std::vector<Row>> Store::list(KindTag kind, const std::vector<Filter>& filters,
                                     std::size_t limit, bool with_deleted, std::int64_t after_row) {
  SETU_TAKE(const KindTable* table, impl_->kinds.find(kind));
  bool none_fit = false;
  SETU_TAKE(const std::vector<Condition> conditions, conditions_of(*table, filters, none_fit));
  std::vector<Row> rows;
  if (none_fit) return rows;
  std::string sql = table->select + " WHERE _row > ?";
  if (!with_deleted) sql += " AND _deleted = 0";
  for (const Condition& condition : conditions) sql += condition.sql;
  sql += " ORDER BY _row LIMIT ?";
  SETU_TAKE(Statement statement, impl_->db->prepare(sql));
  statement.bind(after_row);
  int index = 2;
  for (const Condition& condition : conditions)
    statement.bind_value(index++, condition.bound, condition.text_as_blob);
  statement.bind_from(index, as_limit(limit));
  for (;;) {
    SETU_TAKE(const bool there, statement.step());
    if (!there) return rows;
    SETU_TAKE(Row row, impl_->read_row(*table, statement));
    rows.push_back(std::move(row));
  }
}

Result<std::uint64_t> Store::count(KindTag kind, bool with_deleted) {
  SETU_TAKE(const KindTable* table, impl_->kinds.find(kind));
  SETU_TAKE(const std::int64_t count,
            impl_->db->number("SELECT count(*) FROM " + table->table +
                              (with_deleted ? "" : " WHERE _deleted = 0")));
  return static_cast<std::uint64_t>(count);
}

Status Store::clear_part(KindTag kind, std::uint8_t part, const CircleId& home) {
  SETU_TAKE(const auto* tables, impl_->kinds.all());  // with the columns that a newer program added
  auto found = tables->find(kind);
  if (found == tables->end())
    return fail(Code::kNotFound, "clear part: this replica has no such kind");
  const KindTable& table = found->second;
  if (!std::binary_search(table.stored.parts.begin(), table.stored.parts.end(), part)) return {};
  std::int64_t home_number = 0;
  if (!home.is_nil()) {
    SETU_TAKE(const std::optional<std::int64_t> known, impl_->circles.find(home));
    if (!known) return {};
    home_number = *known;
  }
  const std::string rows =
      " WHERE " + part_column(part) + " IS NOT NULL AND (?1 = 0 OR _home = ?1)";
  std::string clear = "UPDATE " + table.table + " SET " + part_column(part) + " = NULL";
  for (const Column& column : table.stored.columns) {
    if (column.part == part) clear += ", " + quoted(column.name) + " = NULL";
  }
  return impl_->db->atomically([&]() -> Status {
    SETU_TRY(impl_->db->run(
        "DELETE FROM conflicts WHERE kind = ?2 AND part = ?3 AND record IN (SELECT _id FROM " +
            table.table + rows + ")",
        home_number, kind, part));
    return impl_->db->run(clear + rows, home_number);
  });
}

Status Store::erase_empty_rows(KindTag kind) {
  SETU_TAKE(const auto* tables, impl_->kinds.all());
  auto found = tables->find(kind);
  if (found == tables->end())
    return fail(Code::kNotFound, "erase empty rows: this replica has no such kind");
  std::string sql = "DELETE FROM " + found->second.table + " WHERE 1";
  for (const std::uint8_t part : found->second.stored.parts)
    sql += " AND " + part_column(part) + " IS NULL";
  return impl_->db->run(sql);
}

}  // namespace setu::store
