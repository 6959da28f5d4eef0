#include "client/adoption.hpp"

#include <map>

#include "client/apply.hpp"
#include "client/circles.hpp"
#include "client/homes.hpp"
#include "client/quarantine.hpp"
#include "client/recorder.hpp"
#include "client/sealer.hpp"
#include "roster/allowed.hpp"

namespace setu::client {
namespace {

Error refused(std::string what) {
  return {Code::kRefused, "adopt: " + std::move(what) + "; nothing was changed",
          "`setu quarantine list` shows what it says; `setu quarantine drop` puts it out of sight"};
}

// What the batch did to one record, as if there had been nothing before.
struct Adopted {
  Change change;  // without its operations
  merge::Part part;
  merge::Origins origins;
};

Result<std::vector<Adopted>> gather(const wire::BatchBody& body, const CircleId& circle) {
  std::vector<Adopted> adopted;
  std::map<RecordId, std::size_t> places;
  for (const wire::SeededChange& seeded : body.changes) {
    const Change& change = seeded.change;
    if (change.moved_in) return fail(refused("it hands records over; do that yourself"));
    const auto [place, is_new] = places.try_emplace(change.record, adopted.size());
    if (is_new) adopted.emplace_back();
    Adopted& into = adopted[place->second];
    if (is_new) {
      into.change.record = change.record;
      into.change.kind = change.kind;
      into.change.home = change.home;
    }
    into.change.creates = into.change.creates || change.creates;
    merge::apply_moved(into.part, into.origins, change, {circle, merge::ChainTips{}});
  }
  return adopted;
}

// The entries in its own circle, and no covers: what is not among them was not superseded.
MovedPart moved_part_of(const Adopted& adopted, const CircleId& circle) {
  MovedPart moved = merge::move_out(adopted.part, &adopted.origins, {circle, merge::ChainTips{}});
  for (MovedSlot& slot : moved.slots) {
    for (MovedEntry& entry : slot.entries) entry.origin = 0;
  }
  moved.covers = {{circle, {}}};
  return moved;
}

Result<wire::BatchBody> open_whole(Context& context, const store::StoredBatch& stored) {
  const roster::Member* author = context.roster.member(stored.device);
  const auto batch = wire::parse_batch(stored.bytes);
  if (author == nullptr || !batch || !wire::verify_batch(*batch, author->keys.sign))
    return fail(refused("nobody on the roster wrote it"));
  auto body = open_body(context, *batch);
  if (!body) return fail(refused("this device cannot open it"));
  return std::move(*body);
}

Status adopt_one(Context& context, Recorder& recorder, const roster::Circle& circle,
                 Adopted& adopted, AdoptionReport& report) {
  const Kind* kind = context.kind(adopted.change.kind);
  const std::optional<Audience> audience = audience_of(circle.type);
  if (kind == nullptr || !audience)
    return fail(refused("it holds a kind of record that this version does not know"));
  Change& change = adopted.change;
  change.moved = true;
  change.stamp = recorder.next_stamp();
  change.moved_in = moved_part_of(adopted, circle.id);
  const auto problems = quarantine_inadmissible(context, *kind, circle, *context.me(), change);
  if (!problems.empty()) return fail(refused(problems.front()));

  SETU_TAKE(const Holding holding, load_holding(context, *kind, change.record));
  SETU_TAKE(PartState here, load_state(context, *kind, holding, change.home, *audience));
  const merge::Part before = here.part;
  merge::move_in(here.part, here.origins, *change.moved_in, {circle.id, merge::ChainTips{}});
  if (here.part == before) return {};  // another lead adopted it already
  ++report.changes;
  return recorder.put(*kind, *audience, circle.id, change);
}

}  // namespace

bool is_adoption(const MovedPart& moved, const CircleId& circle) {
  return moved.covers.size() == 1 && moved.covers.front().circle == circle &&
         moved.covers.front().tips.empty();
}

bool may_adopt(const roster::Circle& circle, const roster::Place& author) {
  return circle.org.is_nil() ? author.role == roster::Role::kCoordinator
                             : roster::leads(author, circle.org);
}

Result<AdoptionReport> adopt_quarantined(Context& context, std::string_view id) {
  SETU_TAKE(Recorder recorder, Recorder::begin(context));
  SETU_TAKE(const store::StoredBatch stored, find_quarantined(context, id));
  const roster::Circle* circle = context.roster.circle(stored.circle);
  if (circle == nullptr) return fail(refused("its circle is not on the roster"));
  if (!may_adopt(*circle, roster::place_of(*context.me()))) {
    return fail(Code::kNotAllowed, "adopt: only a lead of the organisation may",
                "ask a lead; nothing was changed");
  }
  SETU_TAKE(const wire::BatchBody body, open_whole(context, stored));
  SETU_TAKE(std::vector<Adopted> all, gather(body, circle->id));
  AdoptionReport report;
  for (Adopted& adopted : all) {
    ++report.records;
    SETU_TRY(adopt_one(context, recorder, *circle, adopted, report));
  }
  SETU_TRY(context.store.set_batch_state(stored.circle, stored.device, stored.seq,
                                         store::BatchState::kDropped, kAdopted));
  SETU_TRY(recorder.commit());
  return report;
}

}  // namespace setu::client
