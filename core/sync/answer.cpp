#include "sync/answer.hpp"

#include <algorithm>
#include <utility>

namespace setu::sync {
namespace {

tl::unexpected<Error> malformed(std::string what) {
  return fail(Code::kMalformed,
              "read the server's answer: " + std::move(what) + "; nothing unsealed was kept",
              "Sync again; if it stays, tell whoever runs the server.");
}

}  // namespace

Answer::Answer(Replica& replica, Outbox& outbox, Asked asked, Report& report)
    : replica_(replica),
      outbox_(outbox),
      asked_(std::move(asked)),
      report_(report),
      sealed_(asked_.cursor),
      floor_(asked_.cursor.position) {}

Status Answer::feed(ByteView piece) {
  bytes_ += piece.size();
  report_.body_bytes_down += piece.size();
  if (bytes_ > limits::kAnswerBytes) return malformed("longer than any answer may be");
  append(unhashed_, piece);
  reader_.feed(piece);

  std::size_t hashed = 0;
  while (true) {
    const std::size_t before = reader_.consumed();
    SETU_TAKE(const std::optional<wire::AnswerFrame> frame, reader_.next());
    if (!frame) break;
    if (complete_) return malformed("frames after the last seal");
    SETU_TRY(std::visit([this](const auto& f) { return take(f); }, *frame));
    const std::size_t size = reader_.consumed() - before;
    hash_.update(ByteView(unhashed_).subspan(
        hashed, size));  // after take(): a seal covers what came before it
    hashed += size;
  }
  unhashed_.erase(unhashed_.begin(), unhashed_.begin() + static_cast<std::ptrdiff_t>(hashed));
  if (complete_ && !unhashed_.empty()) return malformed("bytes after the last seal");
  return {};
}

Status Answer::take(const wire::Challenge& challenge) {
  if (part_ != Part::kStart) return malformed("a challenge that is not first");
  part_ = Part::kChallenged;
  const auto known = replica_.server_key();
  if (known && challenge.server_key && *known != *challenge.server_key) {
    return fail(
        Code::kForged,
        "read the server's answer: it names another key than this programme's server; ignored",
        "Check the server's address. If it is right, tell a lead: someone may be posing as the "
        "server.");
  }
  SETU_TRY(replica_.take_nonce(challenge.nonce, challenge.server_key));
  if (!known && challenge.server_key) asked_.claimed_key = challenge.server_key;
  stale_ = challenge.stale;
  // Only what the next request gains by it: a renewal in passing is no reason to ask again.
  const bool needed = stale_ || asked_.nonce == wire::RequestNonce{};
  if (needed && challenge.nonce != asked_.nonce) progress_ = true;
  return {};
}

// What was asked, and known, of the log beyond `kept` is void: the answer goes on from there.
Status Answer::take(const wire::Generation& begun) {
  if (part_ > Part::kChallenged || rolled_back_ || nothing_served())
    return malformed("a new generation that is not first");
  if (asked_.cursor.generation == 0 || begun.generation <= asked_.cursor.generation ||
      begun.kept > asked_.cursor.position) {
    return malformed("a new generation that does not follow from the cursor");
  }
  SETU_TRY(replica_.take_generation(begun));
  part_ = Part::kPushed;
  rolled_back_ = true;
  sealed_ = {begun.generation, begun.kept};
  asked_.cursor = sealed_;
  asked_.backfills.clear();
  floor_ = begun.kept;
  circles_outdated_ = true;
  progress_ = true;
  return {};
}

// A nil author in a frame is the caller.
DeviceId Answer::author_of(const DeviceId& named) const {
  return named.is_nil() ? replica_.device() : named;
}

Status Answer::take(const wire::Ack& ack) {
  SETU_TRY(enter(Part::kPushed));
  const auto known = resolve(ack.circle_ref);
  // Of a circle that this replica has not heard of, and so did not push to: it is a copy from
  // before that. The log says so in what follows.
  if (!known) return {};
  const CircleId circle = *known;
  const DeviceId author = author_of(ack.author);
  SETU_TRY(replica_.take_ack(circle, author, ack.seq));
  const std::size_t settled = outbox_.batches_acked({circle, author}, ack.seq);
  unsealed_.pushed_batches += settled;
  if (settled > 0) progress_ = true;
  return {};
}

Status Answer::take(const wire::EntryAck& ack) {
  SETU_TRY(enter(Part::kPushed));
  if (!outbox_.entry_acked(ack.hash)) return malformed("an entry acknowledged that was not pushed");
  SETU_TRY(replica_.take_entry_ack(ack.hash, ack.position));
  ++unsealed_.pushed_entries;
  progress_ = true;
  return {};
}

Status Answer::take(const wire::Refusal& refusal) {
  if (refusal.circle_ref.empty() && refusal.entry_hash.empty()) return take_whole_refusal(refusal);
  SETU_TRY(enter(Part::kPushed));
  std::optional<CircleId> circle;
  bool pushed = false;
  if (refusal.entry_hash.empty()) {
    SETU_TAKE(circle, resolve(refusal.circle_ref));
    pushed = outbox_.batch_refused({*circle, author_of(refusal.author)}, refusal.seq, refusal.code);
  } else if (refusal.circle_ref.empty()) {
    SETU_TAKE(const Hash entry, Hash::from(refusal.entry_hash));
    pushed = outbox_.entry_refused(entry);
  }
  // Believing a refusal of something else could make the replica give up on batches that nobody
  // refused.
  if (!pushed) return malformed("something refused that was not pushed");
  SETU_TRY(replica_.take_refusal(refusal, circle));
  ++unsealed_.refused;
  progress_ = true;
  return {};
}

Status Answer::take_whole_refusal(const wire::Refusal& refusal) {
  if (part_ != Part::kStart && !(part_ <= Part::kPushed && stale_)) {
    return malformed("the whole request refused after parts of it were answered");
  }
  part_ = Part::kRefusedWhole;
  refused_whole_ = refusal.code;
  return {};
}

Status Answer::take(const wire::PulledEntry& entry) {
  SETU_TRY(place_in_log(entry.position));
  SETU_TRY(replica_.take_entry(entry.position, entry.bytes));
  circles_outdated_ = true;
  ++unsealed_.pulled_entries;
  return {};
}

Status Answer::take(const wire::PulledBatch& batch) {
  SETU_TAKE(const wire::CompactBatch compact, wire::parse_compact(batch.compact));
  SETU_TRY(place_of_circle(batch.position, compact.circle_ref));
  SETU_TRY(replica_.take_batch(batch.position, batch.device, compact));
  ++unsealed_.pulled_batches;
  return {};
}

Status Answer::take(const wire::OwnBatch& own) {
  SETU_TRY(place_of_circle(own.position, own.circle_ref));
  return replica_.take_own(own.position, own.circle_ref, own.seq, own.check);
}

Status Answer::take(const wire::Seal& seal) {
  const std::optional<crypto::SignPublicKey> known = replica_.server_key();
  const std::optional<crypto::SignPublicKey>& key = known ? known : asked_.claimed_key;
  if (!key) {
    if (refused_whole_ &&
        seal.last) {  // a refusal before first contact: nothing to verify it by, nothing to keep
      complete_ = true;
      return {};
    }
    return fail(Code::kForged,
                "read the server's answer: sealed, but the server did not show its key; ignored",
                "Check the server's address, then sync again.");
  }
  const Hash hash = wire::seal_hash(asked_.programme, asked_.request, hash_.digest(), seal);
  if (!crypto::verify(*key, wire::kSealSignature, hash.view(), seal.signature)) {
    return fail(
        Code::kForged,
        "read the server's answer: its seal does not verify; what it covers was not kept",
        "Sync again. If it stays, tell a lead: someone may be changing answers on the way.");
  }
  if (refused_whole_) {
    if (!seal.last) return malformed("a refusal that goes on");
  } else {
    SETU_TRY(commit(seal));
  }
  more_ = seal.more && !nothing_served();
  complete_ = seal.last;
  return {};
}

// Parts of an answer come in order; entering one closes those before it.
Status Answer::enter(Part part) {
  if (part_ > part) return malformed("frames out of order");
  if (part > Part::kPushed && nothing_served())
    return malformed("served although the nonce was stale");
  part_ = part;
  return {};
}

Status Answer::place_in_log(std::uint64_t position) {
  SETU_TRY(enter(Part::kLog));
  if (position <= floor_) return malformed("log positions do not rise");
  SETU_TRY(report_backfills());  // they are through, and what follows builds on them
  floor_ = position;
  last_served_ = position;
  progress_ = true;
  return {};
}

Status Answer::report_backfills() {
  if (asked_.backfills.empty() || std::exchange(backfills_reported_, true)) return {};
  SETU_TRY(replica_.take_backfills_served(asked_.backfills));
  progress_ = true;
  return {};
}

// Those that are open now as they were when this was asked: the server does not serve them.
bool Answer::got_nowhere_with(const wire::Backfill& open) const {
  return backfills_reported_ &&
         std::ranges::any_of(asked_.backfills, [&](const wire::Backfill& asked) {
           return asked.circle_ref == open.circle_ref && asked.after == open.after;
         });
}

Status Answer::place_of_circle(std::uint64_t position, ByteView circle_ref) {
  if (position > asked_.cursor.position) return place_in_log(position);
  SETU_TRY(enter(Part::kBackfilled));
  SETU_TAKE(const CircleId circle, resolve(circle_ref));
  if (backfills_.empty()) {
    for (const wire::Backfill& asked : asked_.backfills) {
      SETU_TAKE(const CircleId asked_circle, resolve(asked.circle_ref));
      backfills_.push_back({asked_circle, asked.after, asked.until});
    }
  }
  const auto fits = [&](const AskedBackfill& b) {
    return b.circle == circle && b.last < position && position <= b.until;
  };
  const auto backfill = std::find_if(backfills_.begin(), backfills_.end(), fits);
  if (backfill == backfills_.end()) return malformed("a position that was not asked for");
  backfill->last = position;
  progress_ = true;
  return {};
}

Result<CircleId> Answer::resolve(ByteView circle_ref) {
  if (std::exchange(circles_outdated_, false)) circles_ = replica_.known_circles();
  return wire::resolve_circle(circle_ref, circles_);
}

Status Answer::check_point(const wire::LogPoint& point) const {
  if (nothing_served()) {
    if (point != asked_.cursor) return malformed("a cursor moved although nothing was served");
    return {};
  }
  if (point < sealed_) {
    return fail(Code::kDiverged,
                "sync: the server's log ends at " + std::to_string(point.position) +
                    " (generation " + std::to_string(point.generation) + "), but it signed " +
                    std::to_string(sealed_.position) + " (generation " +
                    std::to_string(sealed_.generation) +
                    ") before; what was sealed until then is kept",
                "Tell whoever runs the server: it may have been put back from an old backup.");
  }
  if (sealed_.generation != 0 && point.generation != sealed_.generation)
    return malformed("another generation that was not begun");
  if (point.position < last_served_) return malformed("sealed below what was served");
  return {};
}

Status Answer::commit(const wire::Seal& seal) {
  SETU_TRY(check_point(seal.point));
  if (nothing_served()) {
    SETU_TRY(replica_.sealed_unserved());
  } else {
    const bool past_backfills = seal.point > asked_.cursor || (seal.last && !seal.more);
    if (past_backfills) SETU_TRY(report_backfills());
    const Status kept = replica_.sealed(seal, {asked_.request, hash_.digest()});
    if (!kept && kept.error().code != Code::kDiverged) return kept;
    if (!kept) report_.diverged = true;  // kept all the same: batches prove themselves
    if (seal.point > sealed_) progress_ = true;
    sealed_ = seal.point;
    floor_ = seal.point.position;
    last_served_ = 0;
  }
  report_.pushed_batches += unsealed_.pushed_batches;
  report_.pushed_entries += unsealed_.pushed_entries;
  report_.pulled_batches += unsealed_.pulled_batches;
  report_.pulled_entries += unsealed_.pulled_entries;
  report_.refused += unsealed_.refused;
  unsealed_ = {};
  return {};
}

}  // namespace setu::sync
