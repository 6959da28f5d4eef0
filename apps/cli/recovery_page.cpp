#include "cli/recovery_page.hpp"

#include <array>
#include <chrono>

#include "crypto/secret.hpp"

namespace setu::cli {
namespace {

constexpr std::size_t kGroup = 4;
constexpr std::array kMonths = {"January",   "February", "March",    "April",
                                "May",       "June",     "July",     "August",
                                "September", "October",  "November", "December"};

RecoveryPage::Section what_it_is(const RecoveryPrint& print) {
  const std::string role = print.umbrella ? "coordinator" : "lead";
  return {"What this is",
          {"Whoever holds this sheet can let a new " + role +
               " into the organisation, and take a lost device out, when no " + role +
               " is left who can.",
           "It opens no records: those come back from the people who hold them.",
           "Everybody sees when it is used: as “the printed recovery key of " + print.org +
               "”. A newer sheet makes this one worthless."}};
}

RecoveryPage::Section how_to_keep_it(const RecoveryPrint& print) {
  const std::string role = print.umbrella ? "coordinator" : "lead";
  return {"How to keep it",
          {"In a sealed envelope, signed across the flap, locked away. With somebody whom the "
           "organisation trusts, and not with its " +
               role + ", so that one raid does not find both.",
           "Away from phones and computers: no photograph, no scan, no copy, no message. Delete "
           "the file that it was printed from, and empty the printer’s memory if it has one.",
           "Look at the envelope twice a year. If it is opened, lost, or was seen by somebody, "
           "print a new sheet at once."}};
}

std::vector<RecoveryPage::Step> steps_of(const RecoveryPrint& print) {
  if (print.umbrella) {
    return {
        {"setu recover invite", "a link with which the new coordinator joins (72 hours)"},
        {"setu recover approve DEVICE", "lets her device in; type the six digits on her screen"},
        {"setu recover revoke DEVICE", "takes a lost device out"},
        {"setu approve DEVICE",
         "by a lead of each organisation who hears those digits from "
         "her, face to face: hands her what is everybody’s"},
        {"setu recover print --pdf FILE", "by the new coordinator: this sheet is used up"}};
  }
  return {{"setu recover invite", "a link with which the new lead joins (72 hours)"},
          {"setu recover approve DEVICE", "lets her device in; type the six digits on her screen"},
          {"setu recover revoke DEVICE", "takes a lost device out"},
          {"setu approve DEVICE",
           "by each worker who hears those digits from her, face to face: "
           "hands her that caseload"},
          {"setu recover print --pdf FILE", "by the new lead: this sheet is used up"}};
}

}  // namespace

std::string month_of(Instant now) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds{now.ms}};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
  return std::string(kMonths.at(static_cast<unsigned>(day.month()) - 1)) + " " +
         std::to_string(static_cast<int>(day.year()));
}

std::string grouped(const std::string& id) {
  std::string text;
  for (std::size_t at = 0; at < id.size(); at += kGroup)
    text += (at == 0 ? "" : " ") + id.substr(at, kGroup);
  return text;
}

RecoveryPage recovery_page(const RecoveryPrint& print, Instant now) {
  RecoveryPage page;
  page.title = "Recovery sheet";
  page.organisation = print.org;
  page.programme = "of the programme " + print.programme;
  page.printed = "Printed in " + month_of(now) + " · seen in use as " + grouped(print.id);
  page.sections = {what_it_is(print), how_to_keep_it(print)};
  page.use_heading = "How to use it, on any member’s device, a worker’s too";
  page.steps = steps_of(print);
  page.link = print.link;
  page.code = print.code;
  page.code_note =
      "The key is lines 1 and 2. Each command asks for them, or takes a file with "
      "--key-file. Capitals and spaces do not matter; 0 is zero and 1 is one, the letters O, I, L "
      "and U do not occur. Lines 3 and 4 name the programme: only where no member’s device is at "
      "hand, "
      "with --without-home.";
  page.server = "Server: " + print.server_url;
  return page;
}

void wipe_page(RecoveryPage& page) {
  crypto::wipe(page.link);
  for (std::string& line : page.code) crypto::wipe(line);
}

}  // namespace setu::cli
