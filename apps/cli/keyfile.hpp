#pragma once
// HOME/key on the disk: tried, changed and replaced whole. What its bytes mean is core/lock's.
//
// Every try replaces the file, before anybody hears how it went (lock/slots.hpp says why): the new
// one is written beside it as `key.new`, synced and renamed, so a crash leaves the old one or the
// new one; then the old one's bytes are overwritten with random ones. A fresh `key.new`, random,
// takes its place at once, so that a disk which fills up meanwhile keeps nobody out.
//
// A file of version 1 becomes one of version 2 as soon as its passphrase has opened it. Errors:
// kNotFound, kCorrupt, kNewerFormat, kDiskFull, kInternal (memory for stretching is short, or the
// home cannot be written to).

#include <optional>
#include <string>

#include "lock/slots.hpp"

namespace setu::cli {

// Nobody else tries or changes key files of one directory while this lives; waits for its turn.
class KeyTurn {
 public:
  static Result<KeyTurn> take(const std::string& key_path);
  KeyTurn(KeyTurn&& other) noexcept;
  KeyTurn& operator=(KeyTurn&&) = delete;
  ~KeyTurn();

 private:
  explicit KeyTurn(int directory) : directory_(directory) {}
  int directory_ = -1;
};

// An opened key file, as it stands on the disk. Change it in memory, then save().
struct KeyFile {
  std::string path;
  KeyTurn turn;
  lock::KeyFile content;
  lock::Unlocked unlocked;

  [[nodiscard]] Status save(crypto::Random& random) const;
};

struct KeyTry {
  lock::Answer answer = lock::Answer::kWrong;
  lock::Tries tries;  // as counted now
  std::int64_t wait_ms = 0;
  std::optional<KeyFile> opened;  // kOpened
};

// A fresh file around what is in `contents`; mode 0600. kInvalidArgument: there is one already.
[[nodiscard]] Result<KeyFile> create_key_file(const std::string& path, std::string_view passphrase,
                                              crypto::KdfCost cost, lock::Contents contents,
                                              crypto::Random& random);
[[nodiscard]] Result<KeyTry> try_key_file(const std::string& path, std::string_view passphrase,
                                          Instant now, crypto::Random& random);
// Overwrites it with random bytes, then removes it; from here on nothing of the home can be read.
// Goes as far as it can: what is not there is not missed.
void destroy_key_file(const std::string& path, crypto::Random& random);

// Makes names in it last through a power cut, as far as its file system can.
void sync_directory(const std::string& directory);

}  // namespace setu::cli
