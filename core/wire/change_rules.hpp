#pragma once
// What every change must be, whatever its kind: the checks that need no form. Internal to wire.

#include "setu/base/change.hpp"
#include "setu/base/codec.hpp"
#include "wire/body.hpp"

namespace setu::wire {

inline constexpr std::uint32_t kMaxMonth = 12'000;  // the year 2969

[[nodiscard]] std::int64_t month_start_ms(std::uint32_t month);

// Kind named; keys and values that fit each operation's type; texts within limits and UTF-8 (a
// reference's 16 raw bytes aside); seen stamps ascending and unique; no slot twice but for log
// entries.
[[nodiscard]] bool is_well_formed(const Change& change);
// Of one operation.
[[nodiscard]] bool is_good_op(const Op& op);

// The longest that a change may be: with a part that moves in, that part's bytes more.
[[nodiscard]] std::size_t most_bytes(const Change& change);

// A value with its type, in front of nothing else: as in a change on its own.
void write_value(Writer& writer, const Value& value);
[[nodiscard]] Value read_value(Reader& reader);  // fails the reader beyond limits

// encode_change(change).size(), without making the bytes.
[[nodiscard]] std::size_t encoded_size(const SeededChange& change);

}  // namespace setu::wire
