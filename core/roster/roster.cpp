#include "roster/roster.hpp"

#include <algorithm>

#include "roster/allowed.hpp"
#include "roster/quorum.hpp"
#include "roster/rules.hpp"
#include "wire/digits.hpp"

namespace setu::roster {
namespace {

template <class Map, class Key>
auto find_or_null(const Map& map, const Key& key) -> const typename Map::mapped_type* {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

Judgement Roster::apply(const wire::Entry& entry, Check check,
                        std::optional<std::uint32_t> now_hour) {
  // These very bytes again are no second entry: the server never logs an entry twice, and one that
  // does will show heads that differ from ours.
  if (contains(entry.hash)) return rules::repeated("entry: the log holds it already");
  Judgement judgement = judge_as_next(entry, check, now_hour);
  head_ = wire::chain_head(head_, entry.hash);
  ++entry_count_;
  if (judgement.verdict == Verdict::kAccepted) {
    accepted_.insert(entry.hash);
    const auto sheet = recovery_keys_.find(entry.author);
    if (sheet != recovery_keys_.end()) sheet->second.used = true;
    std::visit([&](const auto& content) { take_in(entry, content); }, entry.content);
  }
  return judgement;
}

Judgement Roster::judge(const wire::Entry& entry, std::optional<std::uint32_t> now_hour,
                        Check check) const {
  return judge_as_next(entry, check, now_hour);
}

Judgement Roster::judge_as_next(const wire::Entry& entry, Check check,
                                std::optional<std::uint32_t> now_hour) const {
  return rules::judge_entry(*this, entry, check, now_hour);
}

void Roster::take_in(const wire::Entry& entry, const wire::Genesis& genesis) {
  genesis_hash_ = entry.hash;
  programme_ = wire::programme_of(entry.hash);
  server_key_ = genesis.server_key;
  umbrella_ = genesis.umbrella;
  orgs_[genesis.umbrella] = Org{.id = genesis.umbrella, .umbrella = true, .entry = entry.hash};
  members_[entry.author] = Member{.device = entry.author,
                                  .keys = genesis.coordinator,
                                  .org = genesis.umbrella,
                                  .role = Role::kCoordinator,
                                  .state = MemberState::kActive,
                                  .entry = entry.hash,
                                  .standing = entry.hash};
}

void Roster::take_in(const wire::Entry& entry, const wire::OrgEntry& added) {
  orgs_[added.id] = Org{.id = added.id, .umbrella = false, .entry = entry.hash};
}

void Roster::take_in(const wire::Entry& entry, const wire::CircleEntry& added) {
  circles_[added.id] = Circle{.id = added.id,
                              .type = added.type,
                              .org = added.org,
                              .twin = added.twin,
                              .entry = entry.hash,
                              .author = entry.author,
                              .epochs = {Epoch{1, added.commitment, added.inbox}}};
  if (is_facts(added.type)) circles_[added.twin].twin = added.id;
  if (is_programme_wide(added.type)) programme_circles_[added.type] = added.id;
  Org& org = orgs_[added.org];
  if (added.type == CircleType::kOrg) org.home = added.id;
  if (added.type == CircleType::kOrgFacts) org.facts = added.id;
  if (added.type == CircleType::kLeads) org.leads = added.id;
}

void Roster::take_in(const wire::Entry& /*entry*/, const wire::Grant& grant) {
  take_in(grant.circle, grant.epoch, grant.recipients);
}

void Roster::take_in(const CircleId& circle, std::uint32_t epoch,
                     const std::vector<wire::Recipient>& recipients) {
  for (const wire::Recipient& to : recipients) {
    sealed_keys_[circle].push_back(SealedKey{circle, epoch, to});
    if (to.type == wire::RecipientType::kDevice) {
      reach_.seal_to_device(circle, to.device);
    } else {
      reach_.seal_to_circle(circle, to.circle);
    }
  }
}

void Roster::take_in(const wire::Entry& entry, const wire::Invite& invite) {
  const InviteId id = wire::invite_id(invite.keys.sign);
  invites_[id] = InviteState{
      .invite = invite, .id = id, .author = entry.author, .entry = entry.hash, .used_by = {}};
}

void Roster::take_in(const wire::Entry& entry, const wire::DeviceEntry& joiner) {
  InviteState& used = invites_[joiner.invite];
  used.used_by = entry.author;
  const bool active = used.invite.preapproved;
  members_[entry.author] = Member{.device = entry.author,
                                  .keys = joiner.keys,
                                  .org = used.invite.org,
                                  .role = used.invite.role,
                                  .state = active ? MemberState::kActive : MemberState::kPending,
                                  .invite = used.id,
                                  .invited_caseload = used.invite.caseload,
                                  .inviter = used.author,
                                  .entry = entry.hash,
                                  .standing = active ? entry.hash : Hash{}};
  for (const wire::InviteGrant& grant : used.invite.grants) {
    reach_.seal_to_device(grant.circle, entry.author);
    invited_[grant.circle].push_back({entry.author, grant.epoch});
  }
}

void Roster::take_in(const wire::Entry& /*entry*/, const wire::Reveal& reveal) {
  members_[reveal.device].nonce = reveal.nonce;
}

void Roster::take_in(const wire::Entry& /*entry*/, const wire::Withdrawal& withdrawal) {
  InviteState& invite = invites_[withdrawal.invite];
  invite.withdrawn = true;
  for (const wire::InviteGrant& grant : invite.invite.grants) {
    std::uint32_t& latest = astray_[grant.circle];
    latest = std::max(latest, grant.epoch);
  }
}

void Roster::take_in(const wire::Entry& entry, const wire::CopyNotice& /*notice*/) {
  members_[entry.author].copied = true;
}

void Roster::take_in(const wire::Entry& entry, const wire::Approve& approve) {
  Member& member = members_[approve.device];
  if (!carry(motion_of(approve), entry.author, place_of(member))) return;
  member.state = MemberState::kActive;
  member.approver = entry.author;
  member.standing = entry.hash;
}

void Roster::take_in(const wire::Entry& /*entry*/, const wire::Label& label) {
  auto& names = names_[{label.subject, label.id}];
  names.insert(names.end(), label.names.begin(), label.names.end());
}

void Roster::take_in(const wire::Entry& entry, const wire::Remove& removal) {
  Member& member = members_[removal.device];
  const bool leaves = entry.author == removal.device;
  if (!leaves && !carry(motion_of(removal), entry.author, place_of(member))) return;
  member.state = MemberState::kRemoved;
  member.removal = entry.hash;
  member.remover = entry.author;
  member.wipe = removal.wipe;
  withdrawn_.insert({member.entry, member.standing});
  for (const wire::CircleCut& cut : removal.cuts)
    circles_[cut.circle].ends[removal.device] = cut.end;
}

void Roster::take_in(const wire::Entry& /*entry*/, const wire::EpochEntry& begun) {
  Circle& circle = circles_[begun.circle];
  circle.epochs.push_back(
      Epoch{begun.number, begun.commitment, begun.inbox, !begun.previous.empty()});
  if (!begun.previous.empty()) {
    const wire::Recipient handed_on{
        wire::RecipientType::kCircle, {}, begun.circle, begun.number, begun.previous};
    sealed_keys_[begun.circle].push_back(SealedKey{begun.circle, begun.number - 1, handed_on});
  }
  for (const wire::DeviceCut& cut : begun.ended) circle.ends[cut.device] = cut.end;
  take_in(begun.circle, begun.number, begun.recipients);
}

void Roster::take_in(const wire::Entry& entry, const wire::RecoveryEntry& printed) {
  if (!carry(motion_of(printed), entry.author, {printed.org, recovery_role(*this, printed.org)}))
    return;
  Org& org = orgs_[printed.org];
  org.recovery = wire::recovery_id(printed.key);
  recovery_keys_[org.recovery] = RecoveryKey{org.recovery, printed.org, printed.key, entry.hash};
}

bool Roster::carry(const Motion& motion, const DeviceId& signer, const Place& subject) {
  const bool carried = count_with(*this, motion, signer, subject) == Count::kCarried;
  if (carried) {
    signatures_.erase(motion);
  } else {
    signatures_[motion].insert(signer);
  }
  return carried;
}

bool Roster::has_genesis() const { return !genesis_hash_.is_nil(); }
const ProgrammeId& Roster::programme() const { return programme_; }
const Hash& Roster::genesis_hash() const { return genesis_hash_; }
const crypto::SignPublicKey& Roster::server_key() const { return server_key_; }
const OrgId& Roster::umbrella() const { return umbrella_; }
const Hash& Roster::head() const { return head_; }
std::uint64_t Roster::entry_count() const { return entry_count_; }
bool Roster::contains(const Hash& entry) const { return accepted_.contains(entry); }
bool Roster::in_force(const Hash& entry) const {
  return accepted_.contains(entry) && !withdrawn_.contains(entry);
}

const Member* Roster::member(const DeviceId& device) const {
  return find_or_null(members_, device);
}
const Org* Roster::org(const OrgId& org) const { return find_or_null(orgs_, org); }
const Circle* Roster::circle(const CircleId& circle) const {
  return find_or_null(circles_, circle);
}
const InviteState* Roster::invite(const InviteId& invite) const {
  return find_or_null(invites_, invite);
}
const RecoveryKey* Roster::printed_key(const DeviceId& id) const {
  return find_or_null(recovery_keys_, id);
}
const RecoveryKey* Roster::recovery_key(const DeviceId& id) const {
  const RecoveryKey* printed = printed_key(id);
  return printed != nullptr && org(printed->org)->recovery == id ? printed : nullptr;
}
const std::map<Motion, std::set<DeviceId>>& Roster::motions() const { return signatures_; }
const std::set<DeviceId>* Roster::signatures(const Motion& motion) const {
  return find_or_null(signatures_, motion);
}
const std::map<DeviceId, Member>& Roster::members() const { return members_; }
const std::map<OrgId, Org>& Roster::orgs() const { return orgs_; }
const std::map<CircleId, Circle>& Roster::circles() const { return circles_; }
const std::map<InviteId, InviteState>& Roster::invites() const { return invites_; }

std::vector<CircleId> Roster::circle_ids() const {
  std::vector<CircleId> ids;
  ids.reserve(circles_.size());
  for (const auto& [id, circle] : circles_) ids.push_back(id);
  return ids;
}

std::string Roster::digits(const DeviceId& device) const {
  const Member* joiner = member(device);
  const InviteState* used = joiner == nullptr ? nullptr : invite(joiner->invite);
  if (used == nullptr || joiner->nonce.is_nil()) return {};
  return wire::six_digits(used->entry, joiner->entry, joiner->nonce);
}

CircleId Roster::programme_circle(CircleType type) const {
  const CircleId* found = find_or_null(programme_circles_, type);
  return found == nullptr ? CircleId{} : *found;
}

bool Roster::is_active(const DeviceId& device) const {
  const Member* found = member(device);
  return found != nullptr && found->state == MemberState::kActive;
}

bool Roster::is_member(const DeviceId& device, const CircleId& circle) const {
  return is_active(device) && reach_.reaches(circle, device);
}

bool Roster::was_member(const DeviceId& device, const CircleId& circle) const {
  const Member* found = member(device);
  return found != nullptr && found->state != MemberState::kPending &&
         reach_.reaches(circle, device);
}

bool Roster::may_write_to_inbox(const DeviceId& device, const CircleId& circle) const {
  const Circle* found = this->circle(circle);
  return found != nullptr && takes_inbox(found->type) && is_active(device) &&
         !reach_.reaches(circle, device);
}

std::vector<CircleId> Roster::circles_of(const DeviceId& device) const {
  return is_active(device) ? reach_.circles_of(device) : std::vector<CircleId>{};
}

std::vector<DeviceId> Roster::members_of(const CircleId& circle) const {
  std::vector<DeviceId> devices = reach_.devices_of(circle);
  std::erase_if(devices, [&](const DeviceId& device) { return !is_active(device); });
  return devices;
}

std::vector<const SealedKey*> Roster::sealed_keys(const CircleId& circle) const {
  std::vector<const SealedKey*> copies;
  if (const auto* kept = find_or_null(sealed_keys_, circle)) {
    copies.reserve(kept->size());
    for (const SealedKey& copy : *kept) copies.push_back(&copy);
  }
  return copies;
}

std::vector<wire::SealedName> Roster::names(wire::Subject subject, ByteView id) const {
  const auto* given = find_or_null(names_, std::pair{subject, to_bytes(id)});
  return given == nullptr ? std::vector<wire::SealedName>{} : *given;
}

CircleId implied_home(const Circle& circle) {
  if (circle.type == CircleType::kLeads) return {};
  return is_facts(circle.type) ? circle.twin : circle.id;
}

}  // namespace setu::roster
