#pragma once
// What many worlds come to, in plain numbers that one process can hand to another.

#include <cstdint>
#include <string>
#include <type_traits>

#include "world.hpp"

namespace setu::sim {

struct Totals {
  std::uint64_t worlds = 0, devices = 0, device_days = 0;
  std::uint64_t writes = 0, records = 0, sights = 0, hand_overs = 0;
  FaultCounts faults;
  std::uint64_t slowest_seed = 0;
  double slowest_s = 0;

  void add(std::uint64_t seed, const Outline& outline, double took_s);
  void add(const Totals& other);
};
static_assert(std::is_trivially_copyable_v<Totals>);

// A page for people.
[[nodiscard]] std::string summary(const Totals& totals, double took_s);

}  // namespace setu::sim
