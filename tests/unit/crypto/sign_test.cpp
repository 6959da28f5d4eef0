// Signatures: only what was signed, by whom it was signed, for what it was signed.
#include <rapidcheck/catch.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>

#include "support.hpp"

namespace setu::crypto {
namespace {

SignKeyPair key_from(unsigned first) { return sign_key_from_seed(counted_secret(32, first)); }

TEST_CASE("sign: a signature verifies, and signing again gives the same one") {
  const SignKeyPair key = key_from(0);
  rc::prop("for all messages", [&] {
    const Bytes message = any_bytes();
    const Signature signature = sign(key, kDomain, message);
    RC_ASSERT(verify(key.public_key, kDomain, message, signature));
    RC_ASSERT(sign(key, kDomain, message) == signature);
  });
}

TEST_CASE("sign: another domain, message or signer never verifies") {
  const SignKeyPair key = key_from(0);
  const Signature signature = sign(key, kDomain, as_bytes("referral made"));
  REQUIRE(verify(key.public_key, kDomain, as_bytes("referral made"), signature));
  CHECK_FALSE(verify(key.public_key, kOtherDomain, as_bytes("referral made"), signature));
  CHECK_FALSE(verify(key.public_key, kDomain, as_bytes("referral done"), signature));
  CHECK_FALSE(verify(key.public_key, kDomain, as_bytes(""), signature));
  CHECK_FALSE(verify(key_from(1).public_key, kDomain, as_bytes("referral made"), signature));
  CHECK_FALSE(verify(SignPublicKey{}, kDomain, as_bytes("referral made"), signature));
}

TEST_CASE("sign: a signature with any bit flipped is refused") {
  const SignKeyPair key = key_from(0);
  const Bytes message = counted(40);
  const Signature signature = sign(key, kDomain, message);
  for (std::size_t bit = 0; bit < Signature::size * 8; ++bit) {
    const auto flipped = Signature::from(with_bit_flipped(signature.view(), bit)).value();
    CAPTURE(bit);
    REQUIRE_FALSE(verify(key.public_key, kDomain, message, flipped));
  }
}

TEST_CASE("sign: a message or a public key with any bit flipped is refused") {
  const SignKeyPair key = key_from(0);
  const Bytes message = counted(40);
  const Signature signature = sign(key, kDomain, message);
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    CAPTURE(bit);
    REQUIRE_FALSE(verify(key.public_key, kDomain, with_bit_flipped(message, bit), signature));
  }
  for (std::size_t bit = 0; bit < SignPublicKey::size * 8; ++bit) {
    const auto flipped = SignPublicKey::from(with_bit_flipped(key.public_key.view(), bit)).value();
    CAPTURE(bit);
    REQUIRE_FALSE(verify(flipped, kDomain, message, signature));
  }
}

// Under such a key the signature below, made without any secret, fits whatever message is signed.
TEST_CASE("sign: a public key of small order verifies nothing") {
  const auto identity =
      from_hex("0100000000000000000000000000000000000000000000000000000000000000").value();
  Bytes forged = identity;
  forged.resize(Signature::size);
  const Signature signature = Signature::from(forged).value();
  CHECK_FALSE(verify(SignPublicKey::from(identity).value(), kDomain, as_bytes("a"), signature));
  CHECK_FALSE(verify(SignPublicKey{}, kDomain, as_bytes("a"), signature));
}

// Two signatures of one message, computed with different public keys, give the secret key away.
TEST_CASE("sign: a public key that is not the seed's ends the program") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(2);
    SignKeyPair mixed = key_from(0);
    mixed.public_key = key_from(1).public_key;
    static_cast<void>(sign(mixed, kDomain, as_bytes("a")));
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}

}  // namespace
}  // namespace setu::crypto
