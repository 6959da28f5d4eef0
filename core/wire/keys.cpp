#include "setu/base/codec.hpp"
#include "setu/base/limits.hpp"
#include "wire/domains.hpp"
#include "wire/entry.hpp"
#include "wire/envelope.hpp"

// Epoch keys, names and invites: what is sealed inside roster entries, and the texts that people
// hand each other.

namespace setu::wire {
namespace {

constexpr std::size_t kNameBlock = 32;  // names are padded to a multiple of this
constexpr std::uint8_t kLinkVersion = 1;
constexpr std::uint8_t kTokenVersion = 1;
constexpr std::string_view kJoinPath = "/join#";

Bytes epoch_context(const CircleId& circle, std::uint32_t epoch) {
  Writer writer;
  writer.id(circle);
  writer.u32(epoch);
  return writer.take();
}

Bytes name_context(Subject subject, ByteView id) {
  Writer writer;
  writer.u8(static_cast<std::uint8_t>(subject));
  writer.sized(id);
  return writer.take();
}

Bytes padded_name(std::string_view name) {
  Writer writer;
  writer.sized(name);
  Bytes bytes = writer.take();
  bytes.resize((bytes.size() + kNameBlock - 1) / kNameBlock * kNameBlock);
  return bytes;
}

Result<std::string> unpadded_name(ByteView padded) {
  Reader reader(padded);
  std::string name(as_text(reader.sized(limits::kNameBytes)));
  if (!reader.ok() || !is_utf8_text(name)) return fail(Code::kMalformed, "read name: not a name");
  return name;
}

}  // namespace

std::string_view role_name(Role role) {
  switch (role) {
    case Role::kWorker: return "worker";
    case Role::kLead: return "lead";
    case Role::kCoordinator: return "coordinator";
  }
  return "member";
}

std::optional<Role> role_from_name(std::string_view name) {
  for (Role role : {Role::kWorker, Role::kLead, Role::kCoordinator}) {
    if (role_name(role) == name) return role;
  }
  return std::nullopt;
}

crypto::Commitment commit_epoch_key(const CircleId& circle, std::uint32_t epoch,
                                    const crypto::Secret& key) {
  const Hash hash =
      crypto::derive_public(key, domains::kEpochCommitment, {epoch_context(circle, epoch)});
  return *crypto::Commitment::from(hash.view());
}

crypto::BoxKeyPair inbox_of(const CircleId& circle, std::uint32_t epoch,
                            const crypto::Secret& key) {
  return crypto::box_key_from_seed(
      crypto::derive(key, domains::kInboxSeed, {epoch_context(circle, epoch)}));
}

Result<Bytes> seal_epoch_key(const crypto::BoxPublicKey& to, const CircleId& circle,
                             std::uint32_t epoch, const crypto::Secret& key,
                             crypto::Random& random) {
  return crypto::box_seal(to, domains::kEpochBox, epoch_context(circle, epoch), key.reveal(),
                          random);
}

Result<crypto::Secret> open_epoch_key(const crypto::BoxKeyPair& key, const CircleId& circle,
                                      std::uint32_t epoch, ByteView sealed) {
  SETU_TAKE(crypto::Secret opened,
            crypto::box_open(key, domains::kEpochBox, epoch_context(circle, epoch), sealed));
  if (opened.size() != crypto::kKeySize) return fail(Code::kForged, "open epoch key: not a key");
  return opened;
}

SealedName seal_name(const CircleId& circle, std::uint32_t epoch, const crypto::Secret& key,
                     Subject subject, ByteView id, std::string_view name, crypto::Random& random) {
  SealedName sealed;
  sealed.circle = circle;
  sealed.epoch = epoch;
  crypto::Nonce nonce;
  random.fill(nonce);
  const crypto::Secret name_key =
      crypto::derive(key, domains::kNameKey, {epoch_context(circle, epoch)});
  sealed.sealed = to_bytes(nonce);
  append(sealed.sealed,
         crypto::aead_seal(name_key, nonce, name_context(subject, id), padded_name(name)));
  return sealed;
}

Result<SealedName> seal_name(const DeviceId& device, const crypto::BoxPublicKey& to,
                             Subject subject, ByteView id, std::string_view name,
                             crypto::Random& random) {
  SealedName sealed;
  sealed.device = device;
  SETU_TAKE(sealed.sealed, crypto::box_seal(to, domains::kNameBox, name_context(subject, id),
                                            padded_name(name), random));
  return sealed;
}

Result<std::string> open_name(const SealedName& name, const crypto::Secret& epoch_key,
                              Subject subject, ByteView id) {
  crypto::Nonce nonce;
  if (name.sealed.size() < nonce.size()) return fail(Code::kForged, "open name: too short");
  std::memcpy(nonce.data(), name.sealed.data(), nonce.size());
  const crypto::Secret name_key =
      crypto::derive(epoch_key, domains::kNameKey, {epoch_context(name.circle, name.epoch)});
  SETU_TAKE(const Bytes padded, crypto::aead_open(name_key, nonce, name_context(subject, id),
                                                  ByteView(name.sealed).subspan(nonce.size())));
  return unpadded_name(padded);
}

Result<std::string> open_name(const SealedName& name, const crypto::BoxKeyPair& key,
                              Subject subject, ByteView id) {
  SETU_TAKE(const crypto::Secret padded,
            crypto::box_open(key, domains::kNameBox, name_context(subject, id), name.sealed));
  return unpadded_name(padded.reveal());
}

InviteId invite_id(const crypto::SignPublicKey& key) {
  const Hash hash = crypto::hash(domains::kInviteId, {key.view()});
  return *InviteId::from(hash.view().first(InviteId::size));
}

std::string format_invite_link(const InviteLink& link) {
  Writer writer;
  writer.u8(kLinkVersion);
  writer.id(link.genesis);
  writer.raw(link.secret);
  return link.server_url + std::string(kJoinPath) + to_base64url(writer.view());
}

Result<InviteLink> parse_invite_link(std::string_view text) {
  const auto refuse = [] {
    return fail(Code::kInvalidArgument, "read invite link: it is not whole",
                "copy it again from its first letter to its last");
  };
  const std::size_t at = text.find(kJoinPath);
  if (at == std::string_view::npos || at == 0) return refuse();
  const auto bytes = from_base64url(text.substr(at + kJoinPath.size()));
  InviteLink link;
  if (!bytes || bytes->size() != 1 + Hash::size + link.secret.size()) return refuse();
  Reader reader(*bytes);
  if (reader.u8() != kLinkVersion) {
    return fail(Code::kNewerFormat, "read invite link: made by a newer version",
                "update Setu on this device");
  }
  link.genesis = reader.id<Hash>();
  std::memcpy(link.secret.data(), reader.raw(link.secret.size()).data(), link.secret.size());
  link.server_url = std::string(text.substr(0, at));
  if (!link.server_url.starts_with("https://") && !link.server_url.starts_with("http://"))
    return refuse();
  return link;
}

InviteKeys derive_invite_keys(const InviteSecret& secret) {
  const crypto::Secret base = crypto::Secret::copy_of(secret);
  return {crypto::sign_key_from_seed(crypto::derive(base, domains::kInviteSignSeed, {})),
          crypto::box_key_from_seed(crypto::derive(base, domains::kInviteBoxSeed, {}))};
}

namespace {

Bytes invite_use_message(const DeviceKeys& joiner, const ProgrammeId& programme) {
  Bytes message = to_bytes(programme.view());
  append(message, joiner.sign.view());
  append(message, joiner.box.view());
  return message;
}

}  // namespace

crypto::Signature sign_invite_use(const InviteKeys& invite, const DeviceKeys& joiner,
                                  const ProgrammeId& programme) {
  return crypto::sign(invite.sign, domains::kInviteUse, invite_use_message(joiner, programme));
}

bool verify_invite_use(const crypto::SignPublicKey& invite, const DeviceKeys& joiner,
                       const ProgrammeId& programme, const crypto::Signature& signature) {
  return crypto::verify(invite, domains::kInviteUse, invite_use_message(joiner, programme),
                        signature);
}

Hash hash_server_key(const crypto::SignPublicKey& key) {
  return crypto::hash(domains::kServerKeyHash, {key.view()});
}

std::string format_token(const Token& token) {
  Writer writer;
  writer.u8(kTokenVersion);
  writer.id(token.server_key_hash);
  writer.raw(token.secret);
  return to_base64url(writer.view());
}

Result<Token> parse_token(std::string_view text) {
  const auto bytes = from_base64url(text);
  Token token;
  if (!bytes || bytes->size() != 1 + Hash::size + token.secret.size() ||
      (*bytes)[0] != std::byte{kTokenVersion}) {
    return fail(Code::kInvalidArgument, "read token: it is not a whole token",
                "the operator makes one with `setu-server token --data DIR`; copy it whole");
  }
  Reader reader(ByteView(*bytes).subspan(1));
  token.server_key_hash = reader.id<Hash>();
  std::memcpy(token.secret.data(), reader.raw(token.secret.size()).data(), token.secret.size());
  return token;
}

}  // namespace setu::wire
