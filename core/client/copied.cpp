#include "client/copied.hpp"

#include <algorithm>

#include "client/intake.hpp"
#include "client/sealer.hpp"

namespace setu::client {

using store::BatchState;

namespace {

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
  SETU_TAKE(const std::vector<CircleId> circles, context.store.outbox_circles());
  for (const CircleId& circle : circles) {
    SETU_TAKE(const auto items, context.store.outbox(circle, SIZE_MAX));
    bool changed = false;
    for (const store::OutboxItem& item : items) {
      SETU_TAKE(wire::SeededChange mine, wire::decode_change(item.change));
      if (!concerns(mine.change, old_id)) continue;
      for (Op& op : mine.change.ops) {
        if (refers_to(op, old_id)) op.value = std::string(as_text(new_id.view()));
      }
      if (mine.change.record == old_id) {
        mine.change.record = new_id;
        mine.seed.reset();
      }
      SETU_TRY(context.store.outbox_drop(item.number));
      SETU_TRY(context.store.outbox_add(circle, mine.change.record, wire::encode_change(mine)));
      changed = true;
    }
    if (changed) SETU_TRY(rebuild_within(context, circle));
  }
  return {};
}

}  // namespace

Result<bool> is_copied(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kCopied));
  return note && !note->empty();
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

Status make_way_for_own(Context& context, const wire::BatchView& batch) {
  const auto body = open_body(context, batch);
  if (!body) return {};  // it waits for its key, or is set aside: nothing is known to be sent
  for (const wire::SeededChange& sent : body->changes) {
    SETU_TAKE(const auto unsealed, context.store.outbox_of(sent.change.record));
    bool taken_twice = false;
    for (const store::OutboxItem& item : unsealed) {
      if (item.circle != batch.header.circle) continue;
      SETU_TAKE(const wire::SeededChange mine, wire::decode_change(item.change));
      if (equal(item.change, wire::encode_change(sent))) {
        SETU_TRY(context.store.outbox_drop(item.number));
      } else {
        taken_twice = taken_twice || (mine.change.creates && sent.change.creates);
      }
    }
    if (taken_twice) SETU_TRY(rename_unsealed(context, sent.change.record));
  }
  return {};
}

}  // namespace setu::client
