#pragma once
// The records that all systems were measured with: 10,000 of 12 fields, about 207 bytes of JSON
// each, the same every time. Same shapes and spreads as the peers' benchmark; the words of a record
// differ, because another hash picks them.

#include <array>

#include "forms/form.hpp"
#include "setu/base/value.hpp"
#include "setu/client.hpp"

namespace setu::bench {

inline constexpr std::size_t kRecords = 10'000;
inline constexpr std::size_t kFieldCount = 12;
inline constexpr std::array<const char*, kFieldCount> kFieldNames = {
    "title", "body", "status", "kind",  "prio",  "qty",
    "amt",   "done", "due",    "mtime", "owner", "tag"};

using BenchRecord = std::array<Value, kFieldCount>;  // int64 or text, in the order of kFieldNames

[[nodiscard]] BenchRecord bench_record(std::size_t number);
[[nodiscard]] std::string bench_id(std::size_t number);  // 32 hex digits, as the peers' ids
[[nodiscard]] Client::Assignments as_assignments(const BenchRecord& record);

// One kind, org-homed, all fields with one audience: one circle, as the peers have one room or
// owner.
inline constexpr const char* kBenchKind = "bench_item";
[[nodiscard]] forms::Form bench_form();

}  // namespace setu::bench
