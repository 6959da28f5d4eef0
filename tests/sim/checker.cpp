#include "checker.hpp"

#include <algorithm>
#include <charconv>

namespace setu::sim {
namespace {

constexpr std::size_t kMostDoubtful = 6;  // 2^6 ways to read a trail are tried, no more

std::set<WriteId> marks_of(const RecordView& view, bool facts) {
  std::set<WriteId> marks;
  const auto trail = std::ranges::find(view.fields, trail_name(facts), &NamedValue::field);
  if (trail == view.fields.end()) return marks;
  for (const LogLine& line : std::get<std::vector<LogLine>>(trail->value)) {
    WriteId mark = 0;
    std::from_chars(line.text.data(), line.text.data() + line.text.size(), mark);
    marks.insert(mark);
  }
  return marks;
}

ShownField shown_field(const NamedValue& named) {
  ShownField shown;
  if (const auto* elements = std::get_if<std::vector<std::string>>(&named.value)) {
    shown.elements.insert(elements->begin(), elements->end());
  } else if (const auto* counts =
                 std::get_if<std::vector<std::pair<std::string, std::int64_t>>>(&named.value)) {
    shown.counts.insert(counts->begin(), counts->end());
  } else if (const auto* count = std::get_if<std::int64_t>(&named.value)) {
    shown.counts[""] = *count;
  } else if (const auto* lines = std::get_if<std::vector<LogLine>>(&named.value)) {
    for (const LogLine& line : *lines) shown.lines.insert(line.text);
  } else {
    shown.value = text_of(named.value);
  }
  return shown;
}

ShownPart shown_part(const RecordView& view, bool facts) {
  ShownPart shown;
  shown.deleted = view.deleted;
  for (const NamedValue& named : view.fields) {
    const ProbeField* field = probe_field(named.field);
    if (field != nullptr && field->facts == facts) shown.fields[named.field] = shown_field(named);
  }
  for (const ConflictView& conflict : view.conflicts) {
    if (conflict.field == kCaseloadField) continue;  // of the record, not of a part
    const ProbeField* field = probe_field(conflict.field.substr(0, conflict.field.find('/')));
    if (field != nullptr && field->facts != facts) continue;
    ShownConflict& there = shown.conflicts[conflict.field];
    there.shown = text_of(conflict.shown.value);
    for (const Claim& other : conflict.others) there.others.insert(text_of(other.value));
  }
  return shown;
}

// One line that is equal exactly if the same is shown. Ties that stamps break show in it.
std::string fingerprint(const ShownPart& shown) {
  std::string line = shown.decides_deleted ? (shown.deleted ? "deleted;" : "there;") : "";
  for (const auto& [name, field] : shown.fields) {
    line += name + "=" + field.value.value_or("");
    for (const std::string& element : field.elements) line += "," + element;
    for (const auto& [key, count] : field.counts) line += "," + key + ":" + std::to_string(count);
    line += ";";
  }
  for (const auto& [slot, conflict] : shown.conflicts) {
    if (slot == "deleted") continue;  // of either part
    line += "!" + slot + ":" + conflict.shown + ";";
  }
  return line;
}

// Of what she may read, something was saved for certain. The rest of the record need not have been:
// a phone that was put back to an old copy loses one part where the other had been sent.
bool has_saved_part(const Person& person, const RecordModel& record) {
  for (const bool facts : {false, true}) {
    if (!may_read(person, record, facts)) continue;
    const auto& writes = record.part(facts).writes();
    if (std::ranges::any_of(record.acknowledged,
                            [&](const auto& saved) { return writes.contains(saved.first); }))
      return true;
  }
  return false;
}

// Which of these writes the other set lacks.
std::string only_in(const Knowledge& these, const Knowledge& others) {
  std::string list;
  for (const WriteId id : these) {
    if (!others.contains(id)) list += (list.empty() ? "" : " ") + std::to_string(id);
  }
  return list.empty() ? "none" : list;
}

}  // namespace

std::string short_id(const std::string& id) { return id.substr(id.size() < 8 ? 0 : id.size() - 8); }

std::string text_of(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  return "";
}

bool may_read(const Person& person, const RecordModel& record, bool facts) {
  switch (person.role) {
    case Person::Role::kCoordinator: return facts;
    case Person::Role::kLead: return person.org == record.org;
    case Person::Role::kWorker:
      return person.org == record.org &&
             (person.caseload == record.caseload || record.moved_to.contains(person.caseload));
  }
  return false;
}

void Checker::begin_record(const std::string& id, int org, const std::string& caseload) {
  const auto [place, is_new] = records_.try_emplace(id);
  if (!is_new) place->second.unclear = true;
  place->second.org = org;
  place->second.caseload = caseload;
}

void Checker::hand_over(const std::string& record, const std::string& caseload) {
  records_.at(record).moved_to.insert(caseload);
}

bool Checker::is_late(int device, WriteId write) const {
  const auto after = late_after_.find(device);
  return after != late_after_.end() && write > after->second;
}

void Checker::add(const std::string& record, bool facts, ModelWrite write) {
  if (is_late(write.device, write.id)) write.certain = false;
  records_.at(record).part(facts).add(std::move(write));
}

void Checker::acknowledge(const std::string& record, WriteId write, int device) {
  RecordModel& model = records_.at(record);
  (is_late(device, write) ? model.late : model.acknowledged)[write] = device;
}

void Checker::doubt_from(int device, WriteId after) {
  forgave_ = true;
  const auto [place, is_new] = late_after_.try_emplace(device, after);
  if (!is_new) place->second = std::min(place->second, after);
  for (auto& [id, record] : records_) {
    record.home.doubt(device, place->second, last_write_);
    record.facts.doubt(device, place->second, last_write_);
    for (auto saved = record.acknowledged.begin(); saved != record.acknowledged.end();) {
      const bool late = saved->second == device && is_late(device, saved->first);
      if (late) record.late.insert(*saved);
      saved = late ? record.acknowledged.erase(saved) : std::next(saved);
    }
  }
}

void Checker::forgive(int device, WriteId after, WriteId until) {
  forgave_ = true;
  for (auto& [id, record] : records_) {
    record.home.doubt(device, after, until);
    record.facts.doubt(device, after, until);
    std::erase_if(record.acknowledged, [&](const auto& entry) {
      return entry.second == device && entry.first > after && entry.first <= until;
    });
  }
}

RecordModel* Checker::record(const std::string& id) {
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : &found->second;
}

void Checker::fail(std::string what) { violations_.push_back(std::move(what)); }

RecordModel* Checker::adopt(const RecordView& view) {
  std::set<WriteId> marks = marks_of(view, true);
  marks.merge(marks_of(view, false));
  for (const WriteId mark : marks) {
    auto found = unborn_.extract(mark);
    if (!found) continue;
    Unborn& unborn = found.mapped();
    begin_record(view.id, unborn.org, unborn.caseload);
    add(view.id, false, {mark, unborn.device, Sign::kOwnMark, mark, true, std::move(unborn.home)});
    add(view.id, true, {mark, unborn.device, Sign::kOwnMark, mark, true, std::move(unborn.facts)});
    return record(view.id);
  }
  return nullptr;
}

// Two records had one id, and the one that was not sent under it got another.
bool Checker::is_renamed(const RecordView& view) const {
  std::set<WriteId> marks = marks_of(view, true);
  marks.merge(marks_of(view, false));
  return std::ranges::any_of(records_, [&](const auto& known) {
    const RecordModel& record = known.second;
    return record.unclear && std::ranges::any_of(marks, [&](WriteId mark) {
             return record.home.writes().contains(mark) || record.facts.writes().contains(mark);
           });
  });
}

Sight Checker::look(const std::string& who, const Person& person, const RecordView& view) {
  ++sights_;
  Sight sight;
  sight.deleted = view.deleted;
  RecordModel* record = this->record(view.id);
  if (record == nullptr) record = adopt(view);
  if (record == nullptr && (person.goes_her_own_way() || is_renamed(view))) return sight;
  if (record == nullptr) {
    fail(who + " holds record " + short_id(view.id) + ", which nobody wrote");
    return sight;
  }
  if (record->unclear) return sight;
  for (const bool facts : {false, true}) {
    const bool shows = std::ranges::any_of(view.fields, [&](const NamedValue& named) {
      const ProbeField* field = probe_field(named.field);
      return field != nullptr && field->facts == facts;
    });
    if (shows && !may_read(person, *record, facts))
      fail(who + " reads the " + (facts ? "facts" : "home") + " of record " + short_id(view.id) +
           ", which is not hers");
  }
  // Of what a deleted record held before a cut she was told what its deleter did not know of.
  if (history_cut_ && person.newcomer && view.deleted) return sight;
  const bool has_facts = !marks_of(view, true).empty();
  sight.home = look_at_part(who, view, *record, person, false, !has_facts);
  sight.facts = look_at_part(who, view, *record, person, true, true);
  check_deletion(who, view, *record, sight);
  return sight;
}

// One conflict speaks for all parts: it must not be there if none of them holds an unseen edit.
void Checker::check_deletion(const std::string& who, const RecordView& view,
                             const RecordModel& record, const Sight& sight) {
  if (!sight.facts.shown.conflicts.contains("deleted")) return;
  for (const bool facts : {false, true}) {
    const Sight::Part& part = sight.part(facts);
    if (part.in_doubt) return;
    if (part.held && record.part(facts).has_unseen_edit(part.known).value_or(true)) return;
  }
  fail(who + ", record " + short_id(view.id) +
       ": a conflict over its deletion is shown, but who deleted it saw everything");
}

Sight::Part Checker::look_at_part(const std::string& who, const RecordView& view,
                                  RecordModel& record, const Person& person, bool facts,
                                  bool decides_deleted) {
  Sight::Part part;
  const std::set<WriteId> marks = marks_of(view, facts);
  part.held = !marks.empty();
  part.shown = shown_part(view, facts);
  part.shown.decides_deleted = decides_deleted;
  if (!part.held) return part;
  const PartModel& model = record.part(facts);
  for (const WriteId mark : marks) {
    if (!model.writes().contains(mark))
      fail(who + " shows write " + std::to_string(mark) + " of record " + short_id(view.id) +
           ", which was refused or never made");
  }
  PartModel::Reading reading = model.read_trail(marks, record.moved_to.empty());
  std::erase_if(reading.doubtful, [&](WriteId id) {
    const auto late = record.late.find(id);
    const bool own = late != record.late.end() && late->second == person.device;
    if (own) reading.known.insert(id);
    if (own) return true;
    const auto saved = record.acknowledged.find(id);
    if (saved == record.acknowledged.end()) return false;
    // What she saved she has; in the end everybody has what anybody saved.
    const bool certain = saved->second == person.device || (everything_ && !may_be_torn(record));
    if (certain) reading.known.insert(id);
    return certain;
  });
  part.in_doubt = !reading.doubtful.empty();
  const std::size_t doubtful = std::min(reading.doubtful.size(), kMostDoubtful);
  std::string first_wrong;
  for (std::size_t choice = 0; choice < (std::size_t{1} << doubtful); ++choice) {
    Knowledge known = reading.known;
    for (std::size_t i = 0; i < doubtful; ++i) {
      if ((choice >> i & 1) == 0) continue;  // as read; else the other way round
      const WriteId id = reading.doubtful[i];
      if (known.erase(id) == 0) known.insert(id);
    }
    const std::string wrong = model.mismatch(known, part.shown);
    if (wrong.empty()) {
      part.known = std::move(known);
      if (doubtful == 0 && !person.goes_her_own_way()) compare(who, view, facts, part);
      return part;
    }
    if (first_wrong.empty()) first_wrong = wrong;
  }
  part.known = reading.known;
  // An old copy of a replica gives its stamps a second time, to other writes: what it shows of
  // those is its own affair, as long as it sends nothing.
  if (person.goes_her_own_way()) return part;
  std::string known_text;
  for (const WriteId id : reading.known) known_text += " " + std::to_string(id);
  fail(who + ", record " + short_id(view.id) + (facts ? " facts" : " home") + ", knowing" +
       known_text + ": " + first_wrong);
  return part;
}

void Checker::compare(const std::string& who, const RecordView& view, bool facts,
                      const Sight::Part& part) {
  const auto [place, is_new] = agreed_[facts ? 1 : 0].try_emplace(
      {view.id + (part.shown.decides_deleted ? "+" : ""), part.known}, "");
  const std::string now = fingerprint(part.shown);
  if (is_new)
    place->second = now;
  else if (place->second != now)
    fail(who + " shows record " + short_id(view.id) + " as " + now +
         " where another that knew the same writes showed " + place->second);
}

void Checker::check_nothing_missing(const std::string& who, const RecordModel& record,
                                    const std::string& id, bool facts, const Sight::Part& part) {
  for (const auto& [write, device] : record.acknowledged) {
    if (!record.part(facts).writes().contains(write) || part.known.contains(write)) continue;
    fail(who + " lacks write " + std::to_string(write) + " to the " + (facts ? "facts" : "home") +
         " of record " + short_id(id) + ", which device " + std::to_string(device) + " had saved");
    return;
  }
}

void Checker::check_same_writes(const std::string& who, const Person& person, const std::string& id,
                                bool facts, const Sight::Part& part) {
  if (person.goes_her_own_way() || part.in_doubt) return;
  const auto [place, is_first] = at_the_end_.try_emplace({id, facts}, std::pair(who, part.known));
  if (!is_first && place->second.second != part.known) {
    fail(who + " holds other writes to the " + (facts ? "facts" : "home") + " of record " +
         short_id(id) + " than " + place->second.first + ": " +
         only_in(part.known, place->second.second) + " against " +
         only_in(place->second.second, part.known));
  }
}

bool Checker::is_elsewhere(const std::string& who, const Person& person, const std::string& id,
                           const RecordModel& record, Client& client, bool held) {
  if (record.moved_to.empty() || person.role != Person::Role::kWorker) return false;
  const auto settled = settled_.find(id);
  const auto mine = client.caseloads();
  if (settled == settled_.end() || !mine || mine->empty() || person.goes_her_own_way() ||
      may_be_torn(record))
    return true;  // nothing can be asked of her
  const bool hers = mine->front().id == settled->second;
  if (held && !hers) fail(who + " still holds record " + short_id(id) + ", which was handed over");
  return !hers;
}

void Checker::look_at_all(const std::string& who, const Person& person, Client& client) {
  const auto views = client.list(kProbeKind);
  if (!views) {
    fail(who + " cannot list its records: " + views.error().message);
    return;
  }
  std::map<std::string, Sight> sights;
  for (const RecordView& view : *views) {
    sights[view.id] = look(who, person, view);
    if (person.role != Person::Role::kWorker && !person.goes_her_own_way())
      settled_.try_emplace(view.id, view.caseload_id);
    // Of a record whose maker's device was put back, a part may have gone with it.
    if (view.partial && !forgave_) fail(who + " still lacks a part of record " + short_id(view.id));
  }
  for (const auto& [id, record] : records_) {
    if (record.unclear || !(may_read(person, record, false) || may_read(person, record, true)))
      continue;
    auto sight = sights.find(id);
    const bool held = sight != sights.end() || client.show(id).has_value();
    if (is_elsewhere(who, person, id, record, client, held)) continue;
    if (sight == sights.end()) {
      const auto deleted = client.show(id);  // lists hide deleted records
      if (!deleted && (may_be_torn(record) || !has_saved_part(person, record))) continue;
      if (!deleted) {
        fail(who + " lacks record " + short_id(id));
        continue;
      }
      sight = sights.emplace(id, look(who, person, *deleted)).first;
      if (person.role != Person::Role::kWorker && !person.goes_her_own_way())
        settled_.try_emplace(id, deleted->caseload_id);
    }
    const bool was_left_out = history_cut_ && person.newcomer && sight->second.deleted;
    if (may_be_torn(record) || was_left_out) continue;
    for (const bool facts : {false, true}) {
      if (!may_read(person, record, facts)) continue;
      check_nothing_missing(who, record, id, facts, sight->second.part(facts));
      check_same_writes(who, person, id, facts, sight->second.part(facts));
    }
  }
}

}  // namespace setu::sim
