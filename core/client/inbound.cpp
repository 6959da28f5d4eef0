#include "client/inbound.hpp"

#include <algorithm>

#include "client/intake.hpp"
#include "client/plan.hpp"
#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

constexpr std::size_t kMaxHeldBytes =
    4 * wire::kSealEvery;  // a server seals every kSealEvery bytes; more is not one of ours

// Notes cannot fail to be read in a way that the sync engine could do something about: then nothing
// is known.
Bytes note_or_nothing(Context& context, std::string_view name) {
  auto note = context.store.note(name);
  return note && *note ? std::move(**note) : Bytes{};
}

std::optional<Plan> plan_or_nothing(Context& context) {
  auto plan = load_plan(context);
  return plan ? *plan : std::nullopt;
}

Status save_cursor(Context& context, const wire::LogPoint& point) {
  Writer writer;
  writer.u32(point.generation);
  writer.u64(point.position);
  return context.store.put_note(notes::kCursor, writer.view());
}

Status save_backfills(Context& context, const std::vector<Backfilling>& backfills) {
  Writer writer;
  for (const Backfilling& backfill : backfills) {
    writer.id(backfill.circle);
    writer.u64(backfill.after);
    writer.u64(backfill.until);
  }
  return context.store.put_note(notes::kBackfills, writer.view());
}

std::string_view refusal_words(wire::RefusalCode code) {
  switch (code) {
    case wire::RefusalCode::kMalformed: return "it could not be read";
    case wire::RefusalCode::kForged: return "its signature did not verify";
    case wire::RefusalCode::kNotMember: return "this device is not a member of that circle";
    case wire::RefusalCode::kGap: return "an earlier one is missing there";
    case wire::RefusalCode::kConflictingSeq:
      return "another one with its number is there: this installation may be a copy";
    case wire::RefusalCode::kRule:
      return "the roster's rules do not allow it (an invite may be used up or expired)";
    case wire::RefusalCode::kTooLarge: return "it is too large";
    case wire::RefusalCode::kQuota: return "a quota is used up";
    case wire::RefusalCode::kNewerFormat: return "the server needs a newer version";
    default: return "the server did not take it";
  }
}

}  // namespace

Result<std::vector<Backfilling>> load_backfills(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kBackfills));
  std::vector<Backfilling> backfills;
  if (!note) return backfills;
  Reader reader(*note);
  while (!reader.at_end()) {
    Backfilling backfill;
    backfill.circle = reader.id<CircleId>();
    backfill.after = reader.u64();
    backfill.until = reader.u64();
    if (!reader.ok()) return fail(Code::kCorrupt, "read back-fills: damaged note");
    backfills.push_back(backfill);
  }
  return backfills;
}

ProgrammeId Inbound::programme() const {
  if (context_->roster.has_genesis()) return context_->roster.programme();
  const std::optional<Plan> plan = plan_or_nothing(*context_);
  return plan && !plan->genesis.is_nil() ? wire::programme_of(plan->genesis) : ProgrammeId{};
}

crypto::Signature Inbound::sign(crypto::Domain domain, ByteView message) const {
  return crypto::sign(context_->self.sign, domain, message);
}

std::optional<crypto::SignPublicKey> Inbound::server_key() const {
  if (context_->roster.has_genesis()) return context_->roster.server_key();
  if (tentative_server_key_) return tentative_server_key_;
  const auto key = crypto::SignPublicKey::from(note_or_nothing(*context_, notes::kServerKey));
  return key ? std::optional(*key) : std::nullopt;
}

Bytes Inbound::token_secret() const {
  const std::optional<Plan> plan = plan_or_nothing(*context_);
  return plan && plan->type == PlanType::kFound ? to_bytes(plan->secret) : Bytes{};
}

std::optional<sync::Replica::InviteProof> Inbound::prove_invite(const Hash& hello) const {
  const std::optional<Plan> plan = plan_or_nothing(*context_);
  if (!plan || plan->type != PlanType::kJoin) return std::nullopt;
  const wire::InviteKeys keys = wire::derive_invite_keys(plan->secret);
  return InviteProof{wire::invite_id(keys.sign.public_key),
                     crypto::sign(keys.sign, wire::kHelloSignature, hello.view())};
}

std::optional<InviteId> Inbound::invite() const {
  const std::optional<Plan> plan = plan_or_nothing(*context_);
  if (!plan || plan->type != PlanType::kJoin) return std::nullopt;
  return wire::invite_id(wire::derive_invite_keys(plan->secret).sign.public_key);
}

wire::LogPoint Inbound::cursor() const {
  const Bytes note = note_or_nothing(*context_, notes::kCursor);
  wire::LogPoint point;
  if (note.empty()) return point;
  Reader reader(note);
  point.generation = reader.u32();
  point.position = reader.u64();
  return point;
}

wire::RequestNonce Inbound::nonce() const {
  wire::RequestNonce nonce{};
  const Bytes note = note_or_nothing(*context_, notes::kNonce);
  if (note.size() == nonce.size()) std::memcpy(nonce.data(), note.data(), nonce.size());
  return nonce;
}

std::vector<wire::Backfill> Inbound::backfills() const {
  std::vector<wire::Backfill> wanted;
  const auto open = load_backfills(*context_);
  if (!open) return wanted;
  const std::vector<CircleId> circles = known_circles();
  for (const Backfilling& backfill : *open) {
    const ByteView ref =
        backfill.circle.view().first(wire::circle_ref_size(backfill.circle, circles));
    wanted.push_back({to_bytes(ref), backfill.after, backfill.until});
  }
  return wanted;
}

bool Inbound::push_in_doubt() const {
  return !note_or_nothing(*context_, notes::kPushInDoubt).empty();
}

Result<std::vector<sync::OutgoingEntry>> Inbound::entries_to_push() {
  SETU_TAKE(const auto pending, context_->store.pending_entries());
  std::vector<sync::OutgoingEntry> entries;
  for (const auto& [hash, bytes] : pending) entries.push_back({hash, bytes});
  return entries;
}

Result<std::vector<sync::OutgoingBatch>> Inbound::batches_to_push(std::size_t max_bytes) {
  SETU_TAKE(std::vector<store::StoredBatch> unsent, context_->store.unsent_batches(max_bytes));
  std::vector<sync::OutgoingBatch> batches;
  for (store::StoredBatch& batch : unsent)
    batches.push_back({batch.circle, batch.seq, std::move(batch.bytes)});
  return batches;
}

Status Inbound::pushing() { return context_->store.put_note(notes::kPushInDoubt, as_bytes("1")); }

Status Inbound::hold(Item item, std::size_t bytes) {
  held_bytes_ += bytes + sizeof(Item);
  if (held_bytes_ > kMaxHeldBytes) {
    return fail(Code::kForged, "sync: the server sent much without signing it; it was thrown away",
                "nothing was lost here; try again later");
  }
  held_.push_back(std::move(item));
  return {};
}

Status Inbound::take_nonce(const wire::RequestNonce& nonce,
                           const std::optional<crypto::SignPublicKey>& server_key) {
  if (server_key && !this->server_key()) {
    const std::optional<Plan> plan = plan_or_nothing(*context_);
    if (plan && plan->type == PlanType::kFound &&
        wire::hash_server_key(*server_key) != plan->server_key_hash) {
      return fail(
          Code::kForged,
          "sync: the server's identity is not the one that the token names; nothing was sent to it",
          "check the address, or ask the operator for a new token");
    }
    tentative_server_key_ =
        server_key;  // a joiner compares it with the genesis entry, whose hash her link names
  }
  return hold(NonceItem{nonce}, nonce.size());
}

Status Inbound::take_ack(const CircleId& circle, std::uint64_t seq) {
  return hold(Ack{circle, seq}, 0);
}
Status Inbound::take_entry_ack(const Hash& entry, std::uint64_t) {
  return hold(EntryAck{entry}, 0);
}
Status Inbound::take_entry(std::uint64_t position, ByteView bytes) {
  return hold(EntryItem{position, to_bytes(bytes)}, bytes.size());
}
Status Inbound::take_own(std::uint64_t position, const CircleId& circle, std::uint64_t seq) {
  return hold(OwnItem{position, circle, seq}, 0);
}
Status Inbound::take_refusal(const wire::Refusal& refusal, const std::optional<CircleId>&) {
  return hold(RefusalItem{refusal}, 0);
}
Status Inbound::take_batch(std::uint64_t position, const DeviceId& device,
                           const wire::CompactBatch& compact) {
  return hold(BatchItem{position, device, compact.circle_ref, to_bytes(compact.bytes)},
              compact.bytes.size());
}

// --- one sealed stretch of an answer

class Inbound::Taking {
 public:
  explicit Taking(Context& context) : context_(context) {}

  Status load() {
    SETU_TAKE(const std::vector<wire::CircleHead> stored, context_.store.circle_heads());
    for (const wire::CircleHead& head : stored) heads_[head.circle] = head.head;
    SETU_TAKE(backfills_, load_backfills(context_));
    return {};
  }

  Status operator()(const Ack& ack) {
    std::vector<std::uint64_t> acked;
    const store::BatchState unsent[] = {store::BatchState::kOwnUnsent};
    SETU_TRY(context_.store.each_batch(ack.circle, unsent,
                                       [&](const store::StoredBatch& batch) -> Result<bool> {
                                         if (batch.seq <= ack.seq) acked.push_back(batch.seq);
                                         return true;
                                       }));
    for (std::uint64_t seq : acked) SETU_TRY(mark_acked(ack.circle, seq));
    return {};
  }

  Status operator()(const EntryAck& ack) { return context_.store.remove_pending_entry(ack.entry); }

  Status operator()(const NonceItem& item) {
    return context_.store.put_note(notes::kNonce, item.nonce);
  }

  Status operator()(const RefusalItem& item) {
    const auto hash = Hash::from(item.refusal.entry_hash);
    const std::string what =
        hash ? "a change to the roster was refused: " : "a batch was refused and stays here: ";
    if (hash) SETU_TRY(context_.store.remove_pending_entry(*hash));
    SETU_TAKE(std::optional<Bytes> note, context_.store.note(notes::kRefusals));
    Bytes lines = note ? std::move(*note) : Bytes{};
    if (lines.size() < limits::kTextBytes) {
      append(lines, as_bytes(what));
      append(lines, as_bytes(refusal_words(item.refusal.code)));
      append(lines, as_bytes("\n"));
    }
    return context_.store.put_note(notes::kRefusals, lines);
  }

  Status operator()(const EntryItem& item) {
    const ProgrammeId programme =
        context_.roster.has_genesis() ? context_.roster.programme() : ProgrammeId{};
    SETU_TAKE(const wire::Entry entry, wire::parse_entry(item.bytes, programme));
    if (!context_.roster.has_genesis()) SETU_TRY(check_genesis(entry));
    const roster::Judgement judgement = context_.roster.apply(entry);
    if (judgement.verdict == roster::Verdict::kRepeated) return {};
    SETU_TRY(context_.store.add_entry(item.position, entry.hash, entry.bytes));
    SETU_TRY(context_.store.remove_pending_entry(entry.hash));
    const auto* circle = std::get_if<wire::CircleEntry>(&entry.content);
    if (circle != nullptr && entry.author == context_.self.id)
      heads_.try_emplace(circle->id);  // nothing can be older
    return {};
  }

  Status operator()(const BatchItem& item) {
    SETU_TAKE(const CircleId circle,
              wire::resolve_circle(item.circle_ref, context_.roster.circle_ids()));
    const auto head = heads_.find(circle);
    if (head == heads_.end())
      return {};  // membership is news: back-filled from the start with the next request
    SETU_TAKE(const wire::CompactBatch compact, wire::parse_compact(item.compact));
    SETU_TAKE(const Hash hash,
              client::take_batch(context_, item.position, item.device, circle, compact));
    head->second = wire::chain_head(head->second, hash);
    for (Backfilling& backfill : backfills_) {
      if (backfill.circle == circle && item.position <= backfill.until)
        backfill.after = std::max(backfill.after, item.position);
    }
    return {};
  }

  Status operator()(const OwnItem& item) {
    SETU_TAKE(const std::optional<store::StoredBatch> own,
              context_.store.batch(item.circle, context_.self.id, item.seq));
    if (!own) {
      return fail(Code::kDiverged,
                  "sync: the server holds a batch of this device that this device does not have",
                  "this installation may be an old copy of another one; tell a lead");
    }
    SETU_TRY(
        context_.store.set_batch_position(item.circle, context_.self.id, item.seq, item.position));
    if (own->state == store::BatchState::kOwnUnsent) SETU_TRY(mark_acked(item.circle, item.seq));
    Hash& head = heads_[item.circle];
    head = wire::chain_head(head, own->hash);
    return {};
  }

  Status operator()(const ServedItem& item) {
    const std::vector<CircleId> circles = context_.roster.circle_ids();
    for (const wire::Backfill& served : item.backfills) {
      SETU_TAKE(const CircleId circle, wire::resolve_circle(served.circle_ref, circles));
      std::erase_if(backfills_, [&](const Backfilling& open) {
        return open.circle == circle && open.until <= served.until;
      });
    }
    return {};
  }

  Status settle_push() { return context_.store.put_note(notes::kPushInDoubt, {}); }

  Status finish(const wire::Seal& seal) {
    for (const CircleId& circle : context_.roster.circles_of(context_.self.id)) {
      if (heads_.contains(circle)) continue;
      heads_.emplace(circle, Hash{});
      if (seal.point.position > 0) backfills_.push_back({circle, 0, seal.point.position});
    }
    for (const auto& [circle, head] : heads_)
      SETU_TRY(context_.store.put_circle_head(circle, head));
    SETU_TRY(save_backfills(context_, backfills_));
    SETU_TRY(save_cursor(context_, seal.point));
    SETU_TRY(context_.store.put_note(notes::kHeadDigest, seal.digest));
    return compare_digest(seal);
  }

 private:
  Status mark_acked(const CircleId& circle, std::uint64_t seq) {
    return context_.store.set_batch_state(circle, context_.self.id, seq,
                                          store::BatchState::kOwnAcked, "");
  }

  Status check_genesis(const wire::Entry& entry) {
    SETU_TAKE(const std::optional<Plan> plan, load_plan(context_));
    const auto* genesis = std::get_if<wire::Genesis>(&entry.content);
    if (plan && genesis != nullptr && entry.hash == plan->genesis) return {};
    return fail(
        Code::kForged,
        "sync: the server's programme is not the one that the invite names; nothing was taken",
        "check the link, or ask for a new invite");
  }

  // Both sides compute the digest of all heads. Where they differ although nothing is being
  // back-filled, the server shows this device another log than the one it signed before, or than
  // others see.
  Status compare_digest(const wire::Seal& seal) {
    if (!backfills_.empty() || !context_.roster.has_genesis() || seal.digest == wire::HeadDigest{})
      return {};
    std::vector<wire::CircleHead> with_batches;
    for (const auto& [circle, head] : heads_) {
      if (!head.is_nil()) with_batches.push_back({circle, head});
    }
    const bool same = wire::heads_digest(context_.roster.head(), with_batches) == seal.digest;
    return context_.store.put_note(notes::kDiverged, same ? ByteView{} : as_bytes("1"));
  }

  Context& context_;
  std::map<CircleId, Hash> heads_;
  std::vector<Backfilling> backfills_;
};

Status Inbound::take_held(const wire::Seal* seal) {
  const std::vector<Item> items = std::exchange(held_, {});
  held_bytes_ = 0;
  const auto take_all = [&]() -> Status {
    SETU_TAKE(store::Store::Transaction transaction, context_->store.begin());
    Taking taking(*context_);
    SETU_TRY(taking.load());
    for (const Item& item : items) SETU_TRY(std::visit(taking, item));
    if (context_->roster.has_genesis() && tentative_server_key_ &&
        context_->roster.server_key() != *tentative_server_key_) {
      return fail(Code::kForged,
                  "sync: the server's identity is not the one in the programme's genesis; nothing "
                  "was taken",
                  "check the address, or ask for a new invite");
    }
    if (tentative_server_key_)
      SETU_TRY(context_->store.put_note(notes::kServerKey, tentative_server_key_->view()));
    SETU_TRY(taking.settle_push());
    if (seal != nullptr) SETU_TRY(taking.finish(*seal));
    return transaction.commit();
  };
  Status taken = take_all();
  if (!taken) {
    tentative_server_key_.reset();
    SETU_TRY(load_roster(*context_));  // it may have run ahead of what was rolled back
  }
  return taken;
}

Status Inbound::sealed(const wire::Seal& seal, const Hash&) { return take_held(&seal); }
Status Inbound::sealed_unserved() { return take_held(nullptr); }

Status Inbound::take_backfills_served(std::span<const wire::Backfill> served) {
  return hold(ServedItem{{served.begin(), served.end()}}, 0);
}

}  // namespace setu::client
