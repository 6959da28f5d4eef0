#include "crypto/crypto.hpp"
#include "crypto/octets.hpp"

namespace setu::crypto {

static_assert(kSignatureSize == crypto_sign_BYTES && kKeySize == crypto_sign_SEEDBYTES);

SignKeyPair sign_key_from_seed(const Secret& seed) {
  SETU_ASSERT(seed.size() == crypto_sign_SEEDBYTES);
  SignKeyPair pair;
  Secret expanded(crypto_sign_SECRETKEYBYTES);
  SETU_ASSERT(crypto_sign_seed_keypair(writable_octets(pair.public_key.bytes),
                                       writable_octets(expanded.writable()),
                                       octets(seed.reveal())) == 0);
  pair.seed = seed.clone();
  return pair;
}

Signature sign(const SignKeyPair& key, Domain domain, ByteView message) {
  // libsodium's secret key is the seed with the public key behind it.
  Secret expanded(crypto_sign_SECRETKEYBYTES);
  std::memcpy(expanded.writable().data(), key.seed.reveal().data(), crypto_sign_SEEDBYTES);
  std::memcpy(expanded.writable().data() + crypto_sign_SEEDBYTES, key.public_key.bytes.data(),
              crypto_sign_PUBLICKEYBYTES);
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
