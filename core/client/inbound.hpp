#pragma once
// The replica's side of a sync: what core/sync asks and hands over. What arrives is held in memory
// until the server's seal has been verified, then taken in within one transaction, so that no write
// waits for a slow link and nothing unsealed is believed.

#include <variant>

#include "client/backfills.hpp"
#include "client/promises.hpp"
#include "sync/exchange.hpp"

namespace setu::client {

class Inbound final : public sync::Replica {
 public:
  explicit Inbound(Context& context) : context_(&context) {}

  ProgrammeId programme() const override;
  DeviceId device() const override { return context_->self.id; }
  crypto::SignPublicKey sign_key() const override { return context_->self.sign.public_key; }
  crypto::Signature sign(crypto::Domain domain, ByteView message) const override;
  std::optional<crypto::SignPublicKey> server_key() const override;
  bool enrolled() const override { return context_->me() != nullptr; }
  Bytes token_secret() const override;
  std::optional<InviteProof> prove_invite(const Hash& hello) const override;
  std::optional<InviteId> invite() const override;

  wire::LogPoint cursor() const override;
  wire::LogTag cursor_tag() const override;
  bool copied() const override;
  std::optional<wire::LogProof> log_proof() const override;
  wire::RequestNonce nonce() const override;
  std::vector<wire::Backfill> backfills() const override;
  std::vector<CircleId> known_circles() const override { return context_->roster.circle_ids(); }
  bool push_in_doubt() const override;

  Result<std::vector<sync::OutgoingEntry>> entries_to_push() override;
  Result<std::vector<sync::OutgoingBatch>> batches_to_push(std::size_t max_bytes) override;
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
  Status sealed(const wire::Seal& seal, const sync::Covered& covered) override;
  Status sealed_unserved() override;
  void discard_unsealed() override {
    held_.clear();
    held_bytes_ = 0;
  }

 private:
  struct GenerationItem {
    std::uint64_t kept;
  };
  struct Ack {
    CircleId circle;
    DeviceId author;
    std::uint64_t seq;
  };
  struct EntryAck {
    Hash entry;
    std::uint64_t position;
  };
  struct EntryItem {
    std::uint64_t position;
    Bytes bytes;
  };
  struct BatchItem {
    std::uint64_t position;
    DeviceId device;
    Bytes circle_ref;
    Bytes compact;
  };
  struct OwnItem {
    std::uint64_t position;
    Bytes circle_ref;
    std::uint64_t seq;
    wire::OwnCheck check;
  };
  struct NonceItem {
    wire::RequestNonce nonce;
  };
  struct RefusalItem {
    wire::Refusal refusal;
    std::optional<CircleId> circle;
  };
  struct ServedItem {
    std::vector<wire::Backfill> backfills;
  };
  using Item = std::variant<GenerationItem, Ack, EntryAck, EntryItem, BatchItem, OwnItem, NonceItem,
                            RefusalItem, ServedItem>;

  class Taking;  // takes one sealed stretch in

  Status hold(Item item, std::size_t bytes);
  // A seal with what it covers; nulls: the answer served nothing.
  Status take_held(const wire::Seal* seal, const sync::Covered* covered);

  Context* context_;
  std::vector<Item> held_;
  std::size_t held_bytes_ = 0;
  // All that the server has came: what is still lost then is for this device to give back.
  bool pull_complete_ = false;
  // Own batches, acknowledged since a pull was complete.
  std::vector<Acked> acked_;
  std::optional<crypto::SignPublicKey> tentative_server_key_;  // until the genesis confirms it
};

}  // namespace setu::client
