// Vectors that others published, and inputs made to break implementations, through our own layer.
//
// Setu signs 32 bytes of a hash under a domain, so published signatures do not go through sign():
// reference.py reproduces those, and says our constructions a second time (unit_crypto_reference).
// Sources: RFC 8032 section 7.1, RFC 7748 section 5.2, draft-irtf-cfrg-xchacha-03 section A.3.1;
// the bad inputs after what Project Wycheproof tests, written out from the RFCs.

#include <catch2/catch.hpp>

#include "support.hpp"

namespace setu::crypto {
namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

// Points whose multiples are few: who uses one as a key has no secret. Every encoding of y with and
// without the sign of x, canonical or not.
constexpr const char* kSmallOrderEd25519[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

constexpr const char* kSmallOrderX25519[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

Signature signature_of(ByteView commitment, ByteView scalar) {
  Bytes bytes = to_bytes(commitment);
  append(bytes, scalar);
  return Signature::from(bytes).value();
}

// scalar + times * (the order of Ed25519's group): equal to it in the group, another encoding.
Bytes plus_order(ByteView scalar, int times) {
  const Bytes order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  Bytes sum = to_bytes(scalar);
  for (int i = 0; i < times; ++i) {
    unsigned carry = 0;
    for (std::size_t at = 0; at < sum.size(); ++at) {
      carry += std::to_integer<unsigned>(sum[at]) + std::to_integer<unsigned>(order[at]);
      sum[at] = static_cast<std::byte>(carry & 0xFF);
      carry >>= 8;
    }
  }
  return sum;
}

TEST_CASE("published: RFC 8032 seeds give the public keys of its test vectors") {
  const std::pair<const char*, const char*> known[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"}};
  for (const auto& [seed, key] : known)
    CHECK(sign_key_from_seed(Secret::copy_of(hex(seed))).public_key.hex() == key);
}

TEST_CASE("published: the first step of RFC 7748's iteration") {
  const Bytes nine = hex("0900000000000000000000000000000000000000000000000000000000000000");
  // The scalar 9 times the base point, which is 9. reference.py goes on to the thousandth.
  CHECK(box_key_from_seed(Secret::copy_of(nine)).public_key.hex() ==
        "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
}

TEST_CASE("published: XChaCha20-Poly1305 of the draft, sealed and opened") {
  const Secret key = counted_secret(32, 0x80);
  Nonce nonce;
  std::ranges::copy(counted(24, 0x40), nonce.begin());
  const Bytes associated = hex("50515253c0c1c2c3c4c5c6c7");
  const std::string_view plain =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
      "sunscreen would be it.";
  const Bytes expected = hex(
      "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda"
      "7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b23835"
      "65d3fff921f9664c97637da9768812f615c68b13b52e"
      "c0875924c1c7987947deafd8780acf49");
  CHECK(aead_seal(key, nonce, associated, as_bytes(plain)) == expected);
  const auto opened = aead_open(key, nonce, associated, expected);
  REQUIRE(opened);
  CHECK(as_text(*opened) == plain);
}

TEST_CASE("malformed: a tag of another length, or cut, or of zeros, opens nothing") {
  const Secret key = counted_secret(32);
  const Nonce nonce{};
  const Bytes sealed = aead_seal(key, nonce, {}, as_bytes("text"));
  for (std::size_t keep = 0; keep < sealed.size(); ++keep)
    CHECK_FALSE(aead_open(key, nonce, {}, ByteView(sealed).first(keep)));
  Bytes longer = sealed;
  longer.push_back(std::byte{0});
  CHECK_FALSE(aead_open(key, nonce, {}, longer));
  for (const int filler : {0x00, 0x80, 0xFF}) {
    Bytes other = sealed;
    std::fill(other.end() - kTagSize, other.end(), static_cast<std::byte>(filler));
    CHECK_FALSE(aead_open(key, nonce, {}, other));
  }
}

TEST_CASE("malformed: a signature has one encoding: its scalar plus the group's order is refused") {
  const SignKeyPair key = sign_key_from_seed(counted_secret(32));
  const Bytes message = counted(20);
  const Signature good = sign(key, kDomain, message);
  REQUIRE(verify(key.public_key, kDomain, message, good));
  const ByteView commitment = good.view().first(32);
  const ByteView scalar = good.view().subspan(32);
  for (const int times : {1, 2, 7}) {
    CHECK_FALSE(verify(key.public_key, kDomain, message,
                       signature_of(commitment, plus_order(scalar, times))));
  }
  const Bytes zeros(32), ones(32, std::byte{0xFF});
  for (const Bytes& other : {zeros, ones}) {
    CHECK_FALSE(verify(key.public_key, kDomain, message, signature_of(commitment, other)));
    CHECK_FALSE(verify(key.public_key, kDomain, message, signature_of(other, scalar)));
    CHECK_FALSE(verify(key.public_key, kDomain, message, signature_of(other, other)));
  }
}

TEST_CASE("malformed: nobody's key is a point of small order, for which one signature fits all") {
  const Bytes zeros(32);
  const Bytes message = counted(20);
  const SignKeyPair honest = sign_key_from_seed(counted_secret(32));
  const Signature good = sign(honest, kDomain, message);
  for (const char* point : kSmallOrderEd25519) {
    CAPTURE(point);
    const SignPublicKey key = SignPublicKey::from(hex(point)).value();
    for (const char* commitment : kSmallOrderEd25519)
      CHECK_FALSE(verify(key, kDomain, message, signature_of(hex(commitment), zeros)));
    CHECK_FALSE(verify(honest.public_key, kDomain, message,
                       signature_of(hex(point), good.view().subspan(32))));
  }
}

TEST_CASE("malformed: nothing is sealed to a point of small order, in any of its encodings") {
  for (const char* point : kSmallOrderX25519) {
    CAPTURE(point);
    SeededRandom random(1);
    const auto sealed =
        box_seal(BoxPublicKey::from(hex(point)).value(), kDomain, {}, counted(32), random);
    REQUIRE_FALSE(sealed);
    CHECK(sealed.error().code == Code::kRefused);
    Bytes box = hex(point);
    append(box, counted(48));
    const BoxKeyPair mine = box_key_from_seed(counted_secret(32));
    CHECK_FALSE(box_open(mine, kDomain, {}, box));
  }
}

}  // namespace
}  // namespace setu::crypto
