#include <algorithm>

#include "roster/allowed.hpp"
#include "roster/quorum.hpp"
#include "roster/rules.hpp"

// The rules of leaving: removals, the epochs that follow them, and the printed keys for when too
// few are left to sign.

namespace setu::roster::rules {
namespace {

// Somebody else who can do what she could: without, nobody could ever let anybody in again.
bool has_successor(const Roster& roster, const Member& leaver) {
  return std::ranges::any_of(roster.members(), [&](const auto& entry) {
    const Member& other = entry.second;
    if (other.device == leaver.device) return false;
    return leaver.role == Role::kCoordinator ? coordinates(other) : leads(other, leaver.org);
  });
}

Judgement judge_leaving(const Case& about, const Member& leaver) {
  if (leaver.state == MemberState::kActive && leaver.role != Role::kWorker &&
      !has_successor(about.roster, leaver)) {
    return refused("remove: the last of an org's leads, or of the coordinators, does not leave");
  }
  return accepted();
}

// Empty when the author may say where this chain ends.
std::string wrong_cut(const Case& about, const DeviceId& device, const CircleId& circle) {
  if (about.roster.circle(circle) == nullptr) return "a cut is of a circle that does not exist";
  if (!about.roster.is_member(about.entry.author, circle))
    return "a cut is of a circle that the author does not follow";
  if (about.roster.end_of(device, circle)) return "a cut is named already";
  const Member* subject = about.roster.member(device);
  // Nil counts nowhere: the question is only whether she could ever write there.
  if (subject == nullptr || !about.roster.counts(device, circle, 0, Hash{}))
    return "a cut is of a device that never wrote there";
  return {};
}

}  // namespace

Judgement judge(const Case& about, const wire::Remove& removal) {
  const Member* subject = about.roster.member(removal.device);
  if (subject == nullptr) return refused("remove: the device is not on the roster");
  if (subject->state == MemberState::kRemoved) return repeated("remove: she was removed already");
  for (const wire::CircleCut& cut : removal.cuts) {
    if (std::string reason = wrong_cut(about, removal.device, cut.circle); !reason.empty())
      return refused("remove: " + reason);
  }
  if (removal.device == about.entry.author) return judge_leaving(about, *subject);
  switch (count_with(about.roster, motion_of(removal), about.entry.author, place_of(*subject))) {
    case Count::kNotEntitled:
      return refused("remove: only a coordinator, or a lead of her org, removes her");
    case Count::kSignedBefore:
      return repeated("remove: signed already; somebody else has to sign too");
    case Count::kOneMore:
    case Count::kCarried: return accepted();
  }
  return refused("remove: unknown count");
}

namespace {

// Empty when this device was removed and nobody said yet where its chain ends here.
std::string wrong_end(const Case& about, const Circle& circle, const wire::DeviceCut& cut) {
  const Member* subject = about.roster.member(cut.device);
  if (subject != nullptr && subject->state != MemberState::kRemoved)
    return "it ends the chain of a member";
  return wrong_cut(about, cut.device, circle.id);
}

std::string wrong_beginning(const Case& about, const Circle& circle,
                            const wire::EpochEntry& begun) {
  if (begun.number != circle.newest().number + 1) return "not the next epoch of the circle";
  if (!may_begin_epochs(place_of(*about.author), circle))
    return "the author's role begins none here";
  const std::vector<DeviceId> members = about.roster.members_of(circle.id);
  const bool is_member = std::ranges::binary_search(members, about.author->device);
  return is_member || members.empty() ? "" : "the author is not a member of the circle";
}

}  // namespace

Judgement judge(const Case& about, const wire::EpochEntry& begun) {
  const Circle* circle = about.roster.circle(begun.circle);
  if (circle == nullptr) return refused("epoch: the circle does not exist");
  if (std::string reason = wrong_beginning(about, *circle, begun); !reason.empty())
    return refused("epoch: " + reason);
  for (const wire::DeviceCut& cut : begun.ended) {
    if (std::string reason = wrong_end(about, *circle, cut); !reason.empty())
      return refused("epoch: " + reason);
  }
  for (const wire::Recipient& to : begun.recipients) {
    if (std::string reason = wrong_recipient(about.roster, *circle, to); !reason.empty())
      return refused("epoch: " + reason);
  }
  return accepted();
}

Judgement judge(const Case& about, const wire::RecoveryEntry& printed) {
  if (about.roster.org(printed.org) == nullptr) return refused("recovery key: unknown org");
  const DeviceId id = wire::recovery_id(printed.key);
  if (about.roster.recovery_key(id) != nullptr) return repeated("recovery key: in force already");
  if (about.roster.member(id) != nullptr) return refused("recovery key: its id is taken");
  const Place place{printed.org, recovery_role(about.roster, printed.org)};
  switch (count_with(about.roster, motion_of(printed), about.entry.author, place)) {
    case Count::kNotEntitled:
      return refused("recovery key: only a lead of the org or a coordinator signs one");
    case Count::kSignedBefore:
      return repeated("recovery key: signed already; somebody else has to sign too");
    case Count::kOneMore:
    case Count::kCarried: return accepted();
  }
  return refused("recovery key: unknown count");
}

}  // namespace setu::roster::rules
