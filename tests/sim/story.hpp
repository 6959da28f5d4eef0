#pragma once
// Plays a story: a failure from the field, told line by line, on the same world as random ones:
// real clients and the real server on disks and links that fail where the story says so.
// stories/README.md has the sentences.
//
// A line is understood wholly or it is an error. What a line does must work, unless it says how it
// fails. A fault that was announced must strike. At the end, whatever the story says, every replica
// and the server's log must verify, and no text that begins with kCanary may be readable anywhere.

#include <map>
#include <span>
#include <string>

#include "story_grammar.hpp"
#include "world.hpp"

namespace setu::sim {

class Story {
 public:
  Story();
  // Empty: it went as written. Else "name:line: why".
  std::string play(const std::string& name, std::string_view text);

  // Every sentence that is understood, as stories/README.md lists them.
  [[nodiscard]] static std::vector<std::string> sentences();

 private:
  using Deed = Status (Story::*)(const Words&);
  struct Sentence {
    std::string_view pattern;
    Deed deed;
  };
  struct Known {  // a record that the story has given a name
    std::string id, kind;
    int org = 0;
    std::string caseload;  // empty: of an organisation, or of all
  };
  static std::span<const Sentence> table();
  std::string play_line(const StoryLine& line);
  std::string check_end();
  void revive();  // whoever lost power

  // --- who and what
  SimDevice& who(const Words& words, const char* name = "WHO");
  std::vector<SimDevice*> those(const Words& words);  // one, or everybody who may read all of it
  Known& known(const Words& words);
  [[nodiscard]] bool reads_all(const SimDevice& device, const Known& record) const;
  [[nodiscard]] Client::Assignments fields(const Words& words) const;
  Result<RecordView> view(SimDevice& device, const Known& record);

  // --- people (story_people.cpp)
  Status org(const Words& words);
  Status invited(const Words& words);
  Status hand_keys(const Words& words);
  Status joins(const Words& words);
  Status join(SimDevice& joiner, const std::string& org, const char* role,
              const std::string& caseload);
  Status begin_join(SimDevice& inviter, SimDevice& joiner, const std::string& org, const char* role,
                    const std::string& caseload);
  SimDevice& lead(int org);
  int org_number(const std::string& name) const;

  // --- records (story_records.cpp)
  Status add(const Words& words);
  Status add_in(const Words& words);
  Status add_to(const Words& words, const Client::Home& home);
  Status add_through_power_loss(const Words& words);
  Status add_many(const Words& words);
  void name_record(SimDevice& author, const Words& words, const std::string& id);
  Status look(const Words& words);
  Status edit(const Words& words);
  Status edit_by_memory(const Words& words);
  Status edit_through_power_loss(const Words& words);
  Status remove(const Words& words);
  Status hand_over(const Words& words);
  Status restore(const Words& words);
  Status resolve(SimDevice& device, const Words& words, const std::string& keep);
  Status resolve_shown(const Words& words);
  Status resolve_other(const Words& words);
  Status resolve_keeping(const Words& words);
  Status resolve_writing(const Words& words);
  Status resolve_by_memory(const Words& words);
  Result<ConflictView> conflict(SimDevice& device, const Words& words);
  [[nodiscard]] const RecordView& looked_at(const Words& words) const;

  // --- who goes (story_removal.cpp)
  Status take_out(const Words& words);
  Status take_out_and_wipe(const Words& words);
  Status leave(const Words& words);
  Status adopt_late(const Words& words);
  Status drop_late(const Words& words);
  Status renew_keys(const Words& words);
  Status cut_history(const Words& words);
  Status cut_history_of(const Words& words);
  Status is_taken_out(const Words& words);
  Status is_wiped(const Words& words);
  Status has_set_aside(const Words& words);

  // --- contacts (story_sync.cpp)
  Status sync(SimDevice& device);
  Status one_syncs(const Words& words);
  Status all_sync(const Words& words);
  Status sync_cut_ever_later(const Words& words);
  Status sync_through_power_loss(const Words& words);
  Status sync_through_server_power_loss(const Words& words);
  Status link_cuts_answer(const Words& words);
  Status link_cuts_request(const Words& words);
  Status link_loses_request(const Words& words);
  Status repeat_request(const Words& words);
  Status begin_slow_sync(const Words& words);
  Status end_slow_sync(const Words& words);

  // --- copies come back (story_rejoin.cpp)
  Status carry_over(const Words& words);
  Status carry_over_through_power_loss(const Words& words);
  Status carry_over_through_others_power_loss(const Words& words);
  Status carry_through_power_loss_of(const Words& words, SimDevice& dying);

  // --- mishaps and time (story_mishaps.cpp)
  Status clock_fast(const Words& words);
  Status clock_slow(const Words& words);
  Status clock_stands(const Words& words);
  Status clock_right(const Words& words);
  Status time_passes(const Words& words);
  Status device_power(const Words& words);
  Status server_power(const Words& words);
  Status device_full(const Words& words);
  Status device_room(const Words& words);
  Status server_full(const Words& words);
  Status server_room(const Words& words);
  Status server_down(const Words& words);
  Status server_up(const Words& words);
  Status server_copied(const Words& words);
  Status server_back_by_hand(const Words& words);
  Status server_back_by_command(const Words& words);
  Status put_server_back(bool by_command);
  Status device_copied(const Words& words);
  Status device_back(const Words& words);

  // --- what must hold (story_expect.cpp)
  Status sees(const Words& words);
  Status sees_no_field(const Words& words);
  Status sees_deleted(const Words& words);
  Status has_not(const Words& words);
  Status has_count(const Words& words);
  Status sees_conflict(const Words& words);
  Status sees_conflict_between(const Words& words);
  Status sees_no_conflict(const Words& words);
  Status finds_in_history(const Words& words);
  Status finds_not_in_history(const Words& words);
  Status all_see_same(const Words& words);
  Status nothing_pending(const Words& words);
  Status something_pending(const Words& words);
  Status is_warned(const Words& words);
  Status is_a_copy(const Words& words);
  Status last_sync_cost(const Words& words);
  Status unreadable(const Words& words);

  World world_;
  std::map<std::string, int> orgs_;  // name -> number
  std::map<std::string, Known> records_;
  std::map<std::string, RecordView> looks_;   // what was on the screen
  LinkFaults link_;                           // of the next contact
  std::map<int, Bytes> last_requests_;        // by device
  std::map<int, sync::Report> last_reports_;  // by device
  std::map<const Disk*, int> armed_;          // disks about to lose power, and the line
  bool power_failed_ = false;                 // in this line
  int line_ = 0;
};

// Plays files one after the other, a line of output each. False: one did not go as written.
bool play_stories(std::span<const std::string> files);

}  // namespace setu::sim
