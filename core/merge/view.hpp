#pragma once
// What people see of a part: the shown value of each field, what else was written, and which stamps a write made now
// would name as seen. Pure functions of the state and the field's rule.

#include <optional>

#include "merge/part.hpp"
#include "merge/rule.hpp"

namespace setu::merge {

struct Sibling {
  Value value;
  std::vector<Stamp> stamps;  // of all live writes of this very value, ascending
  friend bool operator==(const Sibling&, const Sibling&) = default;
};

// Registers, ladders, cautious registers, and the bases of a counter without keys. Shown is the sibling of the highest
// rank (ladder, cautious), then of the highest stamp, then (two writes of one change) of the highest value.
struct RegisterView {
  Value shown;                     // empty: nothing written, or cleared
  std::vector<Stamp> seen;         // what a write that saw `shown` supersedes: all writes of an equal value, and for a
                                   // ladder every hidden lower sibling too; ascending
  std::optional<Stamp> stamp;      // of the shown write (the highest of equal ones)
  std::vector<Sibling> others;     // open conflict: live siblings of another value, highest stamp first. A ladder's
                                   // lower rungs are hidden, not listed here
  [[nodiscard]] bool in_conflict() const { return !others.empty(); }
};
[[nodiscard]] RegisterView view_register(const Part& part, FieldTag field, const FieldRule& rule);

// Stamps of everything a resolution of this field supersedes: shown and all others, ascending.
[[nodiscard]] std::vector<Stamp> resolution_seen(const RegisterView& view);

struct SetView {
  std::vector<std::string> elements;  // present ones, ascending: added, and (remove wins) not removed by anyone unseen
};
[[nodiscard]] SetView view_set(const Part& part, FieldTag field, const FieldRule& rule);
// The stamps that an add or remove of this element supersedes: live adds and removes of it, ascending.
[[nodiscard]] std::vector<Stamp> element_seen(const Part& part, FieldTag field, std::string_view element);

struct CounterView {
  bool written = false;         // an increment or a base stands, and that base was not cleared
  std::int64_t value = 0;       // shown base plus all live increments; saturates instead of overflowing
  std::vector<Stamp> seen;      // shown base (and equal ones) and the increments: what `=N` supersedes, ascending
  std::vector<Sibling> others;  // other bases of another value, highest stamp first: an open conflict
};
[[nodiscard]] CounterView view_counter(const Part& part, FieldTag field, std::string_view key = {});
[[nodiscard]] std::vector<std::string> counter_keys(const Part& part, FieldTag field);  // written ones, ascending

struct LogEntry {
  Stamp stamp;
  std::string text;
};
[[nodiscard]] std::vector<LogEntry> view_log(const Part& part, FieldTag field);  // ascending by stamp

// Among a delete and a restore that did not know of each other the higher stamp decides; neither is an open conflict,
// so both are seen by the next one.
struct DeleteView {
  bool deleted = false;             // the deciding write is the number 1
  std::vector<Stamp> seen;          // what a delete or restore made now supersedes in the delete register: all of it
  std::vector<Stamp> unseen_edits;  // if deleted: live writes that none of the deleters saw or wrote: an open conflict,
                                    // ascending
};
[[nodiscard]] DeleteView view_deleted(const Part& part);

// The value that the table's column holds for a field: registers their shown value; sets their elements joined by ','
// ascending; counters the total; keyed counters "key=total" joined by ',' ascending; logs nothing. Empty when nothing
// is written.
[[nodiscard]] Value column_value(const Part& part, FieldTag field, const FieldRule& rule);

}  // namespace setu::merge
