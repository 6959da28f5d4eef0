#pragma once
// Proves a log: every entry accepted again by the rules with its signature, every batch signed by
// its author, every chain and head as stored, no position missing. What `setu-server check` runs.
//
// Problems are counted per kind, in words without ids. Errors: what the store returns.
// Memory: rosters, chain heads and one page. Cost: a signature check per entry and batch (about
// 20,000 a second).

#include <map>
#include <string>

#include "log_store.hpp"

namespace setu::server {

struct LogReport {
  std::uint64_t programmes = 0;
  std::uint64_t entries = 0;
  std::uint64_t batches = 0;
  std::map<std::string, std::uint64_t> problems;
};

[[nodiscard]] Result<LogReport> check_log(LogStore& store);

}  // namespace setu::server
