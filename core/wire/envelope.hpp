#pragma once
// The envelope of a sealed batch: what the server, a courier or a thief holds. docs/protocol.md has
// the bytes.
//
// Canonical bytes, kept as received for ever: header | commitment (32) | signature (64) |
// ciphertext. Integers are little-endian. Per batch, key and commitment are derived from the epoch
// key and the whole header (which holds a fresh salt), so no nonce and no key repeats, and one
// ciphertext opens under one key only. The header is the associated data. The author signs header,
// commitment and ciphertext; whoever lacks the key can still verify the author.
//
// On the wire to a server, what both ends know (programme, device, previous hash) is left out:
// compact form.

#include <array>

#include "crypto/crypto.hpp"
#include "setu/base/limits.hpp"
#include "wire/point.hpp"

namespace setu::wire {

using Salt = std::array<std::byte, 16>;

struct BatchHeader {
  std::uint8_t flags = 0;  // kInbox
  ProgrammeId programme;
  CircleId circle;
  std::uint32_t epoch = 0;  // of the circle's key; the first is 1
  DeviceId device;          // the author
  std::uint64_t seq = 0;    // of the author's chain in this circle, from 1
  Hash previous;            // batch_hash of seq - 1; nil for the first
  LogPoint head_seen;       // the author's cursor when sealing
  Salt salt{};
  std::uint32_t sealed_size = 0;  // of the ciphertext, tag included

  // Sealed to the circle's inbox, as who is not a member does: open_from_inbox() opens it.
  static constexpr std::uint8_t kInbox = 1;
  friend bool operator==(const BatchHeader&, const BatchHeader&) = default;
};

// A parsed batch; views borrow from the bytes it was parsed from.
struct BatchView {
  BatchHeader header;
  crypto::Commitment commitment;
  crypto::Signature signature;
  ByteView ciphertext;
  ByteView bytes;  // all of it
};

// kMalformed: wrong version, unknown flag, sizes that do not add up, beyond limits::kBatchBytes.
[[nodiscard]] Result<BatchView> parse_batch(ByteView bytes);

// What the next batch of the chain names as `previous`, what cuts and chains name.
[[nodiscard]] Hash batch_hash(ByteView bytes);

// kForged: the signature is not the author's.
[[nodiscard]] Status verify_batch(const BatchView& batch, const crypto::SignPublicKey& author);

// Seals padded plaintext (wire/body.hpp makes it). Fills salt and sealed_size. kTooLarge: beyond
// limits::kBatchBytes.
[[nodiscard]] Result<Bytes> seal_batch(BatchHeader header, const crypto::Secret& epoch_key,
                                       const crypto::SignKeyPair& author, ByteView padded_plain,
                                       crypto::Random& random);

// The padded plaintext. kForged: another key, or changed bytes. Compares the commitment before
// decrypting.
[[nodiscard]] Result<Bytes> open_batch(const BatchView& batch, const crypto::Secret& epoch_key);

// The same for who is not a member of the circle, under its inbox of header.epoch: every member who
// holds that epoch's key opens it, and its author. In the place of the epoch key stands a secret
// that the author's signing key gives for this header alone; sealed to the inbox it comes first in
// the ciphertext, kInboxBoxSize bytes. Sets kInbox. kTooLarge; kRefused: no usable inbox.
inline constexpr std::size_t kInboxBoxSize = 80;
[[nodiscard]] Result<Bytes> seal_to_inbox(BatchHeader header, const crypto::BoxPublicKey& inbox,
                                          const crypto::SignKeyPair& author, ByteView padded_plain,
                                          crypto::Random& random);
// The padded plaintext. kForged: not sealed to this inbox, or changed bytes.
[[nodiscard]] Result<Bytes> open_from_inbox(const BatchView& batch,
                                            const crypto::BoxKeyPair& inbox);
[[nodiscard]] Result<Bytes> open_own_from_inbox(const BatchView& batch,
                                                const crypto::SignKeyPair& author);

// What the roster publishes of an epoch key: a commitment, and the public half of the circle's
// inbox.
[[nodiscard]] crypto::Commitment commit_epoch_key(const CircleId& circle, std::uint32_t epoch,
                                                  const crypto::Secret& key);
[[nodiscard]] crypto::BoxKeyPair inbox_of(const CircleId& circle, std::uint32_t epoch,
                                          const crypto::Secret& key);

// Compact form. `circle_ref` is the shortest prefix of the circle's id (at least 4 bytes) that is
// unique among the circles both ends know; at most 16.
struct CompactBatch {
  std::uint8_t flags = 0;
  Bytes circle_ref;
  std::uint32_t epoch = 0;
  std::uint64_t seq = 0;
  LogPoint head_seen;
  Salt salt{};
  crypto::Commitment commitment;
  crypto::Signature signature;
  ByteView ciphertext;  // borrows
  ByteView bytes;       // all of it; borrows
};
[[nodiscard]] Bytes compact_batch(const BatchView& batch, std::size_t circle_ref_size);
[[nodiscard]] Result<CompactBatch> parse_compact(ByteView bytes);  // kMalformed
// The canonical bytes again. `circle` is what circle_ref was resolved to.
[[nodiscard]] Bytes expand_batch(const CompactBatch& compact, const ProgrammeId& programme,
                                 const CircleId& circle, const DeviceId& device,
                                 const Hash& previous);

// Resolves and makes circle references. kMalformed: no or more than one circle fits. `sorted` is
// ascending.
[[nodiscard]] Result<CircleId> resolve_circle(ByteView ref, std::span<const CircleId> sorted);
[[nodiscard]] std::size_t circle_ref_size(const CircleId& circle, std::span<const CircleId> sorted);

}  // namespace setu::wire
