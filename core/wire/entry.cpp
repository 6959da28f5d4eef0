#include "wire/entry.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "roster.pb.h"
#include "wire/domains.hpp"
#include "wire/proto_bytes.hpp"

namespace setu::wire {
namespace {

constexpr std::size_t kMaxConditions = 16;
constexpr std::size_t kMaxSealed = 512;
constexpr std::uint64_t kMaxSeq =
    static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

tl::unexpected<Error> malformed() {
  return fail(Code::kMalformed, "read roster entry: it does not parse; it was not taken");
}

void write_keys(v1::DeviceKeys& out, const DeviceKeys& keys) {
  put(*out.mutable_sign(), keys.sign.view());
  put(*out.mutable_box(), keys.box.view());
}

// --- to protobuf, one function a content

void write(v1::EntryContent& out, const Genesis& genesis) {
  v1::Genesis& message = *out.mutable_genesis();
  message.set_suite(genesis.suite);
  put(*message.mutable_salt(), genesis.salt);
  put(*message.mutable_server_key(), genesis.server_key.view());
  put(*message.mutable_umbrella(), genesis.umbrella.view());
  write_keys(*message.mutable_coordinator(), genesis.coordinator);
}

void write(v1::EntryContent& out, const OrgEntry& org) {
  put(*out.mutable_org()->mutable_id(), org.id.view());
}

void write(v1::EntryContent& out, const CircleEntry& circle) {
  v1::Circle& message = *out.mutable_circle();
  put(*message.mutable_id(), circle.id.view());
  message.set_type(static_cast<std::uint32_t>(circle.type));
  put(*message.mutable_org(), circle.org.view());
  if (!circle.twin.is_nil()) put(*message.mutable_twin(), circle.twin.view());
  put(*message.mutable_commitment(), circle.commitment.view());
  put(*message.mutable_inbox(), circle.inbox.view());
}

void write_recipient(v1::Recipient& out, const Recipient& recipient) {
  out.set_type(static_cast<std::uint32_t>(recipient.type));
  const bool to_device = recipient.type == RecipientType::kDevice;
  put(*out.mutable_id(), to_device ? recipient.device.view() : recipient.circle.view());
  if (!to_device) out.set_epoch(recipient.epoch);
  put(*out.mutable_sealed(), recipient.sealed);
}

void write(v1::EntryContent& out, const Grant& grant) {
  v1::Grant& message = *out.mutable_grant();
  put(*message.mutable_circle(), grant.circle.view());
  message.set_epoch(grant.epoch);
  for (const Recipient& recipient : grant.recipients)
    write_recipient(*message.add_recipients(), recipient);
}

void write(v1::EntryContent& out, const Invite& invite) {
  v1::Invite& message = *out.mutable_invite();
  write_keys(*message.mutable_keys(), invite.keys);
  put(*message.mutable_org(), invite.org.view());
  message.set_role(static_cast<std::uint32_t>(invite.role));
  if (!invite.caseload.is_nil()) put(*message.mutable_caseload(), invite.caseload.view());
  message.set_expires_hour(invite.expires_hour);
  message.set_preapproved(invite.preapproved);
  for (const InviteGrant& grant : invite.grants) {
    v1::InviteGrant& added = *message.add_grants();
    put(*added.mutable_circle(), grant.circle.view());
    added.set_epoch(grant.epoch);
    put(*added.mutable_sealed(), grant.sealed);
  }
  if (!invite.digits.is_nil()) put(*message.mutable_digits(), invite.digits.view());
}

void write(v1::EntryContent& out, const Reveal& reveal) {
  v1::Reveal& message = *out.mutable_reveal();
  put(*message.mutable_device(), reveal.device.view());
  put(*message.mutable_joined(), reveal.joined.view());
  put(*message.mutable_nonce(), reveal.nonce.view());
}

void write(v1::EntryContent& out, const Withdrawal& withdrawal) {
  put(*out.mutable_withdrawal()->mutable_invite(), withdrawal.invite.view());
}

void write(v1::EntryContent& out, const CopyNotice& /*notice*/) { out.mutable_copy_notice(); }

void write(v1::EntryContent& out, const DeviceEntry& device) {
  v1::Device& message = *out.mutable_device();
  write_keys(*message.mutable_keys(), device.keys);
  put(*message.mutable_invite(), device.invite.view());
  put(*message.mutable_invite_signature(), device.invite_signature.view());
}

void write(v1::EntryContent& out, const Approve& approve) {
  put(*out.mutable_approve()->mutable_device(), approve.device.view());
}

void write_end(v1::ChainEnd& out, const ChainEnd& end) {
  out.set_seq(end.seq);
  if (end.seq > 0) put(*out.mutable_hash(), end.hash.view());
}

void write(v1::EntryContent& out, const Remove& remove) {
  v1::Remove& message = *out.mutable_remove();
  put(*message.mutable_device(), remove.device.view());
  for (const CircleCut& cut : remove.cuts) {
    v1::CircleCut& added = *message.add_cuts();
    put(*added.mutable_circle(), cut.circle.view());
    write_end(*added.mutable_end(), cut.end);
  }
  message.set_wipe(remove.wipe);
}

void write(v1::EntryContent& out, const EpochEntry& epoch) {
  v1::Epoch& message = *out.mutable_epoch();
  put(*message.mutable_circle(), epoch.circle.view());
  message.set_number(epoch.number);
  put(*message.mutable_commitment(), epoch.commitment.view());
  put(*message.mutable_inbox(), epoch.inbox.view());
  put(*message.mutable_previous(), epoch.previous);
  for (const DeviceCut& cut : epoch.ended) {
    v1::DeviceCut& added = *message.add_ended();
    put(*added.mutable_device(), cut.device.view());
    write_end(*added.mutable_end(), cut.end);
  }
  for (const Recipient& recipient : epoch.recipients)
    write_recipient(*message.add_recipients(), recipient);
}

void write(v1::EntryContent& out, const RecoveryEntry& recovery) {
  v1::Recovery& message = *out.mutable_recovery();
  put(*message.mutable_org(), recovery.org.view());
  put(*message.mutable_key(), recovery.key.view());
}

void write(v1::EntryContent& out, const Label& label) {
  v1::Label& message = *out.mutable_label();
  message.set_subject(static_cast<std::uint32_t>(label.subject));
  put(*message.mutable_id(), label.id);
  for (const SealedName& name : label.names) {
    v1::SealedName& added = *message.add_names();
    if (!name.circle.is_nil()) {
      put(*added.mutable_circle(), name.circle.view());
      added.set_epoch(name.epoch);
    } else {
      put(*added.mutable_device(), name.device.view());
    }
    put(*added.mutable_sealed(), name.sealed);
  }
}

// --- from protobuf: `ok` turns false on any length or number that cannot be

struct Parser {
  bool ok = true;

  template <class Id>
  Id id(const std::string& bytes) {
    const auto parsed = Id::from(as_bytes(bytes));
    ok = ok && parsed.has_value();
    return parsed ? *parsed : Id{};
  }
  template <class Id>
  Id id_or_nil(const std::string& bytes) {
    return bytes.empty() ? Id{} : id<Id>(bytes);
  }
  template <class Enum>
  Enum number(std::uint32_t value, Enum last) {
    ok = ok && value >= 1 && value <= static_cast<std::uint32_t>(last);
    return static_cast<Enum>(value);
  }
  Bytes sealed(const std::string& bytes) {
    ok = ok && bytes.size() <= kMaxSealed;
    return to_bytes(as_bytes(bytes));
  }
  DeviceKeys keys(const v1::DeviceKeys& message) {
    return {id<crypto::SignPublicKey>(message.sign()), id<crypto::BoxPublicKey>(message.box())};
  }

  Genesis read(const v1::Genesis& message) {
    Genesis genesis;
    genesis.suite = message.suite();
    ok = ok && genesis.suite == 1 && message.salt().size() == genesis.salt.size();
    if (ok) std::memcpy(genesis.salt.data(), message.salt().data(), genesis.salt.size());
    genesis.server_key = id<crypto::SignPublicKey>(message.server_key());
    genesis.umbrella = id<OrgId>(message.umbrella());
    genesis.coordinator = keys(message.coordinator());
    return genesis;
  }

  CircleEntry read(const v1::Circle& message) {
    return {id<CircleId>(message.id()),
            number(message.type(), CircleType::kCaseloadFacts),
            id<OrgId>(message.org()),
            id_or_nil<CircleId>(message.twin()),
            id<crypto::Commitment>(message.commitment()),
            id<crypto::BoxPublicKey>(message.inbox())};
  }

  Grant read(const v1::Grant& message) {
    Grant grant{id<CircleId>(message.circle()), message.epoch(), {}};
    ok = ok && message.recipients_size() >= 1 &&
         message.recipients_size() <= static_cast<int>(limits::kRecipientsPerGrant);
    if (!ok) return grant;
    for (const v1::Recipient& given : message.recipients()) grant.recipients.push_back(read(given));
    return grant;
  }

  Recipient read(const v1::Recipient& given) {
    Recipient recipient;
    recipient.type = number(given.type(), RecipientType::kCircle);
    if (recipient.type == RecipientType::kDevice)
      recipient.device = id<DeviceId>(given.id());
    else
      recipient.circle = id<CircleId>(given.id());
    recipient.epoch = given.epoch();
    ok = ok && (recipient.type == RecipientType::kCircle || recipient.epoch == 0);
    recipient.sealed = sealed(given.sealed());
    return recipient;
  }

  ChainEnd read(const v1::ChainEnd& message) {
    ok = ok && message.hash().empty() == (message.seq() == 0) && message.seq() <= kMaxSeq;
    return {message.seq(), id_or_nil<Hash>(message.hash())};
  }

  // Ascending without repetition: one set of cuts has one encoding.
  template <class Cut, class Key>
  void expect_ascending(const std::vector<Cut>& cuts, Key Cut::*key) {
    ok = ok && std::ranges::adjacent_find(cuts, std::greater_equal{}, key) == cuts.end();
  }

  Remove read(const v1::Remove& message) {
    Remove remove{id<DeviceId>(message.device()), {}, message.wipe()};
    ok = ok && message.cuts_size() <= static_cast<int>(limits::kCutsPerEntry);
    if (!ok) return remove;
    for (const v1::CircleCut& given : message.cuts())
      remove.cuts.push_back({id<CircleId>(given.circle()), read(given.end())});
    expect_ascending(remove.cuts, &CircleCut::circle);
    return remove;
  }

  EpochEntry read(const v1::Epoch& message) {
    EpochEntry epoch;
    epoch.circle = id<CircleId>(message.circle());
    epoch.number = message.number();
    epoch.commitment = id<crypto::Commitment>(message.commitment());
    epoch.inbox = id<crypto::BoxPublicKey>(message.inbox());
    epoch.previous = sealed(message.previous());
    ok = ok && message.ended_size() <= static_cast<int>(limits::kCutsPerEntry) &&
         message.recipients_size() <= static_cast<int>(limits::kRecipientsPerGrant);
    if (!ok) return epoch;
    for (const v1::DeviceCut& given : message.ended())
      epoch.ended.push_back({id<DeviceId>(given.device()), read(given.end())});
    expect_ascending(epoch.ended, &DeviceCut::device);
    for (const v1::Recipient& given : message.recipients()) epoch.recipients.push_back(read(given));
    return epoch;
  }

  RecoveryEntry read(const v1::Recovery& message) {
    return {id<OrgId>(message.org()), id<crypto::SignPublicKey>(message.key())};
  }

  Reveal read(const v1::Reveal& message) {
    return {id<DeviceId>(message.device()), id<Hash>(message.joined()),
            id<DigitsNonce>(message.nonce())};
  }

  Invite read(const v1::Invite& message) {
    Invite invite;
    invite.keys = keys(message.keys());
    invite.org = id<OrgId>(message.org());
    invite.role = number(message.role(), Role::kCoordinator);
    invite.caseload = id_or_nil<CircleId>(message.caseload());
    invite.expires_hour = message.expires_hour();
    invite.preapproved = message.preapproved();
    invite.digits = id_or_nil<Hash>(message.digits());
    ok = ok && message.grants_size() <= static_cast<int>(limits::kRecipientsPerGrant);
    if (!ok) return invite;
    for (const v1::InviteGrant& given : message.grants()) {
      invite.grants.push_back(
          {id<CircleId>(given.circle()), given.epoch(), sealed(given.sealed())});
    }
    return invite;
  }

  DeviceEntry read(const v1::Device& message) {
    return {keys(message.keys()), id<InviteId>(message.invite()),
            id<crypto::Signature>(message.invite_signature())};
  }

  Label read(const v1::Label& message) {
    Label label{number(message.subject(), Subject::kPerson), to_bytes(as_bytes(message.id())), {}};
    ok = ok && label.id.size() <= OrgId::size && message.names_size() <= 16;
    if (!ok) return label;
    for (const v1::SealedName& given : message.names()) {
      SealedName name;
      name.circle = id_or_nil<CircleId>(given.circle());
      name.device = id_or_nil<DeviceId>(given.device());
      ok = ok && name.circle.is_nil() != name.device.is_nil();
      name.epoch = given.epoch();
      ok = ok && (!name.circle.is_nil() || name.epoch == 0);
      name.sealed = sealed(given.sealed());
      label.names.push_back(std::move(name));
    }
    return label;
  }
};

Result<EntryContent> parse_content(const std::string& bytes) {
  v1::EntryContent message;
  if (!message.ParseFromString(bytes)) return malformed();
  Parser parser;
  EntryContent content;
  switch (message.content_case()) {
    case v1::EntryContent::kGenesis: content = parser.read(message.genesis()); break;
    case v1::EntryContent::kOrg: content = OrgEntry{parser.id<OrgId>(message.org().id())}; break;
    case v1::EntryContent::kCircle: content = parser.read(message.circle()); break;
    case v1::EntryContent::kGrant: content = parser.read(message.grant()); break;
    case v1::EntryContent::kInvite: content = parser.read(message.invite()); break;
    case v1::EntryContent::kDevice: content = parser.read(message.device()); break;
    case v1::EntryContent::kApprove:
      content = Approve{parser.id<DeviceId>(message.approve().device())};
      break;
    case v1::EntryContent::kLabel: content = parser.read(message.label()); break;
    case v1::EntryContent::kRemove: content = parser.read(message.remove()); break;
    case v1::EntryContent::kEpoch: content = parser.read(message.epoch()); break;
    case v1::EntryContent::kRecovery: content = parser.read(message.recovery()); break;
    case v1::EntryContent::kReveal: content = parser.read(message.reveal()); break;
    case v1::EntryContent::kWithdrawal:
      content = Withdrawal{parser.id<InviteId>(message.withdrawal().invite())};
      break;
    case v1::EntryContent::kCopyNotice: content = CopyNotice{}; break;
    case v1::EntryContent::CONTENT_NOT_SET:
      if (bytes.empty()) return malformed();
      return fail(Code::kNewerFormat,
                  "read roster entry: of a type that this version does not know",
                  "update Setu on this device");
  }
  if (!parser.ok) return malformed();
  return content;
}

Hash hash_signed(const ProgrammeId& programme, const DeviceId& author,
                 const std::vector<Hash>& conditions, ByteView content) {
  Bytes joined;
  for (const Hash& condition : conditions) append(joined, condition.view());
  return crypto::hash(domains::kEntrySigned, {programme.view(), author.view(), joined, content});
}

// The signature covers what an entry says, not how it is wrapped. Were there two ways to wrap it,
// anybody could bring somebody's old entry again under a new hash: an old name as the newest.
bool is_the_one_encoding(const v1::SignedEntry& message, ByteView bytes) {
  v1::SignedEntry known;  // a copy of the message would keep its unknown fields
  known.set_content(message.content());
  known.set_author(message.author());
  *known.mutable_conditions() = message.conditions();
  known.set_signature(message.signature());
  return equal(serialized(known), bytes);
}

}  // namespace

DeviceId device_id(const DeviceKeys& keys) {
  const Hash hash = crypto::hash(domains::kDeviceId, {keys.sign.view(), keys.box.view()});
  return *DeviceId::from(hash.view().first(DeviceId::size));
}

DeviceId recovery_id(const crypto::SignPublicKey& key) {
  const Hash hash = crypto::hash(domains::kRecoveryId, {key.view()});
  return *DeviceId::from(hash.view().first(DeviceId::size));
}

ProgrammeId programme_of(const Hash& genesis_hash) {
  return *ProgrammeId::from(genesis_hash.view().first(ProgrammeId::size));
}

Hash entry_hash(ByteView bytes) { return crypto::hash(domains::kEntryHash, {bytes}); }

Result<Entry> parse_entry(ByteView bytes, const ProgrammeId& programme) {
  if (bytes.size() > limits::kEntryBytes) return malformed();
  v1::SignedEntry message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return malformed();
  if (message.conditions_size() > static_cast<int>(kMaxConditions)) return malformed();
  if (!is_the_one_encoding(message, bytes)) return malformed();
  SETU_TAKE(EntryContent content, parse_content(message.content()));
  Parser parser;
  Entry entry;
  entry.content = std::move(content);
  entry.author = parser.id<DeviceId>(message.author());
  for (const std::string& condition : message.conditions())
    entry.conditions.push_back(parser.id<Hash>(condition));
  entry.signature = parser.id<crypto::Signature>(message.signature());
  if (!parser.ok) return malformed();
  entry.bytes = to_bytes(bytes);
  entry.hash = entry_hash(bytes);
  const bool is_genesis = std::holds_alternative<Genesis>(entry.content);
  entry.signed_hash = hash_signed(is_genesis ? ProgrammeId{} : programme, entry.author,
                                  entry.conditions, as_bytes(message.content()));
  return entry;
}

Entry make_entry(const EntryContent& content, const crypto::SignKeyPair& author,
                 const DeviceId& author_id, const std::vector<Hash>& conditions,
                 const ProgrammeId& programme) {
  v1::EntryContent message;
  std::visit([&](const auto& given) { write(message, given); }, content);
  v1::SignedEntry envelope;
  message.SerializeToString(envelope.mutable_content());
  put(*envelope.mutable_author(), author_id.view());
  for (const Hash& condition : conditions) put(*envelope.add_conditions(), condition.view());

  Entry entry;
  entry.content = content;
  entry.author = author_id;
  entry.conditions = conditions;
  const bool is_genesis = std::holds_alternative<Genesis>(content);
  entry.signed_hash = hash_signed(is_genesis ? ProgrammeId{} : programme, author_id, conditions,
                                  as_bytes(envelope.content()));
  entry.signature = crypto::sign(author, domains::kEntrySignature, entry.signed_hash.view());
  put(*envelope.mutable_signature(), entry.signature.view());
  entry.bytes = serialized(envelope);
  entry.hash = entry_hash(entry.bytes);
  return entry;
}

bool verify_entry(const Entry& entry, const crypto::SignPublicKey& author) {
  return crypto::verify(author, domains::kEntrySignature, entry.signed_hash.view(),
                        entry.signature);
}

}  // namespace setu::wire
