#pragma once
// A place in a programme's log, and what tells one log from another at a place.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace setu::wire {

// Positions count from 1 within a generation; position 0 is before everything. A restored server
// starts a new generation. Ordered by generation, then position.
struct LogPoint {
  std::uint32_t generation = 0;
  std::uint64_t position = 0;
  friend auto operator<=>(const LogPoint&, const LogPoint&) = default;
};

// Cut from a hash chain over all items of the log up to a place (frames.hpp: log_tag). Zeros:
// before the first, or not known.
using LogTag = std::array<std::byte, 8>;

struct TagAt {
  std::uint64_t position = 0;
  LogTag tag{};
  friend bool operator==(const TagAt&, const TagAt&) = default;
};

// Where a generation took over from the one before: what lies up to `kept` is the same in both.
struct GenerationStart {
  std::uint32_t generation = 0;
  std::uint64_t kept = 0;
  friend bool operator==(const GenerationStart&, const GenerationStart&) = default;
};

}  // namespace setu::wire
