#include "client/intake.hpp"

#include <algorithm>

#include "client/apply.hpp"
#include "client/circles.hpp"
#include "client/closed.hpp"
#include "client/copied.hpp"
#include "client/gossip.hpp"
#include "client/history_cut.hpp"
#include "client/homes.hpp"
#include "client/sealer.hpp"
#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

using store::BatchState;

constexpr crypto::Domain kFormsDomain{"setu/forms/1"};

struct Outcome {
  BatchState state = BatchState::kApplied;
  std::string reason;
};

Outcome quarantined(std::string reason) { return {BatchState::kQuarantined, std::move(reason)}; }

// How far the chains of a circle have been applied. One of which batches are closed to this device
// is passed up to the first of them and no further: what they superseded may come with a state that
// a lead brings, and what they wrote may not have been heard.
struct Applied {
  merge::ChainTips tips;
  std::set<DeviceId> closed;

  void advance(const Stamp& stamp) {
    if (!closed.contains(stamp.device)) tips.advance(stamp);
  }
};

Result<Applied> load_applied(Context& context, const CircleId& circle) {
  Applied applied;
  SETU_TAKE(const auto chains, context.store.chains(circle));
  for (const auto& [device, chain] : chains) {
    if (chain.tip != Stamp{}) applied.tips.advance(chain.tip);
  }
  SETU_TAKE(applied.closed, closed_chains(context, circle));
  return applied;
}

void note_problem(std::string& reason, const std::string& problem) {
  constexpr std::size_t kLongEnough = 500;
  if (reason.size() < kLongEnough) reason += (reason.empty() ? "" : "; ") + problem;
}

// Applies the changes of a body. The state merges in whatever order batches come; only rules of
// forms can refuse a value.
Result<Outcome> apply_body(Context& context, const roster::Circle& circle,
                           const roster::Member& author, std::vector<wire::SeededChange>& changes,
                           Applied& applied, StampClock& clock) {
  Outcome outcome;
  const std::optional<Audience> audience = audience_of(circle.type);
  if (!audience) return quarantined("records in a circle that holds keys only");
  for (wire::SeededChange& seeded : changes) {
    Change& change = seeded.change;
    const Kind* kind = context.kind(change.kind);
    if (kind == nullptr) {
      note_problem(outcome.reason,
                   "a kind that this version does not know: kept, shown after an update");
    } else {
      const auto problems = quarantine_inadmissible(context, *kind, circle, author, change);
      for (const std::string& problem : problems) note_problem(outcome.reason, problem);
      if (problems.empty() || !change.ops.empty() || change.moved_in) {
        const Status taken = apply_change(context, *kind, *audience, change, applied.tips);
        if (!taken && taken.error().code == Code::kRefused)
          note_problem(outcome.reason, kind->form->name + ": of another home");
        else
          SETU_TRY(taken);
      }
    }
    applied.advance(change.stamp);
    clock.observe(change.stamp, context.now());
  }
  return outcome;
}

// Verifies and applies one batch whose bytes are at hand.
Result<Outcome> digest(Context& context, const wire::BatchView& batch, Applied& applied,
                       StampClock& clock) {
  const roster::Circle* circle = context.roster.circle(batch.header.circle);
  const roster::Member* author = context.roster.member(batch.header.device);
  if (circle == nullptr || author == nullptr)
    return Outcome{BatchState::kParked, "its author or circle is not in the roster yet"};
  if (!wire::verify_batch(batch, author->keys.sign))
    return quarantined("its signature does not verify");
  if (!context.roster.counts(author->device, circle->id, batch.header.seq,
                             wire::batch_hash(batch.bytes)))
    return quarantined(author->state == roster::MemberState::kRemoved
                           ? std::string(kBeyondCut)
                           : "its author is not a member of the circle");
  const bool to_inbox = (batch.header.flags & wire::BatchHeader::kInbox) != 0;
  if (!to_inbox && !context.roster.was_member(author->device, circle->id))
    return quarantined("its author is not a member of the circle");
  auto body = open_body(context, batch);
  if (!body && body.error().code == Code::kNotYet) {
    return is_closed_to_me(context, circle->id, batch.header.epoch)
               ? Outcome{BatchState::kClosed, ""}
               : Outcome{BatchState::kParked, "its key has not arrived"};
  }
  if (!body && body.error().code == Code::kNewerFormat)
    return Outcome{BatchState::kParked, "it needs a newer version"};
  if (!body) return quarantined("it does not open: " + std::string(code_name(body.error().code)));
  SETU_TRY(hear(context, batch, *body));
  return apply_body(context, *circle, *author, body->changes, applied, clock);
}

Result<bool> has_waiting(Context& context, const CircleId& circle, const DeviceId& author) {
  bool waiting = false;
  const BatchState parked[] = {BatchState::kParked};
  SETU_TRY(context.store.each_batch(circle, parked,
                                    [&](const store::StoredBatch& batch) -> Result<bool> {
                                      waiting = waiting || batch.device == author;
                                      return !waiting;
                                    }));
  return waiting;
}

Stamp tip_of(const Applied& applied, const DeviceId& device) {
  const auto all = applied.tips.all();
  const auto found = std::ranges::find(all, device, &Stamp::device);
  return found == all.end() ? Stamp{} : *found;
}

Status clear_parts_of(Context& context, const roster::Circle& circle) {
  const std::optional<Audience> audience = audience_of(circle.type);
  if (!audience) return {};
  const bool of_one_home =
      !roster::implied_home(circle).is_nil() && circle.type != roster::CircleType::kProgramme;
  for (const auto& [tag, kind] : context.kinds) {
    const auto part = static_cast<std::uint8_t>(*audience);
    if (std::ranges::find(kind.table.parts, part) == kind.table.parts.end()) continue;
    SETU_TRY(context.store.clear_part(tag, static_cast<std::uint8_t>(*audience),
                                      of_one_home ? roster::implied_home(circle) : CircleId{}));
  }
  return clear_kept(context, *audience, kept_under(roster::implied_home(circle), *audience));
}

bool is_same(const store::StoredBatch& known, const wire::CompactBatch& compact,
             const ProgrammeId& programme) {
  const auto view = wire::parse_batch(known.bytes);
  return view && equal(wire::expand_batch(compact, programme, known.circle, known.device,
                                          view->header.previous),
                       known.bytes);
}

// A batch that came before: again, after the log was put back, or back-filled.
Result<Hash> take_known_batch(Context& context, std::uint64_t position, const DeviceId& author,
                              const CircleId& circle, const wire::CompactBatch& compact) {
  SETU_TAKE(const std::optional<store::StoredBatch> known,
            context.store.batch(circle, author, compact.seq));
  if (!known)
    return fail(Code::kCorrupt, "take batch: a batch that was applied is missing",
                "run `setu verify`");
  // Another one in its place leaves heads that differ from the server's, and that is said.
  if (!is_same(*known, compact, context.roster.programme())) return known->hash;
  SETU_TRY(context.store.set_batch_position(circle, author, compact.seq, position));
  SETU_TRY(context.store.found_batches(circle, author, compact.seq, compact.seq));
  if (known->state == BatchState::kOwnUnsent)
    SETU_TRY(context.store.set_batch_state(circle, author, compact.seq, BatchState::kOwnAcked, ""));
  return known->hash;
}

// An own batch comes with its bytes: this device is an old copy. What it sealed itself in that
// place is taken apart.
Status make_room_for_own(Context& context, const CircleId& circle,
                         const wire::CompactBatch& compact) {
  SETU_TAKE(const std::optional<store::StoredBatch> mine,
            context.store.batch(circle, context.self.id, compact.seq));
  if (mine && is_same(*mine, compact, context.roster.programme())) return {};
  SETU_TAKE(const store::ChainState chain, context.store.chain(circle, context.self.id));
  if (!mine && compact.seq <= chain.seq) return {};
  SETU_TRY(become_copied(context));
  return unseal_from(context, circle, compact.seq);
}

Status replay_outbox(Context& context, const CircleId& circle, const Audience audience,
                     Applied& applied) {
  SETU_TAKE(const std::vector<store::OutboxItem> items, context.store.outbox(circle, SIZE_MAX));
  for (const store::OutboxItem& item : items) {
    SETU_TAKE(const wire::SeededChange seeded, wire::decode_change(item.change));
    const Kind* kind = context.kind(seeded.change.kind);
    if (kind == nullptr) continue;
    SETU_TRY(apply_change(context, *kind, audience, seeded.change, applied.tips));
    applied.advance(seeded.change.stamp);
  }
  return {};
}

Status replay_revived(Context& context);

// One circle from its batches; records that other homes claim stay where they are.
Status replay(Context& context, const roster::Circle& circle) {
  const Audience audience = *audience_of(circle.type);
  Unsettled unsettled(context);
  SETU_TRY(clear_parts_of(context, circle));

  Applied applied;
  SETU_TAKE(applied.closed, closed_chains(context, circle.id));
  SETU_TAKE(StampClock clock, load_clock(context));
  const BatchState states[] = {BatchState::kApplied, BatchState::kOwnUnsent, BatchState::kOwnAcked};
  SETU_TRY(context.store.each_batch(
      circle.id, states, [&](const store::StoredBatch& batch) -> Result<bool> {
        SETU_TAKE(const wire::BatchView view, wire::parse_batch(batch.bytes));
        SETU_TAKE(const Outcome outcome, digest(context, view, applied, clock));
        if (batch.device != context.self.id && outcome.state == BatchState::kQuarantined) {
          return fail(Code::kCorrupt,
                      "rebuild: a kept batch does not open any more; nothing was changed",
                      "run `setu verify`");
        }
        return true;
      }));
  SETU_TRY(replay_outbox(context, circle.id, audience, applied));
  SETU_TRY(unsettled.settle());
  SETU_TRY(replay_revived(context));
  for (const auto& [tag, kind] : context.kinds) SETU_TRY(context.store.erase_empty_rows(tag));
  return save_clock(context, clock);
}

// Records came back that this device had given up: what it knows of them is in the batches of their
// home.
Status replay_revived(Context& context) {
  while (!context.revived.empty()) {
    const CircleId home = context.revived.extract(context.revived.begin()).value();
    Unsettled unsettled(context);
    for (Audience audience : {Audience::kHome, Audience::kFacts})
      SETU_TRY(clear_kept(context, audience, home));
    for (Audience audience : {Audience::kHome, Audience::kFacts}) {
      const auto circle = circle_for(context.roster, home, audience);
      if (circle && context.roster.is_member(context.self.id, *circle))
        SETU_TRY(rebuild_within(context, *circle));
    }
    SETU_TRY(unsettled.settle());
  }
  return {};
}

}  // namespace

Result<Hash> take_batch(Context& context, std::uint64_t position, const DeviceId& author,
                        const CircleId& circle, const wire::CompactBatch& compact) {
  const bool own = author == context.self.id;
  if (own) SETU_TRY(make_room_for_own(context, circle, compact));
  SETU_TAKE(store::ChainState chain, context.store.chain(circle, author));
  if (compact.seq <= chain.seq) return take_known_batch(context, position, author, circle, compact);
  if (compact.seq != chain.seq + 1) {
    return fail(
        Code::kDiverged, "take batch: the server left out an earlier batch of the same chain",
        "nothing was lost here; sync again, and if it stays so tell whoever runs the server");
  }
  store::StoredBatch stored;
  stored.circle = circle;
  stored.device = author;
  stored.seq = compact.seq;
  stored.position = position;
  stored.bytes =
      wire::expand_batch(compact, context.roster.programme(), circle, author, chain.hash);
  stored.hash = wire::batch_hash(stored.bytes);
  SETU_TAKE(const wire::BatchView view, wire::parse_batch(stored.bytes));

  if (own) SETU_TRY(note_proof(context, view));
  if (own) SETU_TRY(make_way_for_own(context, view));
  SETU_TAKE(Applied applied, load_applied(context, circle));
  SETU_TAKE(const bool must_wait, has_waiting(context, circle, author));
  Outcome outcome{BatchState::kParked, "waits for an earlier batch of its chain"};
  if (!must_wait) {
    SETU_TAKE(StampClock clock, load_clock(context));
    SETU_TAKE(outcome, digest(context, view, applied, clock));
    SETU_TRY(save_clock(context, clock));
  }
  chain.seq = stored.seq;
  chain.hash = stored.hash;
  if (outcome.state == BatchState::kClosed) SETU_TRY(note_closed_chain(context, circle, author));
  chain.tip = std::max(chain.tip, tip_of(applied, author));
  stored.state =
      own && outcome.state == BatchState::kApplied ? BatchState::kOwnAcked : outcome.state;
  stored.reason = outcome.reason;
  SETU_TRY(context.store.add_batch(stored));
  SETU_TRY(context.store.set_chain(circle, author, chain));
  if (outcome.state == BatchState::kApplied) SETU_TRY(hear_late(context, position));
  SETU_TRY(replay_revived(context));
  return stored.hash;
}

Status retry_parked(Context& context, const std::vector<CircleId>& circles) {
  for (const CircleId& circle : circles) {
    std::vector<store::StoredBatch> parked;
    const BatchState states[] = {BatchState::kParked};
    SETU_TRY(context.store.each_batch(circle, states,
                                      [&](const store::StoredBatch& batch) -> Result<bool> {
                                        parked.push_back(batch);
                                        return true;
                                      }));
    if (parked.empty()) continue;
    std::ranges::stable_sort(parked, {}, &store::StoredBatch::seq);
    SETU_TAKE(Applied applied, load_applied(context, circle));
    SETU_TAKE(StampClock clock, load_clock(context));
    std::vector<DeviceId> still_waiting;
    for (const store::StoredBatch& batch : parked) {
      if (std::ranges::find(still_waiting, batch.device) != still_waiting.end()) continue;
      SETU_TAKE(const wire::BatchView view, wire::parse_batch(batch.bytes));
      if (batch.device == context.self.id) SETU_TRY(make_way_for_own(context, view));
      SETU_TAKE(const Outcome outcome, digest(context, view, applied, clock));
      if (outcome.state == BatchState::kParked) {
        still_waiting.push_back(batch.device);
        continue;
      }
      if (outcome.state == BatchState::kClosed) {
        applied.closed.insert(batch.device);
        SETU_TRY(note_closed_chain(context, circle, batch.device));
      }
      const bool own_applied =
          batch.device == context.self.id && outcome.state == BatchState::kApplied;
      SETU_TRY(context.store.set_batch_state(circle, batch.device, batch.seq,
                                             own_applied ? BatchState::kOwnAcked : outcome.state,
                                             outcome.reason));
      SETU_TAKE(store::ChainState chain, context.store.chain(circle, batch.device));
      chain.tip = std::max(chain.tip, tip_of(applied, batch.device));
      SETU_TRY(context.store.set_chain(circle, batch.device, chain));
      if (outcome.state == BatchState::kApplied) SETU_TRY(hear_late(context, batch.position));
    }
    SETU_TRY(save_clock(context, clock));
  }
  return replay_revived(context);
}

Status close_parked(Context& context) {
  std::set<CircleId> circles;
  const BatchState parked[] = {BatchState::kParked};
  SETU_TRY(context.store.each_batch({}, parked, [&](const store::StoredBatch& b) -> Result<bool> {
    if (context.roster.last_cut(b.circle) != 0) circles.insert(b.circle);
    return true;
  }));
  return retry_parked(context, {circles.begin(), circles.end()});
}

Status rebuild_circle(Context& context, const CircleId& circle) {
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TRY(rebuild_within(context, circle));
  return transaction.commit();
}

Status rebuild_within(Context& context, const CircleId& circle) {
  const roster::Circle* found = context.roster.circle(circle);
  if (found == nullptr || !audience_of(found->type))
    return fail(Code::kNotFound, "rebuild: no such circle of records",
                "`setu verify` names circles");
  SETU_TAKE(std::set<CircleId> circles, joined_with(context, circle));
  SETU_TRY(replay(context, *found));
  circles.erase(circle);
  for (const CircleId& joined : circles) SETU_TRY(replay(context, *context.roster.circle(joined)));
  return {};
}

Status rebuild_for_new_forms(Context& context) {
  Writer tags;
  for (const auto& [number, kind] : context.kinds) {
    tags.u16(number);
    for (const forms::Field& field : kind.form->fields) tags.u16(field.tag);
  }
  const Hash forms = crypto::hash(kFormsDomain, {tags.view()});
  SETU_TAKE(const std::optional<Bytes> known, context.store.note(notes::kForms));
  if (known && equal(*known, forms.view())) return {};
  for (const CircleId& id : context.roster.circles_of(context.self.id)) {
    const roster::Circle* circle = context.roster.circle(id);
    if (circle != nullptr && audience_of(circle->type)) SETU_TRY(rebuild_circle(context, id));
  }
  return context.store.put_note(notes::kForms, forms.view());
}

}  // namespace setu::client
