// Records as JSON lines, from a script's output or another programme's export: what is taken reads,
// as assignments, as what the JSON said; what is not is not repeated.

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <sstream>

#include "canary.hpp"
#include "cli/json_lines.hpp"
#include "forms/input.hpp"

namespace {

using namespace setu;
using Json = nlohmann::ordered_json;

auto read(std::string_view text) {
  std::istringstream stream{std::string(text)};
  return cli::read_json_lines(stream);
}

std::size_t pieces_of(std::string_view text) {
  if (text.empty()) return 0;
  return 1 + static_cast<std::size_t>(std::ranges::count(text, ','));
}

void says_the_same(const Json& value, const std::string& text) {
  if (value.is_string()) SETU_ASSERT(text == value.get<std::string>());
  if (value.is_number_integer()) SETU_ASSERT(Json::parse(text) == value);
  const bool no_empty_piece =
      value.is_structured() && std::ranges::none_of(value, [](const Json& item) {
        return item.is_string() && item.get<std::string>().empty();
      });
  if (no_empty_piece) SETU_ASSERT(pieces_of(text) == value.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
  fuzz::does_not_repeat(read(fuzz::with_canary(text, size == 0 ? 0 : data[size - 1])));
  const auto records = read(text);
  if (!records) {
    SETU_ASSERT(records.error().code == Code::kInvalidArgument);
    return 0;
  }
  std::istringstream lines{std::string(text)};
  std::string line;
  auto record = records->begin();
  while (std::getline(lines, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    SETU_ASSERT(record != records->end());
    auto assignment = record->begin();
    const Json object = Json::parse(line, nullptr, false);
    for (const auto& [name, value] : object.items()) {
      if (value.is_null()) continue;
      const std::string head = name + "=";
      SETU_ASSERT(assignment != record->end() && assignment->starts_with(head));
      SETU_ASSERT(assignment->find('=') + 1 == head.size());
      says_the_same(value, assignment->substr(head.size()));
      (void)forms::parse_input(*assignment++);
    }
    SETU_ASSERT(assignment == record->end());
    ++record;
  }
  SETU_ASSERT(record == records->end());
  return 0;
}
