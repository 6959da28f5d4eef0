#pragma once
// Between std::byte and libsodium's unsigned char. Internal to crypto.

#include <sodium.h>

#include "setu/base/bytes.hpp"

namespace setu::crypto {

inline const unsigned char* octets(ByteView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* writable_octets(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace setu::crypto
