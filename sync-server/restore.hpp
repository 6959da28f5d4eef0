#pragma once
// Puts a backup in place of a data directory's log.
//
// The backup is copied beside the log, proven like `setu-server check` does, and begins a new
// generation in every programme; then it takes the log's name in one step. The log that was there
// stays beside it as log.db.replaced-N. A crash leaves the one or the other in place.
//
// Errors: kNotFound (no such file), kCorrupt (it does not prove itself), kRefused (the log in place
// holds what the backup lacks, or cannot be read, and `force` is not given), kDiskFull,
// kNotAllowed, kBusy. After an error the log in place is as it was.

#include <cstdint>
#include <string>

#include "setu/base/result.hpp"

namespace setu::server {

struct Restored {
  std::uint64_t programmes = 0;
  std::string replaced;  // where the log that was there is now; empty: there was none
  bool has_key = false;  // server.key is there: without it the server does not start
};

// The caller holds the directory's ServeLock.
[[nodiscard]] Result<Restored> restore_log(const std::string& directory, const std::string& file,
                                           bool force);

}  // namespace setu::server
