#include <algorithm>

#include "client/circles.hpp"
#include "client/keyring.hpp"
#include "client/sealer.hpp"
#include "client/show.hpp"

namespace setu::client {
namespace {

struct DatedChange {
  Stamp stamp;
  ChangeView view;
};

ChangeView view_of(Context& context, const Kind& kind, const Change& change, bool sealed,
                   bool verified) {
  ChangeView view;
  view.at = iso_hour(change.stamp.hour);
  view.device = change.stamp.device.hex();
  view.person = person_name(context, change.stamp.device);
  view.sealed = sealed;
  view.verified = verified;
  for (const Op& op : change.ops) view.fields.push_back(show_op(kind, op));
  return view;
}

// Parts of one write share its stamp: shown as one change.
void add_change(std::vector<DatedChange>& changes, const Stamp& stamp, ChangeView view) {
  const auto same = std::ranges::find(changes, stamp, &DatedChange::stamp);
  if (same == changes.end()) {
    changes.push_back({stamp, std::move(view)});
    return;
  }
  for (NamedValue& field : view.fields) same->view.fields.push_back(std::move(field));
  same->view.verified = same->view.verified && view.verified;
  same->view.sealed = same->view.sealed && view.sealed;
}

Status add_sealed(Context& context, const Kind& kind, const store::Row& row, const CircleId& circle,
                  std::vector<DatedChange>& changes) {
  const store::BatchState states[] = {store::BatchState::kApplied, store::BatchState::kOwnUnsent,
                                      store::BatchState::kOwnAcked};
  return context.store.each_batch(
      circle, states, [&](const store::StoredBatch& stored) -> Result<bool> {
        SETU_TAKE(const wire::BatchView batch, wire::parse_batch(stored.bytes));
        const auto body = open_body(context, batch);
        if (!body) return true;  // `verify` reports what does not open
        const roster::Member* author = context.roster.member(stored.device);
        for (const wire::SeededChange& seeded : body->changes) {
          if (seeded.change.record != row.id) continue;
          const bool verified =
              author != nullptr && wire::verify_batch(batch, author->keys.sign).has_value();
          add_change(changes, seeded.change.stamp,
                     view_of(context, kind, seeded.change, true, verified));
        }
        return true;
      });
}

}  // namespace

Result<std::vector<ChangeView>> history_of(Context& context, const Kind& kind,
                                           const store::Row& row) {
  std::vector<DatedChange> changes;
  for (Audience audience : kind.form->audiences()) {
    const auto circle = circle_for(context.roster, row.home, audience);
    if (circle && context.roster.is_member(context.self.id, *circle))
      SETU_TRY(add_sealed(context, kind, row, *circle, changes));
  }
  SETU_TAKE(const std::vector<store::OutboxItem> unsealed, context.store.outbox_of(row.id));
  for (const store::OutboxItem& item : unsealed) {
    SETU_TAKE(const wire::SeededChange seeded, wire::decode_change(item.change));
    add_change(changes, seeded.change.stamp, view_of(context, kind, seeded.change, false, false));
  }
  std::ranges::stable_sort(changes, {}, &DatedChange::stamp);
  std::vector<ChangeView> views;
  for (DatedChange& change : changes) views.push_back(std::move(change.view));
  return views;
}

}  // namespace setu::client
