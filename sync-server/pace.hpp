#pragma once
// By when a slow peer must have moved how many bytes: a grace, then a least rate, and an end
// whatever happens. Absolute, so that a peer which sends one byte a second gains nothing by it.

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace setu::server {

struct Pace {
  std::chrono::milliseconds grace{30'000};
  std::uint64_t bytes_per_second = 500;  // GPRS at its worst carries twice that
  std::chrono::milliseconds longest{600'000};

  // How long after the start the next byte may come, once `moved` bytes have.
  [[nodiscard]] std::chrono::milliseconds allowed(std::uint64_t moved) const {
    const auto earned =
        std::chrono::milliseconds(moved * 1000 / std::max<std::uint64_t>(bytes_per_second, 1));
    return std::min(longest, grace + earned);
  }
};

}  // namespace setu::server
