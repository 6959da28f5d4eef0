#pragma once
// What one exchange pushes: writes it into request bodies, and keeps book of what became of it.
//
// Only things pushed in the open request can be acknowledged or refused; anything else is the
// server's mistake. A refused batch holds back the rest of its chain in that circle, for this
// exchange; the replica keeps all of it. Not thread-safe. Memory: ids and hashes of what one
// request pushed, plus what write() holds while it runs.

#include <map>
#include <set>
#include <vector>

#include "sync/exchange.hpp"

namespace setu::sync {

// The batches of one author in one circle.
struct ChainId {
  CircleId circle;
  DeviceId author;
  friend auto operator<=>(const ChainId&, const ChainId&) = default;
};

class Outbox {
 public:
  // Starts a new request: forgets what the last one pushed, remembers what was refused.
  void begin_request();

  // Entries first, then (once all of them fit) batches in compact form, until `body` would pass
  // `max_bytes`. The first thing always goes in, or a thing beyond the limit could never be sent.
  // Calls Replica::pushing() before anything is handed out. kCorrupt: a stored batch does not
  // parse. Else what the replica returns.
  [[nodiscard]] Status write(Replica& replica, std::size_t max_bytes, Bytes& body);

  // True when write() would push something.
  [[nodiscard]] Result<bool> anything_left(Replica& replica, std::size_t max_bytes) const;

  [[nodiscard]] bool pushed_anything() const { return pushed_anything_; }

  // All batches of the chain through `seq` are durable. How many of those that the open request
  // pushed this settles.
  std::size_t batches_acked(const ChainId& chain, std::uint64_t seq);
  // False: the open request did not push it, or it has its answer already.
  [[nodiscard]] bool entry_acked(const Hash& entry);
  [[nodiscard]] bool batch_refused(const ChainId& chain, std::uint64_t seq, wire::RefusalCode code);
  [[nodiscard]] bool entry_refused(const Hash& entry);

 private:
  struct RefusedChain {
    std::uint64_t from_seq = 0;
    wire::RefusalCode code{};
  };

  [[nodiscard]] bool is_refused(const ChainId& chain, std::uint64_t seq) const;
  [[nodiscard]] Result<std::vector<OutgoingEntry>> next_entries(Replica& replica) const;
  [[nodiscard]] Result<std::vector<OutgoingBatch>> next_batches(Replica& replica,
                                                                std::size_t max_bytes) const;

  std::map<ChainId, std::set<std::uint64_t>> open_batches_;
  std::set<Hash> open_entries_;
  std::map<ChainId, RefusedChain> refused_chains_;
  std::set<Hash> refused_entries_;
  bool pushed_anything_ = false;
};

}  // namespace setu::sync
