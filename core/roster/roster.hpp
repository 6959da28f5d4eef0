#pragma once
// Who belongs to a programme, with which role and keys, to which circles: the state that the log's
// roster entries build, by pure rules that every client and the server run alike
// (docs/roster-rules.md has each of them).
//
// The log orders; the rules accept or refuse each entry where it stands; a refused entry changes
// nothing but still counts in the hash chain. Nobody is a member because a server says so.
//
// Nothing here fails: an entry that cannot be taken is a Judgement, an id that is not known is a
// null pointer or a nil id. What is handed out by pointer or reference lives until the next
// apply(). Not thread-safe; const calls may run at the same time. Cost: apply is a few microseconds
// and two signature checks at most; membership walks at most two levels of circles.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "roster/reach.hpp"
#include "wire/entry.hpp"
#include "wire/frames.hpp"

namespace setu::roster {

using wire::CircleType;
using wire::Role;

// What signatures are counted for (quorum.hpp).
struct Motion {
  enum class Type : std::uint8_t { kApprove, kRemove, kRecovery } type{};
  Bytes subject;  // a device's id; an org's id and the new key
  friend auto operator<=>(const Motion&, const Motion&) = default;
};

// Pending: joined by an invite that needs approval. Removed: for good; the same person joins again
// as another device.
enum class MemberState : std::uint8_t { kPending, kActive, kRemoved };

struct Member {
  DeviceId device;
  wire::DeviceKeys keys;
  OrgId org;
  Role role{};
  MemberState state{};
  InviteId invite{};            // nil for the first coordinator
  CircleId invited_caseload{};  // where the invite said she will work; nil for none
  DeviceId inviter{};           // nil for the first coordinator
  wire::DigitsNonce nonce{};    // of her digits; nil until the inviter has revealed it
  DeviceId approver{};          // nil where no approval was needed or none came yet
  Hash entry;                   // of her DeviceEntry (or the genesis)
  // The entry that made her active: DeviceEntry, Approve or genesis; nil while pending. What
  // conditions name.
  Hash standing;
  // The entry that removed her, and its author; nil while she is not removed.
  Hash removal{};
  DeviceId remover{};
  bool wipe = false;    // and was told to destroy what she holds
  bool copied = false;  // has met a copy of herself: one of the two is to be taken out
};

struct Org {
  OrgId id;
  bool umbrella = false;
  Hash entry;
  // Its circles, nil until its first lead made them.
  CircleId home{};
  CircleId facts{};
  CircleId leads{};
  DeviceId recovery{};  // of its printed key; nil for none
};

// The key on an org's printed sheet. It signs like a lead of its org; the umbrella's like a
// coordinator.
struct RecoveryKey {
  DeviceId id;  // wire::recovery_id
  OrgId org;
  crypto::SignPublicKey key;
  Hash entry;
  bool used = false;  // it signed something that counts
};

struct Epoch {
  std::uint32_t number = 0;
  crypto::Commitment commitment;
  crypto::BoxPublicKey inbox;
  bool hands_on = true;  // whoever has its key opens the one before it
};

struct Circle {
  CircleId id;
  CircleType type{};
  OrgId org;
  CircleId twin;  // facts -> home and home -> facts; nil where there is none
  Hash entry;
  DeviceId author;
  std::vector<Epoch> epochs;  // ascending; never empty
  // Of devices that write here no more: where their chains end.
  std::map<DeviceId, wire::ChainEnd> ends{};
  [[nodiscard]] const Epoch& newest() const { return epochs.back(); }
};

// The place of a member, or of who an invite is for.
struct Place {
  OrgId org;
  Role role{};
};

// One way to a circle's key: a sealed copy in an accepted entry.
struct SealedKey {
  CircleId circle;
  std::uint32_t epoch = 0;
  wire::Recipient recipient;  // to a device or a circle; for an invite's grants see InviteState
};

struct InviteState {
  wire::Invite invite;
  InviteId id;
  DeviceId author;
  Hash entry;
  std::optional<DeviceId> used_by;
  bool withdrawn = false;  // and nobody will
};

enum class Verdict : std::uint8_t { kAccepted, kRefused, kRepeated };
struct Judgement {
  Verdict verdict{};
  std::string reason;   // why not accepted, for people: no names, no ids beyond short ones
  bool forged = false;  // refused because a signature does not verify
};

// The longest that an invite may be open. Joiners have 72 hours; the rest is for leads who sync
// once a month.
inline constexpr std::uint32_t kLongestInviteHours = 30 * 24;

// Signatures were checked already when the entries were first taken in: replaying a replica's own
// copy skips them.
enum class Check : std::uint8_t { kAll, kSignaturesDone };

class Roster {
 public:
  // Judges one entry as the next of the log and takes it in. The first must be the genesis. The
  // caller keeps the bytes. `now_hour` is the server's or nothing: only the server judges expiry; a
  // client trusts the log's order. The entry counts in the chain whatever the verdict, unless these
  // very bytes were accepted before. So a server calls judge() first, and apply() for what it logs.
  Judgement apply(const wire::Entry& entry, Check check = Check::kAll,
                  std::optional<std::uint32_t> now_hour = {});

  // What apply would say, without taking it in.
  [[nodiscard]] Judgement judge(const wire::Entry& entry,
                                std::optional<std::uint32_t> now_hour = {},
                                Check check = Check::kAll) const;

  [[nodiscard]] bool has_genesis() const;
  [[nodiscard]] const ProgrammeId& programme() const;
  [[nodiscard]] const Hash& genesis_hash() const;
  [[nodiscard]] const crypto::SignPublicKey& server_key() const;
  [[nodiscard]] const OrgId& umbrella() const;
  // wire::chain_head over all entries that count (see apply), refused ones too; and their number.
  [[nodiscard]] const Hash& head() const;
  [[nodiscard]] std::uint64_t entry_count() const;
  [[nodiscard]] bool contains(const Hash& entry) const;  // accepted
  // The six digits that the device and its inviter compare (wire/digits.hpp); empty while they are
  // not revealed, and where none are compared.
  [[nodiscard]] std::string digits(const DeviceId& device) const;
  // Accepted, and does not make anybody a member who was removed since.
  [[nodiscard]] bool in_force(const Hash& entry) const;

  [[nodiscard]] const Member* member(const DeviceId& device) const;
  [[nodiscard]] const Org* org(const OrgId& org) const;
  [[nodiscard]] const Circle* circle(const CircleId& circle) const;
  [[nodiscard]] const InviteState* invite(const InviteId& invite) const;
  [[nodiscard]] const std::map<DeviceId, Member>& members() const;
  [[nodiscard]] const std::map<OrgId, Org>& orgs() const;
  [[nodiscard]] const std::map<CircleId, Circle>& circles() const;
  [[nodiscard]] const std::map<InviteId, InviteState>& invites() const;
  [[nodiscard]] std::vector<CircleId> circle_ids() const;  // ascending, for wire::resolve_circle
  [[nodiscard]] const RecoveryKey* recovery_key(const DeviceId& id) const;  // in force
  // In force, or replaced by a later one: for whoever asks what it once signed.
  [[nodiscard]] const RecoveryKey* printed_key(const DeviceId& id) const;
  // Who signed a motion that is not carried; null for nobody.
  [[nodiscard]] const std::set<DeviceId>* signatures(const Motion& motion) const;
  // All motions that wait for more signatures.
  [[nodiscard]] const std::map<Motion, std::set<DeviceId>>& motions() const;
  // The programme-wide circle of a type (commons, alerts, programme, coordinators); nil before it
  // is made.
  [[nodiscard]] CircleId programme_circle(CircleType type) const;

  // Membership: an active device that some accepted grant reaches, directly, through the invite it
  // used, or through a circle it is a member of.
  [[nodiscard]] bool is_member(const DeviceId& device, const CircleId& circle) const;
  // The same of who was a member until she was removed, too.
  [[nodiscard]] bool was_member(const DeviceId& device, const CircleId& circle) const;
  // An active device that is no member, and whom the circle's inbox takes.
  [[nodiscard]] bool may_write_to_inbox(const DeviceId& device, const CircleId& circle) const;
  [[nodiscard]] std::vector<CircleId> circles_of(const DeviceId& device) const;  // ascending
  [[nodiscard]] std::vector<DeviceId> members_of(const CircleId& circle) const;  // ascending
  // Whether a batch of this device's chain in this circle stands, going by where the roster ends
  // it: of members and of who may write to its inbox every one; of who is removed those within her
  // cut, and, until one is named, every one that the log took from her.
  [[nodiscard]] bool counts(const DeviceId& device, const CircleId& circle, std::uint64_t seq,
                            const Hash& hash) const;
  [[nodiscard]] std::optional<wire::ChainEnd> end_of(const DeviceId& device,
                                                     const CircleId& circle) const;
  // Whether the circle's newest key reached somebody who is no member of it, or was sealed to an
  // invite that was withdrawn: it wants a new epoch.
  [[nodiscard]] bool is_exposed(const CircleId& circle) const;
  // A sealed copy of the newest key reached her, directly or through a circle.
  [[nodiscard]] bool holds_newest(const DeviceId& device, const CircleId& circle) const;
  // Members whom no sealed copy of the newest key reaches, ascending.
  [[nodiscard]] std::vector<DeviceId> lacking_newest(const CircleId& circle) const;
  // The newest epoch that was begun without handing on the key before it; 0: there is none. Who is
  // granted it, or a later one, opens nothing from before.
  [[nodiscard]] std::uint32_t last_cut(const CircleId& circle) const;
  // Whether a key of this epoch reached her, or one of a later epoch that opens it.
  [[nodiscard]] bool opens_epoch(const DeviceId& device, const CircleId& circle,
                                 std::uint32_t epoch) const;
  // Holds the key by a grant to the device itself or by its invite.
  [[nodiscard]] bool holds_directly(const DeviceId& device, const CircleId& circle) const;
  [[nodiscard]] bool is_linked(const CircleId& circle, const CircleId& receiver) const;
  // Circles that were granted this one's key, ascending.
  [[nodiscard]] std::vector<CircleId> receivers_of(const CircleId& circle) const;
  // Sealed copies of a circle's keys, in log order: to devices and to circles.
  [[nodiscard]] std::vector<const SealedKey*> sealed_keys(const CircleId& circle) const;
  // All names given for a subject, in log order; the newest that one can open stands.
  [[nodiscard]] std::vector<wire::SealedName> names(wire::Subject subject, ByteView id) const;

 private:
  Judgement judge_as_next(const wire::Entry& entry, Check check,
                          std::optional<std::uint32_t> now_hour) const;
  // What an accepted entry changes, one per type.
  void take_in(const wire::Entry& entry, const wire::Genesis& genesis);
  void take_in(const wire::Entry& entry, const wire::OrgEntry& added);
  void take_in(const wire::Entry& entry, const wire::CircleEntry& added);
  void take_in(const wire::Entry& entry, const wire::Grant& grant);
  void take_in(const wire::Entry& entry, const wire::Invite& invite);
  void take_in(const wire::Entry& entry, const wire::DeviceEntry& joiner);
  void take_in(const wire::Entry& entry, const wire::Reveal& reveal);
  void take_in(const wire::Entry& entry, const wire::Withdrawal& withdrawal);
  void take_in(const wire::Entry& entry, const wire::CopyNotice& notice);
  void take_in(const wire::Entry& entry, const wire::Approve& approve);
  void take_in(const wire::Entry& entry, const wire::Label& label);
  void take_in(const wire::Entry& entry, const wire::Remove& removal);
  void take_in(const wire::Entry& entry, const wire::EpochEntry& begun);
  void take_in(const wire::Entry& entry, const wire::RecoveryEntry& printed);
  void take_in(const CircleId& circle, std::uint32_t epoch,
               const std::vector<wire::Recipient>& recipients);
  // Keeps the signature. True, and all of the motion's are forgotten, when it carries.
  [[nodiscard]] bool carry(const Motion& motion, const DeviceId& signer, const Place& subject);
  [[nodiscard]] bool is_active(const DeviceId& device) const;
  void collect_holders(const CircleId& circle, std::uint32_t from_epoch,
                       std::set<DeviceId>& into) const;

  ProgrammeId programme_;
  Hash genesis_hash_;
  crypto::SignPublicKey server_key_;
  OrgId umbrella_;
  Hash head_;
  std::uint64_t entry_count_ = 0;
  std::unordered_set<Hash> accepted_;
  std::unordered_set<Hash> withdrawn_;  // accepted once, no condition holds by them any more
  std::map<DeviceId, Member> members_;
  std::map<OrgId, Org> orgs_;
  std::map<CircleId, Circle> circles_;
  std::map<CircleType, CircleId> programme_circles_;
  std::map<InviteId, InviteState> invites_;
  std::map<DeviceId, RecoveryKey> recovery_keys_;  // replaced ones too
  std::map<Motion, std::set<DeviceId>> signatures_;
  std::map<CircleId, std::deque<SealedKey>> sealed_keys_;
  // Keys that came with an invite: by circle, whom they reached and of which epoch.
  std::map<CircleId, std::vector<std::pair<DeviceId, std::uint32_t>>> invited_;
  // Keys that lie in withdrawn invites: whoever has the link may have them. The latest epochs.
  std::map<CircleId, std::uint32_t> astray_;
  std::map<std::pair<wire::Subject, Bytes>, std::vector<wire::SealedName>> names_;
  Reach reach_;
};

// The home circle that a circle implies for records found in it: itself for home circles (org,
// caseload) and programme-wide ones, its twin for facts. Nil for leads (records there carry their
// home).
[[nodiscard]] CircleId implied_home(const Circle& circle);

}  // namespace setu::roster
