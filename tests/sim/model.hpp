#pragma once
// What people wrote and what they had on the screen, and what a replica must show for it.
//
// The model is a list of writes, each with the writes that it supersedes. What a replica that knows
// a set of them shows follows from docs/merge.md by the plainest reading: a write stands unless
// another one in the set supersedes it. No stamps, no blobs, no order of arrival, no code of core.
// Where merging breaks a tie by stamps, any of the tied values is right here; that all replicas
// choose the same one is checked apart (Checker).

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probe_form.hpp"

namespace setu::sim {

using WriteId = std::uint32_t;
using Knowledge = std::set<WriteId>;  // writes of one part that a replica has applied

enum class Act { kWrite, kAdd, kRemove, kBase, kIncrement, kAppend, kDelete, kRestore };

struct ModelOp {
  std::string field;
  std::string key;  // element of a set, key of a counter
  Act act{};
  std::string text;
  std::int64_t number = 0;
  Knowledge supersedes;  // writes of the same slot; of a delete: all that it saw in the part
};

// How a reader can tell that a replica has this write.
enum class Sign {
  kOwnMark,     // its number is in the trail
  kMarkBefore,  // its author marked the trail just before it (a delete)
  kMarkAfter,   // its author marked the trail just after it (a resolution, a restore)
};

struct ModelWrite {
  WriteId id = 0;
  int device = 0;
  Sign sign = Sign::kOwnMark;
  WriteId mark = 0;     // of the trail; == id for kOwnMark
  bool certain = true;  // false: power failed before the device could say that it was saved, or it
                        // was put back to before it
  std::vector<ModelOp> ops;
};

// What is shown of one field, in plain text; counters are their total.
struct ShownField {
  std::optional<std::string> value;
  std::set<std::string> elements;
  std::map<std::string, std::int64_t> counts;
  std::multiset<std::string> lines;
};
struct ShownConflict {
  std::string shown;
  std::set<std::string> others;
};
struct ShownPart {
  std::map<std::string, ShownField> fields;
  std::map<std::string, ShownConflict> conflicts;  // by field, or field/key
  bool deleted = false;
  bool decides_deleted = false;  // the widest part of the record that the reader holds
};

class PartModel {
 public:
  void add(ModelWrite write);
  // What the device wrote after one write of the world and up to another may be gone with it.
  void doubt(int device, WriteId after, WriteId until);
  [[nodiscard]] const std::map<WriteId, ModelWrite>& writes() const { return writes_; }

  // The writes a replica has, told from the marks in its trail. `doubtful`: unmarked ones that it
  // may have or not, because their author's batches could have been split between write and mark.
  struct Reading {
    Knowledge known;
    std::vector<WriteId> doubtful;
  };
  // `one_chain`: each author wrote to this part in one circle only; not where it was handed over.
  [[nodiscard]] Reading read_trail(const std::set<WriteId>& marks, bool one_chain) const;

  // Empty if `shown` is right for `known`; else what is wrong.
  [[nodiscard]] std::string mismatch(const Knowledge& known, const ShownPart& shown) const;

  // What a write made now would supersede, by somebody who has `shown` on the screen.
  [[nodiscard]] Knowledge superseded_by(const Knowledge& known, const ShownPart& shown,
                                        const std::string& field, const std::string& key,
                                        Act act) const;
  // What a resolution of the field's conflict would.
  [[nodiscard]] Knowledge superseded_by_resolution(const Knowledge& known, const std::string& field,
                                                   const std::string& key) const;
  // Is there an edit that whoever deleted the record had not seen? Nothing where that hangs on
  // which of a delete and a restore has the higher stamp.
  [[nodiscard]] std::optional<bool> has_unseen_edit(const Knowledge& known) const;
  // Everything that stands: what a delete or restore names.
  [[nodiscard]] Knowledge standing(const Knowledge& known) const;

 private:
  struct Live {
    WriteId id;
    const ModelOp* op;
  };
  [[nodiscard]] std::vector<Live> live(const Knowledge& known, const std::string& field,
                                       const std::string& key) const;
  [[nodiscard]] std::set<std::string> keys(const Knowledge& known, const std::string& field) const;
  [[nodiscard]] std::string register_mismatch(const ProbeField& field, const Knowledge& known,
                                              const ShownPart& shown) const;
  [[nodiscard]] std::string set_mismatch(const ProbeField& field, const Knowledge& known,
                                         const ShownPart& shown) const;
  [[nodiscard]] std::string counter_mismatch(const ProbeField& field, const std::string& key,
                                             const Knowledge& known, const ShownPart& shown) const;
  [[nodiscard]] std::string log_mismatch(const ProbeField& field, const Knowledge& known,
                                         const ShownPart& shown) const;
  [[nodiscard]] std::string delete_mismatch(const Knowledge& known, const ShownPart& shown) const;

  std::map<WriteId, ModelWrite> writes_;
};

}  // namespace setu::sim
