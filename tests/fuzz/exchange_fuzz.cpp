// Any bytes as the answer of a sync, from whoever took the server's place: nothing is kept for good
// without the server's signature, nothing unsealed is left behind, and the device stops asking.
//
// Input: a byte (size of the pieces), then the answer.

#include <algorithm>
#include <cstdint>

#include "sync/exchange.hpp"

namespace {

using namespace setu;
using namespace setu::sync;

// Counts what it is asked to keep; holds nothing else.
class WatchedReplica final : public Replica {
 public:
  WatchedReplica() {
    programme_.bytes.fill(std::byte{9});
    device_.bytes.fill(std::byte{5});
    circle_.bytes.fill(std::byte{1});
    nonce_.fill(std::byte{1});
  }

  int commits = 0;
  int unsealed = 0;  // taken since the last commit or discard

  ProgrammeId programme() const override { return programme_; }
  DeviceId device() const override { return device_; }
  crypto::SignPublicKey sign_key() const override { return keys().public_key; }
  crypto::Signature sign(crypto::Domain domain, ByteView message) const override {
    return crypto::sign(keys(), domain, message);
  }
  std::optional<crypto::SignPublicKey> server_key() const override {
    static const crypto::SignPublicKey server = key_of(2).public_key;
    return server;
  }
  bool enrolled() const override { return true; }
  Bytes token_secret() const override { return {}; }
  std::optional<InviteProof> prove_invite(const Hash&) const override { return {}; }
  std::optional<InviteId> invite() const override { return {}; }
  wire::LogPoint cursor() const override { return {1, 0}; }
  wire::RequestNonce nonce() const override { return nonce_; }
  std::vector<wire::Backfill> backfills() const override { return {}; }
  std::vector<CircleId> known_circles() const override { return {circle_}; }
  bool push_in_doubt() const override { return false; }
  Result<std::vector<OutgoingEntry>> entries_to_push() override {
    return std::vector<OutgoingEntry>{};
  }
  Result<std::vector<OutgoingBatch>> batches_to_push(std::size_t) override {
    return std::vector<OutgoingBatch>{};
  }
  Status pushing() override { return {}; }

  Status take_nonce(const wire::RequestNonce&,
                    const std::optional<crypto::SignPublicKey>&) override {
    return taken();
  }
  Status take_ack(const CircleId&, std::uint64_t) override { return taken(); }
  Status take_entry_ack(const Hash&, std::uint64_t) override { return taken(); }
  Status take_refusal(const wire::Refusal&, const std::optional<CircleId>&) override {
    return taken();
  }
  Status take_entry(std::uint64_t, ByteView) override { return taken(); }
  Status take_batch(std::uint64_t, const DeviceId&, const wire::CompactBatch&) override {
    return taken();
  }
  Status take_own(std::uint64_t, const CircleId&, std::uint64_t) override { return taken(); }
  Status take_backfills_served(std::span<const wire::Backfill>) override { return taken(); }
  Status sealed(const wire::Seal&, const Hash&) override { return committed(); }
  Status sealed_unserved() override { return committed(); }
  void discard_unsealed() override { unsealed = 0; }

 private:
  static crypto::SignKeyPair key_of(int number) {
    crypto::Secret seed(crypto::kKeySize);
    seed.writable()[0] = static_cast<std::byte>(number);
    return crypto::sign_key_from_seed(seed);
  }
  static const crypto::SignKeyPair& keys() {
    static const crypto::SignKeyPair pair = key_of(1);
    return pair;
  }
  Status taken() {
    ++unsealed;
    return {};
  }
  Status committed() {
    ++commits;
    unsealed = 0;
    return {};
  }

  ProgrammeId programme_;
  DeviceId device_;
  CircleId circle_;
  wire::RequestNonce nonce_{};
};

struct Outcome {
  bool fed = false;  // to its end
  Code refused_with = Code::kInternal;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome hear(ByteView answer, std::size_t piece) {
  WatchedReplica replica;
  crypto::SeededRandom random(1);
  Exchange exchange(replica, Options{}, random);
  SETU_ASSERT(exchange.make_request());
  Status status;
  while (!answer.empty() && status) {
    const std::size_t size = std::min(piece, answer.size());
    status = exchange.feed(answer.first(size));
    answer = answer.subspan(size);
  }
  const bool fed = status.has_value();
  if (fed) status = exchange.end_of_answer();
  SETU_ASSERT(!status);  // without a good seal an answer is never whole
  SETU_ASSERT(!exchange.wants_request());
  SETU_ASSERT(replica.commits == 0 && replica.unsealed == 0);
  SETU_ASSERT(exchange.report().pulled_batches == 0 && exchange.report().pulled_entries == 0);
  return {fed, status.error().code};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool ready = crypto::init().has_value();
  SETU_ASSERT(ready);
  if (size == 0) return 0;
  const ByteView answer = std::as_bytes(std::span(data, size)).subspan(1);
  SETU_ASSERT(hear(answer, answer.size()) == hear(answer, 1u + data[0]));
  return 0;
}
