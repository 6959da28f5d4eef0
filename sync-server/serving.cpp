#include "serving.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace setu::server {
namespace {

// Of a frame beside its bytes: tags, position, device. What an own-mark counts for, roughly.
constexpr std::size_t kFrameOverhead = 24;

}  // namespace

Serving::Serving(LogStore& store, ServeOrder order, AnswerWriter& writer)
    : store_(store), order_(std::move(order)), writer_(writer), reached_(order_.after) {}

Status Serving::write_some(std::size_t bytes) {
  if (!started_) {
    SETU_TRY(start());
    started_ = true;
  }
  while (!done_ && writer_.pending() < bytes) SETU_TRY(write_item());
  return {};
}

Status Serving::start() {
  SETU_TRY(read_heads());
  if (order_.begun_after)
    writer_.write(wire::Generation{order_.end.generation, *order_.begun_after});
  return next_source();
}

Status Serving::read_heads() {
  for (const CircleId& circle : order_.circles) {
    SETU_TAKE(CircleState state,
              store_.circle_state(order_.programme, circle, order_.end.position));
    if (state.last_position == 0) continue;
    states_.push_back(state);
    if (state.last_position > order_.after) {
      SETU_TAKE(state, store_.circle_state(order_.programme, circle, order_.after));
    }
    if (state.last_position != 0) heads_.emplace(circle, state.head);
  }
  SETU_TAKE(roster_head_, store_.roster_head_at(order_.programme, order_.after));
  return {};
}

// The back-fills one after the other, then the log.
Status Serving::next_source() {
  if (next_backfill_ < order_.backfills.size()) {
    const ServeOrder::Backfill& backfill = order_.backfills[next_backfill_++];
    source_.emplace(store_, order_.programme, backfill.range, false);
    return source_->add_circle(backfill.circle);
  }
  next_backfill_ = order_.backfills.size() + 1;
  source_.emplace(store_, order_.programme, Range{order_.after, order_.end.position}, true);
  for (const CircleState& state : states_) {
    if (state.last_position > order_.after) SETU_TRY(source_->add_circle(state.circle));
  }
  return {};
}

Status Serving::write_item() {
  SETU_TAKE(const LogItem* const item, source_->peek());
  if (item == nullptr) {
    if (!in_log()) return next_source();
    reached_ = order_.end.position;
    return seal(true, false);
  }
  SETU_TAKE(const std::optional<wire::AnswerFrame> frame, frame_of(*item));
  if (!frame) {
    note(*item);  // the head that is signed tells the reader that something is missing
    source_->take();
    return {};
  }
  const std::size_t size =
      kFrameOverhead + (item->entry ? item->entry->bytes.size() : batch_.size());
  if (used_ > 0 && used_ + size > order_.budget) {
    return seal(true, true);
  }
  // Sealed before it grows past the limit, and never with nothing in between.
  if (writer_.since_seal() > 0 && writer_.since_seal() + size > wire::kSealEvery)
    SETU_TRY(seal(false, false));
  writer_.write(*frame);
  used_ += size;
  note(*item);
  source_->take();
  return {};
}

Result<std::optional<wire::AnswerFrame>> Serving::frame_of(const LogItem& item) {
  if (item.entry) return wire::AnswerFrame(wire::PulledEntry{item.position, item.entry->bytes});
  const BatchKey& key = item.batch;
  const std::size_t ref_size = wire::circle_ref_size(key.circle, order_.all_circles);
  if (key.device == order_.device && !order_.own_too) {
    batch_.clear();
    const ByteView ref = key.circle.view().first(ref_size);
    return wire::AnswerFrame(
        wire::OwnBatch{item.position, to_bytes(ref), key.seq, wire::own_check(key.hash)});
  }
  SETU_TAKE(const Bytes canonical, store_.batch_bytes(order_.programme, item.position));
  const auto batch = wire::parse_batch(canonical);
  // One whose circle nobody knows could not even be named: a client would take the answer for
  // broken.
  const bool damaged =
      !batch || !std::ranges::binary_search(order_.all_circles, batch->header.circle);
  if (damaged) {
    spdlog::error("serve batch: one in the log is damaged and is left out; run setu-server check");
    return std::nullopt;
  }
  batch_ = wire::compact_batch(*batch, ref_size);
  return wire::AnswerFrame(wire::PulledBatch{item.position, key.device, batch_});
}

void Serving::note(const LogItem& item) {
  if (!in_log()) return;
  reached_ = item.position;
  if (item.entry) {
    roster_head_ = item.entry->roster_head;
  } else {
    heads_[item.batch.circle] = item.batch.circle_head;
  }
}

Status Serving::seal(bool last, bool more) {
  std::vector<wire::CircleHead> heads;
  heads.reserve(heads_.size());
  for (const auto& [circle, head] : heads_) heads.push_back({circle, head});
  wire::Seal seal;
  seal.point = {order_.end.generation, reached_};
  seal.more = more;
  seal.last = last;
  seal.digest = wire::heads_digest(roster_head_, heads);
  SETU_TAKE(seal.tag, store_.tag_at(order_.programme, reached_));
  writer_.seal(seal);
  done_ = last;
  return {};
}

}  // namespace setu::server
