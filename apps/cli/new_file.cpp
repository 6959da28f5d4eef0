#include "cli/new_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "cli/keyfile.hpp"

namespace setu::cli {
namespace {

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

tl::unexpected<Error> cannot_write(int error) {
  if (error == EEXIST)
    return fail(Code::kInvalidArgument,
                "write file: there is one of that name already; nothing was changed",
                "choose another name, or move that file away");
  if (error == ENOSPC || error == EDQUOT)
    return fail(Code::kDiskFull, "write file: the disk is full; nothing was changed",
                "free some space and try again");
  return fail(Code::kInternal,
              "write file: " + std::string(std::strerror(error)) + "; nothing was changed",
              "check the path, and that you may write there");
}

}  // namespace

Result<NewFile> NewFile::reserve(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return cannot_write(errno);
  return NewFile(path, file);
}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      written_(other.written_),
      is_kept_(other.is_kept_) {}

NewFile::~NewFile() {
  if (file_ < 0) return;
  if (!is_kept_) {
    const Bytes nothing(written_);  // as far as the disk forgets
    (void)(::pwrite(file_, nothing.data(), nothing.size(), 0) < 0 || ::fsync(file_) == 0);
    ::unlink(path_.c_str());
  }
  ::close(file_);
}

Status NewFile::write(ByteView bytes) {
  while (written_ < bytes.size()) {
    const ssize_t count = ::write(file_, bytes.data() + written_, bytes.size() - written_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot_write(errno);
    written_ += static_cast<std::size_t>(count);
  }
  if (::fsync(file_) != 0) return cannot_write(errno);
  sync_directory(directory_of(path_));
  return {};
}

}  // namespace setu::cli
