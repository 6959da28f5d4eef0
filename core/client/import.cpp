#include "client/import.hpp"

#include <algorithm>
#include <unordered_map>

#include "client/inputs.hpp"
#include "client/recorder.hpp"
#include "forms/csv.hpp"

namespace setu::client {
namespace {

using forms::Field;

constexpr std::size_t kProgressEvery = 500;  // rows

struct Columns {
  std::vector<const Field*> fields;  // by column; null: ignored
  std::optional<std::size_t> key;    // which column is the key
  std::vector<std::string> ignored;
};

Result<Columns> map_columns(const Kind& kind, const forms::CsvRow& header,
                            const Client::ImportRequest& request) {
  Columns columns;
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    std::string name = header.cells[i];
    const auto mapped =
        std::ranges::find(request.column_map, name, &std::pair<std::string, std::string>::first);
    if (mapped != request.column_map.end()) name = mapped->second;
    const Field* field = kind.form->find(name);
    if (field == nullptr && mapped != request.column_map.end()) {
      return fail(Code::kInvalidArgument,
                  "import " + kind.form->name + ": --map names a field that the form does not have",
                  "`setu form show " + kind.form->name + "` lists its fields");
    }
    if (field != nullptr && std::ranges::find(columns.fields, field) != columns.fields.end()) {
      return fail(Code::kInvalidArgument,
                  "import " + kind.form->name + ": two columns for field " + field->name,
                  "leave one out");
    }
    if (field == nullptr) columns.ignored.push_back(header.cells[i]);
    if (!request.key.empty() && header.cells[i] == request.key) columns.key = i;
    columns.fields.push_back(field);
  }
  const auto unmapped = std::ranges::find_if(request.column_map, [&](const auto& pair) {
    return std::ranges::find(header.cells, pair.first) == header.cells.end();
  });
  if (unmapped != request.column_map.end()) {
    return fail(Code::kInvalidArgument,
                "import " + kind.form->name + ": --map names a column that the file does not have",
                "check the first line of the file");
  }
  if (!request.key.empty() && (!columns.key || columns.fields[*columns.key] == nullptr)) {
    return fail(Code::kInvalidArgument,
                "import " + kind.form->name +
                    ": the key column is not in the file or is no field of the form",
                "name a column whose values tell the rows apart, mapped to a field");
  }
  return columns;
}

struct PlannedRow {
  std::size_t line = 0;
  Client::Assignments fields;
  std::optional<store::Row> existing;  // what the key found
};

// What the records of this home hold under the key field.
using KeyIndex = std::unordered_map<std::string, RecordId>;

Result<KeyIndex> index_by_key(Context& context, const Kind& kind, const CircleId& home,
                              const Field& key) {
  KeyIndex index;
  SETU_TAKE(const std::vector<store::Row> rows, context.store.list(kind.form->kind, {}, SIZE_MAX));
  for (const store::Row& row : rows) {
    const Value& value = row.columns[kind.column_of.at(key.tag)];
    if (row.home == home && !is_empty(value)) index.emplace(forms::to_text(key, value), row.id);
  }
  return index;
}

// The row's cells as assignments; for an existing record only those that differ.
Result<PlannedRow> plan_row(Context& context, const Kind& kind, const forms::CsvRow& row,
                            const Columns& columns, const KeyIndex& index, roster::Role role) {
  PlannedRow planned{row.line, {}, std::nullopt};
  if (row.cells.size() != columns.fields.size()) {
    return fail(Code::kInvalidArgument, std::to_string(row.cells.size()) + " cells found, " +
                                            std::to_string(columns.fields.size()) + " expected");
  }
  if (columns.key) {
    const Field& key = *columns.fields[*columns.key];
    if (row.cells[*columns.key].empty())
      return fail(Code::kInvalidArgument, "the key column " + key.name + " is empty");
    SETU_TAKE(
        const forms::TypedInput typed,
        forms::type_input(*kind.form, {key.name, forms::InputOp::kSet, row.cells[*columns.key]}));
    const auto known = index.find(forms::to_text(key, typed.value));
    if (known != index.end()) {
      SETU_TAKE(planned.existing, context.store.find(kind.form->kind, known->second));
    }
  }
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const Field* field = columns.fields[i];
    if (field == nullptr || (row.cells[i].empty() && !planned.existing)) continue;
    SETU_TAKE(const forms::TypedInput typed,
              forms::type_input(*kind.form, {field->name, forms::InputOp::kSet, row.cells[i]}));
    if (planned.existing && field->type != forms::FieldType::kLog) {
      const Value& now = planned.existing->columns[kind.column_of.at(field->tag)];
      std::string joined;
      for (const std::string& element : typed.elements)
        joined += (joined.empty() ? "" : ",") + element;
      const Value wanted = field->type == forms::FieldType::kChoices && !joined.empty()
                               ? Value{joined}
                               : typed.value;
      if (wanted == now) continue;
    }
    planned.fields.push_back(field->name + "=" + row.cells[i]);
  }
  // The whole row is judged as a write would be, before anything is written.
  SETU_TAKE(const auto inputs,
            gather_inputs(context, kind, planned.existing ? &*planned.existing : nullptr,
                          planned.fields, role));
  if (!planned.existing) {
    SETU_TRY(forms::check_required(
        *kind.form,
        [&](const Field& field) {
          return std::ranges::find(inputs, &field, &forms::TypedInput::field) != inputs.end();
        },
        [](const Field&) { return true; }));
  }
  return planned;
}

struct Planned {
  std::vector<PlannedRow> rows;
  ImportReport report;
};

Result<Planned> plan_import(Context& context, const Kind& kind, const CircleId& home,
                            const Client::ImportRequest& request) {
  Planned planned;
  forms::CsvReader reader(request.csv);
  SETU_TAKE(const std::optional<forms::CsvRow> header, reader.next());
  if (!header)
    return fail(Code::kInvalidArgument, "import " + kind.form->name + ": the file is empty",
                "its first line names the columns");
  SETU_TAKE(const Columns columns, map_columns(kind, *header, request));
  planned.report.ignored_columns = columns.ignored;
  KeyIndex index;
  if (columns.key) {
    SETU_TAKE(index, index_by_key(context, kind, home, *columns.fields[*columns.key]));
  }
  KeyIndex seen_keys;
  const roster::Role role = context.me()->role;
  for (;;) {
    auto row = reader.next();
    if (row && !*row) break;
    if (planned.rows.size() + planned.report.refused.size() >= limits::kCsvRows) {
      return fail(Code::kTooLarge, "import " + kind.form->name + ": more than a million rows",
                  "split the file");
    }
    if (!row) {
      planned.report.refused.push_back({reader.failed_line(), row.error().message});
      continue;
    }
    if (columns.key &&
        !seen_keys
             .emplace((*row)->cells.size() > *columns.key ? (*row)->cells[*columns.key] : "",
                      RecordId{})
             .second) {
      planned.report.refused.push_back({(*row)->line, "another row of the file has the same key"});
      continue;
    }
    auto planned_row = plan_row(context, kind, **row, columns, index, role);
    if (planned_row)
      planned.rows.push_back(std::move(*planned_row));
    else
      planned.report.refused.push_back({(*row)->line, planned_row.error().message});
  }
  return planned;
}

}  // namespace

Result<ImportReport> import_csv(Context& context, const Client::ImportRequest& request) {
  SETU_TAKE(const Kind* kind, context.kind_named(request.kind));
  if (context.me() == nullptr)
    return fail(Code::kNotAllowed, "import: this device is not a member of a programme yet",
                "run `setu sync`");
  SETU_TAKE(const CircleId home, choose_home(context, *kind, request.home));
  SETU_TAKE(Planned planned, plan_import(context, *kind, home, request));
  ImportReport& report = planned.report;
  if (request.strict && !report.refused.empty()) return report;

  SETU_TAKE(Recorder recorder, Recorder::begin(context));
  recorder.expect(planned.rows.size());
  std::size_t done = 0;
  for (PlannedRow& row : planned.rows) {
    if (!row.existing) {
      SETU_TRY(recorder.add(*kind, home, row.fields));
      ++report.added;
    } else if (row.fields.empty()) {
      ++report.unchanged;
    } else {
      SETU_TRY(recorder.edit(*kind, std::move(*row.existing), row.fields, nullptr));
      ++report.updated;
    }
    if (++done % kProgressEvery == 0 && request.progress)
      request.progress(done, planned.rows.size());
  }
  SETU_TRY(recorder.commit());
  if (request.progress) request.progress(done, planned.rows.size());
  report.committed = true;
  return report;
}

}  // namespace setu::client
