#include "crypto/crypto.hpp"
#include "crypto/octets.hpp"

namespace setu::crypto {
namespace {

struct Cost {
  unsigned long long passes;
  std::size_t memory_bytes;
};

constexpr std::size_t kMiB = 1024 * 1024;

Cost cost_of(KdfCost cost) {
  switch (cost) {
    case KdfCost::kStandard: return {3, 64 * kMiB};
    case KdfCost::kLowMemory: return {6, 32 * kMiB};
    case KdfCost::kSmall: return {2, 19 * kMiB};
  }
  return {3, 64 * kMiB};
}

}  // namespace

Result<Secret> stretch_passphrase(std::string_view passphrase, const KdfSalt& salt, KdfCost cost) {
  static_assert(sizeof(KdfSalt) == crypto_pwhash_argon2id_SALTBYTES);
  const Cost chosen = cost_of(cost);
  if (passphrase.empty()) passphrase = "";  // an empty view may be null, which libsodium forbids
  Secret key(kKeySize, SecretMemory::kLocked);
  if (crypto_pwhash_argon2id(writable_octets(key.writable()), key.size(), passphrase.data(),
                             passphrase.size(), octets(salt), chosen.passes, chosen.memory_bytes,
                             crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
    return fail(Code::kInternal, "stretch passphrase: not enough memory",
                "close other apps and try again");
  }
  return key;
}

}  // namespace setu::crypto
