#include "data_dir.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace setu::server {
namespace {

constexpr std::string_view kKeyPrefix = "setu-server-key/1 ";
constexpr std::size_t kKeyFileBytes = kKeyPrefix.size() + 2 * crypto::kKeySize + 1;

// Of a path: closes it when it goes.
class File {
 public:
  File(const std::string& path, int flags, mode_t mode = 0)
      : file_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (file_ >= 0) ::close(file_);
  }
  [[nodiscard]] bool ok() const { return file_ >= 0; }
  [[nodiscard]] int get() const { return file_; }
  [[nodiscard]] int release() { return std::exchange(file_, -1); }

 private:
  int file_;
};

tl::unexpected<Error> io_error(const char* operation, int error) {
  const std::string what = std::string(operation) + ": " + std::generic_category().message(error) +
                           "; nothing was changed";
  if (error == ENOSPC || error == EDQUOT)
    return fail(Code::kDiskFull, what, "make room on the disk of the data directory");
  return fail(Code::kNotAllowed, what,
              "check that the data directory exists, belongs to this user and is writable");
}

Status make_durable(const std::string& directory) {
  const File dir(directory, O_RDONLY | O_DIRECTORY);
  if (!dir.ok() || ::fsync(dir.get()) != 0) return io_error("write data directory", errno);
  return {};
}

Status write_key(const std::string& directory, const crypto::Secret& seed) {
  // Written beside and linked into place: a crash leaves a whole key or none.
  const std::string path = directory + "/server.key";
  const std::string draft = path + ".new";
  (void)::unlink(draft.c_str());
  {
    const File file(draft, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (!file.ok()) return io_error("make server.key", errno);
    std::string text = std::string(kKeyPrefix) + to_hex(seed.reveal()) + "\n";
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    crypto::wipe(text);
    if (written != static_cast<ssize_t>(kKeyFileBytes) || ::fsync(file.get()) != 0)
      return io_error("write server.key", errno);
  }
  // link() does not replace a key that another process made meanwhile.
  const bool linked = ::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const int error = errno;
  (void)::unlink(draft.c_str());
  if (!linked) return io_error("make server.key", error);
  return make_durable(directory);
}

Result<crypto::SignKeyPair> read_key(const File& file) {
  std::string text(kKeyFileBytes + 1, '\0');
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return io_error("read server.key", errno);
  text.resize(static_cast<std::size_t>(size));
  auto seed_bytes = from_hex(std::string_view(text).substr(std::min(text.size(), kKeyPrefix.size()),
                                                           2 * crypto::kKeySize));
  const bool whole =
      text.size() == kKeyFileBytes && text.starts_with(kKeyPrefix) && text.ends_with('\n');
  crypto::wipe(text);
  if (!whole || !seed_bytes) {
    return fail(Code::kCorrupt,
                "read server.key: not a key file of this version; the server does not start",
                "put the backup of server.key back");
  }
  const crypto::Secret seed = crypto::Secret::copy_of(*seed_bytes);
  crypto::wipe(*seed_bytes);
  crypto::SignKeyPair identity = crypto::sign_key_from_seed(seed);
  identity.seed = identity.seed.locked();
  return identity;
}

}  // namespace

Status prepare_data_dir(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return io_error("make data directory", errno);
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
    return io_error("open data directory", ENOTDIR);
  if ((info.st_mode & 0077) != 0 && ::chmod(directory.c_str(), 0700) != 0)
    return io_error("protect data directory", errno);
  if (::access(directory.c_str(), W_OK | X_OK) != 0) return io_error("write data directory", errno);
  return {};
}

Result<crypto::SignKeyPair> load_identity(const std::string& directory, crypto::Random& random) {
  const std::string path = directory + "/server.key";
  {
    const File file(path, O_RDONLY);
    if (file.ok()) return read_key(file);
    if (errno != ENOENT) return io_error("open server.key", errno);
  }
  if (::access((directory + "/log.db").c_str(), F_OK) == 0) {
    return fail(Code::kCorrupt,
                "open server.key: missing beside a log; its programmes trust no other key",
                "put the backup of server.key back into the data directory");
  }
  SETU_TRY(write_key(directory, crypto::random_key(random)));
  const File file(path, O_RDONLY);
  if (!file.ok()) return io_error("open server.key", errno);
  return read_key(file);
}

Result<ServeLock> ServeLock::take(const std::string& directory) {
  File file(directory + "/serve.lock", O_RDWR | O_CREAT, 0600);
  if (!file.ok()) return io_error("open serve.lock", errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::kBusy, "serve: another setu-server serves from this data directory",
                "stop it first");
  }
  return ServeLock(file.release());
}

ServeLock::ServeLock(ServeLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

ServeLock::~ServeLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace setu::server
