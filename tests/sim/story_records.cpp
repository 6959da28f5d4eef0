// Stories: what people record, look at, edit and resolve.

#include <algorithm>
#include <set>

#include "story.hpp"
#include "story_error.hpp"
#include "story_text.hpp"

namespace setu::sim {
namespace {

template <class T>
Status status_of(const Result<T>& result) {
  if (result) return {};
  return fail(result.error());
}

constexpr int kMostAttempts = 500;  // to save one record while power fails

}  // namespace

Story::Known& Story::known(const Words& words) {
  const auto found = records_.find(words.at("RECORD"));
  if (found == records_.end()) throw StoryError("no record is called " + words.at("RECORD"));
  return found->second;
}

Client::Assignments Story::fields(const Words& words) const {
  Client::Assignments typed = split_fields(words.at("FIELDS"));
  for (std::string& field : typed) {
    const std::size_t value = field.find('=') + 1;
    if (value == 0) throw StoryError("'" + field + "' is no 'field=value'");
    const auto named = records_.find(field.substr(value));
    if (named != records_.end()) field = field.substr(0, value) + named->second.id;
  }
  return typed;
}

Result<RecordView> Story::view(SimDevice& device, const Known& record) {
  return device.client().show(record.id);
}

void Story::name_record(SimDevice& author, const Words& words, const std::string& id) {
  const auto shown = author.client().show(id);
  if (!shown) throw StoryError("a record that was saved is not shown: " + shown.error().message);
  const bool of_all = shown->org.empty() && shown->caseload.empty();
  records_[words.at("RECORD")] = {id, shown->kind, of_all ? 0 : author.person.org, shown->caseload};
}

Status Story::add_to(const Words& words, const Client::Home& home) {
  SimDevice& device = who(words);
  SETU_TAKE(const std::string id, device.client().add(words.at("KIND"), fields(words), home));
  name_record(device, words, id);
  return {};
}

Status Story::add(const Words& words) { return add_to(words, {}); }

Status Story::add_in(const Words& words) { return add_to(words, {words.at("CASELOAD"), ""}); }

// As a person does it: where the phone went dark before it said that the record was saved, she
// looks whether it is there, and types it again if not.
Status Story::add_through_power_loss(const Words& words) {
  SimDevice& device = who(words);
  const std::string& kind = words.at("KIND");
  const auto ids = [&] {
    std::set<std::string> found;
    const auto all = device.client().list(kind);
    if (!all) throw StoryError("cannot be listed: " + all.error().message);
    for (const RecordView& record : *all) found.insert(record.id);
    return found;
  };
  const std::set<std::string> before = ids();
  for (int write = 1; write < kMostAttempts; ++write) {
    device.disk().fail_power_after(static_cast<std::uint64_t>(write));
    const auto added = device.client().add(kind, fields(words));
    const bool struck = !device.disk().has_power();
    if (!struck) {
      device.disk().fail_power_after(kNever);
      SETU_TRY(status_of(added));
      if (write == 1) throw StoryError("saving a record wrote nothing");
      name_record(device, words, *added);
      return {};
    }
    revive();
    std::set<std::string> now = ids();
    if (added && !now.contains(*added)) return fail(Code::kInternal, "was saved, and is lost");
    for (const std::string& id : before) now.erase(id);
    if (now.size() > 1) return fail(Code::kInternal, "is there twice");
    if (now.empty()) continue;
    name_record(device, words, *now.begin());
    return {};
  }
  return fail(Code::kInternal, "was never saved");
}

// '#' in a field is the record's number, from 1.
Status Story::add_many(const Words& words) {
  std::vector<Client::Assignments> records;
  for (int i = 1; i <= number_in(words, "N"); ++i) {
    records.push_back(fields(words));
    for (std::string& field : records.back()) {
      if (const std::size_t at = field.find('#'); at != std::string::npos)
        field.replace(at, 1, std::to_string(i));
    }
  }
  return status_of(who(words).client().add_many(words.at("KIND"), records));
}

Status Story::look(const Words& words) {
  SETU_TAKE(const RecordView shown, view(who(words), known(words)));
  looks_[words.at("LOOK")] = shown;
  return {};
}

Status Story::edit(const Words& words) {
  return status_of(who(words).client().edit(known(words).id, fields(words)));
}

Status Story::edit_by_memory(const Words& words) {
  return status_of(who(words).client().edit(known(words).id, fields(words), looked_at(words).seen));
}

Status Story::remove(const Words& words) { return who(words).client().remove(known(words).id); }

// From then on the record is of the new caseload's people; whoever else has it has not heard yet.
Status Story::hand_over(const Words& words) {
  Known& record = known(words);
  record.caseload = words.at("CASELOAD");
  return status_of(who(words).client().transfer({record.id, "", record.caseload, {}}));
}

Status Story::restore(const Words& words) {
  return status_of(who(words).client().edit(known(words).id, {"deleted=no"}));
}

const RecordView& Story::looked_at(const Words& words) const {
  const auto seen = looks_.find(words.at("LOOK"));
  if (seen == looks_.end()) throw StoryError("nobody looked at (" + words.at("LOOK") + ")");
  return seen->second;
}

// What the phone shows when it is on again was saved: she does not type it again.
Status Story::edit_through_power_loss(const Words& words) {
  SimDevice& device = who(words);
  const Known& record = known(words);
  const Client::Assignments typed = fields(words);
  const auto is_saved = [&] {
    const auto shown = view(device, record);
    if (!shown) throw StoryError("cannot be shown: " + shown.error().message);
    return std::ranges::all_of(typed, [&](const std::string& field) {
      const std::size_t equals = field.find('=');
      return plain_field(*shown, field.substr(0, equals)) == field.substr(equals + 1);
    });
  };
  if (is_saved()) throw StoryError("it says so already");
  for (int write = 1; write < kMostAttempts; ++write) {
    device.disk().fail_power_after(static_cast<std::uint64_t>(write));
    const Status edited = status_of(device.client().edit(record.id, typed));
    if (device.disk().has_power()) {
      device.disk().fail_power_after(kNever);
      SETU_TRY(edited);
    } else {
      revive();
    }
    if (is_saved()) return {};
    if (edited) return fail(Code::kInternal, "was saved, and is lost");
  }
  return fail(Code::kInternal, "was never saved");
}

// --- resolving

Result<ConflictView> Story::conflict(SimDevice& device, const Words& words) {
  SETU_TAKE(const RecordView shown, view(device, known(words)));
  const auto found = std::ranges::find(shown.conflicts, words.at("FIELD"), &ConflictView::field);
  if (found == shown.conflicts.end())
    return fail(Code::kNotFound, device.name + " sees no conflict there");
  return *found;
}

Status Story::resolve(SimDevice& device, const Words& words, const std::string& keep) {
  SETU_TAKE(const ConflictView open, conflict(device, words));
  return device.client().resolve(open.id, keep);
}

Status Story::resolve_shown(const Words& words) { return resolve(who(words), words, "shown"); }

Status Story::resolve_other(const Words& words) { return resolve(who(words), words, "other"); }

Status Story::resolve_writing(const Words& words) {
  return resolve(who(words), words, "=" + words.at("VALUE"));
}

Status Story::resolve_by_memory(const Words& words) {
  const auto& open = looked_at(words).conflicts;
  const auto found = std::ranges::find(open, words.at("FIELD"), &ConflictView::field);
  if (found == open.end()) throw StoryError("no conflict was seen there");
  return who(words).client().resolve(found->id, "shown");
}

Status Story::resolve_keeping(const Words& words) {
  SETU_TAKE(const ConflictView open, conflict(who(words), words));
  const std::string& value = words.at("VALUE");
  if (plain_text(open.shown.value) == value) return resolve(who(words), words, "shown");
  for (std::size_t i = 0; i < open.others.size(); ++i) {
    if (plain_text(open.others[i].value) == value)
      return resolve(who(words), words, std::to_string(i + 1));
  }
  throw StoryError(value + " is not among the values that are in conflict");
}

}  // namespace setu::sim
