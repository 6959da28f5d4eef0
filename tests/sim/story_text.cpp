#include "story_text.hpp"

#include <algorithm>
#include <charconv>

#include "story_error.hpp"

namespace setu::sim {
namespace {

std::string joined(std::vector<std::string> pieces, char between, bool ascending) {
  if (ascending) std::ranges::sort(pieces);
  std::string line;
  for (const std::string& piece : pieces) {
    if (!line.empty()) line += between;
    line += piece;
  }
  return line;
}

struct PlainText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(bool flag) const { return flag ? "yes" : "no"; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const std::vector<std::string>& elements) const {
    return joined(elements, ',', true);
  }
  std::string operator()(const std::vector<std::pair<std::string, std::int64_t>>& counts) const {
    std::vector<std::string> pieces;
    for (const auto& [key, count] : counts) pieces.push_back(key + ":" + std::to_string(count));
    return joined(std::move(pieces), ',', true);
  }
  std::string operator()(const std::vector<LogLine>& lines) const {
    std::vector<std::string> pieces;
    for (const LogLine& line : lines) pieces.push_back(line.text);
    return joined(std::move(pieces), '|', true);
  }
};

}  // namespace

std::string plain_text(const FieldValue& value) { return std::visit(PlainText{}, value); }

std::string plain_field(const RecordView& record, std::string_view field) {
  const auto found = std::ranges::find(record.fields, field, &NamedValue::field);
  return found == record.fields.end() ? "" : plain_text(found->value);
}

int number_in(const Words& words, const char* name) {
  const std::string& text = words.at(name);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view rest(end, text.data() + text.size());
  const bool is_place = rest == "st" || rest == "nd" || rest == "rd" || rest == "th";
  if (error != std::errc{} || (!rest.empty() && !is_place))
    throw StoryError("'" + text + "' is no number");
  return number;
}

std::int64_t span_ms(const Words& words) {
  constexpr std::int64_t kMinuteMs = 60'000;
  const std::pair<std::string_view, std::int64_t> kUnits[] = {{"minute", kMinuteMs},
                                                              {"hour", 60 * kMinuteMs},
                                                              {"day", 24 * 60 * kMinuteMs},
                                                              {"week", 7 * 24 * 60 * kMinuteMs}};
  std::string_view unit = words.at("UNIT");
  if (unit.ends_with('s')) unit.remove_suffix(1);
  for (const auto& [name, length_ms] : kUnits) {
    if (name == unit) return number_in(words, "N") * length_ms;
  }
  throw StoryError("'" + words.at("UNIT") + "' is neither minutes, hours, days nor weeks");
}

}  // namespace setu::sim
