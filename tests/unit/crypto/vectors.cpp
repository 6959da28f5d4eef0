#include "vectors.hpp"

#include <algorithm>
#include <fstream>

namespace setu::crypto {
namespace {

std::pair<std::string, std::string> split(const std::string& line) {
  const auto space = line.find(' ');
  if (space == std::string::npos) return {line, {}};
  return {line.substr(0, space), line.substr(space + 1)};
}

std::vector<VectorCase> read_all() {
  std::ifstream file(SETU_VECTORS_DIR "/crypto.txt");
  SETU_ASSERT(file.good());
  std::vector<VectorCase> cases;
  bool between = true;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) between = true;
    if (line.empty() || line[0] == '#') continue;
    auto [word, value] = split(line);
    if (between) {
      cases.push_back({word, value, {}});
      between = false;
    } else {
      cases.back().values.emplace_back(std::move(word), std::move(value));
    }
  }
  return cases;
}

Bytes read_hex(const std::string& text) {
  auto bytes = from_hex(text);
  SETU_ASSERT(bytes.has_value());
  return std::move(*bytes);
}

}  // namespace

std::string VectorCase::text(const std::string& word) const {
  const auto found = std::find_if(values.begin(), values.end(),
                                  [&](const auto& value) { return value.first == word; });
  SETU_ASSERT(found != values.end());
  return found->second;
}

Bytes VectorCase::bytes(const std::string& word) const { return read_hex(text(word)); }

std::vector<Bytes> VectorCase::all(const std::string& word) const {
  std::vector<Bytes> found;
  for (const auto& [name_of_value, value] : values) {
    if (name_of_value == word) found.push_back(read_hex(value));
  }
  return found;
}

std::vector<VectorCase> vector_cases(const std::string& construction) {
  std::vector<VectorCase> found;
  for (VectorCase& one : read_all()) {
    if (one.construction == construction) found.push_back(std::move(one));
  }
  SETU_ASSERT(!found.empty());
  return found;
}

}  // namespace setu::crypto
