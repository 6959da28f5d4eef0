#include "admission.hpp"

#include "token.hpp"

namespace setu::server {
namespace {

Admission refused(wire::RefusalCode code) { return {Standing::kRefused, code}; }

bool is_signed_by(const wire::Hello& hello, const crypto::SignPublicKey& key) {
  return crypto::verify(key, wire::kHelloSignature, wire::hello_hash(hello).view(),
                        hello.signature);
}

bool holds_open_invite(const roster::Roster& roster, const wire::Hello& hello,
                       std::uint32_t now_hour) {
  if (!hello.invite || !hello.invite_signature) return false;
  const roster::InviteState* state = roster.invite(*hello.invite);
  if (state == nullptr || state->used_by || state->withdrawn ||
      now_hour > state->invite.expires_hour)
    return false;
  return crypto::verify(state->invite.keys.sign, wire::kHelloSignature,
                        wire::hello_hash(hello).view(), *hello.invite_signature);
}

// She shows the key itself: the signature is checked with it.
bool shows_recovery_key(const roster::Roster& roster, const wire::Hello& hello) {
  const roster::RecoveryKey* printed = roster.recovery_key(hello.device);
  return printed != nullptr && hello.sign_key && *hello.sign_key == printed->key;
}

Result<Admission> admit_creator(Service& service, const wire::Hello& hello, bool exists) {
  SETU_TAKE(const bool unspent, service.store.is_unspent(hash_token(hello.token_secret)));
  if (exists || !unspent || !hello.sign_key || !is_signed_by(hello, *hello.sign_key)) {
    return refused(wire::RefusalCode::kBadToken);
  }
  return Admission{Standing::kCreator, {}};
}

}  // namespace

Result<Admission> admit(Service& service, const wire::Hello& hello, Instant now) {
  if (hello.programme.is_nil()) return Admission{Standing::kKeySeeker, {}};
  SETU_TAKE(const Programme* const programme, service.programmes.find(hello.programme));

  const roster::Member* member =
      programme == nullptr ? nullptr : programme->roster.member(hello.device);
  if (member != nullptr) {
    if (!is_signed_by(hello, member->keys.sign)) return refused(wire::RefusalCode::kUnknownDevice);
    if (!service.rate_limit.take(hello.device, now)) return refused(wire::RefusalCode::kBusy);
    return Admission{Standing::kMember, {}};
  }
  if (!hello.token_secret.empty()) return admit_creator(service, hello, programme != nullptr);

  // One signature is checked on every path, so that the time taken tells no more than the answer
  // does.
  const bool signed_by_sender =
      is_signed_by(hello, hello.sign_key.value_or(service.sign_key.public_key));
  if (signed_by_sender && programme != nullptr && shows_recovery_key(programme->roster, hello)) {
    if (!service.rate_limit.take(hello.device, now)) return refused(wire::RefusalCode::kBusy);
    return Admission{Standing::kBearer, {}};
  }
  if (!signed_by_sender || programme == nullptr || !hello.sign_key ||
      !holds_open_invite(programme->roster, hello, hour_of(now))) {
    return refused(wire::RefusalCode::kUnknownDevice);
  }
  return Admission{Standing::kJoiner, {}};
}

}  // namespace setu::server
