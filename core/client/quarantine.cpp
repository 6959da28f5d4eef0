#include "client/quarantine.hpp"

#include "client/keyring.hpp"
#include "client/sealer.hpp"
#include "client/show.hpp"

namespace setu::client {
namespace {

using store::BatchState;

constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kFewestDigits = 4;

std::string id_of(const store::StoredBatch& batch) { return batch.hash.hex().substr(0, kIdDigits); }

Status each_quarantined(Context& context,
                        const std::function<void(const store::StoredBatch&)>& visit) {
  const BatchState states[] = {BatchState::kQuarantined};
  return context.store.each_batch({}, states, [&](const store::StoredBatch& batch) -> Result<bool> {
    visit(batch);
    return true;
  });
}

ChangeView view_of(Context& context, const Kind& kind, const Change& change, bool verified) {
  ChangeView view;
  view.at = iso_hour(change.stamp.hour);
  view.device = change.stamp.device.hex();
  view.person = person_name(context, change.stamp.device);
  view.verified = verified;
  for (const Op& op : change.ops) view.fields.push_back(show_op(context, kind, op));
  return view;
}

// What it says, where this device can open it.
std::vector<QuarantineView::Item> items_of(Context& context, const store::StoredBatch& stored) {
  std::vector<QuarantineView::Item> items;
  const auto batch = wire::parse_batch(stored.bytes);
  if (!batch) return items;
  const roster::Member* author = context.roster.member(stored.device);
  const bool verified =
      author != nullptr && wire::verify_batch(*batch, author->keys.sign).has_value();
  const auto body = open_body(context, *batch);
  if (!body) return items;
  for (const wire::SeededChange& seeded : body->changes) {
    const Kind* kind = context.kind(seeded.change.kind);
    if (kind == nullptr) continue;
    items.push_back({kind->form->name, to_uuid(seeded.change.record),
                     view_of(context, *kind, seeded.change, verified)});
  }
  return items;
}

}  // namespace

Result<store::StoredBatch> find_quarantined(Context& context, std::string_view id) {
  std::vector<store::StoredBatch> found;
  SETU_TRY(each_quarantined(context, [&](const store::StoredBatch& batch) {
    if (id.size() >= kFewestDigits && id_of(batch).starts_with(id)) found.push_back(batch);
  }));
  if (found.size() == 1) return std::move(found.front());
  if (found.empty()) {
    return fail(Code::kNotFound, "find in quarantine: nothing with that id",
                "`setu quarantine list` shows what there is");
  }
  return fail(Code::kAmbiguous, "find in quarantine: more than one begins like that",
              "give more of its id");
}

Result<std::vector<QuarantineView>> quarantine(Context& context) {
  std::vector<QuarantineView> views;
  SETU_TRY(each_quarantined(context, [&](const store::StoredBatch& batch) {
    const roster::Circle* circle = context.roster.circle(batch.circle);
    QuarantineView& view = views.emplace_back();
    view.id = id_of(batch);
    view.device = batch.device.hex();
    view.person = person_name(context, batch.device);
    view.circle_id = batch.circle.hex();
    if (circle != nullptr) {
      const CircleId home = roster::implied_home(*circle);
      view.caseload = home.is_nil() ? "" : caseload_name(context, home);
      view.org = org_name(context, circle->org);
    }
    view.reason = batch.reason;
    view.items = items_of(context, batch);
  }));
  return views;
}

Status drop_quarantined(Context& context, std::string_view id) {
  SETU_TAKE(store::Store::Transaction transaction, context.store.begin());
  SETU_TAKE(const store::StoredBatch batch, find_quarantined(context, id));
  SETU_TRY(context.store.set_batch_state(batch.circle, batch.device, batch.seq,
                                         BatchState::kDropped, batch.reason));
  return transaction.commit();
}

}  // namespace setu::client
