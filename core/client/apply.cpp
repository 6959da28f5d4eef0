#include "client/apply.hpp"

#include <algorithm>

#include "client/circles.hpp"

namespace setu::client {
namespace {

std::uint8_t number(Audience audience) { return static_cast<std::uint8_t>(audience); }

// The widest part that has arrived decides whether the record is hidden: everybody who sees the
// record sees that part.
constexpr Audience kWidestFirst[] = {Audience::kCommons, Audience::kAlerts, Audience::kProgramme,
                                     Audience::kFacts,   Audience::kLeads,  Audience::kHome};

Result<bool> is_deleted(Context& context, const Kind& kind, const store::Row& row, Audience changed,
                        const merge::Part& part) {
  for (Audience audience : kWidestFirst) {
    if (audience == Audience::kProgramme && kind.parts.size() > 1)
      continue;  // a published extract, not the record
    if (audience == changed) return merge::view_deleted(part).deleted;
    if (!row.parts.contains(number(audience))) continue;
    SETU_TAKE(const merge::Part other, load_part(context, kind, row, audience));
    return merge::view_deleted(other).deleted;
  }
  return merge::view_deleted(part).deleted;
}

std::string where(const Kind& kind, const forms::Field* field) {
  return kind.form->name + (field != nullptr ? "." + field->name : "");
}

}  // namespace

Result<merge::Part> load_part(Context& context, const Kind& kind, const store::Row& row,
                              Audience audience) {
  const auto blob = row.parts.find(number(audience));
  if (blob == row.parts.end()) return merge::Part{};
  const auto fields = kind.parts.find(audience);
  const auto column = [&](FieldTag tag) -> Value {
    const auto place = kind.column_of.find(tag);
    return place == kind.column_of.end() ? Value{} : row.columns[place->second];
  };
  static const merge::PartFields kNoFields;
  return merge::unpack(blob->second, fields == kind.parts.end() ? kNoFields : fields->second,
                       column, context.store.device_numbers());
}

void put_part(Context& context, const Kind& kind, store::Row& row, Audience audience,
              const merge::Part& part) {
  row.columns.resize(kind.table.columns.size());
  static const merge::PartFields kNoFields;
  const auto found = kind.parts.find(audience);
  const merge::PartFields& fields = found == kind.parts.end() ? kNoFields : found->second;
  for (const merge::PartField& field : fields) {
    row.columns[kind.column_of.at(field.field)] =
        merge::column_value(part, field.field, field.rule);
  }
  row.parts[number(audience)] = merge::pack(part, fields, context.store.device_numbers());
}

std::vector<store::OpenConflict> open_conflicts(const Kind& kind, const RecordId& record,
                                                Audience audience, const merge::Part& part) {
  std::vector<store::OpenConflict> open;
  const auto note = [&](FieldTag field, const std::string& key) {
    open.push_back({kind.form->kind, record, number(audience), field, key});
  };
  for (const auto& [slot, state] : part.slots()) {
    if (slot.field == kDeletedField) {
      if (!merge::view_deleted(part).unseen_edits.empty()) note(slot.field, slot.key);
      continue;
    }
    if (state.entries.size() < 2) continue;
    const forms::Field* field = kind.field(slot.field);
    if (field == nullptr) continue;
    switch (field->rule.rule) {
      case merge::Rule::kRegister:
      case merge::Rule::kLadder:
      case merge::Rule::kCautious:
        if (merge::view_register(part, slot.field, field->rule).in_conflict())
          note(slot.field, slot.key);
        break;
      case merge::Rule::kCounter:
      case merge::Rule::kKeyedCounter:
        if (!merge::view_counter(part, slot.field, slot.key).others.empty())
          note(slot.field, slot.key);
        break;
      default: break;
    }
  }
  return open;
}

Status apply_change(Context& context, const Kind& kind, Audience audience, const Change& change,
                    const merge::ChainTips& tips) {
  SETU_TAKE(std::optional<store::Row> stored, context.store.find(kind.form->kind, change.record));
  const bool is_new_row = !stored.has_value();
  if (is_new_row) {
    stored.emplace();
    stored->kind = kind.form->kind;
    stored->id = change.record;
    stored->home = change.home;
    stored->columns.resize(kind.table.columns.size());
  }
  if (stored->home != change.home) {
    return fail(Code::kRefused, "apply change: the record belongs to another home",
                "nothing was changed");
  }
  const bool had_part = stored->parts.contains(number(audience));
  SETU_TAKE(merge::Part part, load_part(context, kind, *stored, audience));
  part.apply(change, tips);
  put_part(context, kind, *stored, audience, part);
  SETU_TAKE(stored->deleted, is_deleted(context, kind, *stored, audience, part));
  SETU_TRY(is_new_row ? context.store.insert(*stored) : context.store.update(*stored));
  if (!had_part && change.creates) return {};  // nothing to be in conflict with
  return context.store.set_conflicts(kind.form->kind, change.record, number(audience),
                                     open_conflicts(kind, change.record, audience, part));
}

std::vector<std::string> quarantine_inadmissible(const Context& context, const Kind& kind,
                                                 const roster::Circle& circle,
                                                 const roster::Member& author, Change& change) {
  std::vector<std::string> problems;
  const auto refuse_all = [&](std::string why) {
    problems.push_back(kind.form->name + ": " + std::move(why));
    change.ops.clear();
  };
  const std::optional<Audience> audience = audience_of(circle.type);
  const roster::Circle* home = context.roster.circle(change.home);
  const CircleId implied = roster::implied_home(circle);
  const bool wide =
      circle.type == roster::CircleType::kProgramme || circle.type == roster::CircleType::kLeads;
  if (!audience) {
    refuse_all("a record in a circle that holds keys only");
  } else if (home == nullptr || !is_home_for(*home, kind.form->home) ||
             (!wide && implied != change.home)) {
    refuse_all("a record whose home is not of this circle");
  } else if (wide && author.role != roster::Role::kCoordinator && home->org != author.org) {
    refuse_all("a record of another organisation");
  } else if (!kind.form->writers.contains(author.role)) {
    refuse_all("written by someone who may not write this kind");
  }
  if (!problems.empty()) return problems;

  std::erase_if(change.ops, [&](const Op& op) {
    if (op.field == kDeletedField) return false;
    const forms::Field* field = kind.field(op.field);
    if (field == nullptr) return false;  // from a newer form: kept, passed on, not shown
    std::string why;
    if (field->audience != *audience) {
      why = "arrived in a circle that this field is not for";
    } else if (!field->writers.contains(author.role)) {
      why = "written by someone who may not write this field";
    } else if (const Status possible = forms::check_op(*field, op); !possible) {
      why = "a value that this field cannot hold";
    }
    if (why.empty()) return false;
    problems.push_back(where(kind, field) + ": " + why);
    return true;
  });
  return problems;
}

}  // namespace setu::client
