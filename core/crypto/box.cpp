#include "crypto/crypto.hpp"
#include "crypto/octets.hpp"

namespace setu::crypto {
namespace {

constexpr Nonce kZeroNonce{};  // every box has a key of its own

// Nothing when the other's key is of small order: the shared secret would be known to all.
std::optional<Secret> shared_key(const Secret& own, const BoxPublicKey& other, Domain domain,
                                 const BoxPublicKey& ephemeral, const BoxPublicKey& recipient,
                                 ByteView context) {
  Secret shared(crypto_scalarmult_BYTES);
  if (crypto_scalarmult(writable_octets(shared.writable()), octets(own.reveal()),
                        octets(other.view())) != 0)
    return std::nullopt;
  return derive(shared, domain, {ephemeral.view(), recipient.view(), context});
}

}  // namespace

BoxKeyPair box_key_from_seed(const Secret& seed) {
  SETU_ASSERT(seed.size() == crypto_scalarmult_SCALARBYTES);
  BoxKeyPair pair;
  pair.secret_key = seed.clone();
  SETU_ASSERT(
      crypto_scalarmult_base(writable_octets(pair.public_key.bytes), octets(seed.reveal())) == 0);
  return pair;
}

Result<Bytes> box_seal(const BoxPublicKey& to, Domain domain, ByteView context, ByteView plain,
                       Random& random) {
  const BoxKeyPair ephemeral = box_key_from_seed(random_key(random));
  const std::optional<Secret> key =
      shared_key(ephemeral.secret_key, to, domain, ephemeral.public_key, to, context);
  if (!key)
    return fail(Code::kRefused,
                "seal to a key: the recipient's key is not a usable one; nothing was sealed");
  Bytes sealed = to_bytes(ephemeral.public_key.view());
  append(sealed, aead_seal(*key, kZeroNonce, {}, plain));
  return sealed;
}

Result<Secret> box_open(const BoxKeyPair& key, Domain domain, ByteView context, ByteView sealed) {
  const auto refuse = [] {
    return fail(Code::kForged, "open sealed key: it is not for this key, or was changed");
  };
  if (sealed.size() < kSealedBoxOverhead) return refuse();
  const auto ephemeral = BoxPublicKey::from(sealed.first(BoxPublicKey::size));
  const std::optional<Secret> shared =
      shared_key(key.secret_key, *ephemeral, domain, *ephemeral, key.public_key, context);
  if (!shared) return refuse();
  auto plain = aead_open(*shared, kZeroNonce, {}, sealed.subspan(BoxPublicKey::size));
  if (!plain) return refuse();
  Secret opened = Secret::copy_of(*plain);
  wipe(std::span(*plain));
  return opened;
}

}  // namespace setu::crypto
