#pragma once
// What people do with their devices: record, look, edit what they see or saw some time ago, delete,
// restore, resolve, type a thing twice. Tells the checker what was written and what had been seen.

#include "checker.hpp"
#include "options.hpp"
#include "sim_device.hpp"
#include "trace.hpp"

namespace setu::sim {

// How a write ended for the person. kUnknown: power failed before the device could say.
enum class Saved { kYes, kNo, kUnknown };

class People {
 public:
  People(const Options& options, Checker& checker, Trace& trace, Random random)
      : options_(options), checker_(checker), trace_(trace), random_(random) {}

  // One thing that the device's person does. The device is up and its person enrolled.
  void act(SimDevice& device, const std::vector<std::string>& caseloads_of_org);
  // Looks at one record of hers, if she has any.
  void glance(SimDevice& device);

 private:
  // An edit in the making: what is typed, and what the model is told.
  struct Draft {
    Client::Assignments typed;
    std::vector<ModelOp> home, facts;
    std::vector<ModelOp>& ops(bool of_facts) { return of_facts ? facts : home; }
  };

  std::optional<std::string> choose_caseload(SimDevice& device,
                                             const std::vector<std::string>& of_org);
  void add(SimDevice& device, const std::vector<std::string>& caseloads_of_org);
  void edit(SimDevice& device, const RecordView& view, const Sight& now);
  void remove(SimDevice& device, const RecordView& view, const Sight& now);
  void restore(SimDevice& device, const RecordView& view, const Sight& now);
  void resolve(SimDevice& device, const RecordView& view, const Sight& now);
  // A lead's, to any caseload of her org.
  void hand_over(SimDevice& device, const std::vector<std::string>& caseloads_of_org);
  void resolve_deletion(SimDevice& device, const ConflictView& conflict, const RecordView& view,
                        const Sight& now);

  // The record as she sees it now; nothing if it has not arrived, or power failed.
  std::optional<RecordView> look(SimDevice& device, const std::string& record, Sight& sight);
  std::optional<std::string> pick_record(const SimDevice& device);

  void draft_fields(SimDevice& device, const Sight& now, const Sight& seen, bool is_new,
                    Draft& draft);
  void draft_field(const ProbeField& field, const Sight::Part& now, const Sight::Part& seen,
                   bool is_new, Draft& draft);
  void draft_counter(const ProbeField& field, const Sight::Part& now, const Sight::Part& seen,
                     Draft& draft);
  void draft_element(const ProbeField& field, const Sight::Part& now, const Sight::Part& seen,
                     Draft& draft);
  // Marks the parts that the draft touches, or those named.
  void mark(Draft& draft, WriteId id, bool home, bool facts) const;
  void record_ops(const std::string& record, SimDevice& device, WriteId id, Draft&& draft,
                  Saved saved);
  void record_plain(const std::string& record, SimDevice& device, ModelWrite write, bool facts,
                    Saved saved);
  WriteId mark_now(SimDevice& device, const std::string& record, bool home, bool facts);
  void before_all_parts(const RecordView& view, const Sight& now);
  void mark_what_was_seen(SimDevice& device, const std::string& record, bool home, bool facts);
  [[nodiscard]] const PartModel& model(bool facts) const { return model_->part(facts); }

  // `allowed`: codes that are a fair answer to what was asked for.
  Saved saved_of(SimDevice& device, std::string_view what, const Status& status,
                 std::initializer_list<Code> allowed);
  std::string word();

  const Options& options_;
  Checker& checker_;
  Trace& trace_;
  Random random_;
  const RecordModel* model_ = nullptr;  // of the record at hand
  std::uint64_t words_ = 0;
};

}  // namespace setu::sim
