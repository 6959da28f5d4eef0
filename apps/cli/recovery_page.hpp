#pragma once
// What a recovery sheet says, apart from how it looks: words for people who hold paper and are in a
// hurry. As secret as the key: wipe_page() when it is drawn. Pure.

#include <string>
#include <vector>

#include "setu/base/instant.hpp"
#include "setu/records.hpp"

namespace setu::cli {

struct RecoveryPage {
  std::string title;         // "Recovery sheet"
  std::string organisation;  // in any script
  std::string programme;     // "of the programme ..."
  std::string printed;       // month, and the id under which everybody sees its use
  struct Section {
    std::string heading;
    std::vector<std::string> points;
  };
  std::vector<Section> sections;
  struct Step {
    std::string command;  // empty: something to do by hand
    std::string meaning;
  };
  std::string use_heading;
  std::vector<Step> steps;
  std::string link;               // for the QR picture
  std::vector<std::string> code;  // for fingers
  std::string code_note;
  std::string server;
};

[[nodiscard]] RecoveryPage recovery_page(const RecoveryPrint& print, Instant now);
void wipe_page(RecoveryPage& page);

// "November 2026": no more of when it was printed is anybody's business.
[[nodiscard]] std::string month_of(Instant now);
// Sixteen hexadecimal digits in groups of four, for reading aloud.
[[nodiscard]] std::string grouped(const std::string& id);

}  // namespace setu::cli
