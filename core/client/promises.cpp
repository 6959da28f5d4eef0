#include "client/promises.hpp"

namespace setu::client {

using store::BatchState;

namespace {

Status unsend(Context& context, const CircleId& circle, std::uint64_t seq) {
  return context.store.set_batch_state(circle, context.self.id, seq, BatchState::kOwnUnsent, "");
}

}  // namespace

Status send_again(Context& context, const CircleId& circle, std::uint64_t before_seq) {
  std::vector<std::uint64_t> unplaced;
  std::vector<std::uint64_t> all;
  const BatchState acked[] = {BatchState::kOwnAcked};
  SETU_TRY(
      context.store.each_batch(circle, acked, [&](const store::StoredBatch& batch) -> Result<bool> {
        if (batch.device != context.self.id || batch.seq >= before_seq) return true;
        all.push_back(batch.seq);
        if (batch.position == 0) unplaced.push_back(batch.seq);
        return true;
      }));
  for (const std::uint64_t seq : unplaced.empty() ? all : unplaced)
    SETU_TRY(unsend(context, circle, seq));
  return {};
}

Result<bool> check_acks(Context& context, const std::vector<Acked>& acked) {
  const roster::Member* me = context.me();
  if (me == nullptr || me->state == roster::MemberState::kRemoved) return true;
  SETU_TAKE(const auto unlogged, context.store.pending_entries());
  SETU_TAKE(const auto pending, context.store.pending_entries(true));
  bool all_there = pending.size() == unlogged.size();
  if (all_there && acked.empty()) return true;

  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  for (const auto& [circle, seq] : acked) {
    SETU_TAKE(const auto batch, context.store.batch(circle, context.self.id, seq));
    if (!batch || batch->position != 0 || batch->state != BatchState::kOwnAcked) continue;
    SETU_TRY(unsend(context, circle, seq));
    all_there = false;
  }
  for (const auto& [hash, bytes] : pending) SETU_TRY(context.store.set_pending_position(hash, 0));
  SETU_TRY(transaction.commit());
  return all_there;
}

}  // namespace setu::client
