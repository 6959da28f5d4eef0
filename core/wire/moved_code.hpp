#pragma once
// The bytes of a moved part, inside a change or a batch's body. Internal to wire;
// docs/protocol.md has them. Version 1, sealed and on disk: never renumber.

#include "setu/base/change.hpp"
#include "setu/base/codec.hpp"

namespace setu::wire {

[[nodiscard]] Bytes encode_moved(const MovedPart& moved);
// Nothing: it does not parse, breaks a rule of setu/base/change.hpp, or is beyond
// limits::kMovedPartBytes. Memory is bounded by the number of bytes.
[[nodiscard]] std::optional<MovedPart> decode_moved(ByteView bytes);

// What every moved part must be, whatever its kind.
[[nodiscard]] bool is_well_formed(const MovedPart& moved);

}  // namespace setu::wire
