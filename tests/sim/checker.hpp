#pragma once
// Judges every record that any replica shows, at any moment, by the model (model.hpp), and at the
// end the whole world: nothing lost, nothing in the wrong hands, all the same everywhere.
//
// It reads only what an app can read. What it knows about writes was told by the people who made
// them.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model.hpp"
#include "setu/client.hpp"

namespace setu::sim {

// A person and where she works: decides what her replica may hold.
struct Person {
  enum class Role { kCoordinator, kLead, kWorker };
  Role role = Role::kWorker;
  int device = 0;
  int org = 0;
  std::string caseload;   // name; of workers
  bool put_back = false;  // her device was, to an old copy: it may have had to give records new ids
  bool out = false;       // somebody asked for her device to be taken out: it may be
  bool newcomer = false;  // joined in the middle: maybe after a history was cut
  // What she sees is hers alone to explain.
  [[nodiscard]] bool goes_her_own_way() const { return put_back || out; }
};

// One record as seen on one replica at one moment, part by part.
struct Sight {
  struct Part {
    bool held = false;
    bool in_doubt = false;  // `known` is one way among several to read the trail
    Knowledge known;
    ShownPart shown;
  };
  Part home, facts;
  bool deleted = false;
  [[nodiscard]] const Part& part(bool of_facts) const { return of_facts ? facts : home; }
};

struct RecordModel {
  int org = 0;
  std::string caseload;            // where it was made
  std::set<std::string> moved_to;  // caseloads that a lead handed it over to, or tried to
  PartModel home, facts;
  std::map<WriteId, int> acknowledged;  // saved, as the device said -> device
  std::map<WriteId, int> late;          // the same, of devices that may have been taken out before
  // Its last deed left no mark: nobody writes to it any more, so that all can still be told apart.
  bool closed = false;
  // Two records got one id on a device that was put back to an old copy, or a restored or resolved
  // record got no mark: judged no more.
  bool unclear = false;
  PartModel& part(bool of_facts) { return of_facts ? facts : home; }
  [[nodiscard]] const PartModel& part(bool of_facts) const { return of_facts ? facts : home; }
};

// The name under which leads see a clash over where a record belongs.
inline constexpr std::string_view kCaseloadField = "caseload";

// All text that people type starts with it: nobody may find it outside their replicas.
inline constexpr std::string_view kCanary = "canary";

[[nodiscard]] std::string text_of(const FieldValue& value);
[[nodiscard]] std::string short_id(const std::string& record);  // as the trace names it
[[nodiscard]] bool may_read(const Person& person, const RecordModel& record, bool facts);

class Checker {
 public:
  // Notes a write before anybody can see it.
  void add(const std::string& record, bool facts, ModelWrite write);
  // A record whose device lost power before it could say its id: it is there, whole, or not at all.
  struct Unborn {
    WriteId first = 0;
    int device = 0;
    int org = 0;
    std::string caseload;
    std::vector<ModelOp> home, facts;
  };
  void expect_perhaps(Unborn unborn) { unborn_[unborn.first] = std::move(unborn); }
  void begin_record(const std::string& id, int org, const std::string& caseload);
  void hand_over(const std::string& record, const std::string& caseload);
  // Nobody of this org can finish a hand-over any more: its lead's device is an old copy.
  void strand(int org) { stranded_.insert(org); }
  [[nodiscard]] bool is_stranded(int org) const { return stranded_.contains(org); }
  void acknowledge(const std::string& record, WriteId write, int device);
  // What a device wrote after one write of the world and up to another is not missed: it was put
  // back to an old copy.
  void forgive(int device, WriteId after, WriteId until);

  // What a device wrote after one write of the world, and will write, counts only if it was sent
  // before the device was taken out, or if a lead adopts it.
  void doubt_from(int device, WriteId after);

  [[nodiscard]] WriteId next_write() { return ++last_write_; }
  [[nodiscard]] WriteId last_write() const { return last_write_; }
  [[nodiscard]] std::map<std::string, RecordModel>& records() { return records_; }
  [[nodiscard]] RecordModel* record(const std::string& id);

  // Judges one record on one replica, and says what was seen. `who` is for messages.
  Sight look(const std::string& who, const Person& person, const RecordView& view);
  // Everything a replica holds, at the end: nothing missing, nothing that is not hers.
  void look_at_all(const std::string& who, const Person& person, Client& client);

  // From here on what was saved should be there, also where nothing but the picture itself tells.
  void expect_everything() { everything_ = true; }
  void fail(std::string what);
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  [[nodiscard]] std::uint64_t sights() const { return sights_; }
  // From now on newcomers need not hold what deleted records held.
  void cut_history() { history_cut_ = true; }
  void count_hand_over() { ++hand_overs_; }
  [[nodiscard]] std::uint64_t hand_overs() const { return hand_overs_; }

 private:
  RecordModel* adopt(const RecordView& view);
  [[nodiscard]] bool is_renamed(const RecordView& view) const;
  Sight::Part look_at_part(const std::string& who, const RecordView& view, RecordModel& record,
                           const Person& person, bool facts, bool decides_deleted);
  void compare(const std::string& who, const RecordView& view, bool facts, const Sight::Part& part);
  void check_nothing_missing(const std::string& who, const RecordModel& record,
                             const std::string& id, bool facts, const Sight::Part& part);

  // Also those that power cut off before anybody was told that they were saved.
  void check_same_writes(const std::string& who, const Person& person, const std::string& id,
                         bool facts, const Sight::Part& part);
  void check_deletion(const std::string& who, const RecordView& view, const RecordModel& record,
                      const Sight& sight);

  // Where everybody has the record at the end, which the first one tells who reads all of the org.
  // Nothing: it never moved, or it cannot be told.
  bool is_elsewhere(const std::string& who, const Person& person, const std::string& id,
                    const RecordModel& record, Client& client, bool held);
  [[nodiscard]] bool may_be_torn(const RecordModel& record) const {
    return !record.moved_to.empty() && stranded_.contains(record.org);
  }

  [[nodiscard]] bool is_late(int device, WriteId write) const;

  bool everything_ = false;
  std::map<int, WriteId> late_after_;  // device -> the last write of the world that is not doubted
  std::set<int> stranded_;             // orgs
  std::map<std::string, std::string> settled_;  // record -> id of its caseload, at the end
  bool forgave_ = false;
  WriteId last_write_ = 0;
  std::map<std::string, RecordModel> records_;
  std::map<WriteId, Unborn> unborn_;
  // What was shown for a set of writes: whoever has the same set must show the same.
  std::map<std::pair<std::string, Knowledge>, std::string> agreed_[2];
  // Who showed each part first at the end, and what she knew.
  std::map<std::pair<std::string, bool>, std::pair<std::string, Knowledge>> at_the_end_;
  std::vector<std::string> violations_;
  std::uint64_t sights_ = 0;
  std::uint64_t hand_overs_ = 0;
  bool history_cut_ = false;
};

}  // namespace setu::sim
