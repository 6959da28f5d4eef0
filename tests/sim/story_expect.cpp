// Stories: what must hold.

#include <algorithm>

#include "story.hpp"
#include "story_error.hpp"
#include "story_text.hpp"

namespace setu::sim {
namespace {

template <class... Pieces>
Status wrong(const Pieces&... pieces) {
  std::string what;
  ((what += pieces), ...);
  return fail(Code::kRefused, std::move(what));
}

std::string quoted(const std::string& text) { return "'" + text + "'"; }

std::string others_of(const ConflictView& conflict) {
  std::vector<std::string> others;
  for (const Claim& other : conflict.others) others.push_back(plain_text(other.value));
  std::ranges::sort(others);
  std::string line;
  for (const std::string& other : others) line += (line.empty() ? "" : ", ") + other;
  return line;
}

// All that is shown of the fields that are in `like`, or everything.
std::string picture(const RecordView& record, const RecordView& like) {
  std::string all = record.deleted ? "deleted;" : "";
  for (const NamedValue& named : like.fields)
    all += named.field + "=" + plain_field(record, named.field) + ";";
  for (const ConflictView& open : record.conflicts) {
    const std::string field = open.field.substr(0, open.field.find('/'));
    if (std::ranges::find(like.fields, field, &NamedValue::field) != like.fields.end())
      all += "!" + open.field + ":" + plain_text(open.shown.value) + "/" + others_of(open) + ";";
  }
  return all;
}

}  // namespace

Status Story::sees(const Words& words) {
  const Client::Assignments expected = fields(words);
  for (SimDevice* device : those(words)) {
    SETU_TAKE(const RecordView shown, view(*device, known(words)));
    if (shown.deleted) return wrong(device->name, " sees it deleted");
    for (const std::string& assignment : expected) {
      const std::size_t equals = assignment.find('=');
      const std::string field = assignment.substr(0, equals);
      const std::string value = plain_field(shown, field);
      if (value != assignment.substr(equals + 1))
        return wrong(device->name, " sees ", field, "=", quoted(value));
    }
  }
  return {};
}

Status Story::sees_no_field(const Words& words) {
  SETU_TAKE(const RecordView shown, view(who(words), known(words)));
  const std::string value = plain_field(shown, words.at("FIELD"));
  return value.empty() ? Status{} : wrong("shows ", quoted(value));
}

Status Story::sees_deleted(const Words& words) {
  for (SimDevice* device : those(words)) {
    SETU_TAKE(const RecordView shown, view(*device, known(words)));
    if (!shown.deleted) return wrong(device->name, " sees it, not deleted");
  }
  return {};
}

Status Story::has_not(const Words& words) {
  for (SimDevice* device : those(words)) {
    const auto shown = view(*device, known(words));
    if (shown) return wrong(device->name, " has it");
    if (shown.error().code != Code::kNotFound) return fail(shown.error());
  }
  return {};
}

Status Story::has_count(const Words& words) {
  SETU_TAKE(const auto records, who(words).client().list(words.at("KIND")));
  const auto wanted = static_cast<std::size_t>(number_in(words, "N"));
  return records.size() == wanted ? Status{} : wrong("has ", std::to_string(records.size()));
}

Status Story::sees_conflict(const Words& words) {
  for (SimDevice* device : those(words)) {
    SETU_TAKE(const ConflictView open, conflict(*device, words));
    const std::string shown = plain_text(open.shown.value);
    if (shown != words.at("VALUE") || others_of(open) != words.at("OTHER"))
      return wrong(device->name, " sees: shown ", shown, ", other ", others_of(open));
  }
  return {};
}

Status Story::sees_conflict_between(const Words& words) {
  const auto& [value, other] = std::minmax(words.at("VALUE"), words.at("OTHER"));
  for (SimDevice* device : those(words)) {
    SETU_TAKE(const ConflictView open, conflict(*device, words));
    const std::string shown = plain_text(open.shown.value);
    const std::string rest = others_of(open);
    if (std::min(shown, rest) != value || std::max(shown, rest) != other)
      return wrong(device->name, " sees: shown ", shown, ", other ", rest);
  }
  return {};
}

Status Story::sees_no_conflict(const Words& words) {
  for (SimDevice* device : those(words)) {
    SETU_TAKE(const RecordView shown, view(*device, known(words)));
    if (!shown.conflicts.empty())
      return wrong(device->name, " sees one on ", shown.conflicts.front().field);
  }
  return {};
}

namespace {

bool tells(const std::vector<ChangeView>& history, const std::string& assignment) {
  return std::ranges::any_of(history, [&](const ChangeView& change) {
    return std::ranges::any_of(change.fields, [&](const NamedValue& named) {
      return named.field + "=" + plain_text(named.value) == assignment;
    });
  });
}

}  // namespace

Status Story::finds_in_history(const Words& words) {
  SETU_TAKE(const auto history, who(words).client().history(known(words).id));
  for (const std::string& assignment : fields(words)) {
    if (!tells(history, assignment)) return wrong("there is no ", assignment);
  }
  return {};
}

Status Story::finds_not_in_history(const Words& words) {
  SETU_TAKE(const auto history, who(words).client().history(known(words).id));
  for (const std::string& assignment : fields(words)) {
    if (tells(history, assignment)) return wrong("there is ", assignment);
  }
  return {};
}

Status Story::all_see_same(const Words& words) {
  const Known& record = known(words);
  std::optional<RecordView> whole;
  std::string first;
  int holders = 0;
  for (const bool of_home : {true, false}) {
    for (const auto& device : world_.devices_) {
      if (reads_all(*device, record) != of_home) continue;
      if (!of_home && device->person.role != Person::Role::kCoordinator) continue;
      SETU_TAKE(const RecordView shown, view(*device, record));
      ++holders;
      if (!whole) {
        whole = shown;
        first = device->name;
        continue;
      }
      const RecordView& like = of_home ? *whole : shown;
      const std::string here = picture(shown, like), there = picture(*whole, like);
      if (here != there || shown.fields.size() > whole->fields.size())
        return wrong(first, " sees ", there, " and ", device->name, " sees ", here);
    }
  }
  return holders > 1 ? Status{} : wrong("too few hold it");
}

Status Story::nothing_pending(const Words&) {
  for (const auto& device : world_.devices_) {
    if (device->wiped) continue;
    SETU_TAKE(const StatusView status, device->client().status());
    if (status.pending + status.parked + status.quarantined > 0)
      return wrong(device->name, " has ", std::to_string(status.pending), " pending, ",
                   std::to_string(status.parked), " parked, ", std::to_string(status.quarantined),
                   " quarantined");
    if (!status.warnings.empty())
      return wrong(device->name, " is warned: ", status.warnings.front());
  }
  return {};
}

Status Story::something_pending(const Words& words) {
  SETU_TAKE(const StatusView status, who(words).client().status());
  return status.pending > 0 ? Status{} : wrong("nothing is pending");
}

Status Story::is_warned(const Words& words) {
  SETU_TAKE(const StatusView status, who(words).client().status());
  for (const std::string& warning : status.warnings) {
    if (warning.find(words.at("TEXT")) != std::string::npos) return {};
  }
  return status.warnings.empty() ? wrong("there are no warnings")
                                 : wrong("is warned: ", status.warnings.front());
}

Status Story::is_a_copy(const Words& words) {
  SETU_TAKE(const StatusView status, who(words).client().status());
  return status.copied ? Status{} : wrong("does not");
}

Status Story::last_sync_cost(const Words& words) {
  const sync::Report& report = last_reports_[who(words).number];
  const auto bytes = report.body_bytes_up + report.body_bytes_down;
  const bool fits = report.requests <= static_cast<std::uint64_t>(number_in(words, "N")) &&
                    bytes <= static_cast<std::uint64_t>(number_in(words, "BYTES"));
  return fits ? Status{}
              : wrong("it took ", std::to_string(report.requests), " requests and ",
                      std::to_string(bytes), " bytes");
}

Status Story::unreadable(const Words& words) {
  const std::string& text = words.at("TEXT");
  for (const auto& device : world_.devices_) {
    if (device->disk().holds(text)) return wrong(device->name, "'s phone shows it");
  }
  return world_.server_.disk().holds(text) ? wrong("the server's disk shows it") : Status{};
}

}  // namespace setu::sim
