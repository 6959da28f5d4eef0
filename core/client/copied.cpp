#include "client/copied.hpp"

#include <algorithm>

#include "client/intake.hpp"
#include "client/sealer.hpp"

namespace setu::client {

using store::BatchState;

namespace {

constexpr std::string_view kProven = "2";

// A reference holds the raw bytes of an id.
bool refers_to(const Op& op, const RecordId& record) {
  const auto* text = std::get_if<std::string>(&op.value);
  return text != nullptr && *text == as_text(record.view());
}

bool concerns(const Change& change, const RecordId& record) {
  return change.record == record ||
         std::ranges::any_of(change.ops, [&](const Op& op) { return refers_to(op, record); });
}

// Gives a record that was never sent another id, in all that is unsealed.
Status rename_unsealed(Context& context, const RecordId& old_id) {
  const auto new_id = crypto::random_id<RecordId>(context.random());
  return rewrite_unsealed(context, [&](const CircleId&, wire::SeededChange& mine) {
    if (!concerns(mine.change, old_id)) return false;
    for (Op& op : mine.change.ops) {
      if (refers_to(op, old_id)) op.value = std::string(as_text(new_id.view()));
    }
    if (mine.change.record == old_id) {
      mine.change.record = new_id;
      mine.seed.reset();
    }
    return true;
  });
}

// Gives an unsealed write another stamp: its own names another write of the same record by now.
Status restamp_unsealed(Context& context, const RecordId& record, const Stamp& taken) {
  SETU_TAKE(StampClock clock, load_clock(context));
  const Stamp fresh = clock.next(context.now());
  SETU_TRY(save_clock(context, clock));
  return rewrite_unsealed(context, [&](const CircleId&, wire::SeededChange& mine) {
    if (mine.change.record != record) return false;
    bool changed = false;
    if (mine.change.stamp == taken) {
      if (!mine.change.recorded) mine.change.recorded = taken;
      mine.change.stamp = fresh;
      changed = true;
    }
    for (Op& op : mine.change.ops) changed = replace_seen(op, taken, fresh) || changed;
    return changed;
  });
}

Status observe(Context& context, const std::vector<wire::SeededChange>& changes) {
  SETU_TAKE(StampClock clock, load_clock(context));
  for (const wire::SeededChange& each : changes) clock.observe(each.change.stamp, context.now());
  return save_clock(context, clock);
}

// What one change that was sent says of what is unsealed here.
Status make_way_for_change(Context& context, const CircleId& circle,
                           const wire::SeededChange& sent) {
  SETU_TAKE(const auto unsealed, context.store.outbox_of(sent.change.record));
  bool id_taken = false;
  bool stamp_taken = false;
  for (const store::OutboxItem& item : unsealed) {
    if (item.circle != circle) continue;
    SETU_TAKE(const wire::SeededChange mine, wire::decode_change(item.change));
    if (equal(item.change, wire::encode_change(sent))) {
      SETU_TRY(context.store.outbox_drop(item.number));
      continue;
    }
    id_taken = id_taken || (mine.change.creates && mine.seed && sent.change.creates);
    stamp_taken = stamp_taken || mine.change.stamp == sent.change.stamp;
  }
  if (id_taken) return rename_unsealed(context, sent.change.record);
  if (stamp_taken) return restamp_unsealed(context, sent.change.record, sent.change.stamp);
  return {};
}

}  // namespace

Result<bool> is_copied(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kCopied));
  return note && !note->empty();
}

Result<bool> is_proven_copy(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kCopied));
  return note && equal(*note, as_bytes(kProven));
}

Status note_proof(Context& context, const wire::BatchView& batch) {
  const roster::Member* me = context.me();
  if (me == nullptr || !wire::verify_batch(batch, me->keys.sign)) return {};
  return context.store.put_note(notes::kCopied, as_bytes(kProven));
}

Status become_copied(Context& context) {
  SETU_TAKE(const bool known, is_copied(context));
  if (!known) {
    SETU_TRY(context.store.put_note(notes::kCopied, as_bytes("1")));
    SETU_TRY(context.store.drop_seeds());  // ids that they give are given already
  }
  std::map<CircleId, std::uint64_t> first_unsent;
  const BatchState unsent[] = {BatchState::kOwnUnsent};
  SETU_TRY(context.store.each_batch({}, unsent, [&](const store::StoredBatch& b) -> Result<bool> {
    const auto [first, is_new] = first_unsent.try_emplace(b.circle, b.seq);
    if (!is_new) first->second = std::min(first->second, b.seq);
    return true;
  }));
  for (const auto& [circle, seq] : first_unsent) SETU_TRY(unseal_from(context, circle, seq));
  return {};
}

Status unseal_from(Context& context, const CircleId& circle, std::uint64_t from_seq) {
  std::vector<store::StoredBatch> taken_apart;
  const BatchState own[] = {BatchState::kOwnUnsent, BatchState::kOwnAcked};
  SETU_TRY(context.store.each_batch(circle, own, [&](const store::StoredBatch& b) -> Result<bool> {
    if (b.device == context.self.id && b.seq >= from_seq) taken_apart.push_back(b);
    return true;
  }));
  if (taken_apart.empty()) return {};
  std::ranges::sort(taken_apart, {}, &store::StoredBatch::seq);
  for (const store::StoredBatch& batch : taken_apart) {
    SETU_TAKE(const wire::BatchView view, wire::parse_batch(batch.bytes));
    SETU_TAKE(const wire::BatchBody body, open_body(context, view));
    for (const wire::SeededChange& seeded : body.changes) {
      SETU_TRY(context.store.outbox_add(circle, seeded.change.record, wire::encode_change(seeded)));
    }
    SETU_TRY(context.store.remove_batch(circle, context.self.id, batch.seq));
  }
  SETU_TAKE(const wire::BatchView first, wire::parse_batch(taken_apart.front().bytes));
  SETU_TAKE(store::ChainState chain, context.store.chain(circle, context.self.id));
  chain.seq = first.header.seq - 1;
  chain.hash = first.header.previous;
  return context.store.set_chain(circle, context.self.id, chain);
}

bool replace_seen(Op& op, const Stamp& before, const Stamp& now) {
  if (std::erase(op.seen, before) == 0) return false;
  const auto at = std::ranges::lower_bound(op.seen, now);
  if (at == op.seen.end() || *at != now) op.seen.insert(at, now);
  return true;
}

Status rewrite_unsealed(Context& context, const Rewrite& rewrite) {
  SETU_TAKE(const std::vector<CircleId> circles, context.store.outbox_circles());
  for (const CircleId& circle : circles) {
    SETU_TAKE(const auto items, context.store.outbox(circle, SIZE_MAX));
    bool changed = false;
    for (const store::OutboxItem& item : items) {
      SETU_TAKE(wire::SeededChange mine, wire::decode_change(item.change));
      if (!rewrite(circle, mine)) continue;
      SETU_TRY(context.store.outbox_drop(item.number));
      SETU_TRY(context.store.outbox_add(circle, mine.change.record, wire::encode_change(mine)));
      changed = true;
    }
    if (changed) SETU_TRY(rebuild_within(context, circle));
  }
  return {};
}

Status make_way_for(Context& context, const CircleId& circle,
                    const std::vector<wire::SeededChange>& sent) {
  SETU_TRY(observe(context, sent));
  for (const wire::SeededChange& each : sent) {
    SETU_TRY(make_way_for_change(context, circle, each));
  }
  return {};
}

Status make_way_for_own(Context& context, const wire::BatchView& batch) {
  const auto body = open_body(context, batch);
  if (!body) return {};  // it waits for its key, or is set aside: nothing is known to be sent
  return make_way_for(context, batch.header.circle, body->changes);
}

}  // namespace setu::client
