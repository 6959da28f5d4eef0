#include "client/carry_over.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "client/adoption.hpp"
#include "client/apply.hpp"
#include "client/backfills.hpp"
#include "client/circles.hpp"
#include "client/copied.hpp"
#include "client/intake.hpp"
#include "client/keyring.hpp"
#include "client/recorder.hpp"
#include "client/sealer.hpp"
#include "client/show.hpp"
#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

using store::BatchState;

constexpr crypto::Domain kCarriedDomain{"setu/carried/1"};
constexpr std::size_t kMostCarried = 1'000'000;

// --- what the new home knows of what came: the old home's change, and the stamp it has here

using Arrivals = std::map<Hash, Stamp>;

Hash content_of(const store::OutboxItem& item) {
  return crypto::hash(kCarriedDomain, {item.circle.view(), item.change});
}

std::string arrivals_note(const Context& from) {
  return std::string(notes::kCarried) + from.self.id.hex();
}

Result<Arrivals> load_arrivals(Context& to, const Context& from) {
  Arrivals arrivals;
  SETU_TAKE(const std::optional<Bytes> note, to.store.note(arrivals_note(from)));
  if (!note) return arrivals;
  Reader reader(*note);
  const std::size_t count = reader.count(kMostCarried, Hash::size + 2);
  for (std::size_t i = 0; i < count; ++i) {
    const Hash content = reader.id<Hash>();
    Stamp& stamp = arrivals[content];
    stamp.hour = static_cast<std::uint32_t>(reader.varint());
    stamp.counter = static_cast<std::uint32_t>(reader.varint());
    stamp.device = to.self.id;
  }
  if (!reader.ok() || !reader.at_end())
    return fail(Code::kCorrupt, "carry over: the note of what came is damaged");
  return arrivals;
}

Status save_arrivals(Context& to, const Context& from, const Arrivals& arrivals) {
  Writer writer;
  writer.varint(arrivals.size());
  for (const auto& [content, stamp] : arrivals) {
    writer.id(content);
    writer.varint(stamp.hour);
    writer.varint(stamp.counter);
  }
  return to.store.put_note(arrivals_note(from), writer.view());
}

// --- may it be

Status check_homes(Context& to, Context& from) {
  if (to.me() == nullptr || to.me()->state != roster::MemberState::kActive)
    return fail(Code::kNotAllowed, "carry over: the new device is no active member yet",
                "run `setu sync` for the new home, then try again");
  if (to.self.id == from.self.id)
    return fail(Code::kInvalidArgument, "carry over: both are the same home",
                "join with a new invite into a new home, and carry over into that one");
  if (!from.roster.has_genesis() || to.roster.programme() != from.roster.programme())
    return fail(Code::kInvalidArgument, "carry over: the two homes are of different programmes",
                "nothing was changed");
  SETU_TAKE(const bool to_copied, is_copied(to));
  if (to_copied)
    return fail(Code::kNotAllowed,
                "carry over: the home to carry to is an old copy itself, and sends nothing",
                "ask a lead for a new invite, and join with another new home");
  const roster::Member* known = to.roster.member(from.self.id);
  if (known != nullptr && known->wipe)
    return fail(Code::kNotAllowed,
                "carry over: whoever took that device out told it to destroy what it holds",
                "ask her; nothing was changed");
  SETU_TAKE(const bool copied, is_copied(from));
  if (copied) return {};
  if (known != nullptr && known->state == roster::MemberState::kRemoved)
    return fail(Code::kNotAllowed,
                "carry over: that device was removed; what it had not sent goes to a lead",
                "sync that home once more; a lead then sees it in `setu quarantine list`");
  return fail(Code::kNotAllowed,
              "carry over: that home is no old copy; it sends what it holds by itself",
              "sync it; two devices of one person are fine");
}

// --- what goes, and what stays why

enum class Fate : std::uint8_t { kGoes, kWaits, kStays };

struct Item {
  store::OutboxItem stored;
  Change change;
  Fate fate = Fate::kGoes;
  std::string reason;  // unless it goes

  // When it was recorded, by the one clock that it was recorded by.
  [[nodiscard]] Stamp recorded() const { return change.recorded.value_or(change.stamp); }
  [[nodiscard]] std::tuple<CircleId, RecordId, Stamp> name() const {
    return {stored.circle, change.record, change.stamp};
  }
};

bool hands_over(const Change& change, const CircleId& circle) {
  const bool brings = change.moved_in && !is_adoption(*change.moved_in, circle);
  return brings ||
         std::ranges::any_of(change.ops, [](const Op& op) { return op.field == kHomeField; });
}

class Choosing {
 public:
  Choosing(Context& to, Context& from) : to_(to), from_(from) {}

  // In the order in which they were recorded.
  Result<std::vector<Item>> choose() {
    SETU_TAKE(backfills_, load_backfills(to_));
    SETU_TAKE(heads_, to_.store.circle_heads());
    std::vector<Item> items;
    SETU_TAKE(const std::vector<CircleId> circles, from_.store.outbox_circles());
    for (const CircleId& circle : circles) {
      SETU_TAKE(const std::string why_not_yet, not_yet(circle));
      SETU_TAKE(std::vector<store::OutboxItem> stored, from_.store.outbox(circle, SIZE_MAX));
      for (store::OutboxItem& each : stored) {
        SETU_TAKE(wire::SeededChange seeded, wire::decode_change(each.change));
        Item& item = items.emplace_back();
        item.stored = std::move(each);
        item.change = std::move(seeded.change);
        judge(item, why_not_yet);
      }
    }
    std::ranges::stable_sort(
        items, {}, [](const Item& item) { return std::pair(item.recorded(), item.stored.number); });
    return items;
  }

 private:
  // Empty where the new device may write, and has all that was written before it.
  Result<std::string> not_yet(const CircleId& id) {
    const roster::Circle* circle = to_.roster.circle(id);
    if (circle == nullptr) return std::string("its circle is not known here yet");
    if (to_.roster.may_write_to_inbox(to_.self.id, id)) return std::string();
    const CircleId home = roster::implied_home(*circle);
    const std::string name = home.is_nil() ? std::string() : caseload_name(from_, home);
    const std::string where = name.empty() ? std::string("its circle") : "caseload " + name;
    if (!to_.roster.is_member(to_.self.id, id) || !newest_key(to_, id))
      return where + " is not open to this device yet: ask a lead to approve it";
    const bool is_followed =
        std::ranges::any_of(heads_, [&](const auto& head) { return head.circle == id; });
    const bool is_filling =
        std::ranges::any_of(backfills_, [&](const Backfilling& open) { return open.circle == id; });
    if (!is_followed || is_filling) return where + " has not arrived whole yet: sync again";
    SETU_TAKE(const bool unread, has_unread(id));
    if (unread) return where + " has older entries that cannot be read here yet";
    return std::string();
  }

  // Batches of the old device that neither home could read: what is in them was sent.
  Result<bool> has_unread(const CircleId& circle) {
    SETU_TAKE(const store::ChainState chain, from_.store.chain(circle, from_.self.id));
    bool unread = false;
    const BatchState parked[] = {BatchState::kParked};
    SETU_TRY(
        to_.store.each_batch(circle, parked, [&](const store::StoredBatch& batch) -> Result<bool> {
          unread = unread || (batch.device == from_.self.id && batch.seq > chain.seq);
          return !unread;
        }));
    return unread;
  }

  void judge(Item& item, const std::string& why_not_yet) {
    const auto decide = [&](Fate fate, std::string reason) {
      item.fate = fate;
      item.reason = std::move(reason);
    };
    const Kind* kind = to_.kind(item.change.kind);
    if (kind == nullptr) return decide(Fate::kStays, "a kind that this version does not know");
    if (hands_over(item.change, item.stored.circle))
      return decide(Fate::kStays, "a hand-over: hand the record over again, from the new home");
    if (!why_not_yet.empty()) return decide(Fate::kWaits, why_not_yet);
    Change tried = item.change;
    const auto problems = quarantine_inadmissible(
        to_, *kind, *to_.roster.circle(item.stored.circle), *to_.me(), tried);
    if (!problems.empty()) decide(Fate::kStays, problems.front());
  }

  Context& to_;
  Context& from_;
  std::vector<Backfilling> backfills_;
  std::vector<wire::CircleHead> heads_;
};

// --- the old home's side

// What the new home knows to have been sent, and the old one does not: the phone that it is a copy
// of may have gone on.
Status hear_what_was_sent(Context& to, Context& from) {
  SETU_TAKE(const std::vector<CircleId> circles, from.store.outbox_circles());
  for (const CircleId& circle : circles) {
    SETU_TAKE(const store::ChainState chain, from.store.chain(circle, from.self.id));
    const BatchState applied[] = {BatchState::kApplied};
    SETU_TRY(
        to.store.each_batch(circle, applied, [&](const store::StoredBatch& batch) -> Result<bool> {
          if (batch.device != from.self.id || batch.seq <= chain.seq) return true;
          SETU_TAKE(const wire::BatchView view, wire::parse_batch(batch.bytes));
          SETU_TAKE(const wire::BatchBody body, open_body(to, view));
          SETU_TRY(make_way_for(from, circle, body.changes));
          return true;
        }));
  }
  return {};
}

// Forgets what has arrived. What stays, and saw it, sees it under its new stamp.
Status forget_arrived(Context& from, const Arrivals& arrivals) {
  std::map<std::tuple<CircleId, RecordId, Stamp>, Stamp> now;
  SETU_TAKE(const std::vector<CircleId> circles, from.store.outbox_circles());
  std::set<CircleId> touched;
  for (const CircleId& circle : circles) {
    SETU_TAKE(const auto items, from.store.outbox(circle, SIZE_MAX));
    for (const store::OutboxItem& item : items) {
      const auto arrived = arrivals.find(content_of(item));
      if (arrived == arrivals.end()) continue;
      SETU_TAKE(const wire::SeededChange seeded, wire::decode_change(item.change));
      now[{circle, item.record, seeded.change.stamp}] = arrived->second;
      SETU_TRY(from.store.outbox_drop(item.number));
      touched.insert(circle);
    }
  }
  if (now.empty()) return {};
  SETU_TRY(rewrite_unsealed(from, [&](const CircleId& circle, wire::SeededChange& mine) {
    bool changed = false;
    for (Op& op : mine.change.ops) {
      for (const Stamp& seen : std::vector<Stamp>(op.seen)) {
        const auto arrived = now.find({circle, mine.change.record, seen});
        if (arrived != now.end()) changed = replace_seen(op, seen, arrived->second) || changed;
      }
    }
    return changed;
  }));
  for (const CircleId& circle : touched) SETU_TRY(rebuild_within(from, circle));
  return {};
}

Status set_leaving(Context& from, bool leaving) {
  return from.store.put_note(notes::kLeaving, leaving ? as_bytes("1") : ByteView{});
}

// --- the new home's side

// Writes what goes, and notes it. What turns out not to fit stays.
class Writing {
 public:
  Writing(Context& to, Recorder& recorder, Arrivals& arrivals)
      : to_(to), recorder_(recorder), arrivals_(arrivals) {}

  Status write(std::vector<Item>& items) {
    name_all(items);
    for (Item& item : items) {
      if (item.fate == Fate::kGoes) SETU_TRY(write_one(item));
    }
    return {};
  }

 private:
  // Parts of one record that were written as one get one stamp again.
  void name_all(const std::vector<Item>& items) {
    std::map<std::pair<RecordId, Stamp>, Stamp> fresh;
    for (const Item& item : items) {
      std::optional<Stamp>& now = now_[item.name()];
      if (item.fate != Fate::kGoes) continue;
      const auto [place, is_new] = fresh.try_emplace({item.change.record, item.change.stamp});
      if (is_new) place->second = recorder_.next_stamp();
      now = place->second;
    }
  }

  Status write_one(Item& item) {
    Change change = item.change;
    change.recorded = item.recorded();
    change.stamp = *now_.at(item.name());
    for (Op& op : change.ops) see_anew(item, op);
    if (wire::encode_change({change, std::nullopt}).size() > limits::kChangeBytes)
      change.recorded.reset();  // a change that fills its measure goes without
    const Kind& kind = *to_.kind(change.kind);
    const Audience audience = *audience_of(to_.roster.circle(item.stored.circle)->type);
    const Stamp stamp = change.stamp;
    const Status written = recorder_.put(kind, audience, item.stored.circle, std::move(change));
    if (!written && written.error().code == Code::kRefused) {
      item.fate = Fate::kStays;
      item.reason = "the record is in another home by now";
      return {};
    }
    SETU_TRY(written);
    arrivals_[content_of(item.stored)] = stamp;
    return {};
  }

  // What was seen and comes along has another stamp; what was seen and does not come is not known
  // to anybody.
  void see_anew(const Item& item, Op& op) const {
    std::vector<Stamp> seen;
    for (const Stamp& stamp : op.seen) {
      const auto unsealed = now_.find({item.stored.circle, item.change.record, stamp});
      if (unsealed == now_.end())
        seen.push_back(stamp);
      else if (unsealed->second)
        seen.push_back(*unsealed->second);
    }
    std::ranges::sort(seen);
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    op.seen = std::move(seen);
  }

  Context& to_;
  Recorder& recorder_;
  Arrivals& arrivals_;
  std::map<std::tuple<CircleId, RecordId, Stamp>, std::optional<Stamp>> now_;  // none: stays behind
};

CarryReport report_of(const Context& to, const std::vector<Item>& items) {
  CarryReport report;
  std::set<RecordId> records;
  std::set<std::pair<RecordId, std::string>> named;
  for (const Item& item : items) {
    if (item.fate == Fate::kGoes) {
      ++report.changes;
      records.insert(item.change.record);
      continue;
    }
    if (!named.emplace(item.change.record, item.reason).second) continue;
    const Kind* kind = to.kind(item.change.kind);
    (item.fate == Fate::kWaits ? report.waiting : report.staying)
        .push_back({kind == nullptr ? std::string() : kind->form->name, to_uuid(item.change.record),
                    item.reason});
  }
  report.records = records.size();
  return report;
}

}  // namespace

Result<bool> is_leaving(Context& from) {
  SETU_TAKE(const std::optional<Bytes> note, from.store.note(notes::kLeaving));
  return note && !note->empty();
}

Result<CarryReport> carry_over(Context& to, Context& from) {
  SETU_TRY(check_homes(to, from));
  SETU_TAKE(Arrivals arrivals, load_arrivals(to, from));
  std::vector<Item> items;
  {
    SETU_TAKE(store::Store::Transaction leaving, from.store.begin());
    SETU_TRY(forget_arrived(from, arrivals));
    SETU_TRY(hear_what_was_sent(to, from));
    SETU_TAKE(items, Choosing(to, from).choose());
    const bool any_goes =
        std::ranges::any_of(items, [](const Item& item) { return item.fate == Fate::kGoes; });
    SETU_TRY(set_leaving(from, any_goes));
    SETU_TRY(leaving.commit());
    if (!any_goes) return report_of(to, items);
  }
  {
    SETU_TAKE(Recorder recorder, Recorder::begin(to));
    SETU_TRY(Writing(to, recorder, arrivals).write(items));
    SETU_TRY(save_arrivals(to, from, arrivals));
    SETU_TRY(recorder.commit());
  }
  SETU_TAKE(store::Store::Transaction gone, from.store.begin());
  SETU_TRY(forget_arrived(from, arrivals));
  SETU_TRY(set_leaving(from, false));
  SETU_TRY(gone.commit());
  return report_of(to, items);
}

}  // namespace setu::client
