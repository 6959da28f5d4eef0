// Sealed bytes open under the key, nonce and associated data they were sealed with, whole, or not
// at all.
#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include "support.hpp"

namespace setu::crypto {
namespace {

constexpr Nonce kNonce{};

void check_forged(const Result<Bytes>& opened) {
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Code::kForged);
}

TEST_CASE("aead: what was sealed opens, and is a tag longer") {
  const Secret key = counted_secret(32);
  rc::prop("for all bytes", [&] {
    const Bytes plain = any_bytes(), associated = any_bytes();
    const Bytes sealed = aead_seal(key, kNonce, associated, plain);
    RC_ASSERT(sealed.size() == plain.size() + kTagSize);
    RC_ASSERT(aead_open(key, kNonce, associated, sealed).value() == plain);
  });
}

TEST_CASE("aead: any bit flipped, anywhere, is refused") {
  const Secret key = counted_secret(32);
  const Bytes associated = counted(9, 7);
  const Bytes sealed = aead_seal(key, kNonce, associated, counted(70));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    CAPTURE(bit);
    check_forged(aead_open(key, kNonce, associated, with_bit_flipped(sealed, bit)));
  }
  for (std::size_t bit = 0; bit < associated.size() * 8; ++bit) {
    CAPTURE(bit);
    check_forged(aead_open(key, kNonce, with_bit_flipped(associated, bit), sealed));
  }
}

TEST_CASE("aead: another key or nonce, and bytes cut or added, are refused") {
  const Secret key = counted_secret(32);
  const Bytes sealed = aead_seal(key, kNonce, {}, counted(20));
  check_forged(aead_open(counted_secret(32, 1), kNonce, {}, sealed));
  Nonce other = kNonce;
  other[23] = std::byte{1};
  check_forged(aead_open(key, other, {}, sealed));
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    CAPTURE(size);
    check_forged(aead_open(key, kNonce, {}, ByteView(sealed).first(size)));
  }
  Bytes longer = sealed;
  longer.push_back(std::byte{0});
  check_forged(aead_open(key, kNonce, {}, longer));
}

}  // namespace
}  // namespace setu::crypto
