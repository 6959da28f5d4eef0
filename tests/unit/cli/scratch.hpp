#pragma once
// A home directory that goes away, and the files in it.

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "setu/base/bytes.hpp"

namespace setu::cli {

class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "setu-cli-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] std::string file(const std::string& name) const { return directory_ + "/" + name; }
  [[nodiscard]] bool holds(const std::string& name) const {
    return std::filesystem::exists(file(name));
  }
  [[nodiscard]] Bytes read(const std::string& name) const {
    std::ifstream stream(file(name), std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(stream)), {});
    return to_bytes(as_bytes(content));
  }
  void write(const std::string& name, ByteView bytes) const {
    std::ofstream stream(file(name), std::ios::binary | std::ios::trunc);
    stream << as_text(bytes);
    REQUIRE(stream.good());
  }

 private:
  std::string directory_;
};

}  // namespace setu::cli
