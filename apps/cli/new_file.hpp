#pragma once
// A file for a secret that people asked for: new, mode 0600, durable once written, and gone again
// if what it was for did not happen. Never takes the place of another file.

#include <string>

#include "setu/base/bytes.hpp"

namespace setu::cli {

class NewFile {
 public:
  // Makes it, empty. kInvalidArgument: there is one of that name. kInternal, kDiskFull: it cannot
  // be made.
  static Result<NewFile> reserve(const std::string& path);
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();  // removes it, unless it was kept

  // Whole and on the disk when it returns. kDiskFull, kInternal.
  [[nodiscard]] Status write(ByteView bytes);
  void keep() { is_kept_ = true; }

 private:
  NewFile(std::string path, int file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  int file_ = -1;
  std::size_t written_ = 0;
  bool is_kept_ = false;
};

}  // namespace setu::cli
