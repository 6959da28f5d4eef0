#pragma once
// Records as JSON lines, one object a line: {"alias": "...", "topics": ["a", "b"], "condoms": 24}.
// Keeps names out of the shell's history.
//
// Each object becomes the assignments that a person would type; an empty value, null, is left out.
// What an assignment would read as something else (a comma in an element, an equals sign in a name)
// is refused. Errors: kInvalidArgument, with the number of the line and nothing of what it holds.

#include <istream>
#include <string>
#include <vector>

#include "setu/base/result.hpp"

namespace setu::cli {

// In the order of the lines; blank lines are passed over.
[[nodiscard]] Result<std::vector<std::vector<std::string>>> read_json_lines(std::istream& stream);

}  // namespace setu::cli
