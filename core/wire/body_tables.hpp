#pragma once
// What encoder and decoder of a batch's body share. Internal to wire.

#include <map>
#include <tuple>

#include "wire/body.hpp"

namespace setu::wire {

// Version 2 has the flags of parts that were moved, and the parts that move in at its end. A body
// without any is of version 1. Version 3 has besides the stamps that changes had on an earlier
// device.
inline constexpr std::uint8_t kBodyVersion = 1;
inline constexpr std::uint8_t kBodyVersionOfMoved = 2;
inline constexpr std::uint8_t kBodyVersionOfCarried = 3;
inline constexpr std::uint8_t kHasDigest = 1;

// Flags of a shape. Never renumber.
inline constexpr std::uint8_t kShapeCreates = 1;
inline constexpr std::uint8_t kShapeMoved = 2;
inline constexpr std::uint8_t kShapeMovesIn = 4;
inline constexpr std::uint8_t kShapeCarried = 8;

// What a batch may become when it is unpacked. Numbers that stand for long texts and long lists of
// seen stamps make little of much; without these, 32 KiB could fill a phone's memory. Whoever seals
// keeps to them too: a batch that others refuse would be lost.
inline constexpr std::size_t kMaxOpsPerBatch = 64 * 1'024;
inline constexpr std::size_t kMaxChangesBytes =
    4 * limits::kBatchPlainBytes;  // encoded_size() of all

// Changes of one shape differ only in their values: kind, flags, home, where the id comes from, and
// which operations.
struct Shape {
  KindTag kind = 0;
  bool creates = false;
  bool moved = false;
  bool moves_in = false;
  bool carried = false;
  std::size_t home = 0;  // 0: the circle's own; else index + 1 into the homes
  std::size_t seed = 0;  // 0: a whole id; else index + 1 into the seeds
  std::vector<std::pair<FieldTag, OpType>> ops;
  friend auto operator<=>(const Shape&, const Shape&) = default;
};

// One column for each field and type of operation of each kind, in this order.
using ColumnId = std::tuple<KindTag, FieldTag, OpType>;

struct SeedGroup {
  Seed seed{};
  std::uint32_t month = 0;
  friend auto operator<=>(const SeedGroup&, const SeedGroup&) = default;
};

// Keys come with sets always and with counters when they are by key; values with everything but
// sets.
inline bool has_key(OpType type) { return type != OpType::kWrite && type != OpType::kAppend; }
inline bool has_value(OpType type) { return type != OpType::kAdd && type != OpType::kRemove; }

}  // namespace setu::wire
