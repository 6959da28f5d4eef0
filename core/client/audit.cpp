#include "client/audit.hpp"

#include <algorithm>
#include <set>

#include "client/adoption.hpp"
#include "client/circles.hpp"
#include "client/keyring.hpp"
#include "client/sealer.hpp"
#include "client/show.hpp"

namespace setu::client {
namespace {

using roster::CircleType;
using store::BatchState;

class Audit {
 public:
  explicit Audit(Context& context) : context_(context) {}

  // Records first: roster entries carry no time of their own.
  Status gather() {
    for (const auto& [id, circle] : context_.roster.circles()) {
      if (context_.roster.is_member(context_.self.id, id)) SETU_TRY(hear_circle(circle));
    }
    return hear_roster();
  }

  std::vector<AuditView> take() {
    const auto place = [](const AuditView& view) { return view.position - 1; };  // 0 is last
    std::ranges::stable_sort(events_, {}, place);
    return std::move(events_);
  }

 private:
  AuditView& note(std::uint64_t position, std::string event, const DeviceId& author) {
    AuditView& view = events_.emplace_back();
    view.position = position;
    view.event = std::move(event);
    view.device = author.hex();
    view.person = person_name(context_, author);
    return view;
  }

  // --- the roster

  Status hear_roster() {
    roster::Roster roster;
    SETU_TAKE(const auto entries, context_.store.logged_entries());
    for (const auto& [position, bytes] : entries) {
      const ProgrammeId programme = roster.has_genesis() ? roster.programme() : ProgrammeId{};
      SETU_TAKE(const wire::Entry entry, wire::parse_entry(bytes, programme));
      const auto judged = roster.apply(entry, roster::Check::kSignaturesDone);
      if (judged.verdict != roster::Verdict::kAccepted) continue;
      const std::size_t before = events_.size();
      std::visit([&, at = position](const auto& content) { hear(at, entry, content); },
                 entry.content);
      if (events_.size() == before) continue;
      events_.back().verified = true;  // checked when it was taken in
      events_.back().at = hour_before(position);
    }
    return {};
  }

  [[nodiscard]] std::string hour_before(std::uint64_t position) const {
    const auto after = hours_.lower_bound(position);
    return after == hours_.begin() ? "" : iso_hour(std::prev(after)->second);
  }

  // Keys and names that follow from something else are not told.
  template <class Content>
  void hear(std::uint64_t, const wire::Entry&, const Content&) {}

  void hear(std::uint64_t position, const wire::Entry& entry, const wire::Genesis&) {
    note(position, "founded", entry.author);
  }
  void hear(std::uint64_t position, const wire::Entry& entry, const wire::OrgEntry& added) {
    AuditView& view = note(position, "organisation_added", entry.author);
    view.subject = added.id.hex();
    view.subject_name = org_name(context_, added.id);
  }
  void hear(std::uint64_t position, const wire::Entry& entry, const wire::CircleEntry& added) {
    if (added.type != CircleType::kCaseload) return;
    AuditView& view = note(position, "caseload_added", entry.author);
    view.subject = added.id.hex();
    view.subject_name = caseload_name(context_, added.id);
    view.detail = org_name(context_, added.org);
  }
  void hear(std::uint64_t position, const wire::Entry& entry, const wire::Invite& invite) {
    AuditView& view = note(position, "invited", entry.author);
    view.subject = wire::invite_id(invite.keys.sign).hex();
    view.detail =
        std::string(wire::role_name(invite.role)) + " of " + org_name(context_, invite.org);
    if (!invite.caseload.is_nil()) view.detail += ", " + caseload_name(context_, invite.caseload);
  }
  void hear(std::uint64_t position, const wire::Entry& entry, const wire::Withdrawal& withdrawn) {
    note(position, "invite_withdrawn", entry.author).subject = withdrawn.invite.hex();
  }
  void hear(std::uint64_t position, const wire::Entry& entry, const wire::DeviceEntry& joiner) {
    const DeviceId device = wire::device_id(joiner.keys);
    AuditView& view = note(position, "joined", entry.author);
    view.subject = device.hex();
    const roster::Member* member = context_.roster.member(device);
    const roster::InviteState* invite = context_.roster.invite(joiner.invite);
    if (member != nullptr)
      view.detail =
          std::string(wire::role_name(member->role)) + " of " + org_name(context_, member->org);
    if (invite != nullptr) view.detail += ", invited by " + person_name(context_, invite->author);
  }
  void hear(std::uint64_t position, const wire::Entry& entry, const wire::Approve& approve) {
    name_device(note(position, "approved", entry.author), approve.device);
  }
  void hear(std::uint64_t position, const wire::Entry& entry, const wire::CopyNotice&) {
    name_device(note(position, "copied_phone", entry.author), entry.author);
  }
  void hear(std::uint64_t position, const wire::Entry& entry, const wire::Remove& removal) {
    const bool leaves = removal.device == entry.author;
    AuditView& view = note(position, leaves ? "left" : "revoked", entry.author);
    name_device(view, removal.device);
    if (removal.wipe) view.detail = "and told to destroy what it holds";
  }
  void hear(std::uint64_t position, const wire::Entry& entry, const wire::EpochEntry& begun) {
    AuditView& view = note(position, "new_key", entry.author);
    view.subject = begun.circle.hex();
    const roster::Circle* circle = context_.roster.circle(begun.circle);
    const CircleId home = circle == nullptr ? CircleId{} : roster::implied_home(*circle);
    if (!home.is_nil()) view.subject_name = caseload_name(context_, home);
    view.detail = "epoch " + std::to_string(begun.number);
  }
  void hear(std::uint64_t position, const wire::Entry& entry, const wire::RecoveryEntry& printed) {
    AuditView& view = note(position, "recovery_sheet", entry.author);
    view.subject = printed.org.hex();
    view.subject_name = org_name(context_, printed.org);
    view.detail = "printed as " + wire::recovery_id(printed.key).hex();
  }

  void name_device(AuditView& view, const DeviceId& device) {
    view.subject = device.hex();
    view.subject_name = person_name(context_, device);
  }

  // --- records

  Status hear_circle(const roster::Circle& circle) {
    const BatchState states[] = {BatchState::kApplied, BatchState::kOwnUnsent,
                                 BatchState::kOwnAcked, BatchState::kQuarantined,
                                 BatchState::kDropped};
    return context_.store.each_batch(
        circle.id, states, [&](const store::StoredBatch& stored) -> Result<bool> {
          const auto batch = wire::parse_batch(stored.bytes);
          if (!batch) return true;  // `verify` reports it
          const roster::Member* author = context_.roster.member(stored.device);
          const bool verified =
              author != nullptr && wire::verify_batch(*batch, author->keys.sign).has_value();
          if (stored.state == BatchState::kQuarantined || stored.state == BatchState::kDropped)
            hear_kept_apart(circle, stored, verified);
          else
            hear_batch(circle, stored, *batch, verified);
          return true;
        });
  }

  void hear_kept_apart(const roster::Circle& circle, const store::StoredBatch& stored,
                       bool verified) {
    const bool looked_at = stored.state == BatchState::kDropped;
    if (looked_at && stored.reason == kAdopted) return;  // told by the adoption itself
    AuditView& view =
        note(stored.position, looked_at ? "put_out_of_sight" : "quarantined", stored.device);
    view.subject = circle.id.hex();
    view.detail = stored.reason;
    view.verified = verified;
  }

  void hear_batch(const roster::Circle& circle, const store::StoredBatch& stored,
                  const wire::BatchView& batch, bool verified) {
    const auto body = open_body(context_, batch);
    if (!body) return;
    for (const wire::SeededChange& seeded : body->changes) {
      const Change& change = seeded.change;
      if (stored.position != 0) {
        std::uint32_t& hour = hours_[stored.position];
        hour = std::max(hour, change.stamp.hour);
      }
      if (change.recorded && change.recorded->device != stored.device)
        hear_carried(stored, change, verified);
      if (change.moved_in && is_adoption(*change.moved_in, circle.id)) {
        AuditView* view = note_change(stored, change, "adopted", verified);
        if (view != nullptr) view->detail = "written by " + authors_of(*change.moved_in);
      }
      for (const Op& op : change.ops) {
        if (op.field == kDeletedField)
          note_change(stored, change, is_empty(op.value) ? "restored" : "deleted", verified);
        if (op.field != kHomeField) continue;
        AuditView* view = note_change(stored, change, "handed_over", verified);
        if (view != nullptr) view->detail = "to " + show_home(context_, op.value);
      }
    }
  }

  // Once for each two devices.
  void hear_carried(const store::StoredBatch& stored, const Change& change, bool verified) {
    const DeviceId& from = change.recorded->device;
    if (!carried_.emplace(stored.device, from).second) return;
    AuditView& view = note(stored.position, "carried_over", stored.device);
    view.at = iso_hour(change.stamp.hour);
    name_device(view, from);
    view.detail = "what was recorded on a copied phone";
    view.verified = verified;
  }

  std::string authors_of(const MovedPart& moved) {
    std::set<DeviceId> authors;
    for (const MovedSlot& slot : moved.slots) {
      for (const MovedEntry& entry : slot.entries) authors.insert(entry.stamp.device);
    }
    std::string names;
    for (const DeviceId& author : authors)
      names += (names.empty() ? "" : ", ") + person_name(context_, author);
    return names;
  }

  // Once, in however many circles the same was said. Null: it was said already.
  AuditView* note_change(const store::StoredBatch& stored, const Change& change,
                         const std::string& event, bool verified) {
    if (!told_.insert({change.stamp, change.record, event}).second) return nullptr;
    AuditView& view = note(stored.position, event, stored.device);
    view.at = iso_hour(change.stamp.hour);
    view.subject = to_uuid(change.record);
    const Kind* kind = context_.kind(change.kind);
    if (kind != nullptr) view.subject_name = kind->form->name;
    view.verified = verified;
    return &view;
  }

  Context& context_;
  std::vector<AuditView> events_;
  std::map<std::uint64_t, std::uint32_t> hours_;  // of records, by position in the log
  std::set<std::tuple<Stamp, RecordId, std::string>> told_;
  std::set<std::pair<DeviceId, DeviceId>> carried_;
};

}  // namespace

Result<std::vector<AuditView>> audit(Context& context) {
  const roster::Member* me = context.me();
  if (me == nullptr || me->state != roster::MemberState::kActive ||
      me->role == roster::Role::kWorker) {
    return fail(Code::kNotAllowed, "audit: only leads and coordinators",
                "ask a lead of your organisation");
  }
  Audit gathered(context);
  SETU_TRY(gathered.gather());
  return gathered.take();
}

}  // namespace setu::client
