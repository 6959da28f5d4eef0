#pragma once
// The cryptography that Setu uses, and all of it. Primitives are libsodium's; this is the only
// module that names it.
//
// Every hash, derivation and signature takes a Domain: a type and version string
// ("setu/batch-hash/1"), so that bytes made for one purpose never verify for another. Suite and
// costs are compiled in; no peer chooses them. Call init() once before anything else; all functions
// are then safe to call from any thread. A key of a wrong size is our own bug and ends the program.
//
// Golden vectors: proto/vectors/crypto.txt; tests/unit/crypto/reference.py says each construction a
// second time.

#include <array>
#include <memory>
#include <optional>

#include "crypto/secret.hpp"
#include "setu/base/ids.hpp"

namespace setu::crypto {

inline constexpr std::size_t kKeySize = 32;
inline constexpr std::size_t kSignatureSize = 64;
inline constexpr std::size_t kTagSize = 16;            // AEAD overhead
inline constexpr std::size_t kSealedBoxOverhead = 48;  // ephemeral key and tag

using SignPublicKey = FixedId<struct SignPublicKeyTag, 32>;  // Ed25519
using BoxPublicKey = FixedId<struct BoxPublicKeyTag, 32>;    // X25519
using Signature = FixedId<struct SignatureTag, 64>;
using Commitment = FixedId<struct CommitmentTag, 32>;

// kInternal: the machine has no randomness.
[[nodiscard]] Status init();

// A version string such as "setu/batch-hash/1": at most 40 characters, a compile-time literal.
struct Domain {
  std::string_view name;
};

// Randomness as a port, so that the simulator can replay a run.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> out) = 0;
};
[[nodiscard]] Random& system_random();  // the operating system's, through libsodium
// A reproducible stream from a seed (XChaCha20 keystream). For tests and simulation only.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void fill(std::span<std::byte> out) override;

 private:
  std::array<std::byte, 32> key_{};
  std::uint64_t block_ = 0;
};
template <class Id>
[[nodiscard]] Id random_id(Random& random) {
  Id id;
  random.fill(id.bytes);
  return id;
}
[[nodiscard]] Secret random_key(Random& random);

// BLAKE2b-256 (RFC 7693) over the domain, then each part; each with its length before it as 8
// bytes, little-endian. So no two lists of parts are hashed as the same bytes.
[[nodiscard]] Hash hash(Domain domain, std::initializer_list<ByteView> parts);

// For bytes that come in pieces, how many not known at the start: BLAKE2b-256 over the domain with
// its length before it, then the bytes as they came. How they were cut does not matter. Never use a
// domain of hash() here or the other way round.
class StreamHash {
 public:
  explicit StreamHash(Domain domain);
  ~StreamHash();
  StreamHash(const StreamHash&);
  StreamHash& operator=(const StreamHash&);
  void update(ByteView bytes);
  [[nodiscard]] Hash digest() const;  // of the bytes up to now; more may follow

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// BLAKE2b keyed with `key` (16 to 64 bytes) and `size` (16 to 64) bytes long, over the same input
// as hash(). Another size is another result, not a longer or shorter one.
[[nodiscard]] Secret derive(const Secret& key, Domain domain, std::initializer_list<ByteView> parts,
                            std::size_t size = kKeySize);
// The same 32 bytes where they are meant to be published (commitments, MACs). A domain is for one
// or the other, never for both.
[[nodiscard]] Hash derive_public(const Secret& key, Domain domain,
                                 std::initializer_list<ByteView> parts);

// Ed25519 (RFC 8032), deterministic, over the 32 bytes of hash(domain, {message}).
struct SignKeyPair {
  SignPublicKey public_key;
  Secret seed;  // 32 bytes
};
[[nodiscard]] SignKeyPair sign_key_from_seed(const Secret& seed);
[[nodiscard]] Signature sign(const SignKeyPair& key, Domain domain, ByteView message);
[[nodiscard]] bool verify(const SignPublicKey& key, Domain domain, ByteView message,
                          const Signature& signature);

// X25519 (RFC 7748), used only through sealed boxes. The seed is the secret key.
struct BoxKeyPair {
  BoxPublicKey public_key;
  Secret secret_key;  // 32 bytes
};
[[nodiscard]] BoxKeyPair box_key_from_seed(const Secret& seed);
// Sealed box: the public half of a fresh X25519 key, then XChaCha20-Poly1305 with a zero nonce
// under derive(shared secret, domain, {fresh public key, recipient's public key, context}). The
// context is bound but not sent. seal: kRefused for a public key of small order. open: kForged when
// it was not sealed to this key for this domain and context.
[[nodiscard]] Result<Bytes> box_seal(const BoxPublicKey& to, Domain domain, ByteView context,
                                     ByteView plain, Random& random);
[[nodiscard]] Result<Secret> box_open(const BoxKeyPair& key, Domain domain, ByteView context,
                                      ByteView sealed);

// XChaCha20-Poly1305 (IETF). The 24-byte nonce must never repeat under one key: batches use a fresh
// key each.
using Nonce = std::array<std::byte, 24>;
[[nodiscard]] Bytes aead_seal(const Secret& key, const Nonce& nonce, ByteView associated,
                              ByteView plain);
[[nodiscard]] Result<Bytes> aead_open(const Secret& key, const Nonce& nonce, ByteView associated,
                                      ByteView sealed);  // kForged

// Argon2id. Costs are compiled in; a key file names one of these and nothing below kSmall is
// accepted.
enum class KdfCost : std::uint8_t {
  kStandard = 1,   // 64 MiB, t=3, p=1
  kLowMemory = 2,  // 32 MiB, t=6
  kSmall = 3,      // 19 MiB, t=2: the floor
};
using KdfSalt = std::array<std::byte, 16>;
// kInternal when memory is short: try a lower cost when creating, close other apps when opening.
// The result is in locked memory. Takes 30 to 300 ms.
[[nodiscard]] Result<Secret> stretch_passphrase(std::string_view passphrase, const KdfSalt& salt,
                                                KdfCost cost);

}  // namespace setu::crypto
