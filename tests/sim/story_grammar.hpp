#pragma once
// How a story is written down: lines, and sentences that fit patterns.
//
// A pattern is a sentence with some words in capitals, which stand for what the story names:
// "WHO edits RECORD: FIELDS". Most stand for one word of letters, digits, '_' and '-'. Those of
// kFreeWords stand for any text, as short as the rest of the pattern allows.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace setu::sim {

using Words = std::map<std::string, std::string>;  // by their name in the pattern

struct StoryLine {
  int number = 0;  // from 1
  std::string text;
  std::string failing;  // ", and fails: no link" is cut off and stands here
};

// Without empty lines and comments (#).
[[nodiscard]] std::vector<StoryLine> story_lines(std::string_view text);

// What the words in capitals stand for, if the whole text fits.
[[nodiscard]] std::optional<Words> fit(std::string_view pattern, std::string_view text);

// "alias=Amal, services=condoms,prep, condoms+=3": at each comma with a space, a name and '=', '+='
// or '-=' behind it.
[[nodiscard]] std::vector<std::string> split_fields(std::string_view text);

// "lead Asha, worker Bela in north": at commas.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

}  // namespace setu::sim
