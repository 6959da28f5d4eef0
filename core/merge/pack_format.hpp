#pragma once
// What the writer and the reader of a merge blob agree on, version 1 (byte by byte in
// docs/merge.md). Kept on disk: never renumber, never change the meaning of a version. Private to
// core/merge.

#include <string_view>

#include "merge/rule.hpp"
#include "setu/base/change.hpp"

namespace setu::merge::format {

inline constexpr std::uint8_t kVersion = 1;

// Low bits of a slot's head; the number of its entries is above them.
struct SlotFlags {
  static constexpr std::uint64_t kHasKey = 1;
  static constexpr std::uint64_t kHasDead = 2;
  static constexpr std::uint64_t kWholeField = 4;  // the column of this field implies no slot
  static constexpr unsigned kBits = 3;
};

// How an entry's value is written: bits 3 and 4 of its head.
enum class ValueForm : std::uint8_t {
  kEmpty = 0,
  kNumber = 1,  // zig-zag varint
  kText = 2,    // varint length, bytes
  kColumn = 3,  // nothing: it is what the column holds
};

// Bits 0-2: type, 3-4: value form, 5: a list of seen stamps follows. Others are zero.
inline constexpr std::uint8_t kTypeMask = 7;
inline constexpr unsigned kFormShift = 3;
inline constexpr std::uint8_t kFormMask = 3;
inline constexpr std::uint8_t kHasSeen = 32;
inline constexpr std::uint8_t kEntryHeadMax = 63;

[[nodiscard]] constexpr std::uint8_t entry_head(OpType type, ValueForm form, bool has_seen) {
  const unsigned head = static_cast<unsigned>(type) | static_cast<unsigned>(form) << kFormShift;
  return static_cast<std::uint8_t>(has_seen ? head | kHasSeen : head);
}

// What a column tells of slots that the blob leaves out: each is one entry of this type at the base
// stamp.
enum class ImpliedBy : std::uint8_t {
  kNothing,
  kValue,     // one slot without key, its value is the column's
  kCount,     // the same, a number
  kElements,  // "a,b": a slot per element, without value
  kCounts,    // "a=1,b=2": a slot per key, with its number
};
struct Implied {
  ImpliedBy by = ImpliedBy::kNothing;
  OpType type = OpType::kWrite;
};
[[nodiscard]] constexpr Implied implied_entry(Rule rule) {
  switch (rule) {
    case Rule::kRegister:
    case Rule::kLadder:
    case Rule::kCautious: return {ImpliedBy::kValue, OpType::kWrite};
    case Rule::kSetAddWins:
    case Rule::kSetRemoveWins: return {ImpliedBy::kElements, OpType::kAdd};
    case Rule::kCounter: return {ImpliedBy::kCount, OpType::kBase};
    case Rule::kKeyedCounter: return {ImpliedBy::kCounts, OpType::kBase};
    case Rule::kLog: break;
  }
  return {};
}

[[nodiscard]] constexpr bool column_is_one_value(Rule rule) {
  return implied_entry(rule).by == ImpliedBy::kValue;
}
// An empty text may come back from a table as nothing, so it is never left to a column.
[[nodiscard]] inline bool column_tells(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? !text->empty() : !is_empty(value);
}
[[nodiscard]] constexpr bool is_joined(Rule rule) {
  const ImpliedBy by = implied_entry(rule).by;
  return by == ImpliedBy::kElements || by == ImpliedBy::kCounts;
}
// Whether an element or key comes back unharmed from a column joined by commas.
[[nodiscard]] constexpr bool fits_joined(std::string_view key) {
  return !key.empty() && key.find(',') == std::string_view::npos;
}

}  // namespace setu::merge::format
