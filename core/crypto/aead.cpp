#include "crypto/crypto.hpp"
#include "crypto/octets.hpp"

namespace setu::crypto {

static_assert(kTagSize == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(sizeof(Nonce) == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);

Bytes aead_seal(const Secret& key, const Nonce& nonce, ByteView associated, ByteView plain) {
  SETU_ASSERT(key.size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  Bytes sealed(plain.size() + kTagSize);
  SETU_ASSERT(crypto_aead_xchacha20poly1305_ietf_encrypt(
                  writable_octets(sealed), nullptr, octets(plain), plain.size(), octets(associated),
                  associated.size(), nullptr, octets(nonce), octets(key.reveal())) == 0);
  return sealed;
}

Result<Bytes> aead_open(const Secret& key, const Nonce& nonce, ByteView associated,
                        ByteView sealed) {
  SETU_ASSERT(key.size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  const auto refuse = [] {
    return fail(Code::kForged, "open sealed bytes: another key, or changed on the way");
  };
  if (sealed.size() < kTagSize) return refuse();
  Bytes plain(sealed.size() - kTagSize);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          writable_octets(plain), nullptr, nullptr, octets(sealed), sealed.size(),
          octets(associated), associated.size(), octets(nonce), octets(key.reveal())) != 0) {
    return refuse();
  }
  return plain;
}

}  // namespace setu::crypto
