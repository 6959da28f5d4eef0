#include "client/conflicts.hpp"

#include <algorithm>

#include "client/apply.hpp"
#include "client/hand_over.hpp"
#include "client/inputs.hpp"
#include "client/keyring.hpp"
#include "client/recorder.hpp"
#include "client/show.hpp"
#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

constexpr crypto::Domain kConflictDomain{"setu/conflict-id/1"};
constexpr std::string_view kDeletedName = "deleted";
constexpr std::string_view kHomeName = "caseload";

// One conflict as the merge state has it.
struct Dispute {
  Audience audience{};
  FieldTag field = 0;
  std::string key;
  merge::Sibling shown;
  std::vector<merge::Sibling> others;

  [[nodiscard]] std::vector<Stamp> all_stamps() const {
    std::vector<Stamp> all = shown.stamps;
    for (const merge::Sibling& other : others)
      all.insert(all.end(), other.stamps.begin(), other.stamps.end());
    std::ranges::sort(all);
    return all;
  }
};

// A deletion is one decision about the whole record, whichever parts edits of it are found in.
Dispute& whole_deletion(std::vector<Dispute>& disputes, Audience audience) {
  const auto found = std::ranges::find(disputes, kDeletedField, &Dispute::field);
  if (found != disputes.end()) return *found;
  const merge::Sibling deleted{Value{std::int64_t{1}}, {}};
  const merge::Sibling edited{Value{}, {}};
  disputes.push_back({audience, kDeletedField, {}, deleted, {edited}});
  return disputes.back();
}

void add_stamps(std::vector<Stamp>& to, const std::vector<Stamp>& from) {
  to.insert(to.end(), from.begin(), from.end());
  std::ranges::sort(to);
}

Result<std::vector<Dispute>> disputes_of_row(Context& context, const Kind& kind,
                                             const store::Row& row) {
  std::vector<Dispute> disputes;
  SETU_TAKE(const std::vector<store::OpenConflict> open, context.store.conflicts_of(row.id));
  for (const store::OpenConflict& conflict : open) {
    Dispute dispute{static_cast<Audience>(conflict.part), conflict.field, conflict.key, {}, {}};
    SETU_TAKE(const merge::Part part, load_part(context, kind, row, dispute.audience));
    const forms::Field* field = kind.field(conflict.field);
    if (conflict.field == kDeletedField) {
      const merge::DeleteView view = merge::view_deleted(part);
      Dispute& deletion = whole_deletion(disputes, dispute.audience);
      add_stamps(deletion.shown.stamps, view.seen);
      add_stamps(deletion.others.front().stamps, view.unseen_edits);
      continue;
    }
    if (conflict.field == kHomeField) {
      merge::RegisterView view = merge::view_register(part, conflict.field, {});
      dispute.shown = {std::move(view.shown), std::move(view.seen)};
      dispute.others = std::move(view.others);
    } else if (field == nullptr) {
      continue;
    } else if (field->type == forms::FieldType::kCounter ||
               field->type == forms::FieldType::kCounters) {
      merge::CounterView view = merge::view_counter(part, conflict.field, conflict.key);
      dispute.shown = {Value{view.value}, std::move(view.seen)};
      dispute.others = std::move(view.others);
    } else {
      merge::RegisterView view = merge::view_register(part, conflict.field, field->rule);
      dispute.shown = {std::move(view.shown), std::move(view.seen)};
      dispute.others = std::move(view.others);
    }
    disputes.push_back(std::move(dispute));
  }
  return disputes;
}

std::string field_name(const Kind& kind, const Dispute& dispute) {
  if (dispute.field == kDeletedField) return std::string(kDeletedName);
  if (dispute.field == kHomeField) return std::string(kHomeName);
  return kind.field(dispute.field)->name + (dispute.key.empty() ? "" : "/" + dispute.key);
}

std::string conflict_id(const Kind& kind, const RecordId& record, const Dispute& dispute) {
  Writer stamps;
  for (const Stamp& stamp : dispute.all_stamps()) {
    stamps.u32(stamp.hour);
    stamps.u32(stamp.counter);
    stamps.id(stamp.device);
  }
  const Hash hash = crypto::hash(kConflictDomain, {record.view(), stamps.view()});
  return to_uuid(record) + ":" + field_name(kind, dispute) + ":" + hash.hex().substr(0, 8);
}

Claim claim_of(Context& context, const Kind& kind, const Dispute& dispute,
               const merge::Sibling& sibling) {
  Claim claim;
  if (dispute.field == kDeletedField)
    claim.value = is_empty(sibling.value) ? std::string("edited") : std::string(kDeletedName);
  else if (dispute.field == kHomeField)
    claim.value = show_home(context, sibling.value);
  else
    claim.value = show_value(*kind.field(dispute.field), sibling.value);
  if (!sibling.stamps.empty()) {
    claim.person = person_name(context, sibling.stamps.back().device);
    claim.at = iso_hour(sibling.stamps.back().hour);
  }
  return claim;
}

ConflictView view_of(Context& context, const Kind& kind, const store::Row& row,
                     const Dispute& dispute) {
  ConflictView view{conflict_id(kind, row.id, dispute),
                    to_uuid(row.id),
                    kind.form->name,
                    field_name(kind, dispute),
                    {},
                    {}};
  view.shown = claim_of(context, kind, dispute, dispute.shown);
  for (const merge::Sibling& other : dispute.others)
    view.others.push_back(claim_of(context, kind, dispute, other));
  return view;
}

Result<Value> chosen_value(const Kind& kind, const Dispute& dispute, std::string_view keep) {
  if (keep == "shown") return dispute.shown.value;
  if (keep == "other") {
    if (dispute.others.size() == 1) return dispute.others.front().value;
    return fail(Code::kAmbiguous,
                "resolve: there are " + std::to_string(dispute.others.size()) + " other values",
                "name one by its number from 1, as `setu conflicts` lists them");
  }
  if (keep.starts_with('=')) {
    const forms::Field& field = *kind.field(dispute.field);
    const bool keyed = field.type == forms::FieldType::kCounters;
    const std::string text = (keyed ? dispute.key + "=" : "") + std::string(keep.substr(1));
    SETU_TAKE(const forms::TypedInput typed,
              forms::type_input(*kind.form, {field.name, forms::InputOp::kSet, text}));
    if (keyed && typed.counts.size() != 1) {
      return fail(Code::kInvalidArgument, "resolve: expected one number", "use =NUMBER");
    }
    if (keyed) return Value{typed.counts.front().second};
    const bool no_count = field.type == forms::FieldType::kCounter && is_empty(typed.value);
    return no_count ? Value{std::int64_t{0}} : typed.value;
  }
  std::size_t number = 0;
  for (char c : keep)
    number = c >= '0' && c <= '9' && number < 10'000
                 ? number * 10 + static_cast<std::size_t>(c - '0')
                 : 10'001;
  if (number >= 1 && number <= dispute.others.size()) return dispute.others[number - 1].value;
  return fail(Code::kInvalidArgument, "resolve: not one of the choices",
              "use shown, other, the number of an other value, or =VALUE");
}

Status check_may_write(const Context& context, const Kind& kind, const Dispute& dispute) {
  const roster::Member* me = context.me();
  const forms::Field* field = kind.field(dispute.field);
  const bool may = me != nullptr && kind.form->writers.contains(me->role) &&
                   (field == nullptr || field->writers.contains(me->role));
  if (may) return {};
  return fail(Code::kNotAllowed,
              "resolve " + kind.form->name + ": your role may not write this field",
              "ask a lead of your organisation");
}

Status resolve_deletion(Context& context, const Kind& kind, const store::Row& row,
                        std::string_view keep) {
  if (keep != "shown" && keep != "other" && keep != "1") {
    return fail(Code::kInvalidArgument, "resolve: a record is either deleted or kept",
                "use shown (stays deleted) or other (comes back with the edit)");
  }
  SETU_TAKE(Recorder recorder, Recorder::begin(context));
  SETU_TRY(recorder.set_deleted(kind, row, keep == "shown", nullptr));
  return recorder.commit();
}

// Leads moved the record to different caseloads: =VALUE names no third one, `setu transfer` does.
Status resolve_home(Context& context, const Kind& kind, const store::Row& row,
                    const Dispute& dispute, std::string_view keep) {
  if (keep.starts_with('=')) {
    return fail(Code::kInvalidArgument, "resolve: not one of the caseloads it was moved to",
                "use shown, other or a number; `setu transfer` then moves it to any other");
  }
  SETU_TAKE(const Value value, chosen_value(kind, dispute, keep));
  SETU_TAKE(const CircleId home, CircleId::from(as_bytes(std::get<std::string>(value))));
  return settle_home(context, kind, row, home);
}

}  // namespace

Result<std::vector<ConflictView>> conflicts_of_row(Context& context, const Kind& kind,
                                                   const store::Row& row) {
  std::vector<ConflictView> views;
  SETU_TAKE(const std::vector<Dispute> disputes, disputes_of_row(context, kind, row));
  for (const Dispute& dispute : disputes) views.push_back(view_of(context, kind, row, dispute));
  return views;
}

Result<std::vector<ConflictView>> all_conflicts(Context& context) {
  std::vector<ConflictView> views;
  SETU_TAKE(const std::vector<store::OpenConflict> open, context.store.conflicts(SIZE_MAX));
  const RecordId* last = nullptr;
  for (const store::OpenConflict& conflict : open) {
    if (last != nullptr && *last == conflict.record)
      continue;  // ordered by record: one lookup each
    last = &conflict.record;
    const Kind* kind = context.kind(conflict.kind);
    SETU_TAKE(const std::optional<store::Row> row,
              context.store.find(conflict.kind, conflict.record));
    if (kind == nullptr || !row) continue;
    SETU_TAKE(std::vector<ConflictView> of_row, conflicts_of_row(context, *kind, *row));
    for (ConflictView& view : of_row) views.push_back(std::move(view));
  }
  return views;
}

Status resolve_conflict(Context& context, std::string_view id, std::string_view keep) {
  const std::size_t first = id.find(':');
  const std::size_t last = id.rfind(':');
  if (first == std::string_view::npos || first == last) {
    return fail(Code::kInvalidArgument, "resolve: not the id of a conflict",
                "`setu conflicts` lists them");
  }
  SETU_TAKE(const Found found, find_record(context, id.substr(0, first)));
  const std::string_view field = id.substr(first + 1, last - first - 1);
  SETU_TAKE(const std::vector<Dispute> disputes, disputes_of_row(context, *found.kind, found.row));
  const auto dispute = std::ranges::find_if(
      disputes, [&](const Dispute& d) { return field_name(*found.kind, d) == field; });
  if (dispute == disputes.end()) {
    return fail(Code::kNotFound, "resolve: no open conflict there any more",
                "`setu conflicts` lists what is open");
  }
  const std::string id_now = conflict_id(*found.kind, found.row.id, *dispute);
  if (id_now != id) {
    return fail(Code::kStale,
                "resolve: the values changed since they were listed; nothing was changed",
                "look again: it is now " + id_now);
  }
  SETU_TRY(check_may_write(context, *found.kind, *dispute));
  if (dispute->field == kDeletedField)
    return resolve_deletion(context, *found.kind, found.row, keep);
  if (dispute->field == kHomeField)
    return resolve_home(context, *found.kind, found.row, *dispute, keep);

  SETU_TAKE(const Value value, chosen_value(*found.kind, *dispute, keep));
  SETU_TRY(check_caution(*found.kind, *found.kind->field(dispute->field), dispute->shown.value,
                         value, context.me()->role));
  const bool is_counter = std::holds_alternative<std::int64_t>(value) &&
                          found.kind->field(dispute->field)->rule.rule >= merge::Rule::kCounter;
  SETU_TAKE(Recorder recorder, Recorder::begin(context));
  SETU_TRY(recorder.write(*found.kind, found.row, dispute->audience,
                          {dispute->field, is_counter ? OpType::kBase : OpType::kWrite,
                           dispute->key, value, dispute->all_stamps()}));
  return recorder.commit();
}

}  // namespace setu::client
