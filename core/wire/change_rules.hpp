#pragma once
// What every change must be, whatever its kind: the checks that need no form. Internal to wire.

#include "setu/base/change.hpp"
#include "wire/body.hpp"

namespace setu::wire {

inline constexpr std::uint32_t kMaxMonth = 12'000;  // the year 2969

[[nodiscard]] std::int64_t month_start_ms(std::uint32_t month);

// Kind named; keys and values that fit each operation's type; texts within limits and UTF-8 (a
// reference's 16 raw bytes aside); seen stamps ascending and unique; no slot twice but for log
// entries.
[[nodiscard]] bool is_well_formed(const Change& change);

// encode_change(change).size(), without making the bytes.
[[nodiscard]] std::size_t encoded_size(const SeededChange& change);

}  // namespace setu::wire
