#include "cli/json_lines.hpp"

#include <nlohmann/json.hpp>
#include <optional>

namespace setu::cli {
namespace {

using Json = nlohmann::ordered_json;

void add_piece(std::string& list, const std::string& piece) {
  if (!list.empty()) list += ',';
  list += piece;
}

bool holds_any(const std::string& text, const char* of) {
  return text.find_first_of(of) != std::string::npos;
}

// What a person would type after the equals sign; nothing for a value that cannot be typed.
std::optional<std::string> typed_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_structured()) return value.dump();
  std::string list;
  for (const auto& [key, item] : value.items()) {
    if (value.is_array()) {
      if (!item.is_string() || holds_any(item.get_ref<const std::string&>(), ",")) return {};
      add_piece(list, item.get<std::string>());
    } else {
      if (!item.is_number() || holds_any(key, ",=")) return {};
      add_piece(list, key + "=" + item.dump());
    }
  }
  return list;
}

}  // namespace

Result<std::vector<std::vector<std::string>>> read_json_lines(std::istream& stream) {
  std::vector<std::vector<std::string>> records;
  std::string line;
  for (std::size_t number = 1; std::getline(stream, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto refuse = [&](const std::string& why) {
      return fail(Code::kInvalidArgument,
                  "add: line " + std::to_string(number) + ": " + why + "; nothing was saved",
                  "each line is one JSON object of field: value");
    };
    const Json object = Json::parse(line, nullptr, false);
    if (!object.is_object()) return refuse("not a JSON object");
    std::vector<std::string>& assignments = records.emplace_back();
    for (const auto& [name, value] : object.items()) {
      if (value.is_null()) continue;
      if (name.empty() || holds_any(name, "=")) return refuse("a name that no field can have");
      const auto text = typed_text(value);
      if (!text)
        return refuse("a value that is no text, number, list of texts, or object of numbers");
      assignments.push_back(name + "=" + *text);
    }
  }
  return records;
}

}  // namespace setu::cli
