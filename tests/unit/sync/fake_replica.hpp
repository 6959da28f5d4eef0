#pragma once
// A replica in memory that keeps the promises of sync::Replica: what is taken counts only once it
// is sealed.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sync/exchange.hpp"

namespace setu::sync::testing {

// What the fake server signs for a position, and the fake replica expects there.
[[nodiscard]] wire::HeadDigest digest_at(const wire::LogPoint& point);

[[nodiscard]] crypto::SignKeyPair make_key(std::uint8_t number);
[[nodiscard]] CircleId make_circle(std::uint8_t number);
[[nodiscard]] wire::RequestNonce make_nonce(std::uint8_t number);
[[nodiscard]] Bytes make_batch(const crypto::SignKeyPair& author, const DeviceId& device,
                               const CircleId& circle, std::uint64_t seq, crypto::Random& random,
                               std::size_t plain_size = 192);

struct FakeState {
  wire::LogPoint cursor{1, 0};
  wire::RequestNonce nonce = make_nonce(1);
  std::optional<crypto::SignPublicKey> server_key;
  std::map<CircleId, std::uint64_t> acked;
  std::vector<Hash> acked_entries;
  std::vector<std::uint64_t>
      pulled;  // positions of entries, batches and own marks, in the order taken
  std::vector<wire::Backfill> backfills;
  std::vector<wire::RefusalCode> refusals;
  bool in_doubt = false;
  wire::LogTag tag{};
  std::optional<wire::LogProof> proof;
  std::vector<std::uint64_t> kept_by_generations;
  // The proof aside: it is kept with the cursor.
  friend bool operator==(const FakeState& a, const FakeState& b);
};

class FakeReplica final : public Replica {
 public:
  explicit FakeReplica(const crypto::SignPublicKey& server_key);

  // Test set-up, and what the tests look at.
  FakeState kept;      // durable
  FakeState unsealed;  // with what was taken since
  ProgrammeId programme_id;
  crypto::SignKeyPair key = make_key(7);
  DeviceId device_id;
  bool is_enrolled = true;
  bool is_copied = false;
  Bytes token;
  std::optional<crypto::SignKeyPair> invite_key;
  std::vector<CircleId> circles;
  std::vector<OutgoingEntry> out_entries;
  std::vector<OutgoingBatch> out_batches;
  int pushing_calls = 0;
  std::optional<Error> on_take_batch;  // what take_batch answers
  void set(const std::function<void(FakeState&)>& change) {
    change(kept);
    change(unsealed);
  }
  void record(const CircleId& circle, crypto::Random& random, std::size_t plain_size = 192);

  ProgrammeId programme() const override { return programme_id; }
  DeviceId device() const override { return device_id; }
  crypto::SignPublicKey sign_key() const override { return key.public_key; }
  crypto::Signature sign(crypto::Domain domain, ByteView message) const override {
    return crypto::sign(key, domain, message);
  }
  std::optional<crypto::SignPublicKey> server_key() const override { return unsealed.server_key; }
  bool enrolled() const override { return is_enrolled; }
  Bytes token_secret() const override { return token; }
  std::optional<InviteProof> prove_invite(const Hash& hello) const override {
    if (!invite_key) return {};
    return InviteProof{*invite(), crypto::sign(*invite_key, wire::kHelloSignature, hello.view())};
  }
  std::optional<InviteId> invite() const override {
    return invite_key ? std::optional(InviteId{}) : std::nullopt;
  }

  wire::LogPoint cursor() const override { return kept.cursor; }
  wire::LogTag cursor_tag() const override { return kept.tag; }
  bool copied() const override { return is_copied; }
  std::optional<wire::LogProof> log_proof() const override { return kept.proof; }
  wire::RequestNonce nonce() const override { return kept.nonce; }
  std::vector<wire::Backfill> backfills() const override { return kept.backfills; }
  std::vector<CircleId> known_circles() const override { return circles; }
  bool push_in_doubt() const override { return kept.in_doubt; }

  Result<std::vector<OutgoingEntry>> entries_to_push() override;
  Result<std::vector<OutgoingBatch>> batches_to_push(std::size_t max_bytes) override;
  Status pushing() override;

  Status take_nonce(const wire::RequestNonce& nonce,
                    const std::optional<crypto::SignPublicKey>& server_key) override;
  Status take_generation(const wire::Generation& begun) override;
  Status take_ack(const CircleId& circle, const DeviceId& author, std::uint64_t seq) override;
  Status take_entry_ack(const Hash& entry, std::uint64_t position) override;
  Status take_refusal(const wire::Refusal& refusal, const std::optional<CircleId>& circle) override;
  Status take_entry(std::uint64_t position, ByteView bytes) override;
  Status take_batch(std::uint64_t position, const DeviceId& device,
                    const wire::CompactBatch& compact) override;
  Status take_own(std::uint64_t position, ByteView circle_ref, std::uint64_t seq,
                  const wire::OwnCheck& check) override;
  Status take_backfills_served(std::span<const wire::Backfill> served) override;
  Status sealed(const wire::Seal& seal, const Covered& covered) override;
  Status sealed_unserved() override;
  void discard_unsealed() override { unsealed = kept; }
};

}  // namespace setu::sync::testing
