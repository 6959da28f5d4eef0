// Sealed boxes: only the named recipient opens one, for the purpose and in the context it was
// sealed for.
#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include "support.hpp"

namespace setu::crypto {
namespace {

BoxKeyPair key_from(unsigned first) { return box_key_from_seed(counted_secret(32, first)); }

void check_forged(const Result<Secret>& opened) {
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Code::kForged);
}

struct Sealed {
  BoxKeyPair key = key_from(0);
  Bytes context = counted(20, 3);
  Bytes plain = counted(32, 90);
  SeededRandom random{1};
  Bytes box = box_seal(key.public_key, kDomain, context, plain, random).value();
};

TEST_CASE("box: the recipient opens what was sealed, at a fixed cost in bytes") {
  const BoxKeyPair key = key_from(0);
  SeededRandom random(1);
  rc::prop("for all bytes", [&] {
    const Bytes plain = any_bytes(), context = any_bytes();
    const auto sealed = box_seal(key.public_key, kDomain, context, plain, random);
    RC_ASSERT(sealed->size() == plain.size() + kSealedBoxOverhead);
    RC_ASSERT(equal(box_open(key, kDomain, context, *sealed)->reveal(), plain));
  });
}

TEST_CASE("box: any bit flipped, anywhere, is refused") {
  const Sealed s;
  for (std::size_t bit = 0; bit < s.box.size() * 8; ++bit) {
    CAPTURE(bit);
    check_forged(box_open(s.key, kDomain, s.context, with_bit_flipped(s.box, bit)));
  }
}

TEST_CASE("box: it is bound to recipient, domain and context") {
  const Sealed s;
  REQUIRE(box_open(s.key, kDomain, s.context, s.box));
  check_forged(box_open(key_from(1), kDomain, s.context, s.box));
  check_forged(box_open(s.key, kOtherDomain, s.context, s.box));
  check_forged(box_open(s.key, kDomain, {}, s.box));
  for (std::size_t bit = 0; bit < s.context.size() * 8; ++bit) {
    CAPTURE(bit);
    check_forged(box_open(s.key, kDomain, with_bit_flipped(s.context, bit), s.box));
  }
}

TEST_CASE("box: bytes cut off or added are refused") {
  const Sealed s;
  for (std::size_t size = 0; size < s.box.size(); ++size) {
    CAPTURE(size);
    check_forged(box_open(s.key, kDomain, s.context, ByteView(s.box).first(size)));
  }
  Bytes longer = s.box;
  longer.push_back(std::byte{0});
  check_forged(box_open(s.key, kDomain, s.context, longer));
}

TEST_CASE("box: sealing twice never gives the same bytes, and a replayed run does") {
  const Sealed first;
  Sealed second;
  CHECK(first.box == second.box);
  const Bytes again =
      box_seal(second.key.public_key, kDomain, second.context, second.plain, second.random).value();
  CHECK_FALSE(equal(ByteView(first.box).first(32), ByteView(again).first(32)));
  CHECK_FALSE(equal(ByteView(first.box).subspan(32), ByteView(again).subspan(32)));
}

TEST_CASE("box: a public key of small order is refused, by who seals and by who opens") {
  // With these anybody knows the shared secret: zero, one, and a point of order eight.
  for (const char* hex : {"0000000000000000000000000000000000000000000000000000000000000000",
                          "0100000000000000000000000000000000000000000000000000000000000000",
                          "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"}) {
    CAPTURE(hex);
    const Bytes point = from_hex(hex).value();
    SeededRandom random(1);
    const auto sealed =
        box_seal(BoxPublicKey::from(point).value(), kDomain, {}, counted(32), random);
    REQUIRE_FALSE(sealed);
    CHECK(sealed.error().code == Code::kRefused);

    Bytes box = point;
    append(box, counted(48));
    check_forged(box_open(key_from(0), kDomain, {}, box));
  }
}

}  // namespace
}  // namespace setu::crypto
