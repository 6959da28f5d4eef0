#pragma once
// How the values of one field that did not know of each other are shown. Rules never decide what is
// kept: the state of a part is the same for every rule (merge/part.hpp), only its view differs
// (merge/view.hpp).

#include <string>
#include <utility>
#include <vector>

#include "setu/base/value.hpp"

namespace setu::merge {

// Numbers are part of signed forms: never renumber.
enum class Rule : std::uint8_t {
  kRegister = 1,
  kLadder = 2,         // a register whose unseen siblings are ranked by rung first
  kCautious = 3,       // a register that shows its most cautious sibling
  kSetAddWins = 4,     // an unseen add survives a remove
  kSetRemoveWins = 5,  // a remove survives an unseen add (consent)
  kCounter = 6,
  kKeyedCounter = 7,
  kLog = 8,
};

struct FieldRule {
  Rule rule = Rule::kRegister;
  // kLadder: code -> rung, kCautious: code -> caution. Codes not listed rank below all listed ones.
  std::vector<std::pair<std::string, int>> ranks;
};

}  // namespace setu::merge
