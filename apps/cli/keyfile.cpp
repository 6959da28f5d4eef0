#include "cli/keyfile.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>

#include "lock/key_file_v1.hpp"

namespace setu::cli {
namespace {

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }
std::string spare_of(const std::string& path) { return path + ".new"; }

tl::unexpected<Error> cannot_write(int error) {
  if (error == ENOSPC || error == EDQUOT)
    return fail(Code::kDiskFull, "write key file: the disk is full; nothing was changed",
                "free some space and try again");
  return fail(Code::kInternal, "write key file: " + std::string(std::strerror(error)),
              "check that the home directory can be written to");
}

// An open file that closes itself; -1 where it could not be opened.
class File {
 public:
  File(const std::string& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (is_open()) ::close(number_);
  }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  // Over what is there: a file of this size takes no new room.
  [[nodiscard]] bool overwrite(ByteView bytes) const {
    return ::pwrite(number_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()) &&
           ::ftruncate(number_, static_cast<off_t>(bytes.size())) == 0;
  }
  [[nodiscard]] bool sync() const { return ::fsync(number_) == 0; }

 private:
  int number_;
};

Bytes random_file(crypto::Random& random) {
  Bytes bytes(lock::kKeyFileSize);
  random.fill(bytes);
  return bytes;
}

Status replace_file(const std::string& path, ByteView bytes, crypto::Random& random) {
  const std::string spare = spare_of(path);
  {
    const File old(path, O_WRONLY);
    {
      const File file(spare, O_WRONLY | O_CREAT);
      if (!file.is_open() || !file.overwrite(bytes) || !file.sync()) return cannot_write(errno);
    }
    if (::rename(spare.c_str(), path.c_str()) != 0) return cannot_write(errno);
    sync_directory(directory_of(path));
    // The change stands; what follows only leaves less behind, and is tried again by the next one.
    if (!old.is_open()) return {};
    if (old.overwrite(random_file(random))) (void)old.sync();
  }  // the room that it took is free now, and taken again at once
  const File next(spare, O_WRONLY | O_CREAT);
  if (next.is_open()) (void)next.overwrite(random_file(random));
  return {};
}

Result<Bytes> read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return fail(Code::kNotFound, "open home: there is no Setu home here",
                "use --home DIR or SETU_HOME; `setu join LINK` makes one");
  }
  const std::string content((std::istreambuf_iterator<char>(stream)), {});
  return to_bytes(as_bytes(content));
}

// An older home: its one replica is the first file, and it counted no tries.
Result<KeyTry> try_version_1(KeyTurn turn, const std::string& path, ByteView bytes,
                             std::string_view passphrase, crypto::Random& random) {
  SETU_TAKE(const lock::KeyFileV1 old, lock::decode_v1(bytes));
  auto key = lock::open_v1(old, passphrase);
  if (!key && key.error().code == Code::kWrongPassphrase) return KeyTry{};
  if (!key) return fail(std::move(key).error());
  lock::Contents contents;
  contents.replica_key = std::move(*key);
  contents.fast_aes = old.fast_aes;
  SETU_TAKE(lock::Made made,
            lock::make_key_file(passphrase, old.cost, std::move(contents), random));
  SETU_TRY(replace_file(path, lock::encode(made.file), random));
  KeyTry opened{lock::Answer::kOpened, {}, 0, {}};
  opened.opened.emplace(
      KeyFile{path, std::move(turn), std::move(made.file), std::move(made.unlocked)});
  return opened;
}

}  // namespace

void sync_directory(const std::string& directory) {
  const File file(directory, O_RDONLY | O_DIRECTORY);
  if (file.is_open()) (void)file.sync();
}

Result<KeyTurn> KeyTurn::take(const std::string& key_path) {
  const int directory = ::open(directory_of(key_path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) {
    return fail(Code::kNotFound, "open home: there is no Setu home here",
                "use --home DIR or SETU_HOME; `setu join LINK` makes one");
  }
  KeyTurn turn(directory);
  while (::flock(directory, LOCK_EX) != 0) {
    if (errno != EINTR) return cannot_write(errno);
  }
  return turn;
}

KeyTurn::KeyTurn(KeyTurn&& other) noexcept : directory_(std::exchange(other.directory_, -1)) {}
KeyTurn::~KeyTurn() {
  if (directory_ >= 0) ::close(directory_);
}

Status KeyFile::save(crypto::Random& random) const {
  return replace_file(path, lock::encode(content), random);
}

Result<KeyFile> create_key_file(const std::string& path, std::string_view passphrase,
                                crypto::KdfCost cost, lock::Contents contents,
                                crypto::Random& random) {
  SETU_TAKE(KeyTurn turn, KeyTurn::take(path));
  if (::access(path.c_str(), F_OK) == 0) {
    return fail(Code::kInvalidArgument, "make key file: this home has one already",
                "choose another --home");
  }
  SETU_TAKE(lock::Made made, lock::make_key_file(passphrase, cost, std::move(contents), random));
  KeyFile file{path, std::move(turn), std::move(made.file), std::move(made.unlocked)};
  SETU_TRY(file.save(random));
  return file;
}

Result<KeyTry> try_key_file(const std::string& path, std::string_view passphrase, Instant now,
                            crypto::Random& random) {
  SETU_TAKE(KeyTurn turn, KeyTurn::take(path));
  SETU_TAKE(const Bytes bytes, read_file(path));
  if (lock::is_version_1(bytes))
    return try_version_1(std::move(turn), path, bytes, passphrase, random);
  SETU_TAKE(lock::KeyFile file, lock::decode(bytes));
  SETU_TAKE(lock::Attempt attempt, lock::attempt(file, passphrase, now, random));
  SETU_TRY(replace_file(path, lock::encode(file), random));
  KeyTry tried{attempt.answer, file.tries, attempt.wait_ms, {}};
  if (attempt.unlocked) {
    tried.opened.emplace(
        KeyFile{path, std::move(turn), std::move(file), std::move(*attempt.unlocked)});
  }
  return tried;
}

void destroy_key_file(const std::string& path, crypto::Random& random) {
  for (const std::string& each : {path, spare_of(path)}) {
    {
      const File file(each, O_WRONLY);
      if (file.is_open() && file.overwrite(random_file(random))) (void)file.sync();
    }
    ::unlink(each.c_str());
  }
  sync_directory(directory_of(path));
}

}  // namespace setu::cli
