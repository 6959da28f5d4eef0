#pragma once
// The column-wise form of a batch's changes, before compression. Internal to wire; docs/protocol.md
// has the bytes.

#include "wire/body.hpp"

namespace setu::wire {

// The first `count` changes.
[[nodiscard]] Bytes encode_body(const BatchBody& body, std::size_t count, const DeviceId& author,
                                const CircleId& circle_home);
[[nodiscard]] std::optional<BatchBody> decode_body(ByteView raw, const DeviceId& author,
                                                   const CircleId& circle_home);

}  // namespace setu::wire
