#pragma once
// What it costs to take a device out: it should grow with who is left in its circles, and not with
// what they recorded.

#include "world.hpp"

namespace setu::bench {

struct RemovalCost {
  std::size_t members = 0;  // of the organisation, the lead and who is taken out included
  std::size_t records = 0;  // in its circle
  Traffic lead;             // revoke, and syncs until new keys are in force
  Traffic member;           // the next sync of somebody who stays
};

// A programme of its own. Enrolling takes longer than what is measured: minutes for a thousand.
[[nodiscard]] RemovalCost measure_removal(const std::filesystem::path& directory,
                                          const ServerProcess& server, std::size_t members,
                                          std::size_t records);
void print_removals(const std::vector<RemovalCost>& costs);

}  // namespace setu::bench
