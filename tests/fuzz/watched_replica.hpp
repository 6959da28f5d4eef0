#pragma once
// A replica for targets that hear answers: enrolled, with a server's key, in two circles, with
// nothing to push. Counts what it is asked to keep for good and what it holds until then; keeps
// none of it. Targets that watch more closely override.

#include <vector>

#include "sync/exchange.hpp"

namespace setu::fuzz {

inline crypto::SignKeyPair sign_key_number(int number) {
  crypto::Secret seed(crypto::kKeySize);
  seed.writable()[0] = static_cast<std::byte>(number);
  return crypto::sign_key_from_seed(seed);
}

template <class Id>
Id id_of(int number) {
  Id id;
  id.bytes.fill(static_cast<std::byte>(number));
  return id;
}

class WatchedReplica : public sync::Replica {
 public:
  WatchedReplica() { nonce_.fill(std::byte{1}); }

  int commits = 0;
  int unsealed = 0;  // taken since the last commit or discard
  int taken_ever = 0;

  static const crypto::SignKeyPair& server_keys() {
    static const crypto::SignKeyPair pair = sign_key_number(2);
    return pair;
  }

  ProgrammeId programme() const override { return id_of<ProgrammeId>(9); }
  DeviceId device() const override { return id_of<DeviceId>(5); }
  crypto::SignPublicKey sign_key() const override { return keys().public_key; }
  crypto::Signature sign(crypto::Domain domain, ByteView message) const override {
    return crypto::sign(keys(), domain, message);
  }
  std::optional<crypto::SignPublicKey> server_key() const override {
    return server_keys().public_key;
  }
  bool enrolled() const override { return true; }
  Bytes token_secret() const override { return {}; }
  std::optional<InviteProof> prove_invite(const Hash&) const override { return {}; }
  std::optional<InviteId> invite() const override { return {}; }
  wire::LogPoint cursor() const override { return {1, 0}; }
  wire::LogTag cursor_tag() const override { return {}; }
  bool copied() const override { return false; }
  std::optional<wire::LogProof> log_proof() const override { return wire::LogProof{}; }
  wire::RequestNonce nonce() const override { return nonce_; }
  std::vector<wire::Backfill> backfills() const override { return {}; }
  std::vector<CircleId> known_circles() const override {
    return {id_of<CircleId>(1), id_of<CircleId>(2)};
  }
  bool push_in_doubt() const override { return false; }
  Result<std::vector<sync::OutgoingEntry>> entries_to_push() override {
    return std::vector<sync::OutgoingEntry>{};
  }
  Result<std::vector<sync::OutgoingBatch>> batches_to_push(std::size_t) override {
    return std::vector<sync::OutgoingBatch>{};
  }
  Status pushing() override { return {}; }

  Status take_nonce(const wire::RequestNonce&,
                    const std::optional<crypto::SignPublicKey>&) override {
    return taken();
  }
  Status take_generation(const wire::Generation&) override { return taken(); }
  Status take_ack(const CircleId&, const DeviceId&, std::uint64_t) override { return taken(); }
  Status take_entry_ack(const Hash&, std::uint64_t) override { return taken(); }
  Status take_refusal(const wire::Refusal&, const std::optional<CircleId>&) override {
    return taken();
  }
  Status take_entry(std::uint64_t, ByteView) override { return taken(); }
  Status take_batch(std::uint64_t, const DeviceId&, const wire::CompactBatch&) override {
    return taken();
  }
  Status take_own(std::uint64_t, ByteView, std::uint64_t, const wire::OwnCheck&) override {
    return taken();
  }
  Status take_backfills_served(std::span<const wire::Backfill>) override { return taken(); }
  Status sealed(const wire::Seal&, const sync::Covered&) override { return committed(); }
  Status sealed_unserved() override { return committed(); }
  void discard_unsealed() override { unsealed = 0; }

 protected:
  Status taken() {
    ++unsealed;
    ++taken_ever;
    return {};
  }
  Status committed() {
    ++commits;
    unsealed = 0;
    return {};
  }

 private:
  static const crypto::SignKeyPair& keys() {
    static const crypto::SignKeyPair pair = sign_key_number(1);
    return pair;
  }

  wire::RequestNonce nonce_{};
};

}  // namespace setu::fuzz
