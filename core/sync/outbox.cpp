#include "sync/outbox.hpp"

#include <algorithm>
#include <utility>

namespace setu::sync {
namespace {

// Writes one frame unless it would carry `body` past `max_bytes`. `force`: it is the first thing.
bool append_within(Bytes& body, const wire::RequestFrame& frame, std::size_t max_bytes,
                   bool force) {
  const Bytes encoded = wire::encode_frame(frame);
  if (!force && body.size() + encoded.size() > max_bytes) return false;
  append(body, encoded);
  return true;
}

ChainId chain_of(const OutgoingBatch& batch, const DeviceId& self) {
  return {batch.circle, batch.author.is_nil() ? self : batch.author};
}

}  // namespace

void Outbox::begin_request() {
  open_batches_.clear();
  open_entries_.clear();
  pushed_anything_ = false;
}

Status Outbox::write(Replica& replica, std::size_t max_bytes, Bytes& body) {
  SETU_TAKE(const std::vector<OutgoingEntry> entries, next_entries(replica));
  SETU_TAKE(const std::vector<OutgoingBatch> batches, next_batches(replica, max_bytes));
  if (entries.empty() && batches.empty()) return {};
  SETU_TRY(replica.pushing());

  for (const OutgoingEntry& entry : entries) {
    if (!append_within(body, wire::PushEntry{entry.bytes}, max_bytes, !pushed_anything_)) return {};
    open_entries_.insert(entry.hash);
    pushed_anything_ = true;
  }
  const std::vector<CircleId> circles = replica.known_circles();
  for (const OutgoingBatch& batch : batches) {
    auto view = wire::parse_batch(batch.bytes);
    if (!view) {
      return fail(Code::kCorrupt, "push batch: a stored batch does not parse; nothing was sent",
                  "Run setu verify on this device.");
    }
    const Bytes compact = wire::compact_batch(*view, wire::circle_ref_size(batch.circle, circles));
    const wire::PushBatch push{compact, batch.author};
    if (!append_within(body, push, max_bytes, !pushed_anything_)) return {};
    open_batches_[chain_of(batch, replica.device())].insert(batch.seq);
    pushed_anything_ = true;
  }
  return {};
}

Result<bool> Outbox::anything_left(Replica& replica, std::size_t max_bytes) const {
  SETU_TAKE(const std::vector<OutgoingEntry> entries, next_entries(replica));
  if (!entries.empty()) return true;
  SETU_TAKE(const std::vector<OutgoingBatch> batches, next_batches(replica, max_bytes));
  return !batches.empty();
}

std::size_t Outbox::batches_acked(const ChainId& chain, std::uint64_t seq) {
  const auto open = open_batches_.find(chain);
  if (open == open_batches_.end()) return 0;
  std::set<std::uint64_t>& seqs = open->second;
  const auto end = seqs.upper_bound(seq);
  const auto settled = static_cast<std::size_t>(std::distance(seqs.begin(), end));
  seqs.erase(seqs.begin(), end);

  // A chain refused for a gap may go on once what was missing has arrived (a server restored from
  // an old backup). Only a batch that was itself just settled opens it, so that this cannot go
  // round for ever.
  const auto refused = refused_chains_.find(chain);
  if (settled > 0 && refused != refused_chains_.end() &&
      refused->second.code == wire::RefusalCode::kGap && seq + 1 >= refused->second.from_seq) {
    refused_chains_.erase(refused);
  }
  return settled;
}

bool Outbox::entry_acked(const Hash& entry) { return open_entries_.erase(entry) > 0; }

bool Outbox::batch_refused(const ChainId& chain, std::uint64_t seq, wire::RefusalCode code) {
  const auto open = open_batches_.find(chain);
  if (open == open_batches_.end() || open->second.erase(seq) == 0) return false;
  const auto [refused, first] = refused_chains_.try_emplace(chain, RefusedChain{seq, code});
  if (!first && seq < refused->second.from_seq) refused->second = {seq, code};
  return true;
}

bool Outbox::entry_refused(const Hash& entry) {
  if (open_entries_.erase(entry) == 0) return false;
  refused_entries_.insert(entry);
  return true;
}

bool Outbox::is_refused(const ChainId& chain, std::uint64_t seq) const {
  const auto refused = refused_chains_.find(chain);
  return refused != refused_chains_.end() && seq >= refused->second.from_seq;
}

Result<std::vector<OutgoingEntry>> Outbox::next_entries(Replica& replica) const {
  SETU_TAKE(std::vector<OutgoingEntry> entries, replica.entries_to_push());
  std::erase_if(entries,
                [this](const OutgoingEntry& e) { return refused_entries_.contains(e.hash); });
  return entries;
}

Result<std::vector<OutgoingBatch>> Outbox::next_batches(Replica& replica,
                                                        std::size_t max_bytes) const {
  // A replica goes on offering what was refused: look past it, or one refused chain would starve
  // all others.
  std::size_t offered_before = 0;
  for (std::size_t reach = max_bytes;; reach *= 2) {
    SETU_TAKE(std::vector<OutgoingBatch> batches, replica.batches_to_push(reach));
    const std::size_t offered = batches.size();
    std::erase_if(batches, [&](const OutgoingBatch& b) {
      return is_refused(chain_of(b, replica.device()), b.seq);
    });
    const bool seen_all = offered == offered_before || reach >= limits::kRequestBytes;
    if (!batches.empty() || seen_all) return batches;
    offered_before = offered;
  }
}

}  // namespace setu::sync
