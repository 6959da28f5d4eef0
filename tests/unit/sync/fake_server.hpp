#pragma once
// An honest server in memory, with switches for what a test needs, and the means to script a
// dishonest one.

#include <set>
#include <variant>
#include <vector>

#include "fake_replica.hpp"

namespace setu::sync::testing {

// Writes an answer frame by frame, sealing as the server would.
class AnswerScript {
 public:
  AnswerScript(const crypto::SignKeyPair& key, ByteView request);
  void add(const wire::AnswerFrame& frame);
  void seal(const wire::LogPoint& point, bool more,
            bool last);  // with the digest that the replica expects
  void seal_with(wire::Seal seal);

  Bytes bytes;
  std::vector<std::size_t> frame_ends;

 private:
  const crypto::SignKeyPair& key_;
  ProgrammeId programme_;
  Hash request_;
};

struct Received {
  wire::Hello hello;
  std::vector<Bytes> entries;
  std::vector<Bytes> batches;     // compact
  std::vector<DeviceId> authors;  // of the batches; nil: the sender
};
[[nodiscard]] Received read_request(ByteView body);

class FakeServer {
 public:
  crypto::SignKeyPair key = make_key(1);
  wire::RequestNonce nonce = make_nonce(1);  // the only one accepted
  bool shows_key = false;
  std::uint32_t generation = 1;
  std::size_t items_per_seal = 1'000;
  std::size_t items_per_answer = 1'000'000;
  std::set<std::pair<CircleId, std::uint64_t>> refuses;
  std::vector<CircleId> circles;

  std::vector<Received> requests;                // what came
  std::map<CircleId, std::vector<Bytes>> taken;  // pushed batches, seq 1 first
  std::vector<Bytes> taken_entries;

  // Others' batches, own marks and entries, by position from 1.
  struct Item {
    enum class What { kBatch, kEntry, kOwn } what{};
    CircleId circle;
    Bytes bytes;
    std::uint64_t seq = 0;
  };
  std::vector<Item> log;
  void log_batch(const CircleId& circle, crypto::Random& random);
  void log_entry();

  [[nodiscard]] Bytes answer(ByteView body);

 private:
  void take_pushes(const Received& received, AnswerScript& out);
  void serve(const wire::Hello& hello, AnswerScript& out) const;
  void serve_item(std::uint64_t position, AnswerScript& out) const;
};

// Runs one whole exchange over a perfect link; `piece` bytes at a time (0: whole answers).
struct Synced {
  Status status;
  Report report;
};
[[nodiscard]] Synced sync_once(FakeReplica& replica, FakeServer& server,
                               const Options& options = {}, std::size_t piece = 0);

}  // namespace setu::sync::testing
