#pragma once
// Reads a file of golden vectors: lines `name: hex`, comments after #, empty lines ignored. A test
// that uses it defines SETU_VECTORS_DIR.

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <string>

#include "setu/base/bytes.hpp"

namespace setu {

class Vectors {
 public:
  explicit Vectors(const std::string& file_name) {
    std::ifstream file(SETU_VECTORS_DIR "/" + file_name);
    REQUIRE(file.is_open());
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line[0] == '#') continue;
      const auto colon = line.find(": ");
      REQUIRE(colon != std::string::npos);
      const bool is_new = bytes_.emplace(line.substr(0, colon), line.substr(colon + 2)).second;
      REQUIRE(is_new);
    }
  }
  // As hexadecimal, so that a failure shows both.
  [[nodiscard]] const std::string& hex(const std::string& name) const {
    CAPTURE(name);
    REQUIRE(bytes_.count(name) == 1);
    return bytes_.at(name);
  }
  [[nodiscard]] Bytes bytes(const std::string& name) const { return from_hex(hex(name)).value(); }

 private:
  std::map<std::string, std::string> bytes_;
};

}  // namespace setu
