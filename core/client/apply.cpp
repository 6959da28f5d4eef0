#include "client/apply.hpp"

#include <algorithm>

#include "client/adoption.hpp"
#include "client/circles.hpp"
#include "client/homes.hpp"
#include "roster/allowed.hpp"

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
      continue;                                    // a published extract, not the record
    if (!kind.parts.contains(audience)) continue;  // says where the record belongs, nothing else
    if (audience == changed) return merge::view_deleted(part).deleted;
    if (!row.parts.contains(number(audience))) continue;
    SETU_TAKE(const merge::Part other, load_part(context, kind, row, audience));
    return merge::view_deleted(other).deleted;
  }
  return merge::view_deleted(part).deleted;
}

// A part that stays in its circle. Whatever moves in was written there: an adoption.
void apply_here(merge::Part& part, const Change& change, const merge::ChainTips& tips) {
  if (change.moved_in && !change.moved_in->covers.empty()) {
    merge::Origins none;
    merge::move_in(part, none, *change.moved_in,
                   {change.moved_in->covers.front().circle, merge::ChainTips{}});
  }
  part.apply(change, tips);
}

bool adopts(const Context& context, const Change& change, Audience audience) {
  const auto circle = circle_for(context.roster, change.home, audience);
  return change.moved_in && circle && is_adoption(*change.moved_in, *circle);
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
    if (slot.field == kHomeField && audience == Audience::kLeads &&
        merge::view_register(part, slot.field, {}).in_conflict())
      note(slot.field, slot.key);
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

Status write_part(Context& context, const Kind& kind, store::Row& row, Audience audience,
                  const merge::Part& part) {
  put_part(context, kind, row, audience, part);
  SETU_TAKE(row.deleted, is_deleted(context, kind, row, audience, part));
  SETU_TRY(row.row_number == 0 ? context.store.insert(row) : context.store.update(row));
  return context.store.set_conflicts(row.kind, row.id, number(audience),
                                     open_conflicts(kind, row.id, audience, part));
}

Status apply_to_row(Context& context, const Kind& kind, Audience audience, const Change& change,
                    const merge::ChainTips& tips, std::optional<store::Row> stored) {
  const bool is_new_row = !stored.has_value();
  if (is_new_row) {
    stored.emplace();
    stored->kind = kind.form->kind;
    stored->id = change.record;
    stored->home = change.home;
    stored->columns.resize(kind.table.columns.size());
  }
  const bool had_part = stored->parts.contains(number(audience));
  SETU_TAKE(merge::Part part, load_part(context, kind, *stored, audience));
  apply_here(part, change, tips);
  put_part(context, kind, *stored, audience, part);
  SETU_TAKE(stored->deleted, is_deleted(context, kind, *stored, audience, part));
  SETU_TRY(is_new_row ? context.store.insert(*stored) : context.store.update(*stored));
  const bool is_first = !had_part && change.creates && !change.moved_in;
  if (is_first) return {};  // nothing to be in conflict with
  return context.store.set_conflicts(kind.form->kind, change.record, number(audience),
                                     open_conflicts(kind, change.record, audience, part));
}

Status apply_change(Context& context, const Kind& kind, Audience audience, const Change& change,
                    const merge::ChainTips& tips) {
  SETU_TAKE(Holding holding, load_holding(context, kind, change.record));
  const bool moves = change.moved && !adopts(context, change, audience);
  const bool one_home =
      holding.kept.empty() && !moves && (!holding.row || holding.row->home == change.home);
  if (one_home) return apply_to_row(context, kind, audience, change, tips, std::move(holding.row));
  return apply_across_homes(context, kind, audience, change, tips, std::move(holding));
}

// --- admissibility

namespace {

// A hand-over is the leads' to decide, between caseloads of their organisation; also one who has
// been removed since, in what of her writing counts.
bool may_hand_over(const Kind& kind, const roster::Circle& circle, const roster::Member& author) {
  return kind.form->home == forms::HomeType::kCaseload &&
         roster::leads(roster::place_of(author), circle.org);
}

// What it says was written by others, and is judged as theirs.
bool only_brings(const Change& change) { return change.moved_in && change.ops.empty(); }

// A state of the circle itself claims to have heard its chains, and so can suppress what others
// wrote: it is for those who begin the circle's epochs. One that comes from elsewhere is a
// hand-over.
bool may_bring(const MovedPart& moved, const roster::Circle& circle, const roster::Member& author,
               bool hands_over) {
  const roster::Place place = roster::place_of(author);
  if (is_adoption(moved, circle.id)) return may_adopt(circle, place);
  const bool of_circle =
      std::ranges::find(moved.covers, circle.id, &Cover::circle) != moved.covers.end();
  const auto audience = audience_of(circle.type);
  return of_circle ? roster::may_begin_epochs(place, circle)
                   : hands_over && audience && is_of_one_home(*audience);
}

bool names_home(const Context& context, const Value& value, const CircleId& from) {
  const auto* bytes = std::get_if<std::string>(&value);
  const auto home = CircleId::from(bytes == nullptr ? ByteView{} : as_bytes(*bytes));
  return home && may_move_between(context.roster, from, *home);
}

}  // namespace

std::vector<std::string> quarantine_inadmissible(const Context& context, const Kind& kind,
                                                 const roster::Circle& circle,
                                                 const roster::Member& author, Change& change) {
  std::vector<std::string> problems;
  const auto refuse_all = [&](std::string why) {
    problems.push_back(kind.form->name + ": " + std::move(why));
    change.ops.clear();
    change.moved_in.reset();
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
  } else if (!kind.form->writers.contains(author.role) && !only_brings(change)) {
    refuse_all("written by someone who may not write this kind");
  }
  if (!problems.empty()) return problems;

  const bool hands_over = may_hand_over(kind, circle, author);
  const auto refuses = [&](const Op& op, const roster::Member& writer) {
    if (op.field == kDeletedField) return false;
    const forms::Field* field = kind.field(op.field);
    std::string why;
    if (op.field == kHomeField) {
      if (!hands_over)
        why = "handed over by someone who may not";
      else if (op.type != OpType::kWrite || !names_home(context, op.value, change.home))
        why = "handed over to what is no caseload of the organisation";
    } else if (field == nullptr) {
      return false;  // from a newer form: kept, passed on, not shown
    } else if (field->audience != *audience) {
      why = "arrived in a circle that this field is not for";
    } else if (!field->writers.contains(writer.role)) {
      why = "written by someone who may not write this field";
    } else if (const Status possible = forms::check_op(*field, op); !possible) {
      why = "a value that this field cannot hold";
    }
    if (why.empty()) return false;
    problems.push_back(where(kind, field) + ": " + why);
    return true;
  };
  std::erase_if(change.ops, [&](const Op& op) { return refuses(op, author); });
  if (!change.moved_in) return problems;
  const bool brings = may_bring(*change.moved_in, circle, author, hands_over);
  if (!brings) {
    problems.push_back(kind.form->name + ": brought from elsewhere by someone who may not");
    change.moved_in.reset();
    return problems;
  }
  for (MovedSlot& slot : change.moved_in->slots) {
    std::erase_if(slot.entries, [&](const MovedEntry& entry) {
      const roster::Member* writer = context.roster.member(entry.stamp.device);
      if (writer != nullptr && !kind.form->writers.contains(writer->role)) return true;
      return refuses({slot.field, entry.type, slot.key, entry.value, {}},
                     writer != nullptr ? *writer : author);
    });
  }
  return problems;
}

}  // namespace setu::client
