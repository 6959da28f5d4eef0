#pragma once
// Roster entries: the signed statements that say who belongs to what. core/roster judges them; this
// parses them.
//
// Bytes: protobuf SignedEntry {content, author, conditions, signature} (proto/roster.proto), kept
// and hashed as received. The wrapping has one encoding: fields ascending, none empty, none
// unknown; so one signed statement has one hash. The author signs (programme, author, conditions,
// content); for the genesis entry, whose hash names the programme, the programme is left nil.

#include <variant>
#include <vector>

#include "crypto/crypto.hpp"
#include "setu/base/limits.hpp"

namespace setu::wire {

// Never renumber.
enum class Role : std::uint8_t { kWorker = 1, kLead = 2, kCoordinator = 3 };
enum class CircleType : std::uint8_t {
  kCommons = 1,
  kAlerts = 2,
  kProgramme = 3,
  kCoordinators = 4,
  kOrg = 5,
  kOrgFacts = 6,
  kLeads = 7,
  kCaseload = 8,
  kCaseloadFacts = 9,
};
[[nodiscard]] std::string_view role_name(Role role);  // worker, lead, coordinator
[[nodiscard]] std::optional<Role> role_from_name(std::string_view name);

struct DeviceKeys {
  crypto::SignPublicKey sign;
  crypto::BoxPublicKey box;
  friend bool operator==(const DeviceKeys&, const DeviceKeys&) = default;
};
[[nodiscard]] DeviceId device_id(const DeviceKeys& keys);
[[nodiscard]] InviteId invite_id(const crypto::SignPublicKey& key);
// A recovery key authors entries under an id of its own.
[[nodiscard]] DeviceId recovery_id(const crypto::SignPublicKey& key);

// The programme, its umbrella org and its first coordinator's device.
struct Genesis {
  std::uint32_t suite = 1;
  std::array<std::byte, 16> salt{};
  crypto::SignPublicKey server_key;  // the authoritative server's identity
  OrgId umbrella;
  DeviceKeys coordinator;
  friend bool operator==(const Genesis&, const Genesis&) = default;
};

struct OrgEntry {
  OrgId id;
  friend bool operator==(const OrgEntry&, const OrgEntry&) = default;
};

// A circle with its first epoch (number 1).
struct CircleEntry {
  CircleId id;
  CircleType type{};
  OrgId org;      // the umbrella for programme-wide circles
  CircleId twin;  // of a facts circle: its home circle; else nil
  crypto::Commitment commitment;
  crypto::BoxPublicKey inbox;
  friend bool operator==(const CircleEntry&, const CircleEntry&) = default;
};

// Who an epoch key is sealed to. All are X25519 keys: a device's, an invite's, or the inbox of
// another circle.
enum class RecipientType : std::uint8_t { kDevice = 1, kCircle = 2 };
struct Recipient {
  RecipientType type{};
  DeviceId device;          // kDevice
  CircleId circle;          // kCircle
  std::uint32_t epoch = 0;  // kCircle: of the receiving circle
  Bytes sealed;             // seal_epoch_key()
  friend bool operator==(const Recipient&, const Recipient&) = default;
};
struct Grant {
  CircleId circle;
  std::uint32_t epoch = 0;
  std::vector<Recipient> recipients;
  friend bool operator==(const Grant&, const Grant&) = default;
};

struct InviteGrant {
  CircleId circle;
  std::uint32_t epoch = 0;
  Bytes sealed;  // to the invite's box key
  friend bool operator==(const InviteGrant&, const InviteGrant&) = default;
};
// What the inviter adds to the digits of an invite; nobody knows it before she has seen who joined
// (wire/digits.hpp).
using DigitsNonce = FixedId<struct DigitsNonceTag, 32>;

struct Invite {
  DeviceKeys keys;  // derived from the secret in the link
  OrgId org;
  Role role{};
  CircleId caseload;  // where the joiner will work; nil for none
  std::uint32_t expires_hour = 0;
  bool preapproved =
      false;  // workers: joining is enough. Else the joiner is pending until approved
  std::vector<InviteGrant> grants;
  Hash digits{};  // commits to the nonce of a Reveal; nil: no digits are compared
  friend bool operator==(const Invite&, const Invite&) = default;
};

// A device joins by an invite; authored by the device itself, countersigned by the invite's key.
struct DeviceEntry {
  DeviceKeys keys;
  InviteId invite;
  crypto::Signature invite_signature;  // over the keys: sign_invite_use()
  friend bool operator==(const DeviceEntry&, const DeviceEntry&) = default;
};

// The inviter's device has seen this joiner, and opens what its invite committed to: from here on
// both screens can show the digits.
struct Reveal {
  DeviceId device;
  Hash joined;  // of its DeviceEntry
  DigitsNonce nonce;
  friend bool operator==(const Reveal&, const Reveal&) = default;
};

// Its author has met a batch under its own signature that it did not make: there is a copy of it.
struct CopyNotice {
  friend bool operator==(const CopyNotice&, const CopyNotice&) = default;
};

// Nobody joins by this invite any more.
struct Withdrawal {
  InviteId invite;
  friend bool operator==(const Withdrawal&, const Withdrawal&) = default;
};

struct Approve {
  DeviceId device;
  friend bool operator==(const Approve&, const Approve&) = default;
};

// Where a chain ends for good: what lies beyond does not count, whatever path it took.
struct ChainEnd {
  std::uint64_t seq = 0;  // 0: nothing of it counts
  Hash hash;              // of the batch with that seq; nil for 0
  friend bool operator==(const ChainEnd&, const ChainEnd&) = default;
};

// A device is no member any more. The cuts are of circles that the author follows; for others an
// EpochEntry names them.
struct CircleCut {
  CircleId circle;
  ChainEnd end;
  friend bool operator==(const CircleCut&, const CircleCut&) = default;
};
struct Remove {
  DeviceId device;
  std::vector<CircleCut> cuts;  // circles ascending
  bool wipe = false;            // and is to destroy what it holds
  friend bool operator==(const Remove&, const Remove&) = default;
};

// A new key for a circle that exists.
struct DeviceCut {
  DeviceId device;
  ChainEnd end;
  friend bool operator==(const DeviceCut&, const DeviceCut&) = default;
};
struct EpochEntry {
  CircleId circle;
  std::uint32_t number = 0;  // one more than the newest
  crypto::Commitment commitment;
  crypto::BoxPublicKey inbox;
  Bytes previous;  // seal_epoch_key() of the epoch before to this inbox; empty: not handed on
  std::vector<DeviceCut> ended;  // devices ascending: removed ones, without a cut yet
  std::vector<Recipient> recipients;
  friend bool operator==(const EpochEntry&, const EpochEntry&) = default;
};

// The key on an org's printed sheet; it replaces the one before.
struct RecoveryEntry {
  OrgId org;
  crypto::SignPublicKey key;
  friend bool operator==(const RecoveryEntry&, const RecoveryEntry&) = default;
};

// A name, sealed to those who may read it. The newest by the log stands for each (subject,
// audience).
enum class Subject : std::uint8_t { kProgramme = 1, kOrg = 2, kCaseload = 3, kPerson = 4 };
struct SealedName {
  CircleId circle;  // nil: sealed to one device's box key
  std::uint32_t epoch = 0;
  DeviceId device;
  Bytes sealed;
  friend bool operator==(const SealedName&, const SealedName&) = default;
};
struct Label {
  Subject subject{};
  Bytes id;  // OrgId, CircleId or DeviceId; empty for the programme
  std::vector<SealedName> names;
  friend bool operator==(const Label&, const Label&) = default;
};

using EntryContent =
    std::variant<Genesis, OrgEntry, CircleEntry, Grant, Invite, DeviceEntry, Approve, Label, Remove,
                 EpochEntry, RecoveryEntry, Reveal, Withdrawal, CopyNotice>;

struct Entry {
  EntryContent content;
  DeviceId author;
  std::vector<Hash> conditions;  // entries that must be accepted and in force
  crypto::Signature signature;
  Hash hash;
  Bytes bytes;       // as received
  Hash signed_hash;  // what the signature covers, for verify_entry()
};

// kMalformed: does not parse, wrapped another way, beyond limits, ids of wrong length.
// kNewerFormat: a content type this version does not know.
[[nodiscard]] Result<Entry> parse_entry(ByteView bytes, const ProgrammeId& programme);
[[nodiscard]] Entry make_entry(const EntryContent& content, const crypto::SignKeyPair& author,
                               const DeviceId& author_id, const std::vector<Hash>& conditions,
                               const ProgrammeId& programme);
[[nodiscard]] Hash entry_hash(ByteView bytes);
[[nodiscard]] bool verify_entry(const Entry& entry, const crypto::SignPublicKey& author);
[[nodiscard]] ProgrammeId programme_of(const Hash& genesis_hash);

// Epoch keys to a device's, an invite's or an inbox's key. The context binds circle and epoch.
// open: kForged.
[[nodiscard]] Result<Bytes> seal_epoch_key(const crypto::BoxPublicKey& to, const CircleId& circle,
                                           std::uint32_t epoch, const crypto::Secret& key,
                                           crypto::Random& random);
[[nodiscard]] Result<crypto::Secret> open_epoch_key(const crypto::BoxKeyPair& key,
                                                    const CircleId& circle, std::uint32_t epoch,
                                                    ByteView sealed);

// Names, padded to a multiple of 32 bytes. seal_name to a circle uses its epoch key, to a device
// its box key.
[[nodiscard]] SealedName seal_name(const CircleId& circle, std::uint32_t epoch,
                                   const crypto::Secret& key, Subject subject, ByteView id,
                                   std::string_view name, crypto::Random& random);
[[nodiscard]] Result<SealedName> seal_name(const DeviceId& device, const crypto::BoxPublicKey& to,
                                           Subject subject, ByteView id, std::string_view name,
                                           crypto::Random& random);
[[nodiscard]] Result<std::string> open_name(const SealedName& name, const crypto::Secret& epoch_key,
                                            Subject subject, ByteView id);
[[nodiscard]] Result<std::string> open_name(const SealedName& name, const crypto::BoxKeyPair& key,
                                            Subject subject, ByteView id);

// Invites. Link: SERVER_URL/join#base64url(version 1 | genesis hash | secret).
using InviteSecret = std::array<std::byte, 16>;
struct InviteLink {
  std::string server_url;
  Hash genesis;
  InviteSecret secret{};
};
[[nodiscard]] std::string format_invite_link(const InviteLink& link);
[[nodiscard]] Result<InviteLink> parse_invite_link(
    std::string_view text);  // kInvalidArgument, with what to do
struct InviteKeys {
  crypto::SignKeyPair sign;
  crypto::BoxKeyPair box;
  [[nodiscard]] DeviceKeys public_keys() const { return {sign.public_key, box.public_key}; }
};
[[nodiscard]] InviteKeys derive_invite_keys(const InviteSecret& secret);
[[nodiscard]] crypto::Signature sign_invite_use(const InviteKeys& invite, const DeviceKeys& joiner,
                                                const ProgrammeId& programme);
[[nodiscard]] bool verify_invite_use(const crypto::SignPublicKey& invite, const DeviceKeys& joiner,
                                     const ProgrammeId& programme,
                                     const crypto::Signature& signature);

// One-time token of the operator. Text: base64url(version 1 | server key hash | secret).
struct Token {
  Hash server_key_hash;
  std::array<std::byte, 16> secret{};
};
[[nodiscard]] Hash hash_server_key(const crypto::SignPublicKey& key);
[[nodiscard]] std::string format_token(const Token& token);
[[nodiscard]] Result<Token> parse_token(std::string_view text);

}  // namespace setu::wire
