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

// The history of one record, gathered from batches of every circle that held it.
class Telling {
 public:
  Telling(Context& context, const Kind& kind, const store::Row& row)
      : context_(context), kind_(kind), row_(row) {}

  Status tell_sealed(const CircleId& circle) {
    const store::BatchState states[] = {store::BatchState::kApplied, store::BatchState::kOwnUnsent,
                                        store::BatchState::kOwnAcked};
    return context_.store.each_batch(
        circle, states, [&](const store::StoredBatch& stored) -> Result<bool> {
          SETU_TAKE(const wire::BatchView batch, wire::parse_batch(stored.bytes));
          const auto body = open_body(context_, batch);
          if (!body) return true;  // `verify` reports what does not open
          const roster::Member* author = context_.roster.member(stored.device);
          for (const wire::SeededChange& seeded : body->changes) {
            if (seeded.change.record != row_.id) continue;
            const bool verified =
                author != nullptr && wire::verify_batch(batch, author->keys.sign).has_value();
            tell(seeded.change, true, verified);
          }
          return true;
        });
  }

  void tell(const Change& change, bool sealed, bool verified) {
    if (change.moved_in) tell_brought(change, sealed, verified);
    if (change.ops.empty()) return;
    ChangeView view = view_of(change.stamp, sealed, verified);
    if (change.recorded && change.recorded->device != change.stamp.device) {
      view.recorded_at = iso_hour(change.recorded->hour);
      view.recorded_on = change.recorded->device.hex();
    }
    for (const Op& op : change.ops) view.fields.push_back(show_op(context_, kind_, op));
    add(change.stamp, std::move(view));
  }

  std::vector<ChangeView> take() {
    for (DatedChange& brought : brought_) {
      if (find(told_, brought.stamp) == told_.end()) told_.push_back(std::move(brought));
    }
    std::ranges::stable_sort(told_, {}, &DatedChange::stamp);
    std::vector<ChangeView> views;
    for (DatedChange& change : told_) views.push_back(std::move(change.view));
    return views;
  }

 private:
  static std::vector<DatedChange>::iterator find(std::vector<DatedChange>& changes,
                                                 const Stamp& stamp) {
    return std::ranges::find(changes, stamp, &DatedChange::stamp);
  }

  ChangeView view_of(const Stamp& stamp, bool sealed, bool verified) {
    ChangeView view;
    view.at = iso_hour(stamp.hour);
    view.device = stamp.device.hex();
    view.person = person_name(context_, stamp.device);
    view.sealed = sealed;
    view.verified = verified;
    return view;
  }

  // Parts of one write share its stamp, and so does what both homes were told: shown as one change.
  void add(const Stamp& stamp, ChangeView view) {
    const auto same = find(told_, stamp);
    if (same == told_.end()) {
      told_.push_back({stamp, std::move(view)});
      return;
    }
    add_fields(same->view, std::move(view.fields));
    same->view.verified = same->view.verified && view.verified;
    same->view.sealed = same->view.sealed && view.sealed;
  }

  static void add_fields(ChangeView& view, std::vector<NamedValue> fields) {
    for (NamedValue& field : fields) {
      const bool known = std::ranges::any_of(view.fields, [&](const NamedValue& other) {
        return other.field == field.field && other.value == field.value;
      });
      if (!known) view.fields.push_back(std::move(field));
    }
  }

  // What was still standing when the record moved, with who wrote it then: told where the writes
  // themselves are not here.
  void tell_brought(const Change& change, bool sealed, bool verified) {
    for (const MovedSlot& slot : change.moved_in->slots) {
      for (const MovedEntry& entry : slot.entries) {
        const Op op{slot.field, entry.type, slot.key, entry.value, {}};
        auto known = find(brought_, entry.stamp);
        if (known == brought_.end()) {
          brought_.push_back({entry.stamp, view_of(entry.stamp, sealed, verified)});
          known = std::prev(brought_.end());
          known->view.brought_by = person_name(context_, change.stamp.device);
        }
        add_fields(known->view, {show_op(context_, kind_, op)});
      }
    }
  }

  Context& context_;
  const Kind& kind_;
  const store::Row& row_;
  std::vector<DatedChange> told_, brought_;
};

}  // namespace

Result<std::vector<ChangeView>> history_of(Context& context, const Kind& kind,
                                           const store::Row& row) {
  Telling telling(context, kind, row);
  SETU_TAKE(const std::vector<store::KeptPart> kept, context.store.kept_parts(row.id));
  std::set<CircleId> homes{row.home};
  for (const store::KeptPart& part : kept) homes.insert(part.home);
  std::set<CircleId> circles;
  for (const CircleId& home : homes) {
    for (Audience audience : kind.form->audiences()) {
      const auto circle = circle_for(context.roster, home, audience);
      if (circle && context.roster.is_member(context.self.id, *circle)) circles.insert(*circle);
    }
  }
  for (const CircleId& circle : circles) SETU_TRY(telling.tell_sealed(circle));
  SETU_TAKE(const std::vector<store::OutboxItem> unsealed, context.store.outbox_of(row.id));
  for (const store::OutboxItem& item : unsealed) {
    SETU_TAKE(const wire::SeededChange seeded, wire::decode_change(item.change));
    telling.tell(seeded.change, false, false);
  }
  return telling.take();
}

}  // namespace setu::client
