#include "wire/envelope.hpp"

#include <algorithm>

#include "setu/base/codec.hpp"
#include "wire/domains.hpp"

namespace setu::wire {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHeaderSize = 2 + 16 + 16 + 4 + 8 + 8 + 32 + 4 + 8 + 16 + 4;
constexpr std::size_t kMinCircleRef = 4;

// A batch's key is its own, because its salt is: the nonce may be the same for all.
constexpr crypto::Nonce kZeroNonce{};

tl::unexpected<Error> malformed() {
  return fail(Code::kMalformed, "read batch: not a sealed batch of this version");
}

void write_header(Writer& writer, const BatchHeader& header) {
  writer.u8(kVersion);
  writer.u8(header.flags);
  writer.id(header.programme);
  writer.id(header.circle);
  writer.u32(header.epoch);
  writer.id(header.device);
  writer.u64(header.seq);
  writer.id(header.previous);
  writer.u32(header.head_seen.generation);
  writer.u64(header.head_seen.position);
  writer.raw(header.salt);
  writer.u32(header.sealed_size);
}

Bytes header_bytes(const BatchHeader& header) {
  Writer writer;
  write_header(writer, header);
  SETU_ASSERT(writer.size() == kHeaderSize);
  return writer.take();
}

Salt take_salt(Reader& reader) {
  Salt salt{};
  const ByteView view = reader.raw(salt.size());
  if (view.size() == salt.size()) std::memcpy(salt.data(), view.data(), salt.size());
  return salt;
}

crypto::Commitment commitment_of(const crypto::Secret& epoch_key, ByteView header) {
  return *crypto::Commitment::from(
      crypto::derive_public(epoch_key, domains::kBatchCommitment, {header}).view());
}

// What the author signs: header, commitment and ciphertext, without the signature between them.
Bytes signed_bytes(ByteView header, const crypto::Commitment& commitment, ByteView ciphertext) {
  Bytes message = to_bytes(header);
  append(message, commitment.view());
  append(message, ciphertext);
  return message;
}

Status check_size(ByteView padded_plain, std::size_t before_it) {
  const std::size_t total = kHeaderSize + crypto::Commitment::size + crypto::kSignatureSize +
                            before_it + padded_plain.size() + crypto::kTagSize;
  if (total <= limits::kBatchBytes) return {};
  return fail(Code::kTooLarge, "seal batch: more than 32 KiB");
}

// `secret` stands for the epoch key; `before_it` comes first in the ciphertext.
Bytes seal_under(ByteView header_part, const crypto::Secret& secret, ByteView before_it,
                 const crypto::SignKeyPair& author, ByteView padded_plain) {
  const crypto::Secret key = crypto::derive(secret, domains::kBatchKey, {header_part});
  const crypto::Commitment commitment = commitment_of(secret, header_part);
  Bytes ciphertext = to_bytes(before_it);
  append(ciphertext, crypto::aead_seal(key, kZeroNonce, header_part, padded_plain));
  const crypto::Signature signature = crypto::sign(
      author, domains::kBatchSignature, signed_bytes(header_part, commitment, ciphertext));
  Bytes batch = to_bytes(header_part);
  append(batch, commitment.view());
  append(batch, signature.view());
  append(batch, ciphertext);
  return batch;
}

Result<Bytes> open_under(const BatchView& batch, const crypto::Secret& secret,
                         std::size_t before_it) {
  const ByteView header_part = batch.bytes.first(kHeaderSize);
  if (!crypto::equal_constant_time(commitment_of(secret, header_part).view(),
                                   batch.commitment.view())) {
    return fail(Code::kForged,
                "open batch: sealed under another key than the circle's, or changed on the way");
  }
  const crypto::Secret key = crypto::derive(secret, domains::kBatchKey, {header_part});
  return crypto::aead_open(key, kZeroNonce, header_part, batch.ciphertext.subspan(before_it));
}

// Of one header, whose salt makes it like no other. The author can make it again.
crypto::Secret inbox_secret(const crypto::SignKeyPair& author, ByteView header_part) {
  return crypto::derive(author.seed, domains::kInboxSecret, {header_part});
}

bool is_for_inbox(const BatchView& batch) {
  return (batch.header.flags & BatchHeader::kInbox) != 0 &&
         batch.ciphertext.size() > kInboxBoxSize + crypto::kTagSize;
}

tl::unexpected<Error> not_for_inbox() {
  return fail(Code::kForged, "open batch: not sealed to an inbox");
}

}  // namespace

Result<BatchView> parse_batch(ByteView bytes) {
  if (bytes.size() > limits::kBatchBytes) return malformed();
  Reader reader(bytes);
  BatchView batch;
  batch.bytes = bytes;
  BatchHeader& header = batch.header;
  const bool known_version = reader.u8() == kVersion;
  header.flags = reader.u8();
  header.programme = reader.id<ProgrammeId>();
  header.circle = reader.id<CircleId>();
  header.epoch = reader.u32();
  header.device = reader.id<DeviceId>();
  header.seq = reader.u64();
  header.previous = reader.id<Hash>();
  header.head_seen.generation = reader.u32();
  header.head_seen.position = reader.u64();
  header.salt = take_salt(reader);
  header.sealed_size = reader.u32();
  batch.commitment = reader.id<crypto::Commitment>();
  batch.signature = reader.id<crypto::Signature>();
  batch.ciphertext = reader.rest();
  const bool fits =
      batch.ciphertext.size() == header.sealed_size && header.sealed_size > crypto::kTagSize;
  const bool sane =
      header.seq > 0 && header.epoch > 0 && (header.flags & ~BatchHeader::kInbox) == 0;
  const bool first = header.seq == 1;
  if (!reader.ok() || !known_version || !fits || !sane || first != header.previous.is_nil())
    return malformed();
  return batch;
}

Hash batch_hash(ByteView bytes) { return crypto::hash(domains::kBatchHash, {bytes}); }

Status verify_batch(const BatchView& batch, const crypto::SignPublicKey& author) {
  const Bytes message =
      signed_bytes(batch.bytes.first(kHeaderSize), batch.commitment, batch.ciphertext);
  if (crypto::verify(author, domains::kBatchSignature, message, batch.signature)) return {};
  return fail(Code::kForged, "verify batch: its author's signature does not fit");
}

Result<Bytes> seal_batch(BatchHeader header, const crypto::Secret& epoch_key,
                         const crypto::SignKeyPair& author, ByteView padded_plain,
                         crypto::Random& random) {
  SETU_TRY(check_size(padded_plain, 0));
  random.fill(header.salt);
  header.sealed_size = static_cast<std::uint32_t>(padded_plain.size() + crypto::kTagSize);
  return seal_under(header_bytes(header), epoch_key, {}, author, padded_plain);
}

Result<Bytes> open_batch(const BatchView& batch, const crypto::Secret& epoch_key) {
  return open_under(batch, epoch_key, 0);
}

Result<Bytes> seal_to_inbox(BatchHeader header, const crypto::BoxPublicKey& inbox,
                            const crypto::SignKeyPair& author, ByteView padded_plain,
                            crypto::Random& random) {
  SETU_TRY(check_size(padded_plain, kInboxBoxSize));
  random.fill(header.salt);
  header.flags |= BatchHeader::kInbox;
  header.sealed_size =
      static_cast<std::uint32_t>(kInboxBoxSize + padded_plain.size() + crypto::kTagSize);
  const Bytes header_part = header_bytes(header);
  const crypto::Secret secret = inbox_secret(author, header_part);
  SETU_TAKE(const Bytes boxed,
            crypto::box_seal(inbox, domains::kInboxBox, header_part, secret.reveal(), random));
  SETU_ASSERT(boxed.size() == kInboxBoxSize);
  return seal_under(header_part, secret, boxed, author, padded_plain);
}

Result<Bytes> open_from_inbox(const BatchView& batch, const crypto::BoxKeyPair& inbox) {
  if (!is_for_inbox(batch)) return not_for_inbox();
  SETU_TAKE(const crypto::Secret secret,
            crypto::box_open(inbox, domains::kInboxBox, batch.bytes.first(kHeaderSize),
                             batch.ciphertext.first(kInboxBoxSize)));
  if (secret.size() != crypto::kKeySize) return not_for_inbox();
  return open_under(batch, secret, kInboxBoxSize);
}

Result<Bytes> open_own_from_inbox(const BatchView& batch, const crypto::SignKeyPair& author) {
  if (!is_for_inbox(batch)) return not_for_inbox();
  return open_under(batch, inbox_secret(author, batch.bytes.first(kHeaderSize)), kInboxBoxSize);
}

Bytes compact_batch(const BatchView& batch, std::size_t circle_ref_size) {
  const BatchHeader& header = batch.header;
  Writer writer;
  writer.u8(header.flags);
  writer.sized(header.circle.view().first(circle_ref_size));
  writer.varint(header.epoch);
  writer.varint(header.seq);
  writer.varint(header.head_seen.generation);
  writer.varint(header.head_seen.position);
  writer.raw(header.salt);
  writer.id(batch.commitment);
  writer.id(batch.signature);
  writer.raw(batch.ciphertext);
  return writer.take();
}

Result<CompactBatch> parse_compact(ByteView bytes) {
  if (bytes.size() > limits::kBatchBytes) return malformed();
  Reader reader(bytes);
  CompactBatch compact;
  compact.bytes = bytes;
  compact.flags = reader.u8();
  compact.circle_ref = to_bytes(reader.sized(CircleId::size));
  const std::uint64_t epoch = reader.varint();
  compact.seq = reader.varint();
  const std::uint64_t generation = reader.varint();
  compact.head_seen.position = reader.varint();
  compact.salt = take_salt(reader);
  compact.commitment = reader.id<crypto::Commitment>();
  compact.signature = reader.id<crypto::Signature>();
  compact.ciphertext = reader.rest();
  const bool sane = compact.circle_ref.size() >= kMinCircleRef && epoch > 0 &&
                    epoch <= UINT32_MAX && generation <= UINT32_MAX && compact.seq > 0 &&
                    (compact.flags & ~BatchHeader::kInbox) == 0;
  const bool fits =
      kHeaderSize + crypto::Commitment::size + crypto::kSignatureSize + compact.ciphertext.size() <=
      limits::kBatchBytes;
  if (!reader.ok() || !sane || !fits || compact.ciphertext.size() <= crypto::kTagSize)
    return malformed();
  compact.epoch = static_cast<std::uint32_t>(epoch);
  compact.head_seen.generation = static_cast<std::uint32_t>(generation);
  return compact;
}

Bytes expand_batch(const CompactBatch& compact, const ProgrammeId& programme,
                   const CircleId& circle, const DeviceId& device, const Hash& previous) {
  BatchHeader header;
  header.flags = compact.flags;
  header.programme = programme;
  header.circle = circle;
  header.epoch = compact.epoch;
  header.device = device;
  header.seq = compact.seq;
  header.previous = previous;
  header.head_seen = compact.head_seen;
  header.salt = compact.salt;
  header.sealed_size = static_cast<std::uint32_t>(compact.ciphertext.size());
  Bytes batch = header_bytes(header);
  append(batch, compact.commitment.view());
  append(batch, compact.signature.view());
  append(batch, compact.ciphertext);
  return batch;
}

namespace {

// The circles whose id begins with these bytes.
std::span<const CircleId> matching(ByteView ref, std::span<const CircleId> sorted) {
  const auto before = [&](const CircleId& id) {
    return std::memcmp(id.bytes.data(), ref.data(), ref.size()) < 0;
  };
  const auto not_after = [&](const CircleId& id) {
    return std::memcmp(id.bytes.data(), ref.data(), ref.size()) <= 0;
  };
  const auto first = std::ranges::partition_point(sorted, before);
  const auto last = std::partition_point(first, sorted.end(), not_after);
  return {first, last};
}

}  // namespace

Result<CircleId> resolve_circle(ByteView ref, std::span<const CircleId> sorted) {
  if (ref.size() < kMinCircleRef || ref.size() > CircleId::size) return malformed();
  const auto found = matching(ref, sorted);
  if (found.size() != 1)
    return fail(Code::kMalformed, "read circle reference: it names no circle, or more than one");
  return found.front();
}

std::size_t circle_ref_size(const CircleId& circle, std::span<const CircleId> sorted) {
  std::size_t size = kMinCircleRef;
  while (size < CircleId::size && matching(circle.view().first(size), sorted).size() > 1) ++size;
  return size;
}

}  // namespace setu::wire
