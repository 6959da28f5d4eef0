#include "client/removals.hpp"

#include <algorithm>

#include "client/enrol.hpp"
#include "client/entries.hpp"
#include "client/intake.hpp"
#include "client/sealer.hpp"
#include "roster/quorum.hpp"
#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

using store::BatchState;

// Where the device's chains end as far as this device has read them, in the circles it follows.
Result<std::vector<wire::CircleCut>> known_cuts(Context& context, const DeviceId& device) {
  std::vector<wire::CircleCut> cuts;
  for (const CircleId& circle : context.roster.circles_of(context.self.id)) {
    const bool may_have_written = context.roster.counts(device, circle, 0, Hash{});
    if (!may_have_written || context.roster.end_of(device, circle)) continue;
    if (cuts.size() == limits::kCutsPerEntry) break;  // the next epochs there name the rest
    SETU_TAKE(const store::ChainState chain, context.store.chain(circle, device));
    cuts.push_back({circle, {chain.seq, chain.hash}});
  }
  return cuts;
}

Status queue_removal(Context& context, const DeviceId& device, bool wipe) {
  SETU_TAKE(std::vector<wire::CircleCut> cuts, known_cuts(context, device));
  SETU_TRY(queue_entry(context, wire::Remove{device, std::move(cuts), wipe}));
  return {};
}

Status check_may_remove(const Context& context, const roster::Member& subject) {
  if (subject.state == roster::MemberState::kRemoved)
    return fail(Code::kInvalidArgument, "revoke: that device was removed already",
                "`setu members` shows who removed it");
  if (subject.device == context.self.id) return {};
  if (roster::may_sign_for(context.roster, context.self.id, roster::place_of(subject))) return {};
  return fail(Code::kNotAllowed,
              "revoke: a lead of the same organisation, or a coordinator, removes a device; "
              "coordinators are removed by coordinators",
              "ask one of them");
}

struct Wanted {
  DeviceId device;
  bool wipe = false;
};

Result<std::vector<Wanted>> load_wanted(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kRemovals));
  std::vector<Wanted> wanted;
  if (!note) return wanted;
  Reader reader(*note);
  while (reader.ok() && !reader.at_end()) {
    const auto device = reader.id<DeviceId>();
    wanted.push_back({device, reader.u8() != 0});
  }
  if (!reader.ok()) return fail(Code::kCorrupt, "read removals: damaged note");
  return wanted;
}

Status save_wanted(Context& context, const std::vector<Wanted>& wanted) {
  Writer writer;
  for (const Wanted& one : wanted) {
    writer.id(one.device);
    writer.u8(one.wipe ? 1 : 0);
  }
  return context.store.put_note(notes::kRemovals, writer.view());
}

struct End {
  CircleId circle;
  DeviceId device;
};

std::vector<End> ends_named(const wire::EntryContent& content) {
  std::vector<End> ends;
  if (const auto* removal = std::get_if<wire::Remove>(&content)) {
    for (const wire::CircleCut& cut : removal->cuts) ends.push_back({cut.circle, removal->device});
  }
  if (const auto* begun = std::get_if<wire::EpochEntry>(&content)) {
    for (const wire::DeviceCut& cut : begun->ended) ends.push_back({begun->circle, cut.device});
  }
  return ends;
}

// As far as the chain counts, and no further: a part that moves from here must not claim to have
// heard what was put aside, or it would be taken for superseded when somebody adopts it.
Status lower_tip(Context& context, const End& end) {
  Stamp tip;
  bool is_closed = false;  // from here on nothing is known to have been heard
  const BatchState counted[] = {BatchState::kApplied, BatchState::kClosed};
  SETU_TRY(context.store.each_batch(
      end.circle, counted, [&](const store::StoredBatch& stored) -> Result<bool> {
        if (stored.device != end.device) return true;
        is_closed = is_closed || stored.state == BatchState::kClosed;
        if (is_closed) return false;
        SETU_TAKE(const wire::BatchView batch, wire::parse_batch(stored.bytes));
        SETU_TAKE(const wire::BatchBody body, open_body(context, batch));
        for (const wire::SeededChange& seeded : body.changes)
          tip = std::max(tip, seeded.change.stamp);
        return true;
      }));
  SETU_TAKE(store::ChainState chain, context.store.chain(end.circle, end.device));
  chain.tip = tip;
  return context.store.set_chain(end.circle, end.device, chain);
}

// Puts aside what does not count any more; true when there was any.
Result<bool> put_aside(Context& context, const End& end) {
  std::vector<std::uint64_t> beyond;
  const BatchState taken[] = {BatchState::kApplied, BatchState::kParked, BatchState::kClosed};
  SETU_TRY(context.store.each_batch(
      end.circle, taken, [&](const store::StoredBatch& batch) -> Result<bool> {
        if (batch.device == end.device &&
            !context.roster.counts(end.device, end.circle, batch.seq, batch.hash))
          beyond.push_back(batch.seq);
        return true;
      }));
  for (const std::uint64_t seq : beyond) {
    SETU_TRY(context.store.set_batch_state(end.circle, end.device, seq, BatchState::kQuarantined,
                                           kBeyondCut));
  }
  if (!beyond.empty()) SETU_TRY(lower_tip(context, end));
  return !beyond.empty();
}

}  // namespace

Status remove_member(Context& context, std::string_view device, bool wipe) {
  SETU_TAKE(const roster::Member* subject, find_member(context, device));
  SETU_TRY(check_may_remove(context, *subject));
  // Who leaves lets count what she wrote until now.
  if (subject->device == context.self.id) SETU_TRY(seal_outbox(context));
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TRY(queue_removal(context, subject->device, wipe));
  return transaction.commit();
}

Status note_cut_behind(Context& context, const wire::Remove& removal) {
  SETU_TAKE(std::vector<Wanted> wanted, load_wanted(context));
  wanted.push_back({removal.device, removal.wipe});
  return save_wanted(context, wanted);
}

Status queue_removals(Context& context) {
  SETU_TAKE(const std::vector<Wanted> wanted, load_wanted(context));
  if (wanted.empty()) return {};
  for (const Wanted& one : wanted) {
    const roster::Member* subject = context.roster.member(one.device);
    if (subject == nullptr || !check_may_remove(context, *subject)) continue;
    SETU_TRY(queue_removal(context, one.device, one.wipe));
  }
  return save_wanted(context, {});
}

Status enforce_cuts(Context& context, const wire::EntryContent& content) {
  std::vector<CircleId> changed;
  for (const End& end : ends_named(content)) {
    if (end.device == context.self.id) continue;
    SETU_TAKE(const bool any, put_aside(context, end));
    if (any) changed.push_back(end.circle);
  }
  for (const CircleId& circle : changed) SETU_TRY(rebuild_within(context, circle));
  return {};
}

}  // namespace setu::client
