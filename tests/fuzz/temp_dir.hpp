#pragma once
// A directory of its own for a target that reads files, gone when the process ends well.

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "setu/base/result.hpp"

namespace setu::fuzz {

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "setu-fuzz-XXXXXX").string();
    SETU_ASSERT(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace setu::fuzz
