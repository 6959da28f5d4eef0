#include "crypto/crypto.hpp"
#include "crypto/octets.hpp"

namespace setu::crypto {

static_assert(kSignatureSize == crypto_sign_BYTES && kKeySize == crypto_sign_SEEDBYTES);

namespace {

// libsodium's form of a secret key: the seed with its public key behind it.
Secret expand(const Secret& seed, SignPublicKey& public_key) {
  SETU_ASSERT(seed.size() == crypto_sign_SEEDBYTES);
  Secret expanded(crypto_sign_SECRETKEYBYTES);
  SETU_ASSERT(crypto_sign_seed_keypair(writable_octets(public_key.bytes),
                                       writable_octets(expanded.writable()),
                                       octets(seed.reveal())) == 0);
  return expanded;
}

}  // namespace

SignKeyPair sign_key_from_seed(const Secret& seed) {
  SignKeyPair pair;
  static_cast<void>(expand(seed, pair.public_key));
  pair.seed = seed.clone();
  return pair;
}

Signature sign(const SignKeyPair& key, Domain domain, ByteView message) {
  // Signing under another public key than the seed's own would give the seed away to whoever sees
  // two signatures: worth 20 us to be sure.
  SignPublicKey own;
  const Secret expanded = expand(key.seed, own);
  SETU_ASSERT(own == key.public_key);
  const Hash digest = hash(domain, {message});
  Signature signature;
  SETU_ASSERT(crypto_sign_detached(writable_octets(signature.bytes), nullptr, octets(digest.view()),
                                   Hash::size, octets(expanded.reveal())) == 0);
  return signature;
}

bool verify(const SignPublicKey& key, Domain domain, ByteView message, const Signature& signature) {
  const Hash digest = hash(domain, {message});
  return crypto_sign_verify_detached(octets(signature.view()), octets(digest.view()), Hash::size,
                                     octets(key.view())) == 0;
}

}  // namespace setu::crypto
