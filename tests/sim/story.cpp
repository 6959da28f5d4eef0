// The table of sentences, and how a story runs from the first line to the last.

#include "story.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "log_check.hpp"
#include "story_error.hpp"

namespace setu::sim {
namespace {

constexpr std::string_view kPowerFailed = "power";

Options calm_world() {
  Options options;
  options.orgs = 0;
  return options;
}

// "no_link" as people write it.
std::string words_of(Code code) {
  std::string words(code_name(code));
  std::ranges::replace(words, '_', ' ');
  return words;
}

}  // namespace

std::span<const Story::Sentence> Story::table() {
  static const Sentence kSentences[] = {
      // Who there is.
      {"org NAME: PEOPLE", &Story::org},
      {"worker WHO joins ORG in CASELOAD", &Story::joins},
      {"worker WHO is invited to ORG in CASELOAD", &Story::invited},
      {"WHO hands WHOM the keys", &Story::hand_keys},
      {"WHO carries over what OTHER kept", &Story::carry_over},
      {"WHO carries over what OTHER kept, losing power one write later each time until it is done",
       &Story::carry_over_through_power_loss},
      {"WHO carries over what OTHER kept, OTHER losing power one write later each time until it is "
       "done",
       &Story::carry_over_through_others_power_loss},
      // What they record.
      {"WHO adds KIND as RECORD: FIELDS", &Story::add},
      {"WHO adds KIND as RECORD in CASELOAD: FIELDS", &Story::add_in},
      {"WHO adds KIND as RECORD, losing power one write later each time until it is saved: FIELDS",
       &Story::add_through_power_loss},
      {"WHO adds N records of KIND: FIELDS", &Story::add_many},
      {"WHO looks at RECORD (LOOK)", &Story::look},
      {"WHO edits RECORD: FIELDS", &Story::edit},
      {"WHO edits RECORD by what was seen at (LOOK): FIELDS", &Story::edit_by_memory},
      {"WHO edits RECORD, losing power one write later each time until it is saved: FIELDS",
       &Story::edit_through_power_loss},
      {"WHO deletes RECORD", &Story::remove},
      {"WHO restores RECORD", &Story::restore},
      {"WHO hands RECORD over to CASELOAD", &Story::hand_over},
      // Who goes.
      {"WHO takes WHOM out", &Story::take_out},
      {"WHO takes WHOM out, to be wiped", &Story::take_out_and_wipe},
      {"WHO leaves", &Story::leave},
      {"WHO adopts what came too late", &Story::adopt_late},
      {"WHO drops what came too late", &Story::drop_late},
      {"WHO renews all keys", &Story::renew_keys},
      {"WHO cuts the history", &Story::cut_history},
      {"WHO cuts the history of CASELOAD", &Story::cut_history_of},
      {"WHO resolves RECORD FIELD, keeping what is shown", &Story::resolve_shown},
      {"WHO resolves RECORD FIELD, keeping the other", &Story::resolve_other},
      {"WHO resolves RECORD FIELD, keeping VALUE", &Story::resolve_keeping},
      {"WHO resolves RECORD FIELD, writing VALUE", &Story::resolve_writing},
      {"WHO resolves RECORD FIELD by what was seen at (LOOK), keeping what is shown",
       &Story::resolve_by_memory},
      // How it travels.
      {"everybody syncs", &Story::all_sync},
      {"WHO syncs", &Story::one_syncs},
      {"WHO syncs, cut off N bytes later each time until it goes through",
       &Story::sync_cut_ever_later},
      {"WHO syncs, losing power one write later each time until it goes through",
       &Story::sync_through_power_loss},
      {"WHO syncs, the server losing power one write later each time until it goes through",
       &Story::sync_through_server_power_loss},
      {"WHO begins to sync over a slow link", &Story::begin_slow_sync},
      {"WHO's slow sync goes on to its end", &Story::end_slow_sync},
      {"link cuts the answer after N bytes", &Story::link_cuts_answer},
      {"link cuts the request after N bytes", &Story::link_cuts_request},
      {"link loses the request", &Story::link_loses_request},
      {"WHO's last request arrives again", &Story::repeat_request},
      // What goes wrong.
      {"WHO's clock is N UNIT fast", &Story::clock_fast},
      {"WHO's clock is N UNIT slow", &Story::clock_slow},
      {"WHO's clock stands at YEAR", &Story::clock_stands},
      {"WHO's clock is right again", &Story::clock_right},
      {"N UNIT pass", &Story::time_passes},
      {"WHO's phone loses power at its NTH write", &Story::device_power},
      {"WHO's phone is full", &Story::device_full},
      {"WHO's phone has room again", &Story::device_room},
      {"WHO's phone is copied", &Story::device_copied},
      {"WHO's phone is put back to its copy", &Story::device_back},
      {"server loses power at its NTH write", &Story::server_power},
      {"server is full", &Story::server_full},
      {"server has room again", &Story::server_room},
      {"server stops", &Story::server_down},
      {"server starts again", &Story::server_up},
      {"server is backed up", &Story::server_copied},
      {"server is put back to its backup by hand", &Story::server_back_by_hand},
      {"server is put back to its backup by command", &Story::server_back_by_command},
      // What must hold. Everybody: all who may read the whole record.
      {"expect WHO sees RECORD: FIELDS", &Story::sees},
      {"expect WHO does not see RECORD FIELD", &Story::sees_no_field},
      {"expect WHO sees RECORD deleted", &Story::sees_deleted},
      {"expect WHO does not have RECORD", &Story::has_not},
      {"expect WHO has N of KIND", &Story::has_count},
      {"expect WHO sees a conflict on RECORD FIELD: shown VALUE, other OTHER",
       &Story::sees_conflict},
      {"expect WHO sees a conflict on RECORD FIELD between VALUE and OTHER",
       &Story::sees_conflict_between},
      {"expect WHO sees no conflict on RECORD", &Story::sees_no_conflict},
      {"expect WHO finds in the history of RECORD: FIELDS", &Story::finds_in_history},
      {"expect WHO finds nothing in the history of RECORD of: FIELDS",
       &Story::finds_not_in_history},
      {"expect everybody who may see RECORD sees the same", &Story::all_see_same},
      {"expect nothing is pending anywhere", &Story::nothing_pending},
      {"expect WHO has something pending", &Story::something_pending},
      {"expect WHO is warned: TEXT", &Story::is_warned},
      {"expect WHO knows of being an old copy", &Story::is_a_copy},
      {"expect WHO knows of being taken out", &Story::is_taken_out},
      {"expect WHO's phone is empty", &Story::is_wiped},
      {"expect WHO has something set aside", &Story::has_set_aside},
      {"expect WHO's last sync took at most N requests and BYTES bytes", &Story::last_sync_cost},
      {"expect nobody can read TEXT on any disk", &Story::unreadable},
  };
  return kSentences;
}

std::vector<std::string> Story::sentences() {
  std::vector<std::string> patterns;
  for (const Sentence& sentence : table()) patterns.emplace_back(sentence.pattern);
  return patterns;
}

Story::Story() : world_(calm_world(), false) {}

std::string Story::play(const std::string& name, std::string_view text) {
  const auto lines = story_lines(text);
  if (lines.empty()) return name + ": tells nothing";
  for (const StoryLine& line : lines) {
    line_ = line.number;
    std::string wrong;
    try {
      if (world_.devices_.empty()) world_.found();
      wrong = play_line(line);
    } catch (const StoryError& error) {
      wrong = error.what();
    }
    const auto& violations = world_.checker_.violations();
    if (wrong.empty() && !violations.empty()) wrong = violations.front();
    if (!wrong.empty())
      return name + ":" + std::to_string(line.number) + ": " + line.text + "\n    " + wrong;
  }
  const std::string wrong = check_end();
  return wrong.empty() ? "" : name + ": at the end: " + wrong;
}

std::string Story::play_line(const StoryLine& line) {
  for (const Sentence& sentence : table()) {
    const auto words = fit(sentence.pattern, line.text);
    if (!words) continue;
    const Status done = (this->*sentence.deed)(*words);
    power_failed_ = false;
    revive();
    const std::string how = power_failed_ ? std::string(kPowerFailed)
                            : done        ? ""
                                          : words_of(done.error().code);
    if (!line.failing.empty())
      return how == line.failing ? ""
             : done              ? "should fail, and did not"
                                 : "failed otherwise: " + how + ": " + done.error().message;
    return done ? "" : done.error().message;
  }
  return "not understood; stories/README.md has the sentences";
}

void Story::revive() {
  for (const auto& device : world_.devices_) {
    if (device->wiped || device->disk().has_power()) continue;
    power_failed_ = true;
    armed_.erase(&device->disk());
    world_.contacts_.erase(device->number);
    device->crash(world_.dice_);
    world_.must(device->name + " starts again", device->reopen());
  }
  if (world_.server_.disk().has_power()) return;
  armed_.erase(&world_.server_.disk());
  for (const auto& [number, contact] : world_.contacts_) contact->server_gone();
  world_.server_.crash(world_.dice_);
  if (!world_.server_.start()) throw StoryError("the server does not start again");
}

std::string Story::check_end() {
  if (!armed_.empty())
    return "line " + std::to_string(armed_.begin()->second) +
           " announces that power fails, and it never did";
  for (const auto& device : world_.devices_) {
    if (device->wiped) continue;
    const auto problems = device->client().verify();
    if (!problems) return device->name + " cannot be verified: " + problems.error().message;
    if (!problems->empty()) return device->name + " does not verify: " + problems->front();
    if (device->disk().holds(kCanary)) return device->name + ": plaintext on the disk";
  }
  if (!world_.server_.is_up()) return "the server is down";
  world_.check_server();
  const auto& violations = world_.checker_.violations();
  return violations.empty() ? "" : violations.front();
}

bool play_stories(std::span<const std::string> files) {
  bool good = true;
  for (const std::string& file : files) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    const std::string name = file.substr(file.rfind('/') + 1);
    std::string wrong = in ? Story().play(name, text.str()) : name + ": cannot be read";
    good = good && wrong.empty();
    std::printf("%s\n", wrong.empty() ? ("ok   " + name).c_str() : ("FAIL " + wrong).c_str());
    std::fflush(stdout);
  }
  return good;
}

}  // namespace setu::sim
