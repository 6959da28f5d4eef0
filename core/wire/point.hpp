#pragma once
// A place in a programme's log.

#include <compare>
#include <cstdint>

namespace setu::wire {

// Positions count from 1 within a generation; position 0 is before everything. A restored server
// starts a new generation. Ordered by generation, then position.
struct LogPoint {
  std::uint32_t generation = 0;
  std::uint64_t position = 0;
  friend auto operator<=>(const LogPoint&, const LogPoint&) = default;
};

}  // namespace setu::wire
