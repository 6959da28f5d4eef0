#include "story_grammar.hpp"

#include <algorithm>
#include <array>

namespace setu::sim {
namespace {

constexpr std::array<std::string_view, 5> kFreeWords = {"FIELDS", "PEOPLE", "VALUE", "OTHER",
                                                        "TEXT"};
constexpr std::string_view kFailing = ", and fails: ";

bool is_capital(char letter) { return letter >= 'A' && letter <= 'Z'; }

bool is_of_word(char letter) {
  return is_capital(letter) || (letter >= 'a' && letter <= 'z') ||
         (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

bool fit_on(std::string_view pattern, std::string_view text, Words& words) {
  while (!pattern.empty() && !is_capital(pattern.front())) {
    if (text.empty() || text.front() != pattern.front()) return false;
    pattern.remove_prefix(1);
    text.remove_prefix(1);
  }
  if (pattern.empty()) return text.empty();
  const auto end = std::ranges::find_if_not(pattern, is_capital);
  const std::string name(pattern.begin(), end);
  const std::string_view rest(end, pattern.end());
  const bool is_free = std::ranges::find(kFreeWords, name) != kFreeWords.end();
  for (std::size_t size = 1; size <= text.size(); ++size) {
    if (!is_free && !is_of_word(text[size - 1])) return false;
    if (!fit_on(rest, text.substr(size), words)) continue;
    words[name] = trimmed(text.substr(0, size));
    return true;
  }
  return false;
}

// Whether " name=", " name+=" or " name-=" begins here.
bool begins_field(std::string_view text) {
  if (!text.starts_with(' ')) return false;
  text = trimmed(text);
  const auto end = std::ranges::find_if_not(text, [](char c) { return is_of_word(c) && c != '-'; });
  std::string_view rest(end, text.end());
  if (rest.size() == text.size()) return false;
  if (rest.starts_with('+') || rest.starts_with('-')) rest.remove_prefix(1);
  return rest.starts_with('=');
}

template <class IsCut>
std::vector<std::string> split(std::string_view text, const IsCut& is_cut) {
  std::vector<std::string> pieces;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && (text[i] != ',' || !is_cut(text.substr(i + 1)))) continue;
    pieces.emplace_back(trimmed(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  return pieces;
}

}  // namespace

std::vector<StoryLine> story_lines(std::string_view text) {
  std::vector<StoryLine> lines;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    StoryLine next{number, "", ""};
    if (const std::size_t at = line.rfind(kFailing); at != std::string_view::npos) {
      next.failing = line.substr(at + kFailing.size());
      line = line.substr(0, at);
    }
    next.text = line;
    lines.push_back(std::move(next));
  }
  return lines;
}

std::optional<Words> fit(std::string_view pattern, std::string_view text) {
  Words words;
  if (!fit_on(pattern, text, words)) return std::nullopt;
  return words;
}

std::vector<std::string> split_fields(std::string_view text) { return split(text, begins_field); }

std::vector<std::string> split_list(std::string_view text) {
  return split(text, [](std::string_view) { return true; });
}

}  // namespace setu::sim
