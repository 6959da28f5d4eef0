#include "client/history_cut.hpp"

#include <algorithm>
#include <functional>

#include "client/apply.hpp"
#include "client/circles.hpp"
#include "client/copied.hpp"
#include "client/epochs.hpp"
#include "client/homes.hpp"
#include "client/keyring.hpp"
#include "client/recorder.hpp"
#include "client/rollback.hpp"
#include "client/sealer.hpp"
#include "roster/allowed.hpp"
#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

using store::BatchState;
using Record = std::pair<KindTag, RecordId>;

// --- what was carried over a circle's last cut, as far as this device has looked

struct Carried {
  std::uint32_t cut = 0;   // the epoch that it is about
  wire::LogPoint through;  // nothing was missing of what the log had until here
  bool complete = false;   // nothing was missing when it looked last, and what it wrote is sent
  std::uint64_t parts = 0;
  std::vector<Record> too_large;
};

std::string note_of(const CircleId& circle) {
  return std::string(notes::kCutsBridged) + circle.hex();
}

Result<Carried> load_carried(Context& context, const CircleId& circle) {
  Carried carried;
  carried.cut = context.roster.last_cut(circle);
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(note_of(circle)));
  if (!note) return carried;
  Reader reader(*note);
  if (reader.u32() != carried.cut) return carried;  // of a cut before
  carried.through.generation = reader.u32();
  carried.through.position = reader.u64();
  carried.complete = reader.u8() != 0;
  carried.parts = reader.u64();
  while (reader.ok() && !reader.at_end()) {
    const auto kind = static_cast<KindTag>(reader.u16());
    carried.too_large.emplace_back(kind, reader.id<RecordId>());
  }
  if (!reader.ok()) return fail(Code::kCorrupt, "read what was carried over: damaged note");
  return carried;
}

Status save_carried(Context& context, const CircleId& circle, const Carried& carried) {
  Writer writer;
  writer.u32(carried.cut);
  writer.u32(carried.through.generation);
  writer.u64(carried.through.position);
  writer.u8(carried.complete ? 1 : 0);
  writer.u64(carried.parts);
  for (const auto& [kind, record] : carried.too_large) {
    writer.u16(kind);
    writer.id(record);
  }
  return context.store.put_note(note_of(circle), writer.view());
}

Result<wire::LogPoint> load_cursor(Context& context) {
  SETU_TAKE(const std::optional<Bytes> note, context.store.note(notes::kCursor));
  wire::LogPoint cursor;
  if (!note) return cursor;
  Reader reader(*note);
  cursor.generation = reader.u32();
  cursor.position = reader.u64();
  return cursor;
}

// Circles whose newest key this device has, and for which it says what newcomers start from.
Result<std::vector<CircleId>> circles_cut(Context& context) {
  std::vector<CircleId> circles;
  const roster::Member* me = context.me();
  if (me == nullptr || me->state != roster::MemberState::kActive) return circles;
  for (const CircleId& id : context.roster.circles_of(context.self.id)) {
    const roster::Circle* circle = context.roster.circle(id);
    if (circle == nullptr || context.roster.last_cut(id) == 0 || !audience_of(circle->type) ||
        !roster::may_begin_epochs(roster::place_of(*me), *circle))
      continue;
    SETU_TAKE(const crypto::Secret* newest, find_key(context, id, circle->newest().number));
    if (newest != nullptr) circles.push_back(id);
  }
  return circles;
}

// --- reading the circle's kept batches

struct Written {
  bool since_cut = false;
  std::uint64_t position = 0;  // 0: not known to be in the log
  const roster::Member* author = nullptr;
};
using Visit = std::function<void(const Written&, const Change&)>;

// Batches that `wanted` asks for, then what is not sealed yet: it will be, under a new key.
Status each_change(Context& context, const CircleId& circle,
                   const std::function<bool(const Written&)>& wanted, const Visit& visit) {
  const std::uint32_t cut = context.roster.last_cut(circle);
  const BatchState kept[] = {BatchState::kApplied, BatchState::kOwnUnsent, BatchState::kOwnAcked};
  SETU_TRY(
      context.store.each_batch(circle, kept, [&](const store::StoredBatch& stored) -> Result<bool> {
        SETU_TAKE(const wire::BatchView batch, wire::parse_batch(stored.bytes));
        const Written written{batch.header.epoch >= cut, stored.position,
                              context.roster.member(stored.device)};
        if (written.author == nullptr || !wanted(written)) return true;
        const auto body = open_body(context, batch);
        if (!body) return true;  // `verify` reports what does not open
        for (const wire::SeededChange& seeded : body->changes) visit(written, seeded.change);
        return true;
      }));
  SETU_TAKE(const std::vector<store::OutboxItem> items, context.store.outbox(circle, SIZE_MAX));
  const Written unsealed{true, 0, context.me()};
  for (const store::OutboxItem& item : items) {
    SETU_TAKE(const wire::SeededChange seeded, wire::decode_change(item.change));
    visit(unsealed, seeded.change);
  }
  return {};
}

bool says(const Change& change, FieldTag field) {
  return std::ranges::any_of(change.ops, [&](const Op& op) { return op.field == field; });
}

bool is_news(const Written& written, std::uint64_t after) {
  return written.position == 0 || written.position > after;
}

// Records that were deleted, restored or handed over: what had been left out may be wanted again.
// In all circles, for a record is hidden by the register of its widest part.
Result<std::set<Record>> find_turned(Context& context, std::uint64_t after) {
  std::set<Record> turned;
  const auto wanted = [&](const Written& written) { return is_news(written, after); };
  for (const CircleId& id : context.roster.circles_of(context.self.id)) {
    SETU_TRY(each_change(context, id, wanted, [&](const Written&, const Change& change) {
      if (says(change, kDeletedField) || says(change, kHomeField))
        turned.emplace(change.kind, change.record);
    }));
  }
  return turned;
}

// Records of the circle that were written to under an old key.
Status add_old_ones(Context& context, const CircleId& circle, std::uint64_t after,
                    std::set<Record>& candidates) {
  const auto wanted = [&](const Written& written) {
    return !written.since_cut && is_news(written, after);
  };
  return each_change(context, circle, wanted, [&](const Written& written, const Change& change) {
    if (!written.since_cut) candidates.emplace(change.kind, change.record);
  });
}

// What a replica shows that opens only what was sealed since the cut.
struct Start {
  merge::Part part;
  merge::Origins origins;
};

using Starts = std::map<Record, Start>;

Result<Starts> starts_of(Context& context, const roster::Circle& circle,
                         const std::set<Record>& records) {
  Starts starts;
  const auto is_open = [](const Written& written) { return written.since_cut; };
  SETU_TRY(each_change(context, circle.id, is_open, [&](const Written& by, const Change& change) {
    const Kind* kind = context.kind(change.kind);
    if (kind == nullptr || !records.contains({change.kind, change.record})) return;
    Change admissible = change;
    static_cast<void>(quarantine_inadmissible(context, *kind, circle, *by.author, admissible));
    Start& start = starts[{change.kind, change.record}];
    merge::apply_moved(start.part, start.origins, admissible, {circle.id, merge::ChainTips{}});
  }));
  return starts;
}

// --- what travels

// Superseded values never do: they are no part of a merge state. What a record held that is deleted
// stays behind, but for edits that its deleter did not know of; so does what went to another home,
// but for where to.
void leave_behind(MovedPart& moved, const std::function<bool(FieldTag, const Stamp&)>& stays) {
  for (MovedSlot& slot : moved.slots) {
    std::erase_if(slot.entries,
                  [&](const MovedEntry& entry) { return stays(slot.field, entry.stamp); });
  }
  std::erase_if(moved.slots,
                [](const MovedSlot& slot) { return slot.entries.empty() && slot.dead.empty(); });
}

bool went_elsewhere(const std::vector<HomeClaim>& claims, const CircleId& home) {
  return !claims.empty() && std::ranges::find(claims, home, &HomeClaim::home) == claims.end();
}

// One without any value is there too: its record is not partial.
bool has_part(const Holding& holding, const CircleId& home, Audience audience) {
  const bool in_row = holding.row && (!is_of_one_home(audience) || holding.row->home == home);
  return in_row && holding.row->parts.contains(static_cast<std::uint8_t>(audience));
}

Result<std::optional<Change>> what_travels(Context& context, const roster::Circle& circle,
                                           const Record& record, const merge::ChainTips& tips) {
  const Kind* kind = context.kind(record.first);
  if (kind == nullptr) return std::nullopt;
  const Audience audience = *audience_of(circle.type);
  SETU_TAKE(const Holding holding, load_holding(context, *kind, record.second));
  const bool one_home = is_of_one_home(audience);
  if (!one_home && !holding.row) return std::nullopt;
  const CircleId home = one_home ? roster::implied_home(circle) : holding.row->home;
  SETU_TAKE(const PartState state, load_state(context, *kind, holding, home, audience));
  if (state.part.empty() && !has_part(holding, home, audience)) return std::nullopt;

  Change change;
  change.record = record.second;
  change.kind = record.first;
  change.home = home;
  change.moved = true;
  change.moved_in = merge::move_out(state.part, &state.origins, {circle.id, tips});
  SETU_TAKE(const std::vector<HomeClaim> claims, home_claims(context, *kind, holding));
  const merge::DeleteView deleted = merge::view_deleted(state.part);
  const bool is_gone = one_home && went_elsewhere(claims, home);
  const bool is_hidden = deleted.deleted && holding.row && holding.row->deleted;
  if (!is_gone && !is_hidden) return change;
  merge::claim_nothing(*change.moved_in, circle.id, context.self.id);
  leave_behind(*change.moved_in, [&](FieldTag field, const Stamp& stamp) {
    if (field == kHomeField) return false;
    if (is_gone) return true;
    return field != kDeletedField && !std::ranges::binary_search(deleted.unseen_edits, stamp);
  });
  return change;
}

// --- one circle

// How many parts were missing, and are written now.
Result<std::uint64_t> write_missing(Context& context, Recorder& recorder,
                                    const roster::Circle& circle,
                                    const std::set<Record>& candidates, Carried& carried) {
  SETU_TAKE(Starts starts, starts_of(context, circle, candidates));
  SETU_TAKE(const merge::ChainTips tips, recorder.tips_of(circle.id));
  std::uint64_t written = 0;
  for (const Record& record : candidates) {
    SETU_TAKE(std::optional<Change> change, what_travels(context, circle, record, tips));
    if (!change) continue;
    const auto [start, is_unheard_of] = starts.try_emplace(record);
    const merge::Part before = start->second.part;
    merge::move_in(start->second.part, start->second.origins, *change->moved_in,
                   {circle.id, merge::ChainTips{}});
    if (!is_unheard_of && start->second.part == before) continue;
    const auto known = std::ranges::find(carried.too_large, record);
    change->stamp = recorder.next_stamp();
    if (!fits_one_batch(context, *change)) {
      if (known == carried.too_large.end()) carried.too_large.push_back(record);
      continue;
    }
    if (known != carried.too_large.end()) carried.too_large.erase(known);
    SETU_TRY(recorder.put(*context.kind(record.first), *audience_of(circle.type), circle.id,
                          std::move(*change)));
    ++written;
  }
  return written;
}

Result<bool> is_all_sent(Context& context, const CircleId& circle) {
  SETU_TAKE(const auto unsealed, context.store.outbox(circle, 1));
  bool sent = unsealed.empty();
  const BatchState unsent[] = {BatchState::kOwnUnsent};
  SETU_TRY(context.store.each_batch(circle, unsent, [&](const store::StoredBatch&) -> Result<bool> {
    sent = false;
    return false;
  }));
  return sent;
}

// A circle of which this device has not yet seen that nothing is missing, as the log is now.
struct Open {
  CircleId circle;
  Carried carried;
  bool all_sent = false;
};

Result<std::vector<Open>> circles_open(Context& context, const wire::LogPoint& cursor) {
  std::vector<Open> open;
  SETU_TAKE(const std::vector<CircleId> circles, circles_cut(context));
  for (const CircleId& circle : circles) {
    SETU_TAKE(Carried carried, load_carried(context, circle));
    // Positions are of one generation of the log.
    if (carried.through.generation != cursor.generation) carried.through = {cursor.generation, 0};
    SETU_TAKE(const bool all_sent, is_all_sent(context, circle));
    if (carried.complete && all_sent && carried.through == cursor) continue;
    open.push_back({circle, std::move(carried), all_sent});
  }
  return open;
}

Result<std::uint64_t> carry_over(Context& context, Open open, std::set<Record> candidates,
                                 const wire::LogPoint& cursor) {
  auto& [id, carried, all_sent] = open;
  SETU_TRY(add_old_ones(context, id, carried.through.position, candidates));
  SETU_TAKE(Recorder recorder, Recorder::begin(context));
  std::uint64_t written = 0;
  if (!candidates.empty()) {
    SETU_TAKE(written,
              write_missing(context, recorder, *context.roster.circle(id), candidates, carried));
  }
  carried.parts += written;
  if (written > 0) carried.complete = false;
  if (written == 0 && all_sent) {
    carried.complete = true;
    carried.through = cursor;
  }
  SETU_TRY(save_carried(context, id, carried));
  SETU_TRY(recorder.commit());
  return written;
}

}  // namespace

Result<std::uint64_t> carry_over_cuts(Context& context) {
  SETU_TAKE(const bool giving_back, is_giving_back(context));
  SETU_TAKE(const bool copied, is_copied(context));
  if (giving_back || copied) return 0;
  SETU_TAKE(const wire::LogPoint cursor, load_cursor(context));
  SETU_TAKE(std::vector<Open> open, circles_open(context, cursor));
  if (open.empty()) return 0;
  std::uint64_t after = cursor.position;
  for (const Open& each : open) after = std::min(after, each.carried.through.position);
  SETU_TAKE(const std::set<Record> turned, find_turned(context, after));
  std::uint64_t written = 0;
  for (Open& each : open) {
    SETU_TAKE(const std::uint64_t parts, carry_over(context, std::move(each), turned, cursor));
    written += parts;
  }
  return written;
}

Status hear_late(Context& context, std::uint64_t position) {
  if (position == 0) return {};  // not in the log: always news
  for (const CircleId& circle : context.roster.circles_of(context.self.id)) {
    if (context.roster.last_cut(circle) == 0) continue;
    SETU_TAKE(Carried carried, load_carried(context, circle));
    if (carried.through.position < position) continue;  // in its turn
    carried.through.position = position - 1;
    carried.complete = false;
    SETU_TRY(save_carried(context, circle, carried));
  }
  return {};
}

Result<HistoryCutView> show_cuts(Context& context) {
  HistoryCutView view;
  SETU_TAKE(const std::vector<CircleId> circles, circles_cut(context));
  SETU_TAKE(view.unfinished, cuts_to_begin(context));
  view.circles = view.unfinished;
  for (const CircleId& circle : circles) {
    SETU_TAKE(const Carried carried, load_carried(context, circle));
    ++view.circles;
    view.unfinished += carried.complete ? 0 : 1;
    view.carried += carried.parts;
    for (const auto& [kind, record] : carried.too_large) {
      const Kind* known = context.kind(kind);
      if (known != nullptr) view.too_large.push_back({known->form->name, to_uuid(record)});
    }
  }
  return view;
}

}  // namespace setu::client
