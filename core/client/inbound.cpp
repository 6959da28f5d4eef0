#include "client/inbound.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "client/copied.hpp"
#include "client/copy_notice.hpp"
#include "client/intake.hpp"
#include "client/log_memory.hpp"
#include "client/plan.hpp"
#include "client/refusals.hpp"
#include "client/removals.hpp"
#include "client/rollback.hpp"
#include "client/served.hpp"
#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

constexpr auto kLastSeq = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
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

// Of the invite that this device joins by, or has joined by.
std::optional<wire::InviteKeys> invite_keys(Context& context) {
  if (const std::optional<Plan> plan = plan_or_nothing(context)) {
    if (plan->type != PlanType::kJoin) return std::nullopt;
    return wire::derive_invite_keys(plan->secret);
  }
  const Bytes used = note_or_nothing(context, notes::kUsedInvite);
  wire::InviteSecret secret{};
  if (used.size() != secret.size()) return std::nullopt;
  std::ranges::copy(used, secret.begin());
  return wire::derive_invite_keys(secret);
}

Status save_cursor(Context& context, const wire::LogPoint& point) {
  Writer writer;
  writer.u32(point.generation);
  writer.u64(point.position);
  return context.store.put_note(notes::kCursor, writer.view());
}

}  // namespace

ProgrammeId Inbound::programme() const {
  if (context_->roster.has_genesis()) return context_->roster.programme();
  if (context_->bearer_of) return *context_->bearer_of;
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
  const std::optional<wire::InviteKeys> known = invite_keys(*context_);
  if (!known) return std::nullopt;
  const wire::InviteKeys& keys = *known;
  return InviteProof{wire::invite_id(keys.sign.public_key),
                     crypto::sign(keys.sign, wire::kHelloSignature, hello.view())};
}

std::optional<InviteId> Inbound::invite() const {
  const std::optional<wire::InviteKeys> keys = invite_keys(*context_);
  return keys ? std::optional(wire::invite_id(keys->sign.public_key)) : std::nullopt;
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

wire::LogTag Inbound::cursor_tag() const {
  const auto proof = log_proof();
  return proof && proof->seal.point == cursor() ? proof->seal.tag : wire::LogTag{};
}

bool Inbound::copied() const { return !note_or_nothing(*context_, notes::kCopied).empty(); }

std::optional<wire::LogProof> Inbound::log_proof() const {
  auto proof = load_log_proof(*context_);
  return proof ? std::move(*proof) : std::nullopt;
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
  SETU_TAKE(const auto pending,
            copied() ? pending_copy_notices(*context_) : context_->store.pending_entries());
  std::vector<sync::OutgoingEntry> entries;
  for (const auto& [hash, bytes] : pending) entries.push_back({hash, bytes});
  return entries;
}

Result<std::vector<sync::OutgoingBatch>> Inbound::batches_to_push(std::size_t max_bytes) {
  std::vector<sync::OutgoingBatch> batches;
  if (copied()) return batches;
  SETU_TAKE(std::vector<store::StoredBatch> unsent, context_->store.unsent_batches(max_bytes));
  std::size_t bytes = 0;
  for (store::StoredBatch& batch : unsent) {
    bytes += batch.bytes.size();
    batches.push_back({batch.circle, batch.seq, std::move(batch.bytes), {}});
  }
  // Others' only once it is known what the log still lacks, or everybody would send everything.
  if (!pull_complete_ || bytes >= max_bytes) return batches;
  SETU_TAKE(std::vector<store::StoredBatch> lost, context_->store.lost_batches(max_bytes - bytes));
  for (store::StoredBatch& batch : lost)
    batches.push_back({batch.circle, batch.seq, std::move(batch.bytes), batch.device});
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

Status Inbound::take_generation(const wire::Generation& begun) {
  return hold(GenerationItem{begun.kept}, 0);
}
Status Inbound::take_ack(const CircleId& circle, const DeviceId& author, std::uint64_t seq) {
  return hold(Ack{circle, author, seq}, 0);
}
Status Inbound::take_entry_ack(const Hash& entry, std::uint64_t position) {
  return hold(EntryAck{entry, position}, 0);
}
Status Inbound::take_entry(std::uint64_t position, ByteView bytes) {
  return hold(EntryItem{position, to_bytes(bytes)}, bytes.size());
}
Status Inbound::take_own(std::uint64_t position, ByteView circle_ref, std::uint64_t seq,
                         const wire::OwnCheck& check) {
  return hold(OwnItem{position, to_bytes(circle_ref), seq, check}, circle_ref.size());
}
Status Inbound::take_refusal(const wire::Refusal& refusal, const std::optional<CircleId>& circle) {
  return hold(RefusalItem{refusal, circle}, 0);
}
Status Inbound::take_batch(std::uint64_t position, const DeviceId& device,
                           const wire::CompactBatch& compact) {
  return hold(BatchItem{position, device, compact.circle_ref, to_bytes(compact.bytes)},
              compact.bytes.size());
}

// --- one sealed stretch of an answer

class Inbound::Taking {
 public:
  Taking(Context& context, std::uint64_t cursor) : context_(context), cursor_(cursor) {}

  Status load() {
    SETU_TAKE(const std::vector<wire::CircleHead> stored, context_.store.circle_heads());
    for (const wire::CircleHead& head : stored) heads_[head.circle] = head.head;
    SETU_TAKE(backfills_, load_backfills(context_));
    return {};
  }

  Status operator()(const GenerationItem& begun) {
    cursor_ = std::min(cursor_, begun.kept);
    SETU_TAKE(const std::uint64_t agreed, agreed_through(context_));
    SETU_TRY(note_agreed(context_, std::min(agreed, begun.kept)));
    return roll_back(context_, begun.kept, heads_, backfills_);
  }

  Status operator()(const Ack& ack) {
    if (ack.author != context_.self.id)
      return context_.store.found_batches(ack.circle, ack.author, 1, ack.seq);
    SETU_TAKE(const store::ChainState chain, context_.store.chain(ack.circle, context_.self.id));
    if (ack.seq > chain.seq) return become_copied(context_);  // it was sealed by another copy
    std::vector<std::uint64_t> acked;
    const store::BatchState unsent[] = {store::BatchState::kOwnUnsent};
    SETU_TRY(context_.store.each_batch(ack.circle, unsent,
                                       [&](const store::StoredBatch& batch) -> Result<bool> {
                                         if (batch.seq <= ack.seq) acked.push_back(batch.seq);
                                         return true;
                                       }));
    for (std::uint64_t seq : acked) {
      SETU_TRY(mark_acked(ack.circle, seq));
      // The log of a circle that takes this device's writing to its inbox is not shown to it.
      if (context_.roster.is_member(context_.self.id, ack.circle))
        acked_.emplace_back(ack.circle, seq);
    }
    return {};
  }

  Status operator()(const EntryAck& ack) {
    return context_.store.set_pending_position(ack.entry, ack.position);
  }

  Status operator()(const NonceItem& item) {
    return context_.store.put_note(notes::kNonce, item.nonce);
  }

  Status operator()(const RefusalItem& item) {
    const auto hash = Hash::from(item.refusal.entry_hash);
    if (!hash && item.circle && !item.refusal.author.is_nil() &&
        item.refusal.author != context_.self.id) {
      return settle_lost(item.refusal, *item.circle);
    }
    if (!hash && item.refusal.code == wire::RefusalCode::kConflictingSeq)
      return become_copied(context_);
    if (!hash && item.circle && item.refusal.code == wire::RefusalCode::kGap)
      SETU_TRY(send_again(context_, *item.circle, item.refusal.seq));
    const std::string_view what =
        hash ? "a change to the roster was refused: " : "a batch was refused and stays here: ";
    if (hash) {
      SETU_TAKE(const std::optional<wire::Entry> mine, own_pending(*hash));
      SETU_TRY(context_.store.remove_pending_entry(*hash));
      if (!mine) return {};  // given back, and overtaken by what was decided meanwhile
      if (item.refusal.code == wire::RefusalCode::kCutBehind) return say_again(*mine);
    }
    return note_refusal(context_, what, item.refusal.code);
  }

  Status operator()(const EntryItem& item) {
    SETU_TAKE(const wire::Entry entry, wire::parse_entry(item.bytes, programme_of_entries()));
    if (!context_.roster.has_genesis()) SETU_TRY(check_genesis(entry));
    const bool authentic =
        context_.roster.contains(entry.hash) || is_authentic(context_.roster, entry);
    const roster::Judgement judgement = context_.roster.apply(entry);
    if (!authentic || judgement.forged) return forged_entry();
    if (judgement.verdict == roster::Verdict::kRepeated)
      return context_.store.remove_pending_entry(entry.hash);
    if (judgement.verdict == roster::Verdict::kRefused)
      SETU_TRY(context_.store.put_note(notes::kBadEntries, as_bytes("1")));
    SETU_TRY(context_.store.add_entry(item.position, entry.hash, entry.bytes));
    SETU_TRY(context_.store.remove_pending_entry(entry.hash));
    if (judgement.verdict == roster::Verdict::kAccepted)
      SETU_TRY(enforce_cuts(context_, entry.content));
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
    if (comes_with_backfill(circle, item.position)) return {};
    SETU_TAKE(const wire::CompactBatch compact, wire::parse_compact(item.compact));
    const bool is_news = item.position > cursor_;
    SETU_TAKE(const Fit fit, fit_of(context_, is_news, item.device, circle, compact));
    if (fit == Fit::kElsewhere) return {};  // the heads tell
    if (fit != Fit::kFits) return read_again(circle, item.device);
    auto hash = client::take_batch(context_, item.position, item.device, circle, compact);
    if (!hash && hash.error().code == Code::kDiverged) return read_again(circle, item.device);
    if (!hash) return fail(std::move(hash).error());
    head->second = wire::chain_head(head->second, *hash);
    pass_in_backfill(circle, item.position);
    return {};
  }

  Status operator()(const OwnItem& item) {
    SETU_TAKE(const CircleId circle,
              wire::resolve_circle(item.circle_ref, context_.roster.circle_ids()));
    SETU_TAKE(const std::optional<store::StoredBatch> own,
              context_.store.batch(circle, context_.self.id, item.seq));
    const bool is_mine =
        own && (item.check == wire::OwnCheck{} || item.check == wire::own_check(own->hash));
    if (!is_mine) return take_own_back(circle, item.seq, own.has_value());
    if (comes_with_backfill(circle, item.position)) return {};
    SETU_TRY(context_.store.set_batch_position(circle, context_.self.id, item.seq, item.position));
    if (own->state == store::BatchState::kOwnUnsent) SETU_TRY(mark_acked(circle, item.seq));
    const auto head = heads_.find(circle);
    if (head == heads_.end()) return {};  // back-filled from the start with the next request
    head->second = wire::chain_head(head->second, own->hash);
    pass_in_backfill(circle, item.position);
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

  // Own batches that were acknowledged, of which no mark came yet.
  [[nodiscard]] const std::vector<Acked>& acked() const { return acked_; }

  Status finish(const wire::Seal& seal, const sync::Covered& covered) {
    SETU_TRY(stop_following_what_was_left());
    for (const CircleId& circle : context_.roster.circles_of(context_.self.id)) {
      if (heads_.contains(circle)) continue;
      heads_.emplace(circle, Hash{});
      if (seal.point.position > 0) backfills_.push_back({circle, 0, seal.point.position});
    }
    for (Backfilling& open : backfills_) {
      if (stretched_.contains(open.circle)) open.until = seal.point.position;
    }
    SETU_TRY(open_gaps(seal.point.position));
    cursor_ = seal.point.position;
    SETU_TRY(compare_digest(seal));
    for (const auto& [circle, head] : heads_)
      SETU_TRY(context_.store.put_circle_head(circle, head));
    SETU_TRY(save_backfills(context_, backfills_));
    SETU_TRY(save_cursor(context_, {seal.point.generation, cursor_}));
    SETU_TRY(keep_seal(context_, seal, covered));
    return settle_giving_back(context_);
  }

 private:
  void pass_in_backfill(const CircleId& circle, std::uint64_t position) {
    for (Backfilling& backfill : backfills_) {
      if (backfill.circle == circle && position <= backfill.until)
        backfill.after = std::max(backfill.after, position);
    }
  }

  // What lies beyond a back-fill that was not asked for yet is read with it, in order.
  bool comes_with_backfill(const CircleId& circle, std::uint64_t position) {
    for (const Backfilling& open : backfills_) {
      if (open.circle != circle || position <= open.until) continue;
      stretched_.insert(circle);
      return true;
    }
    return false;
  }

  // The server left out what comes before this batch, or serves it as its author did not sign it:
  // the circle is asked for again from the last place of that chain, with the next sync. Everything
  // else goes on.
  Status read_again(const CircleId& circle, const DeviceId& author) {
    SETU_TAKE(const std::uint64_t place, place_of_last(context_, circle, author));
    const auto [gap, is_new] = gaps_.try_emplace(circle, place);
    if (!is_new) gap->second = std::min(gap->second, place);
    return {};
  }

  Status open_gaps(std::uint64_t end) {
    for (const auto& [circle, after] : gaps_) {
      std::erase_if(backfills_, [&](const Backfilling& open) { return open.circle == circle; });
      backfills_.push_back({circle, after, end});
      SETU_TAKE(heads_[circle], fold_head(context_, circle, after));
    }
    return gaps_.empty() ? Status{} : note_divergence(context_, Divergence::kLeftOut);
  }

  // What nobody signed is the server's own making: nothing of this stretch is believed.
  static Status forged_entry() {
    return fail(Code::kForged,
                "sync: the server shows a statement about members that nobody signed who may; "
                "nothing of that was taken",
                "tell a coordinator: the server, or who runs it, may be trying to add a member");
  }

  // The log holds a batch of this device that this replica does not have, or has another in its
  // place: it is an old copy. The circle is followed anew, and its batches come with their bytes.
  Status take_own_back(const CircleId& circle, std::uint64_t seq, bool has_another) {
    SETU_TAKE(const store::ChainState chain, context_.store.chain(circle, context_.self.id));
    if (!has_another && seq <= chain.seq)
      return fail(Code::kCorrupt, "take batch: an own batch is missing here", "run `setu verify`");
    SETU_TRY(become_copied(context_));
    SETU_TRY(unseal_from(context_, circle, seq));
    heads_.erase(circle);
    std::erase_if(backfills_, [&](const Backfilling& open) { return open.circle == circle; });
    return context_.store.drop_circle_head(circle);
  }

  // Another's batch that this device gave back was refused. What can never be taken is not offered
  // again; the rest may be, when what it lacked is there.
  Status settle_lost(const wire::Refusal& refusal, const CircleId& circle) {
    const bool for_good = refusal.code == wire::RefusalCode::kConflictingSeq ||
                          refusal.code == wire::RefusalCode::kForged ||
                          refusal.code == wire::RefusalCode::kMalformed;
    if (!for_good) return {};
    return context_.store.found_batches(circle, refusal.author, refusal.seq, kLastSeq);
  }

  // The queued entry, if it was written here: by this device, or with a printed recovery key.
  Result<std::optional<wire::Entry>> own_pending(const Hash& hash) {
    SETU_TAKE(const auto pending, context_.store.pending_entries());
    SETU_TAKE(const bool giving_back, is_giving_back(context_));
    for (const auto& [pending_hash, bytes] : pending) {
      if (pending_hash != hash) continue;
      auto entry = wire::parse_entry(bytes, programme_of_entries());
      if (entry && (entry->author == context_.self.id || !giving_back)) return std::move(*entry);
    }
    return std::nullopt;
  }

  // The rest of the chain comes with this answer; epochs are decided anew by themselves.
  Status say_again(const wire::Entry& mine) {
    const auto* removal = std::get_if<wire::Remove>(&mine.content);
    return removal == nullptr ? Status{} : note_cut_behind(context_, *removal);
  }

  // A removed device is served the roster up to its removal and no circle.
  Status stop_following_what_was_left() {
    const roster::Member* me = context_.me();
    if (me == nullptr || me->state != roster::MemberState::kRemoved) return {};
    for (const auto& [circle, head] : heads_) SETU_TRY(context_.store.drop_circle_head(circle));
    heads_.clear();
    backfills_.clear();
    return {};
  }

  ProgrammeId programme_of_entries() const {
    return context_.roster.has_genesis() ? context_.roster.programme() : ProgrammeId{};
  }

  Status mark_acked(const CircleId& circle, std::uint64_t seq) {
    return context_.store.set_batch_state(circle, context_.self.id, seq,
                                          store::BatchState::kOwnAcked, "");
  }

  Status check_genesis(const wire::Entry& entry) {
    SETU_TAKE(const std::optional<Plan> plan, load_plan(context_));
    const auto* genesis = std::get_if<wire::Genesis>(&entry.content);
    const bool is_ours =
        plan ? entry.hash == plan->genesis : context_.bearer_of == wire::programme_of(entry.hash);
    if (genesis != nullptr && is_ours) return {};
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
    if (same && !gaps_.empty()) return {};  // its heads hold, and yet it served what nobody wrote
    if (same) SETU_TRY(note_agreed(context_, seal.point.position));
    SETU_TRY(note_divergence(context_, same ? Divergence::kNone : Divergence::kHeads));
    return same || !seal.last || seal.more ? Status{} : go_back_to_agreed();
  }

  // Something was left out at the end, stood elsewhere, or was another thing: what a server that is
  // honest again shows now puts that right, and gets what it lacks.
  Status go_back_to_agreed() {
    SETU_TAKE(const std::uint64_t agreed, agreed_through(context_));
    if (agreed >= cursor_) return {};
    SETU_TAKE(const bool may, may_read_again(context_));
    if (!may) return {};
    cursor_ = agreed;
    return roll_back(context_, agreed, heads_, backfills_);
  }

  Context& context_;
  std::uint64_t cursor_;  // the position: as it was, and from finish() on as it will be
  std::map<CircleId, Hash> heads_;
  std::vector<Backfilling> backfills_;
  std::set<CircleId> stretched_;            // whose back-fill has to reach to the seal
  std::map<CircleId, std::uint64_t> gaps_;  // to be asked for again, from where
  std::vector<Acked> acked_;
};

Status Inbound::take_held(const wire::Seal* seal, const sync::Covered* covered) {
  const std::vector<Item> items = std::exchange(held_, {});
  held_bytes_ = 0;
  const auto take_all = [&]() -> Status {
    SETU_TAKE(store::Store::Transaction transaction, context_->store.begin());
    SETU_TAKE(const bool was_giving_back, is_giving_back(*context_));
    if (was_giving_back) SETU_TRY(load_log_roster(*context_));
    Taking taking(*context_, cursor().position);
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
    if (seal != nullptr) SETU_TRY(taking.finish(*seal, *covered));
    SETU_TAKE(const bool giving_back, is_giving_back(*context_));
    if (was_giving_back || giving_back) SETU_TRY(load_roster(*context_));
    SETU_TRY(transaction.commit());
    acked_.insert(acked_.end(), taking.acked().begin(), taking.acked().end());
    return {};
  };
  Status taken = take_all();
  if (!taken) {
    tentative_server_key_.reset();
    context_->roster_heads = {};
    SETU_TRY(load_roster(*context_));  // it may have run ahead of what was rolled back
  }
  return taken;
}

Status Inbound::sealed(const wire::Seal& seal, const sync::Covered& covered) {
  Status taken = take_held(&seal, &covered);
  pull_complete_ = taken.has_value() && seal.last && !seal.more && backfills().empty();
  if (!pull_complete_) return taken;
  SETU_TAKE(const bool kept_its_word,
            check_acks(*context_, std::exchange(acked_, {}), cursor().position));
  if (kept_its_word) return {};
  return fail(Code::kRefused,
              "sync: the server acknowledged what its log does not show; that stays here and is "
              "sent again",
              "Sync again; if it stays, tell whoever runs the server.");
}

Status Inbound::sealed_unserved() { return take_held(nullptr, nullptr); }

Status Inbound::take_backfills_served(std::span<const wire::Backfill> served) {
  return hold(ServedItem{{served.begin(), served.end()}}, 0);
}

}  // namespace setu::client
