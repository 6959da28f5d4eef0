#pragma once
// Devices that write to one part and hear from each other in any order: what the tests of merging
// are made of.
//
// Also an oracle: the state of a part as a function of the *set* of changes applied, written from
// the laws in docs/merge.md and sharing nothing with core/merge but the types of its result.

#include <iosfwd>
#include <map>
#include <vector>

#include "merge/pack.hpp"

namespace setu::merge::testing {

// --- writing by hand
DeviceId device(int number);
Stamp stamp(std::uint32_t hour, int device_number, std::uint32_t counter = 0);
Op write(FieldTag field, Value value, std::vector<Stamp> seen = {});
Op add(FieldTag field, std::string element, std::vector<Stamp> seen = {});
Op remove(FieldTag field, std::string element, std::vector<Stamp> seen = {});
Op base(FieldTag field, std::int64_t value, std::vector<Stamp> seen = {}, std::string key = {});
Op increment(FieldTag field, std::int64_t value, std::string key = {});
Op append(FieldTag field, std::string text);
Value text(std::string value);
Value number(std::int64_t value);
Change change(const Stamp& stamp, std::vector<Op> ops);

// One device's copy of the part: applies each chain in order and knows how far it has come.
struct Replica {
  Part part;
  ChainTips tips;

  void receive(const Change& change);
  void receive(const Stamp& stamp, Op op) { receive(change(stamp, {std::move(op)})); }
  [[nodiscard]] Part pruned() const;
};

// --- the form that random histories write to: one field of each rule, and one tag that the form
// does not know
inline constexpr FieldTag kName = 1, kStatus = 2, kSafeNow = 3, kTopics = 4, kConsent = 5,
                          kVisits = 6, kCondoms = 7, kNotes = 8, kUnknown = 99;
const PartFields& fields();
const FieldRule& rule_of(FieldTag field);  // of a field in fields(); a register for others

// --- random histories
enum class Sight { kScreen, kEverything, kOldScreen, kAnySubset, kNothing };

// One thing that happens to a device: it hears of another one's chain, or looks (its screen is what
// it saw last), or writes having seen something.
struct Step {
  int device = 0;
  int what = 0;  // 0: hears the next change of `from`; 1: hears all of them; 2: looks; else: writes
  int from = 0;
  int slot = 0;  // index of the slot written
  int ops = 1;
  int stride = 0;  // from one op's slot to the next; 0: all on one slot
  int value = 0;
  Sight sight = Sight::kScreen;
  std::uint32_t subset = 0;  // bits: which of them, for kAnySubset
  std::uint32_t hour = 0;    // what the device's clock shows: anything

  friend bool operator==(const Step&, const Step&) = default;
};
std::ostream& operator<<(std::ostream& out, const Step& step);

using Chain = std::vector<Change>;
using History = std::vector<Chain>;  // one chain per device, each with rising stamps

History play(const std::vector<Step>& steps, int devices, std::size_t longest_chain);

// How many changes of each chain have been applied.
using Progress = std::vector<std::size_t>;
std::vector<Change> applied(const History& history, const Progress& progress);
ChainTips tips_of(const std::vector<Change>& applied);

// The state that the laws ask for once exactly these changes (whole beginnings of chains) have been
// applied, pruned.
std::map<SlotId, Slot> expected_state(const std::vector<Change>& applied);

// Everything people see of a part, to compare.
struct Screen {
  std::vector<std::pair<FieldTag, Value>> columns;
  std::vector<std::vector<Stamp>> seen;
  std::vector<std::vector<Sibling>> conflicts;
  bool deleted = false;
  std::vector<Stamp> unseen_edits;
  friend bool operator==(const Screen&, const Screen&) = default;
};
Screen look(const Part& part);

// --- packing
class FewDevices : public DeviceNumbers {
 public:
  std::uint32_t number_of(const DeviceId& device) override;
  Result<DeviceId> device_of(std::uint32_t number) const override;

 private:
  std::vector<DeviceId> devices_;
};

// The columns of a table row: what column_value() gave.
ColumnReader columns_of(const Part& part, const PartFields& fields);

}  // namespace setu::merge::testing
