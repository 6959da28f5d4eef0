#include "people.hpp"

#include <algorithm>

namespace setu::sim {
namespace {

constexpr std::size_t kGlances = 6;      // that a person remembers
constexpr std::size_t kMostWrites = 60;  // to one record: what a delete names is limited
constexpr WriteId kNoMark = 0;           // none follows
const std::string kDeletedField = "deleted";

template <class T>
Status status_of(const Result<T>& result) {
  if (result) return {};
  return fail(result.error());
}

bool writes_home(const SimDevice& device) {
  return device.person.role != Person::Role::kCoordinator;
}

}  // namespace

std::string People::word() { return std::string(kCanary) + "-" + std::to_string(++words_); }

Saved People::saved_of(SimDevice& device, std::string_view what, const Status& status,
                       std::initializer_list<Code> allowed) {
  if (status) {
    trace_.note(device.name, what);
    return Saved::kYes;
  }
  trace_.note(device.name, std::string(what) + ": " + status.error().message);
  if (!device.disk().has_power()) return Saved::kUnknown;
  const Code code = status.error().code;
  const bool fair = code == Code::kDiskFull || std::ranges::find(allowed, code) != allowed.end();
  if (!fair)
    checker_.fail(device.name + ": " + std::string(what) + " failed: " + status.error().message);
  return Saved::kNo;
}

std::optional<std::string> People::pick_record(const SimDevice& device) {
  std::vector<std::string> mine;
  for (const auto& [id, record] : checker_.records()) {
    if (may_read(device.person, record, true) && !record.unclear) mine.push_back(id);
  }
  if (mine.empty()) return std::nullopt;
  return random_.pick(mine);
}

std::optional<RecordView> People::look(SimDevice& device, const std::string& record, Sight& sight) {
  auto view = device.client().show(record);
  if (!view) {
    saved_of(device, "show", fail(view.error()), {Code::kNotFound});
    return std::nullopt;
  }
  sight = checker_.look(device.name, device.person, *view);
  model_ = checker_.record(record);
  return std::move(*view);
}

void People::glance(SimDevice& device) {
  const auto record = pick_record(device);
  if (!record) return;
  Sight sight;
  const auto view = look(device, *record, sight);
  if (!view) return;
  device.glances.push_back({*record, view->seen, std::move(sight)});
  if (device.glances.size() > kGlances) device.glances.pop_front();
}

void People::act(SimDevice& device, const std::vector<std::string>& caseloads_of_org) {
  if (random_.chance(options_.fresh_records) && writes_home(device)) {
    add(device, caseloads_of_org);
    return;
  }
  if (options_.hand_overs > 0 && device.person.role == Person::Role::kLead &&
      caseloads_of_org.size() > 1 && random_.chance(options_.hand_overs)) {
    hand_over(device, caseloads_of_org);
    return;
  }
  const bool go_by_memory = !device.glances.empty() && random_.chance(options_.stale_reads);
  const auto record =
      go_by_memory ? std::optional(device.glances[random_.below(device.glances.size())].record)
                   : pick_record(device);
  if (!record) return;
  Sight now;
  const auto view = look(device, *record, now);
  if (!view || model_->unclear || model_->closed) return;
  const bool is_judged = now.home.held || now.facts.held;
  if (view->deleted && !is_judged) return;  // a cut hid from her what she would decide about
  if (model_->home.writes().size() + model_->facts.writes().size() > kMostWrites) return;
  // Nobody sees but by the number that it leaves what such a device did.
  const bool plain_only = device.person.out;
  if (!plain_only && !view->conflicts.empty() && random_.chance(options_.resolves)) {
    resolve(device, *view, now);
  } else if (view->deleted) {
    if (!plain_only && random_.chance(0.5)) restore(device, *view, now);
  } else if (!plain_only && random_.chance(options_.deletes)) {
    remove(device, *view, now);
  } else {
    edit(device, *view, now);
    if (!go_by_memory && random_.chance(0.3)) glance(device);
  }
}

// --- drafting

void People::draft_element(const ProbeField& field, const Sight::Part& now, const Sight::Part& seen,
                           Draft& draft) {
  const std::string element = random_.pick(codes_of(field.style));
  const bool adds = random_.chance(0.6);
  const Act act = adds ? Act::kAdd : Act::kRemove;
  draft.typed.push_back(field.name + (adds ? "+=" : "-=") + element);
  const auto shown = now.shown.fields.find(field.name);
  const bool there = shown != now.shown.fields.end() && shown->second.elements.contains(element);
  const Knowledge then =
      model(field.facts).superseded_by(seen.known, seen.shown, field.name, element, act);
  const Knowledge today =
      model(field.facts).superseded_by(now.known, now.shown, field.name, element, act);
  if (there == adds && then == today) return;  // she saw it as she wants it
  draft.ops(field.facts).push_back({field.name, element, act, "", 0, then});
}

void People::draft_counter(const ProbeField& field, const Sight::Part& now, const Sight::Part& seen,
                           Draft& draft) {
  const std::string key =
      field.style == Style::kCounters ? random_.pick(codes_of(field.style)) : "";
  const bool base = random_.chance(0.25);
  const std::int64_t number = random_.range(1, 40);
  draft.typed.push_back(field.name + (base ? "=" : "+=") + (key.empty() ? "" : key + "=") +
                        std::to_string(number));
  auto& ops = draft.ops(field.facts);
  if (!base) {
    ops.push_back({field.name, key, Act::kIncrement, "", number, {}});
    return;
  }
  const auto supersedes = [&](const std::string& of) {
    return model(field.facts).superseded_by(seen.known, seen.shown, field.name, of, Act::kBase);
  };
  ops.push_back({field.name, key, Act::kBase, "", number, supersedes(key)});
  // Naming some keys says that the others are nothing: those that she saw.
  const auto shown = now.shown.fields.find(field.name);
  if (field.style != Style::kCounters || shown == now.shown.fields.end()) return;
  for (const auto& [other, count] : shown->second.counts) {
    const Knowledge then = supersedes(other);
    if (other != key && !then.empty()) ops.push_back({field.name, other, Act::kBase, "", 0, then});
  }
}

void People::draft_field(const ProbeField& field, const Sight::Part& now, const Sight::Part& seen,
                         bool is_new, Draft& draft) {
  switch (field.style) {
    case Style::kTrail: return;
    case Style::kSet:
    case Style::kConsent: draft_element(field, now, seen, draft); return;
    case Style::kCounter:
    case Style::kCounters: draft_counter(field, now, seen, draft); return;
    case Style::kLog: {
      const std::string text = word();
      draft.typed.push_back(field.name + "+=" + text);
      draft.ops(field.facts).push_back({field.name, "", Act::kAppend, text, 0, {}});
      return;
    }
    default: break;
  }
  const bool clears = !is_new && random_.chance(0.1);
  const std::string text = clears                            ? ""
                           : field.style == Style::kRegister ? word()
                                                             : random_.pick(codes_of(field.style));
  Knowledge then =
      model(field.facts).superseded_by(seen.known, seen.shown, field.name, "", Act::kWrite);
  draft.typed.push_back(field.name + "=" + text);
  if (text.empty() && then.empty()) return;  // an empty write that saw nothing is nothing
  draft.ops(field.facts).push_back({field.name, "", Act::kWrite, text, 0, std::move(then)});
}

void People::draft_fields(SimDevice& device, const Sight& now, const Sight& seen, bool is_new,
                          Draft& draft) {
  const auto& fields = probe_fields();
  std::set<std::string> used;
  const int count = random_.range(1, 3);
  bool home = is_new, facts = is_new;
  for (int i = 0; i < count; ++i) {
    const ProbeField& field = random_.pick(fields);
    if (field.style == Style::kTrail || (!field.facts && !writes_home(device))) continue;
    if (!is_new && !now.part(field.facts).held) continue;
    if (!used.insert(field.name).second) continue;
    (field.facts ? facts : home) = true;
    draft_field(field, now.part(field.facts), seen.part(field.facts), is_new, draft);
  }
  if (used.empty() && !is_new) facts = now.facts.held;
  const WriteId id = checker_.next_write();
  mark(draft, id, home, facts);
}

void People::mark(Draft& draft, WriteId id, bool home, bool facts) const {
  for (const bool of_facts : {false, true}) {
    if (!(of_facts ? facts : home)) continue;
    draft.typed.push_back(trail_name(of_facts) + "+=" + std::to_string(id));
    draft.ops(of_facts).push_back(
        {trail_name(of_facts), "", Act::kAppend, std::to_string(id), 0, {}});
  }
}

// --- telling the model

void People::record_plain(const std::string& record, SimDevice& device, ModelWrite write,
                          bool facts, Saved saved) {
  if (saved == Saved::kNo) return;
  write.device = device.number;
  write.certain = saved == Saved::kYes;
  if (!write.certain && write.sign != Sign::kOwnMark) checker_.record(record)->closed = true;
  const WriteId id = write.id;
  checker_.add(record, facts, std::move(write));
  if (saved == Saved::kYes) checker_.acknowledge(record, id, device.number);
}

void People::record_ops(const std::string& record, SimDevice& device, WriteId id, Draft&& draft,
                        Saved saved) {
  for (const bool facts : {false, true}) {
    if (!draft.ops(facts).empty())
      record_plain(record, device, {id, 0, Sign::kOwnMark, id, true, std::move(draft.ops(facts))},
                   facts, saved);
  }
}

WriteId People::mark_now(SimDevice& device, const std::string& record, bool home, bool facts) {
  const WriteId id = checker_.next_write();
  Draft draft;
  mark(draft, id, home, facts);
  const auto edited = device.client().edit(record, draft.typed);
  const Saved saved =
      saved_of(device, "mark " + std::to_string(id), status_of(edited), {Code::kNotAllowed});
  record_ops(record, device, id, std::move(draft), saved);
  return saved == Saved::kYes ? id : 0;
}

// Leaves the mark by which others are seen to know what was restored or resolved. Without it their
// later writes cannot be told from writes that had not seen the deed: the record is judged no more.
void People::mark_what_was_seen(SimDevice& device, const std::string& record, bool home,
                                bool facts) {
  if (mark_now(device, record, home, facts) == 0) checker_.record(record)->unclear = true;
}

// A delete or restore is written to every part of the row. Of a record on its way from one home to
// another a part may be there that says no more than where it went, which nobody sees: no more
// judged.
void People::before_all_parts(const RecordView& view, const Sight& now) {
  RecordModel& record = *checker_.record(view.id);
  if (!record.moved_to.empty() && !(now.home.held && now.facts.held)) record.unclear = true;
}

// --- deeds

// People add to what the screen offers: a lead whose last sync was cut has not heard of a caseload
// that is in use already, and a device that was put back to before it joined offers nothing. Who
// should be offered something and is not tries it all the same, and the failure is told.
std::optional<std::string> People::choose_caseload(SimDevice& device,
                                                   const std::vector<std::string>& of_org) {
  const Person& person = device.person;
  const auto listed = device.client().caseloads();
  const bool joined = device.client().me().state == "active" && listed && !listed->empty();
  if (person.put_back && !joined) return std::nullopt;
  if (person.role == Person::Role::kWorker) return person.caseload;
  std::vector<std::string> offered;
  for (const std::string& name : of_org) {
    if (listed && std::ranges::find(*listed, name, &CaseloadView::name) != listed->end())
      offered.push_back(name);
  }
  return random_.pick(offered.empty() ? of_org : offered);
}

void People::add(SimDevice& device, const std::vector<std::string>& caseloads_of_org) {
  const Person& person = device.person;
  const auto chosen = choose_caseload(device, caseloads_of_org);
  if (!chosen) return;
  const std::string& caseload = *chosen;
  static const RecordModel kNew;
  model_ = &kNew;
  const Sight nothing;
  const int times = random_.chance(options_.twice) ? 2 : 1;
  Draft first;
  draft_fields(device, nothing, nothing, true, first);
  for (int i = 0; i < times; ++i) {
    Draft draft = first;
    const WriteId id = i == 0 ? checker_.last_write() : checker_.next_write();
    if (i > 0) {  // the same again, under its own number
      for (const bool facts : {false, true}) draft.ops(facts).pop_back();
      draft.typed.resize(draft.typed.size() - 2);
      mark(draft, id, true, true);
    }
    const auto added = device.client().add(kProbeKind, draft.typed, {caseload, ""});
    const Saved saved =
        saved_of(device, "add " + std::to_string(id) + " to " + caseload, status_of(added), {});
    if (saved == Saved::kNo) return;
    if (saved == Saved::kUnknown) {
      checker_.expect_perhaps(
          {id, device.number, person.org, caseload, std::move(draft.home), std::move(draft.facts)});
      return;
    }
    checker_.begin_record(*added, person.org, caseload);
    record_ops(*added, device, id, std::move(draft), saved);
  }
}

void People::edit(SimDevice& device, const RecordView& view, const Sight& now) {
  const Glance* memory = nullptr;
  for (const Glance& glance : device.glances) {
    if (glance.record == view.id && random_.chance(0.7)) memory = &glance;
  }
  const Sight& seen = memory != nullptr ? memory->sight : now;
  Draft draft;
  draft_fields(device, now, seen, false, draft);
  if (draft.typed.empty()) return;
  const WriteId id = checker_.last_write();
  const auto edited =
      device.client().edit(view.id, draft.typed, memory != nullptr ? memory->token : "");
  const std::string what = "edit " + std::to_string(id) + " " + short_id(view.id) +
                           (memory != nullptr ? " by what was seen before" : "");
  const Saved saved = saved_of(device, what, status_of(edited), {Code::kNotAllowed});
  record_ops(view.id, device, id, std::move(draft), saved);
}

void People::remove(SimDevice& device, const RecordView& view, const Sight& now) {
  before_all_parts(view, now);
  const bool home = now.home.held && writes_home(device);
  const WriteId before = mark_now(device, view.id, home, now.facts.held);
  if (before == 0) return;
  const WriteId id = checker_.next_write();
  const Saved saved =
      saved_of(device, "delete " + std::to_string(id), device.client().remove(view.id), {});
  for (const bool facts : {false, true}) {
    if (!(facts ? now.facts.held : home)) continue;
    Knowledge known = now.part(facts).known;
    known.insert(before);
    record_plain(view.id, device,
                 {id,
                  0,
                  Sign::kMarkBefore,
                  before,
                  true,
                  {{kDeletedField, "", Act::kDelete, "", 0, model(facts).standing(known)}}},
                 facts, saved);
  }
}

void People::hand_over(SimDevice& device, const std::vector<std::string>& caseloads_of_org) {
  const auto record = pick_record(device);
  if (!record) return;
  const std::string& caseload = random_.pick(caseloads_of_org);
  checker_.hand_over(*record, caseload);
  const auto moved = device.client().transfer({*record, "", caseload, {}});
  // It may not have arrived yet, or be there already.
  const Saved saved = saved_of(device, "hand over " + short_id(*record) + " to " + caseload,
                               status_of(moved), {Code::kNotFound, Code::kInvalidArgument});
  if (saved == Saved::kYes) checker_.count_hand_over();
}

void People::restore(SimDevice& device, const RecordView& view, const Sight& now) {
  before_all_parts(view, now);
  const bool home = now.home.held && writes_home(device);
  const WriteId id = checker_.next_write();
  const auto edited = device.client().edit(view.id, {"deleted=no"});
  const Saved saved = saved_of(device, "restore " + std::to_string(id), status_of(edited), {});
  const WriteId after =
      saved == Saved::kYes ? checker_.last_write() + 1 : kNoMark;  // mark_now takes it
  for (const bool facts : {false, true}) {
    if (!(facts ? now.facts.held : home)) continue;
    record_plain(
        view.id, device,
        {id,
         0,
         Sign::kMarkAfter,
         after,
         true,
         {{kDeletedField, "", Act::kRestore, "", 0, model(facts).standing(now.part(facts).known)}}},
        facts, saved);
  }
  if (saved == Saved::kYes) mark_what_was_seen(device, view.id, home, now.facts.held);
}

void People::resolve_deletion(SimDevice& device, const ConflictView& conflict,
                              const RecordView& view, const Sight& now) {
  before_all_parts(view, now);
  const bool stays_deleted = random_.chance(0.3);
  const bool home = now.home.held && writes_home(device);
  const WriteId id = checker_.next_write();
  const Status resolved = device.client().resolve(conflict.id, stays_deleted ? "shown" : "other");
  const Saved saved = saved_of(device, "resolve deletion " + std::to_string(id), resolved, {});
  const WriteId after =
      saved == Saved::kYes && !stays_deleted ? checker_.last_write() + 1 : kNoMark;
  for (const bool facts : {false, true}) {
    if (!(facts ? now.facts.held : home)) continue;
    const Act act = stays_deleted ? Act::kDelete : Act::kRestore;
    record_plain(view.id, device,
                 {id,
                  0,
                  Sign::kMarkAfter,
                  after,
                  true,
                  {{kDeletedField, "", act, "", 0, model(facts).standing(now.part(facts).known)}}},
                 facts, saved);
  }
  if (saved == Saved::kYes && stays_deleted) checker_.record(view.id)->closed = true;
  if (saved == Saved::kYes && !stays_deleted) {
    mark_what_was_seen(device, view.id, home, now.facts.held);
  }
}

void People::resolve(SimDevice& device, const RecordView& view, const Sight& now) {
  const ConflictView& conflict = random_.pick(view.conflicts);
  if (conflict.field == kCaseloadField) {
    saved_of(device, "resolve the caseload", device.client().resolve(conflict.id, "shown"), {});
    return;
  }
  if (view.deleted && conflict.field != kDeletedField) return;  // no mark could be left
  if (conflict.field == kDeletedField) {
    resolve_deletion(device, conflict, view, now);
    return;
  }
  const std::size_t slash = conflict.field.find('/');
  const std::string name = conflict.field.substr(0, slash);
  const std::string key = slash == std::string::npos ? "" : conflict.field.substr(slash + 1);
  const ProbeField& field = *probe_field(name);
  if (!field.facts && !writes_home(device)) return;
  const bool counts = field.style == Style::kCounter || field.style == Style::kCounters;

  std::string keep = "shown";
  std::string value = text_of(conflict.shown.value);
  const auto other = random_.below(conflict.others.size() + 1);
  if (other < conflict.others.size()) {
    keep = std::to_string(other + 1);
    value = text_of(conflict.others[other].value);
  } else if (random_.chance(0.3)) {
    value = counts                            ? std::to_string(random_.range(0, 30))
            : field.style == Style::kRegister ? word()
                                              : random_.pick(codes_of(field.style));
    keep = "=" + value;
  }
  const WriteId id = checker_.next_write();
  const Status resolved = device.client().resolve(conflict.id, keep);
  const Saved saved = saved_of(device, "resolve " + std::to_string(id) + " " + conflict.field,
                               resolved, {Code::kNotAllowed});
  const WriteId after = saved == Saved::kYes ? checker_.last_write() + 1 : kNoMark;
  ModelOp op{name,
             key,
             counts ? Act::kBase : Act::kWrite,
             counts ? "" : value,
             counts ? std::stoll("0" + value) : 0,
             model(field.facts).superseded_by_resolution(now.part(field.facts).known, name, key)};
  record_plain(view.id, device, {id, 0, Sign::kMarkAfter, after, true, {std::move(op)}},
               field.facts, saved);
  if (saved == Saved::kYes) mark_what_was_seen(device, view.id, !field.facts, field.facts);
}

}  // namespace setu::sim
