#pragma once
// What is inside a sealed batch: changes, column by column, compressed and padded. docs/protocol.md
// has the bytes.
//
// plaintext = raw length, compressed length (0: stored), zstd frame, zero padding to a Padme size
// (floor 192 B). Column-wise: all record numbers, then all hours, then all values of one field of
// one kind, ... so that zstd sees like beside like. Changes keep their order.

#include <optional>

#include "crypto/crypto.hpp"
#include "setu/base/change.hpp"
#include "setu/base/limits.hpp"

namespace setu::wire {

// Where a new record's id comes from: number n of one random seed per device, home and month. A
// batch carries the seed once and the numbers, so that an id costs about a byte.
using Seed = std::array<std::byte, 16>;
struct RecordSeed {
  Seed seed{};
  std::uint32_t month = 0;  // months since January 1970, UTC
  std::uint32_t number = 0;
  friend bool operator==(const RecordSeed&, const RecordSeed&) = default;
};
[[nodiscard]] RecordId record_id(const RecordSeed& seed);

struct SeededChange {
  Change change;
  std::optional<RecordSeed>
      seed;  // where the author made the record's id; record_id(*seed) == change.record
  friend bool operator==(const SeededChange&, const SeededChange&) = default;
};

// One change on its own, for the outbox of unsealed changes. Versioned; never renumber.
[[nodiscard]] Bytes encode_change(const SeededChange& change);
[[nodiscard]] Result<SeededChange> decode_change(ByteView bytes);  // kMalformed

struct Tip {
  DeviceId device;
  std::uint64_t seq = 0;
  friend bool operator==(const Tip&, const Tip&) = default;
};
using HeadDigest = std::array<std::byte, 16>;

struct BatchBody {
  std::vector<Tip> tips;  // of other chains of this circle that the author had applied, new since
                          // her last batch; at most 8
  std::optional<HeadDigest>
      head_digest;  // shown_digest() at head_seen: shows a fork to whoever reads this batch
  std::vector<SeededChange> changes;
  friend bool operator==(const BatchBody&, const BatchBody&) = default;
};

// Encodes, compresses and pads as many of body.changes, from the first, as fit one batch. All
// stamps must be of `author` and rise. `circle_home` is the home that the circle implies (changes
// of that home cost nothing to say so). kInternal: a change is not as unpack_body() wants it, or
// there are too many tips; sealed, it would be lost. Cost: about two compressions of a full batch,
// 7 us a change of 12 fields.
struct PackedBody {
  Bytes padded_plain;
  std::size_t taken = 0;  // how many changes went in: at least 1 unless there were none
};
[[nodiscard]] Result<PackedBody> pack_body(const BatchBody& body, const DeviceId& author,
                                           const CircleId& circle_home);

// kNewerFormat: a version of the columns that this program does not know. kMalformed: anything
// wrong, anything beyond limits (declared and actual size, counts, ids, order
// of stamps, a seen list that is not ascending), and changes that together are longer than four
// times limits::kBatchPlainBytes or have more than 65,536 operations. Never allocates more than a
// small multiple of limits::kBatchPlainBytes.
[[nodiscard]] Result<BatchBody> unpack_body(ByteView padded_plain, const DeviceId& author,
                                            const CircleId& circle_home);

// The Padme size for a length (Nikitin et al., PoPETs 2019), floor 192.
[[nodiscard]] std::size_t padded_size(std::size_t size);

}  // namespace setu::wire
