#pragma once
// What several tests of crypto need.

#include <rapidcheck.h>
#include <algorithm>

#include "crypto/crypto.hpp"

namespace setu::crypto {

inline constexpr Domain kDomain{"setu/test/1"};
inline constexpr Domain kOtherDomain{"setu/test/2"};

// Bytes 0, 1, 2, ... from `first` on.
inline Bytes counted(std::size_t size, unsigned first = 0) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(first + i);
  return bytes;
}
inline Secret counted_secret(std::size_t size, unsigned first = 0) {
  return Secret::copy_of(counted(size, first));
}

inline Bytes with_bit_flipped(ByteView bytes, std::size_t bit) {
  Bytes flipped = to_bytes(bytes);
  flipped[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
  return flipped;
}

// For rapidcheck properties.
inline Bytes any_bytes() {
  const auto numbers = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
  Bytes bytes(numbers.size());
  std::transform(numbers.begin(), numbers.end(), bytes.begin(),
                 [](std::uint8_t number) { return static_cast<std::byte>(number); });
  return bytes;
}

}  // namespace setu::crypto
