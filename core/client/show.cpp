#include "client/show.hpp"

#include <algorithm>

#include "client/apply.hpp"
#include "client/circles.hpp"
#include "client/conflicts.hpp"
#include "client/inputs.hpp"
#include "client/keyring.hpp"

namespace setu::client {
namespace {

using forms::Field;
using forms::FieldType;

// Is a part that this device may read, and that every record of the kind has, still missing?
bool is_partial(const Context& context, const Kind& kind, const store::Row& row) {
  return std::ranges::any_of(kind.basic_parts(), [&](Audience audience) {
    if (row.parts.contains(static_cast<std::uint8_t>(audience))) return false;
    const auto circle = circle_for(context.roster, row.home, audience);
    return circle && context.roster.is_member(context.self.id, *circle);
  });
}

Value filter_value(const Field& field, const forms::TypedInput& input) {
  return field.type == FieldType::kChoices && !input.elements.empty()
             ? Value{input.elements.front()}
             : input.value;
}

}  // namespace

FieldValue show_value(const Field& field, const Value& value) {
  if (is_empty(value)) return {};
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number != nullptr && field.type == FieldType::kBoolean) return *number != 0;
  if (number != nullptr && field.type != FieldType::kDecimal) return *number;
  return forms::to_text(field, value);
}

FieldValue show_field(Context& context, const Field& field, const merge::Part& part) {
  switch (field.type) {
    case FieldType::kChoices: {
      std::vector<std::string> elements = merge::view_set(part, field.tag, field.rule).elements;
      if (elements.empty()) return {};
      return elements;
    }
    case FieldType::kCounter: {
      const merge::CounterView view = merge::view_counter(part, field.tag);
      if (!view.written) return {};
      return view.value;
    }
    case FieldType::kCounters: {
      std::vector<std::pair<std::string, std::int64_t>> counts;
      for (const std::string& key : merge::counter_keys(part, field.tag)) {
        counts.emplace_back(key, merge::view_counter(part, field.tag, key).value);
      }
      if (counts.empty()) return {};
      return counts;
    }
    case FieldType::kLog: {
      std::vector<LogLine> lines;
      for (const merge::LogEntry& entry : merge::view_log(part, field.tag)) {
        lines.push_back(
            {iso_hour(entry.stamp.hour), person_name(context, entry.stamp.device), entry.text});
      }
      if (lines.empty()) return {};
      return lines;
    }
    default: return show_value(field, merge::view_register(part, field.tag, field.rule).shown);
  }
}

std::string show_home(Context& context, const Value& value) {
  const auto* bytes = std::get_if<std::string>(&value);
  const auto home = CircleId::from(bytes == nullptr ? ByteView{} : as_bytes(*bytes));
  if (!home) return {};
  std::string name = caseload_name(context, *home);
  return name.empty() ? home->hex() : name;
}

NamedValue show_op(Context& context, const Kind& kind, const Op& op) {
  if (op.field == kDeletedField) return {"deleted", !is_empty(op.value)};
  if (op.field == kHomeField) return {"caseload", show_home(context, op.value)};
  const Field* field = kind.field(op.field);
  const std::string name = field != nullptr ? field->name : "field " + std::to_string(op.field);
  const std::string prefix = op.key.empty() ? "" : op.key + " ";
  const auto* number = std::get_if<std::int64_t>(&op.value);
  switch (op.type) {
    case OpType::kAdd: return {name, "+" + op.key};
    case OpType::kRemove: return {name, "-" + op.key};
    case OpType::kBase:
      return {name, prefix + "=" + std::to_string(number != nullptr ? *number : 0)};
    case OpType::kIncrement: {
      const std::int64_t by = number != nullptr ? *number : 0;
      return {name, prefix + (by < 0 ? "" : "+") + std::to_string(by)};
    }
    default: break;
  }
  if (field != nullptr) return {name, show_value(*field, op.value)};
  return {name, FieldValue{}};
}

Result<Found> find_record(Context& context, std::string_view id) {
  SETU_TAKE(const RecordId record, parse_uuid(id));
  SETU_TAKE(std::optional<store::Row> row, context.store.find(record));
  const Kind* kind = row ? context.kind(row->kind) : nullptr;
  if (kind == nullptr) {
    SETU_TAKE(const std::vector<store::KeptPart> kept, context.store.kept_parts(record));
    if (!kept.empty()) {
      return fail(Code::kNotFound,
                  "find record: it was handed over to another caseload; this device does not hold "
                  "it any more",
                  "what was written here before has gone along; ask a lead where it is now");
    }
    return fail(Code::kNotFound, "find record: this device has none with that id",
                "sync, or check the id with `setu list KIND`");
  }
  return Found{kind, std::move(*row)};
}

Result<RecordView> show_row(Context& context, const Kind& kind, const store::Row& row) {
  RecordView view;
  view.id = to_uuid(row.id);
  view.kind = kind.form->name;
  const roster::Circle* home = context.roster.circle(row.home);
  if (home != nullptr && home->type != roster::CircleType::kCommons) {
    view.org_id = home->org.hex();
    view.org = org_name(context, home->org);
    if (home->type == roster::CircleType::kCaseload) {
      view.caseload_id = row.home.hex();
      view.caseload = caseload_name(context, row.home);
    }
  }
  std::map<Audience, merge::Part> parts;
  ReadToken token(row.id);
  for (const auto& [number, blob] : row.parts) {
    const auto audience = static_cast<Audience>(number);
    SETU_TAKE(parts[audience], load_part(context, kind, row, audience));
    note_shown(token, kind, audience, parts[audience]);
  }
  for (const Field& field : kind.form->fields) {
    const auto part = parts.find(field.audience);
    if (part == parts.end()) continue;
    FieldValue value = show_field(context, field, part->second);
    if (!std::holds_alternative<std::monostate>(value))
      view.fields.push_back({field.name, std::move(value)});
  }
  view.seen = token.text();
  view.partial = is_partial(context, kind, row);
  view.deleted = row.deleted;
  SETU_TAKE(view.conflicts, conflicts_of_row(context, kind, row));
  return view;
}

Result<std::vector<RecordView>> list_rows(Context& context, const Kind& kind,
                                          const Client::Assignments& where, std::size_t limit) {
  std::vector<store::Filter> filters;
  for (const std::string& condition : where) {
    SETU_TAKE(const forms::Input input, forms::parse_input(condition));
    SETU_TAKE(const forms::TypedInput typed, forms::type_input(*kind.form, input));
    const Field& field = *typed.field;
    if (field.type == FieldType::kLog || field.type == FieldType::kCounters ||
        input.op != forms::InputOp::kSet) {
      return fail(Code::kInvalidArgument,
                  "list " + kind.form->name + "." + field.name + ": cannot be searched for a value",
                  "use field=value with a single-valued field or a set");
    }
    filters.push_back({field.name, filter_value(field, typed), field.type == FieldType::kChoices});
  }
  std::vector<RecordView> views;
  SETU_TAKE(const std::vector<store::Row> rows,
            context.store.list(kind.form->kind, filters, limit == 0 ? SIZE_MAX : limit));
  for (const store::Row& row : rows) {
    SETU_TAKE(RecordView view, show_row(context, kind, row));
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace setu::client
