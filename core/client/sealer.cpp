#include "client/sealer.hpp"

#include <algorithm>

#include "client/copied.hpp"
#include "client/gossip.hpp"
#include "client/keyring.hpp"
#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

constexpr std::size_t kFirstRead = 2'048;  // changes; a batch holds about a thousand

Result<wire::LogPoint> load_cursor(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kCursor));
  wire::LogPoint cursor;
  if (note) {
    Reader reader(*note);
    cursor.generation = reader.u32();
    cursor.position = reader.u64();
  }
  return cursor;
}

// What this device knew when it wrote: tips of other chains that moved since it last told of them,
// and the digest of what it was shown.
Result<Telling> fresh_telling(Context& context, const CircleId& circle) {
  const std::string note_name = "told:" + circle.hex();
  std::map<DeviceId, std::uint64_t> told;
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(note_name));
  if (note) {
    Reader reader(*note);
    while (reader.ok() && !reader.at_end()) {
      const auto device = reader.id<DeviceId>();
      told[device] = reader.varint();
    }
  }
  std::vector<wire::Tip> tips;
  SETU_TAKE(const auto chains, context.store.chains(circle));
  for (const auto& [device, chain] : chains) {
    if (device == context.self.id || chain.seq == told[device] ||
        tips.size() == limits::kTipsPerBatch)
      continue;
    tips.push_back({device, chain.seq});
  }
  SETU_TAKE(Telling telling, tell(context, circle, std::move(tips)));
  if (telling.tips.empty()) return telling;
  for (const wire::Tip& tip : telling.tips) told[tip.device] = tip.seq;
  Writer writer;
  for (const auto& [device, seq] : told) {
    writer.id(device);
    writer.varint(seq);
  }
  SETU_TRY(context.store.put_note(note_name, writer.view()));
  return telling;
}

// Under the newest key of a circle that this device is a member of; to the inbox of one that it is
// not. kNotYet: the key has not arrived.
Result<Bytes> seal(Context& context, wire::BatchHeader header, ByteView padded_plain) {
  const crypto::SignKeyPair& author = context.self.sign;
  if (context.roster.may_write_to_inbox(context.self.id, header.circle)) {
    const roster::Epoch& newest = context.roster.circle(header.circle)->newest();
    header.epoch = newest.number;
    return wire::seal_to_inbox(header, newest.inbox, author, padded_plain, context.random());
  }
  SETU_TAKE(const HeldKey held, newest_key(context, header.circle));
  header.epoch = held.epoch;
  return wire::seal_batch(header, *held.key, author, padded_plain, context.random());
}

// Seals one batch from the first `read` changes of the outbox. Gives how many went in; 0: there
// were none.
Result<std::size_t> seal_one(Context& context, const CircleId& circle, std::size_t read) {
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TAKE(const std::vector<store::OutboxItem> items, context.store.outbox(circle, read));
  if (items.empty()) return std::size_t{0};

  wire::BatchBody body;
  SETU_TAKE(Telling telling, fresh_telling(context, circle));
  body.tips = std::move(telling.tips);
  body.head_digest = telling.digest;
  body.changes.reserve(items.size());
  for (const store::OutboxItem& item : items) {
    SETU_TAKE(wire::SeededChange change, wire::decode_change(item.change));
    body.changes.push_back(std::move(change));
  }
  SETU_TAKE(const wire::PackedBody packed,
            wire::pack_body(body, context.self.id, home_implied_by(context, circle)));
  SETU_ASSERT(packed.taken > 0 && packed.taken <= items.size());

  SETU_TAKE(store::ChainState chain, context.store.chain(circle, context.self.id));
  wire::BatchHeader header;
  header.programme = context.roster.programme();
  header.circle = circle;
  header.device = context.self.id;
  header.seq = chain.seq + 1;
  header.previous = chain.hash;
  SETU_TAKE(header.head_seen, load_cursor(context));
  SETU_TAKE(Bytes bytes, seal(context, header, packed.padded_plain));

  chain.seq = header.seq;
  chain.hash = wire::batch_hash(bytes);
  chain.tip = body.changes[packed.taken - 1].change.stamp;
  SETU_TRY(context.store.set_chain(circle, context.self.id, chain));
  store::StoredBatch stored;
  stored.circle = circle;
  stored.device = context.self.id;
  stored.seq = header.seq;
  stored.state = store::BatchState::kOwnUnsent;
  stored.hash = chain.hash;
  stored.bytes = std::move(bytes);
  SETU_TRY(context.store.add_batch(stored));
  SETU_TRY(context.store.outbox_remove(circle, items[packed.taken - 1].number));
  SETU_TRY(transaction.commit());
  return packed.taken;
}

}  // namespace

CircleId home_implied_by(const Context& context, const CircleId& circle) {
  const roster::Circle* found = context.roster.circle(circle);
  return found == nullptr ? CircleId{} : roster::implied_home(*found);
}

Status seal_outbox(Context& context) {
  SETU_TAKE(const bool copied, is_copied(context));
  if (copied) return {};
  SETU_TAKE(const std::vector<CircleId> circles, context.store.outbox_circles());
  for (const CircleId& circle : circles) {
    for (std::size_t read = kFirstRead;;) {
      auto taken = seal_one(context, circle, read);
      if (!taken && taken.error().code == Code::kNotYet) break;  // stays until the key is here
      if (!taken) return fail(std::move(taken).error());
      if (*taken == 0) break;
      read =
          *taken * 2;  // the next batch takes about as many: what is read in vain is decoded again
    }
  }
  return circles.empty() ? Status{} : context.store.compact_if_sparse();
}

namespace {

Result<Bytes> open(Context& context, const wire::BatchView& batch) {
  const wire::BatchHeader& header = batch.header;
  const bool to_inbox = (header.flags & wire::BatchHeader::kInbox) != 0;
  if (to_inbox && header.device == context.self.id)
    return wire::open_own_from_inbox(batch, context.self.sign);
  SETU_TAKE(const crypto::Secret* key, find_key(context, header.circle, header.epoch));
  if (key == nullptr) return fail(Code::kNotYet, "open batch: its key has not arrived");
  return to_inbox ? wire::open_from_inbox(batch, wire::inbox_of(header.circle, header.epoch, *key))
                  : wire::open_batch(batch, *key);
}

}  // namespace

bool fits_one_batch(const Context& context, const Change& change) {
  constexpr std::size_t kSurelyFits = 24 * 1024;  // encoded; any change of it fits a batch
  const wire::SeededChange alone{change, std::nullopt};
  const std::size_t size = wire::encode_change(alone).size();
  if (size <= kSurelyFits) return true;
  if (size > limits::kMovedPartBytes) return false;
  return wire::pack_body({{}, {}, {alone}}, context.self.id, change.home).has_value();
}

Result<wire::BatchBody> open_body(Context& context, const wire::BatchView& batch) {
  SETU_TAKE(Bytes plain, open(context, batch));
  auto body =
      wire::unpack_body(plain, batch.header.device, home_implied_by(context, batch.header.circle));
  crypto::wipe(plain);
  return body;
}

}  // namespace setu::client
