#pragma once
// The simulator's only source of chance: everything a world does follows from the seed given here,
// on every machine and with every standard library (whose distributions differ).
//
// xoshiro256** (Blackman, Vigna 2018), its state filled by splitmix64. Not for keys.

#include <array>
#include <bit>
#include <cstdint>
#include <iterator>
#include <ranges>

#include "setu/base/result.hpp"

namespace setu::sim {

class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = split_mix(seed);
  }

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // 0 <= result < n; n > 0. What is uneven about it is below n / 2^64.
  std::uint64_t below(std::uint64_t n) {
    SETU_ASSERT(n > 0);
    return next() % n;
  }
  // first <= result <= last.
  int range(int first, int last) {
    SETU_ASSERT(first <= last);
    const auto span = static_cast<std::uint64_t>(std::int64_t{last} - first + 1);
    return static_cast<int>(first + static_cast<std::int64_t>(below(span)));
  }
  // 0 <= result < 1.
  double unit() {
    constexpr int kMantissaBits = 53;
    return static_cast<double>(next() >> (64 - kMantissaBits)) /
           (std::uint64_t{1} << kMantissaBits);
  }
  bool chance(double probability) { return unit() < probability; }

  // One of a range that is not empty.
  template <std::ranges::sized_range Range>
  decltype(auto) pick(Range&& range) {
    const std::uint64_t index = below(std::ranges::size(range));
    return *std::ranges::next(std::ranges::begin(range),
                              static_cast<std::ranges::range_difference_t<Range>>(index));
  }

  // A generator that goes its own way from here: what it is asked does not change this one.
  [[nodiscard]] Random fork() { return Random(next()); }

 private:
  static std::uint64_t split_mix(std::uint64_t& state) {
    std::uint64_t mixed = state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace setu::sim
