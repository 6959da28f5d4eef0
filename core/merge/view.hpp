#pragma once
// What people see of a part: the shown value of each field, what else was written, and which stamps
// a write made now would name as seen. Pure functions of the state and the field's rule.

#include <optional>

#include "merge/part.hpp"
#include "merge/rule.hpp"

namespace setu::merge {

struct Sibling {
  Value value;
  std::vector<Stamp> stamps;  // of all live writes of this very value, ascending
  friend bool operator==(const Sibling&, const Sibling&) = default;
};

// Registers, ladders, cautious registers, and the bases of a counter without keys. Shown is the
// sibling of the highest rank (ladder, cautious), then of the highest stamp, then (two writes of
// one change) of the highest value.
struct RegisterView {
  Value shown;                 // empty: nothing written, or cleared
  std::optional<Stamp> stamp;  // of the shown write (the highest of equal ones)
  // What a write that saw `shown` supersedes: all writes of an equal value, and for a ladder every
  // hidden lower sibling too; ascending.
  std::vector<Stamp> seen;
  // Open conflict: live siblings of another value, highest stamp first. A ladder's lower rungs are
  // hidden, not listed here.
  std::vector<Sibling> others;
  [[nodiscard]] bool in_conflict() const { return !others.empty(); }
};
[[nodiscard]] RegisterView view_register(const Part& part, FieldTag field, const FieldRule& rule);

// Stamps of everything a resolution of this field supersedes: shown and all others, ascending.
[[nodiscard]] std::vector<Stamp> resolution_seen(const RegisterView& view);

struct SetView {
  // Present ones, ascending: added, and (remove wins) not removed by anyone who was not seen.
  std::vector<std::string> elements;
};
[[nodiscard]] SetView view_set(const Part& part, FieldTag field, const FieldRule& rule);
// The stamps that an add or remove of this element supersedes: live adds and removes of it,
// ascending.
[[nodiscard]] std::vector<Stamp> element_seen(const Part& part, FieldTag field,
                                              std::string_view element);

struct CounterView {
  bool written = false;    // an increment or a base stands, and that base was not cleared
  std::int64_t value = 0;  // shown base plus all live increments; saturates instead of overflowing
  // Shown base (and equal ones) and the increments: what `=N` supersedes, ascending.
  std::vector<Stamp> seen;
  // Other bases of another value, highest stamp first: an open conflict.
  std::vector<Sibling> others;
};
[[nodiscard]] CounterView view_counter(const Part& part, FieldTag field, std::string_view key = {});
// Keys of the counters that are written, ascending.
[[nodiscard]] std::vector<std::string> counter_keys(const Part& part, FieldTag field);

struct LogEntry {
  Stamp stamp;
  std::string text;
};
// Ascending by stamp; of one change, by text.
[[nodiscard]] std::vector<LogEntry> view_log(const Part& part, FieldTag field);

// Among a delete and a restore that did not know of each other the higher stamp decides; neither is
// an open conflict, so both are seen by the next one.
struct DeleteView {
  bool deleted = false;  // the deciding write is the number 1
  // What a delete or restore made now supersedes in the delete register: all of it, ascending.
  std::vector<Stamp> seen;
  // If deleted: live writes that none of the deleters saw or wrote: an open conflict, ascending.
  std::vector<Stamp> unseen_edits;
};
[[nodiscard]] DeleteView view_deleted(const Part& part);

// The value that the table's column holds for a field: registers their shown value; sets their
// elements joined by ',' ascending; counters the total; keyed counters "key=total" joined by ','
// ascending; logs nothing. Empty when nothing is written.
[[nodiscard]] Value column_value(const Part& part, FieldTag field, const FieldRule& rule);

}  // namespace setu::merge
