// Every construction gives, byte for byte, what proto/vectors/crypto.txt says, which reference.py
// computes without libsodium. A change here means that nobody can read what was sealed before.
#include "vectors.hpp"

#include <catch2/catch.hpp>

#include "setu/base/codec.hpp"
#include "support.hpp"

namespace setu::crypto {
namespace {

// hash() and derive() take their parts as a list written in place.
template <class Call>
auto with_parts(const VectorCase& one, const Call& call) {
  const std::vector<Bytes> parts = one.all("part");
  SETU_ASSERT(parts.size() <= 2);
  if (parts.empty()) return call({});
  if (parts.size() == 1) return call({ByteView(parts[0])});
  return call({ByteView(parts[0]), ByteView(parts[1])});
}

using Parts = std::initializer_list<ByteView>;

// The randomness that the sealer of a vector drew.
class GivenRandom final : public Random {
 public:
  explicit GivenRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
  void fill(std::span<std::byte> out) override {
    SETU_ASSERT(out.size() == bytes_.size());
    std::copy(bytes_.begin(), bytes_.end(), out.begin());
  }

 private:
  Bytes bytes_;
};

TEST_CASE("crypto vectors: hashes") {
  for (const VectorCase& one : vector_cases("hash")) {
    CAPTURE(one.name);
    const std::string domain = one.text("domain");
    const Hash out = with_parts(one, [&](Parts parts) { return hash(Domain{domain}, parts); });
    CHECK(out.hex() == one.text("out"));
  }
}

TEST_CASE("crypto vectors: streams, wherever they are cut") {
  for (const VectorCase& one : vector_cases("stream")) {
    const Bytes bytes = one.bytes("bytes");
    const std::string domain = one.text("domain");
    for (std::size_t cut : {std::size_t{0}, bytes.size() / 3, bytes.size()}) {
      CAPTURE(one.name, cut);
      StreamHash stream{Domain{domain}};
      stream.update(ByteView(bytes).first(cut));
      stream.update(ByteView(bytes).subspan(cut));
      CHECK(stream.digest().hex() == one.text("out"));
    }
  }
}

TEST_CASE("crypto vectors: derived keys, secret and public") {
  for (const VectorCase& one : vector_cases("derive")) {
    CAPTURE(one.name);
    const std::string domain = one.text("domain");
    const Secret key = Secret::copy_of(one.bytes("key"));
    const auto size = std::to_integer<std::size_t>(one.bytes("size").at(0));
    const Secret out =
        with_parts(one, [&](Parts parts) { return derive(key, Domain{domain}, parts, size); });
    CHECK(to_hex(out.reveal()) == one.text("out"));
    if (size != Hash::size) continue;
    const Hash published =
        with_parts(one, [&](Parts parts) { return derive_public(key, Domain{domain}, parts); });
    CHECK(published.hex() == one.text("out"));
  }
}

TEST_CASE("crypto vectors: signatures") {
  for (const VectorCase& one : vector_cases("sign")) {
    CAPTURE(one.name);
    const std::string domain = one.text("domain");
    const SignKeyPair key = sign_key_from_seed(Secret::copy_of(one.bytes("seed")));
    CHECK(key.public_key.hex() == one.text("public"));
    CHECK(sign(key, Domain{domain}, one.bytes("message")).hex() == one.text("signature"));
  }
}

TEST_CASE("crypto vectors: XChaCha20-Poly1305, both ways") {
  for (const VectorCase& one : vector_cases("aead")) {
    CAPTURE(one.name);
    const Secret key = Secret::copy_of(one.bytes("key"));
    Nonce nonce;
    const Bytes nonce_bytes = one.bytes("nonce");
    REQUIRE(nonce_bytes.size() == nonce.size());
    std::copy(nonce_bytes.begin(), nonce_bytes.end(), nonce.begin());
    const Bytes associated = one.bytes("associated");
    CHECK(to_hex(aead_seal(key, nonce, associated, one.bytes("plain"))) == one.text("sealed"));
    CHECK(aead_open(key, nonce, associated, one.bytes("sealed")).value() == one.bytes("plain"));
  }
}

TEST_CASE("crypto vectors: sealed boxes, both ways") {
  for (const VectorCase& one : vector_cases("box")) {
    CAPTURE(one.name);
    const std::string domain = one.text("domain");
    const BoxKeyPair key = box_key_from_seed(Secret::copy_of(one.bytes("seed")));
    CHECK(key.public_key.hex() == one.text("public"));
    GivenRandom random(one.bytes("fresh"));
    const auto sealed =
        box_seal(key.public_key, Domain{domain}, one.bytes("context"), one.bytes("plain"), random);
    CHECK(to_hex(sealed.value()) == one.text("sealed"));
    const auto opened = box_open(key, Domain{domain}, one.bytes("context"), one.bytes("sealed"));
    CHECK(equal(opened.value().reveal(), one.bytes("plain")));
  }
}

TEST_CASE("crypto vectors: what a seed draws, one call after the other") {
  for (const VectorCase& one : vector_cases("random")) {
    CAPTURE(one.name);
    const Bytes seed = one.bytes("seed");
    Reader reader(seed);
    SeededRandom random(reader.u64());
    for (const Bytes& draw : one.all("draw")) {
      Bytes drawn(draw.size());
      random.fill(drawn);
      CHECK(to_hex(drawn) == to_hex(draw));
    }
  }
}

TEST_CASE("crypto vectors: stretched passphrases, at each cost") {
  for (const VectorCase& one : vector_cases("stretch")) {
    CAPTURE(one.name);
    KdfSalt salt;
    const Bytes salt_bytes = one.bytes("salt");
    REQUIRE(salt_bytes.size() == salt.size());
    std::copy(salt_bytes.begin(), salt_bytes.end(), salt.begin());
    const Bytes passphrase = one.bytes("passphrase");
    const auto cost = static_cast<KdfCost>(one.bytes("cost").at(0));
    CHECK(to_hex(stretch_passphrase(as_text(passphrase), salt, cost).value().reveal()) ==
          one.text("out"));
  }
}

TEST_CASE("crypto vectors: public keys of RFC 8032 section 7.1, tests 1 to 3") {
  const std::pair<const char*, const char*> published[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"}};
  for (const auto& [seed, public_key] : published) {
    CHECK(sign_key_from_seed(Secret::copy_of(from_hex(seed).value())).public_key.hex() ==
          public_key);
  }
}

TEST_CASE("crypto vectors: public keys of RFC 7748 sections 5.2 and 6.1") {
  const std::pair<const char*, const char*> published[] = {
      {"0900000000000000000000000000000000000000000000000000000000000000",
       "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"},
      {"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
       "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"},
      {"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
       "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"}};
  for (const auto& [seed, public_key] : published) {
    CHECK(box_key_from_seed(Secret::copy_of(from_hex(seed).value())).public_key.hex() ==
          public_key);
  }
}

}  // namespace
}  // namespace setu::crypto
