#pragma once
// Brings a replica and its server together, and goes on until what this device queued has been
// answered.

#include "cli/home.hpp"

namespace setu::cli {

struct SyncResult {
  std::uint64_t pushed = 0, pulled = 0, requests = 0, bytes_up = 0, bytes_down = 0;
  std::vector<std::string> refusals;  // in words
};

// kNoLink: nothing was lost. kBusy: another sync of this home runs. kRefused: the server refused
// what was queued.
[[nodiscard]] Result<SyncResult> sync_until_settled(Client& client, const std::string& home);

}  // namespace setu::cli
