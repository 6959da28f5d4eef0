#include "client/rollback.hpp"

#include <algorithm>

#include "client/log_memory.hpp"

namespace setu::client {
namespace {

// The genesis names the programme, so no log of it begins with anything else.
constexpr std::uint64_t kGenesisPosition = 1;

Status forget_circle(Context& context, const CircleId& circle,
                     std::vector<Backfilling>& backfills) {
  std::erase_if(backfills, [&](const Backfilling& open) { return open.circle == circle; });
  return context.store.drop_circle_head(circle);
}

}  // namespace

// A circle's batches come in order of position, back-filled ones first.
Result<Hash> fold_head(Context& context, const CircleId& circle, std::uint64_t through) {
  SETU_TAKE(const std::vector<Hash> logged, context.store.logged_batches(circle, through));
  Hash head;
  for (const Hash& hash : logged) head = wire::chain_head(head, hash);
  return head;
}

Status roll_back(Context& context, std::uint64_t kept, std::map<CircleId, Hash>& heads,
                 std::vector<Backfilling>& backfills) {
  const Hash genesis = context.roster.genesis_hash();
  SETU_TRY(context.store.lose_entries(std::max(kept, kGenesisPosition)));
  SETU_TRY(context.store.lose_batches(context.self.id, kept));
  SETU_TRY(forget_tags_beyond(context, kept));
  SETU_TRY(context.store.put_note(notes::kGivingBack, as_bytes("1")));
  SETU_TRY(load_log_roster(context));
  if (context.roster.genesis_hash() != genesis) {
    return fail(Code::kCorrupt, "roll back: the roster does not begin with its genesis any more",
                "run `setu verify`");
  }

  const std::vector<CircleId> granted = context.roster.circles_of(context.self.id);
  for (auto head = heads.begin(); head != heads.end();) {
    if (std::ranges::binary_search(granted, head->first)) {
      SETU_TAKE(head->second, fold_head(context, head->first, kept));
      ++head;
    } else {
      SETU_TRY(forget_circle(context, head->first, backfills));
      head = heads.erase(head);
    }
  }
  for (Backfilling& open : backfills) {
    open.after = std::min(open.after, kept);
    open.until = std::min(open.until, kept);
  }
  std::erase_if(backfills, [](const Backfilling& open) { return open.after >= open.until; });
  return {};
}

Result<bool> is_giving_back(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kGivingBack));
  return note && !note->empty();
}

Status settle_giving_back(Context& context) {
  SETU_TAKE(const bool open, is_giving_back(context));
  if (!open) return {};
  // Those that the log is said to hold stay until it shows them: they say who belongs to what.
  SETU_TAKE(const auto entries, context.store.pending_entries(true));
  SETU_TAKE(const std::uint64_t unsent, context.store.batch_count(store::BatchState::kOwnUnsent));
  SETU_TAKE(const std::uint64_t lost, context.store.lost_batch_count());
  if (!entries.empty() || unsent > 0 || lost > 0) return {};
  return context.store.put_note(notes::kGivingBack, {});
}

}  // namespace setu::client
