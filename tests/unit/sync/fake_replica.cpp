#include "fake_replica.hpp"

#include <algorithm>
#include <tuple>

namespace setu::sync::testing {

wire::HeadDigest digest_at(const wire::LogPoint& point) {
  wire::HeadDigest digest{};
  digest[0] = static_cast<std::byte>(point.generation);
  for (std::size_t i = 0; i < 8; ++i)
    digest[i + 1] = static_cast<std::byte>(point.position >> (8 * i));
  return digest;
}

crypto::SignKeyPair make_key(std::uint8_t number) {
  crypto::Secret seed(crypto::kKeySize);
  seed.writable()[0] = std::byte{number};
  return crypto::sign_key_from_seed(seed);
}

CircleId make_circle(std::uint8_t number) {
  CircleId circle;
  circle.bytes.fill(std::byte{number});
  return circle;
}

wire::RequestNonce make_nonce(std::uint8_t number) {
  wire::RequestNonce nonce;
  nonce.fill(std::byte{number});
  return nonce;
}

Bytes make_batch(const crypto::SignKeyPair& author, const DeviceId& device, const CircleId& circle,
                 std::uint64_t seq, crypto::Random& random, std::size_t plain_size) {
  wire::BatchHeader header;
  header.circle = circle;
  header.epoch = 1;
  header.device = device;
  header.seq = seq;
  if (seq > 1) header.previous.bytes.fill(std::byte{0x22});  // nobody here follows the chain
  auto sealed =
      wire::seal_batch(header, crypto::random_key(random), author, Bytes(plain_size), random);
  SETU_ASSERT(sealed);
  return *sealed;
}

bool operator==(const FakeState& a, const FakeState& b) {
  const auto tied = [](const FakeState& s) {
    return std::tie(s.cursor, s.nonce, s.server_key, s.acked, s.acked_entries, s.pulled,
                    s.backfills, s.refusals, s.in_doubt, s.tag, s.kept_by_generations);
  };
  return tied(a) == tied(b);
}

FakeReplica::FakeReplica(const crypto::SignPublicKey& server_key) {
  programme_id.bytes.fill(std::byte{9});
  device_id.bytes.fill(std::byte{5});
  set([&](FakeState& s) { s.server_key = server_key; });
  for (std::uint8_t number = 1; number <= 4; ++number) circles.push_back(make_circle(number));
}

void FakeReplica::record(const CircleId& circle, crypto::Random& random, std::size_t plain_size) {
  const auto in_circle = [&](const OutgoingBatch& b) { return b.circle == circle; };
  const auto seq = static_cast<std::uint64_t>(std::ranges::count_if(out_batches, in_circle)) + 1;
  out_batches.push_back({circle, seq, make_batch(key, device_id, circle, seq, random, plain_size)});
}

Result<std::vector<OutgoingEntry>> FakeReplica::entries_to_push() {
  std::vector<OutgoingEntry> left = out_entries;
  std::erase_if(left, [&](const OutgoingEntry& e) {
    return std::ranges::count(kept.acked_entries, e.hash) > 0;
  });
  return left;
}

Result<std::vector<OutgoingBatch>> FakeReplica::batches_to_push(std::size_t max_bytes) {
  std::vector<OutgoingBatch> left;
  std::size_t bytes = 0;
  for (const OutgoingBatch& batch : out_batches) {
    const auto acked = kept.acked.find(batch.circle);
    if (acked != kept.acked.end() && batch.seq <= acked->second) continue;
    if (!left.empty() && bytes + batch.bytes.size() > max_bytes) break;
    bytes += batch.bytes.size();
    left.push_back(batch);
  }
  return left;
}

Status FakeReplica::pushing() {
  ++pushing_calls;
  set([](FakeState& s) { s.in_doubt = true; });
  return {};
}

Status FakeReplica::take_nonce(const wire::RequestNonce& nonce,
                               const std::optional<crypto::SignPublicKey>& server_key) {
  unsealed.nonce = nonce;
  if (!unsealed.server_key && !programme_id.is_nil()) unsealed.server_key = server_key;
  return {};
}

Status FakeReplica::take_generation(const wire::Generation& begun) {
  unsealed.kept_by_generations.push_back(begun.kept);
  std::erase_if(unsealed.pulled, [&](std::uint64_t position) { return position > begun.kept; });
  unsealed.acked.clear();
  return {};
}

Status FakeReplica::take_ack(const CircleId& circle, const DeviceId& author, std::uint64_t seq) {
  if (author != device_id) return {};
  std::uint64_t& acked = unsealed.acked[circle];
  acked = std::max(acked, seq);
  return {};
}

Status FakeReplica::take_entry_ack(const Hash& entry, std::uint64_t) {
  unsealed.acked_entries.push_back(entry);
  return {};
}

Status FakeReplica::take_refusal(const wire::Refusal& refusal, const std::optional<CircleId>&) {
  unsealed.refusals.push_back(refusal.code);
  return {};
}

Status FakeReplica::take_entry(std::uint64_t position, ByteView) {
  unsealed.pulled.push_back(position);
  return {};
}

Status FakeReplica::take_batch(std::uint64_t position, const DeviceId&, const wire::CompactBatch&) {
  if (on_take_batch) return fail(*on_take_batch);
  unsealed.pulled.push_back(position);
  return {};
}

Status FakeReplica::take_own(std::uint64_t position, ByteView, std::uint64_t,
                             const wire::OwnCheck&) {
  unsealed.pulled.push_back(position);
  return {};
}

Status FakeReplica::take_backfills_served(std::span<const wire::Backfill> served) {
  for (const wire::Backfill& done : served) std::erase(unsealed.backfills, done);
  return {};
}

Status FakeReplica::sealed(const wire::Seal& seal, const Covered& covered) {
  unsealed.cursor = seal.point;
  unsealed.tag = seal.tag;
  unsealed.proof = wire::LogProof{covered.request, covered.answer, seal, {}};
  unsealed.in_doubt = false;
  kept = unsealed;
  if (seal.digest != digest_at(seal.point)) return fail(Code::kDiverged, "compare digest: differs");
  return {};
}

Status FakeReplica::sealed_unserved() {
  unsealed.in_doubt = false;
  kept = unsealed;
  return {};
}

}  // namespace setu::sync::testing
