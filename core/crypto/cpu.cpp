#include "crypto/cpu.hpp"

#include <sodium.h>

namespace setu::crypto {

bool has_fast_aes() { return sodium_init() >= 0 && crypto_aead_aes256gcm_is_available() != 0; }

}  // namespace setu::crypto
