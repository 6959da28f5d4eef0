#pragma once
// A field's value as it is stored, merged and sealed. Forms give it its meaning:
//   text, choice, date (2026-11-23), month (2026-11), location ("lat lon"): string
//   integer, boolean (0/1), decimal (ten-thousandths), counters: int64
//   reference: string of the 16 raw bytes of a RecordId, OrgId or CircleId
// Empty means: nothing written, or cleared.

#include <cstdint>
#include <string>
#include <variant>

namespace setu {

// Both fixed for ever. A field's tag is unique within its kind, 0 being the delete register of the
// part; built-in kinds are below 1024, added ones above.
using FieldTag = std::uint16_t;
using KindTag = std::uint16_t;
using Value = std::variant<std::monostate, std::int64_t, std::string>;

inline constexpr FieldTag kDeletedField = 0;
// The register that says which home a record belongs to: in every part of a record that was handed
// over. Its value is the 16 raw bytes of the home's id.
inline constexpr FieldTag kHomeField = 0xFFFF;

[[nodiscard]] inline bool is_empty(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

}  // namespace setu
