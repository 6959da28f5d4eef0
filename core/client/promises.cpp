#include "client/promises.hpp"

#include <algorithm>
#include <map>

#include "client/backfills.hpp"
#include "client/rollback.hpp"

namespace setu::client {

using store::BatchState;

namespace {

Status unsend(Context& context, const CircleId& circle, std::uint64_t seq) {
  return context.store.set_batch_state(circle, context.self.id, seq, BatchState::kOwnUnsent, "");
}

// It may be in the log all the same, and its mark was kept from this device.
Status ask_again(Context& context, const CircleId& circle, std::uint64_t from_seq,
                 std::uint64_t until) {
  SETU_TAKE(const auto before, context.store.batch(circle, context.self.id, from_seq - 1));
  const std::uint64_t after = before ? before->position : 0;
  SETU_TAKE(std::vector<Backfilling> backfills, load_backfills(context));
  const bool is_asked = std::ranges::any_of(
      backfills, [&](const Backfilling& open) { return open.circle == circle; });
  if (is_asked || after >= until) return {};
  backfills.push_back({circle, after, until});
  SETU_TAKE(const Hash head, fold_head(context, circle, after));
  SETU_TRY(context.store.put_circle_head(circle, head));
  return save_backfills(context, backfills);
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

Result<bool> check_acks(Context& context, const std::vector<Acked>& acked, std::uint64_t cursor) {
  const roster::Member* me = context.me();
  if (me == nullptr || me->state == roster::MemberState::kRemoved) return true;
  SETU_TAKE(const auto unlogged, context.store.pending_entries());
  SETU_TAKE(const auto pending, context.store.pending_entries(true));
  bool all_there = pending.size() == unlogged.size();
  if (all_there && acked.empty()) return true;

  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  std::map<CircleId, std::uint64_t> first;
  for (const auto& [circle, seq] : acked) {
    SETU_TAKE(const auto batch, context.store.batch(circle, context.self.id, seq));
    if (!batch || batch->position != 0 || batch->state != BatchState::kOwnAcked) continue;
    SETU_TRY(unsend(context, circle, seq));
    const auto [place, is_new] = first.try_emplace(circle, seq);
    if (!is_new) place->second = std::min(place->second, seq);
    all_there = false;
  }
  for (const auto& [circle, seq] : first) SETU_TRY(ask_again(context, circle, seq, cursor));
  for (const auto& [hash, bytes] : pending) SETU_TRY(context.store.set_pending_position(hash, 0));
  SETU_TRY(transaction.commit());
  return all_there;
}

}  // namespace setu::client
