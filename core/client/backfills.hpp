#pragma once
// The stretches of circles that a device still has to fetch: what was logged before it followed
// them, or what a server left out. Kept in one note. Errors: the store's; kCorrupt for a damaged
// note.

#include "client/context.hpp"

namespace setu::client {

struct Backfilling {
  CircleId circle;
  std::uint64_t after = 0;
  std::uint64_t until = 0;
};
[[nodiscard]] Result<std::vector<Backfilling>> load_backfills(Context& context);
Status save_backfills(Context& context, const std::vector<Backfilling>& backfills);

}  // namespace setu::client
