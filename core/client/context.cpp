#include "client/context.hpp"

#include <algorithm>

#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

store::ColumnType column_type(forms::FieldType type) {
  using forms::FieldType;
  switch (type) {
    case FieldType::kInteger:
    case FieldType::kDecimal:
    case FieldType::kBoolean:
    case FieldType::kCounter: return store::ColumnType::kInteger;
    case FieldType::kReference: return store::ColumnType::kBlob;
    default: return store::ColumnType::kText;
  }
}

Kind make_kind(const forms::Form& form) {
  Kind kind;
  kind.form = &form;
  kind.table.kind = form.kind;
  kind.table.name = form.name;
  for (const forms::Field& field : form.fields) {
    kind.column_of[field.tag] = kind.table.columns.size();
    kind.table.columns.push_back({field.tag, field.name, column_type(field.type),
                                  static_cast<std::uint8_t>(field.audience)});
    kind.parts[field.audience].push_back({field.tag, field.rule});
  }
  for (auto& [audience, fields] : kind.parts) {
    kind.table.parts.push_back(static_cast<std::uint8_t>(audience));
    std::ranges::sort(fields, {}, &merge::PartField::field);
  }
  // Leads see where records of a caseload were handed over to, whatever else the form gives them.
  if (form.home == forms::HomeType::kCaseload && !kind.parts.contains(Audience::kLeads)) {
    kind.table.parts.push_back(static_cast<std::uint8_t>(Audience::kLeads));
    std::ranges::sort(kind.table.parts);
  }
  return kind;
}

}  // namespace

std::vector<Audience> Kind::basic_parts() const {
  std::vector<Audience> basic;
  for (Audience audience : form->audiences()) {
    if (audience == Audience::kHome || audience == Audience::kFacts ||
        audience == Audience::kCommons)
      basic.push_back(audience);
  }
  return basic;
}

const Kind* Context::kind(KindTag tag) const {
  const auto found = kinds.find(tag);
  return found == kinds.end() ? nullptr : &found->second;
}

Result<const Kind*> Context::kind_named(std::string_view name) const {
  std::string known;
  for (const auto& [tag, kind] : kinds) {
    if (kind.form->name == name) return &kind;
    known += (known.empty() ? "" : ", ") + kind.form->name;
  }
  return fail(Code::kNotFound, "find kind: no form has this name", "kinds are: " + known);
}

Status prepare_kinds(Context& context, std::vector<forms::Form> added_forms) {
  context.forms = forms::built_in_forms();
  for (forms::Form& form : added_forms) {
    SETU_TRY(forms::check_form(form));
    context.forms.push_back(std::move(form));
  }
  for (const forms::Form& form : context.forms) {
    const auto [place, is_new] = context.kinds.emplace(form.kind, make_kind(form));
    if (!is_new)
      return fail(Code::kInvalidArgument,
                  "add form: kind number " + std::to_string(form.kind) + " is taken");
    SETU_TRY(context.store.ensure_table(place->second.table));
  }
  return {};
}

Status load_roster(Context& context) {
  SETU_TRY(load_log_roster(context));
  SETU_TAKE(const std::optional<Bytes> giving_back, context.store.note(notes::kGivingBack));
  if (!giving_back || giving_back->empty()) return {};
  SETU_TAKE(const auto pending, context.store.pending_entries(true));
  for (const auto& [hash, bytes] : pending) {
    SETU_TAKE(const wire::Entry entry, wire::parse_entry(bytes, context.roster.programme()));
    context.roster.apply(entry, roster::Check::kSignaturesDone);
  }
  return {};
}

Status load_log_roster(Context& context) {
  context.roster = roster::Roster{};
  SETU_TAKE(const std::vector<Bytes> entries, context.store.entries());
  for (const Bytes& bytes : entries) {
    SETU_TAKE(const wire::Entry entry,
              wire::parse_entry(bytes, context.roster.has_genesis() ? context.roster.programme()
                                                                    : ProgrammeId{}));
    context.roster.apply(entry, roster::Check::kSignaturesDone);
  }
  return {};
}

Result<StampClock> load_clock(Context& context) {
  StampClock clock{.device = context.self.id};
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kClock));
  if (!note) return clock;
  Reader reader(*note);
  clock.last_hour = reader.u32();
  clock.last_counter = reader.u32();
  if (!reader.ok() || !reader.at_end()) return fail(Code::kCorrupt, "read clock: damaged note");
  return clock;
}

Status save_clock(Context& context, const StampClock& clock) {
  Writer writer;
  writer.u32(clock.last_hour);
  writer.u32(clock.last_counter);
  return context.store.put_note(notes::kClock, writer.view());
}

}  // namespace setu::client
