#include "crypto/crypto.hpp"
#include "crypto/octets.hpp"

namespace setu::crypto {
namespace {

static_assert(Hash::size >= crypto_generichash_BYTES_MIN &&
              Hash::size <= crypto_generichash_BYTES_MAX);

void absorb(crypto_generichash_state& state, ByteView bytes) {
  SETU_ASSERT(crypto_generichash_update(&state, octets(bytes), bytes.size()) == 0);
}

// A length as 8 bytes, little-endian, then the bytes: no two lists of parts give one input.
void absorb_sized(crypto_generichash_state& state, ByteView bytes) {
  std::array<std::byte, 8> length;
  for (std::size_t i = 0; i < length.size(); ++i)
    length[i] = static_cast<std::byte>(bytes.size() >> (8 * i) & 255);
  absorb(state, length);
  absorb(state, bytes);
}

void begin(crypto_generichash_state& state, ByteView key, std::size_t size) {
  SETU_ASSERT(
      crypto_generichash_init(&state, key.empty() ? nullptr : octets(key), key.size(), size) == 0);
}

void keyed(ByteView key, Domain domain, std::initializer_list<ByteView> parts,
           std::span<std::byte> out) {
  crypto_generichash_state state;
  begin(state, key, out.size());
  absorb_sized(state, as_bytes(domain.name));
  for (ByteView part : parts) absorb_sized(state, part);
  SETU_ASSERT(crypto_generichash_final(&state, writable_octets(out), out.size()) == 0);
  sodium_memzero(&state, sizeof state);
}

}  // namespace

Hash hash(Domain domain, std::initializer_list<ByteView> parts) {
  Hash out;
  keyed({}, domain, parts, out.bytes);
  return out;
}

Secret derive(const Secret& key, Domain domain, std::initializer_list<ByteView> parts,
              std::size_t size) {
  SETU_ASSERT(key.size() >= 16 && key.size() <= 64 && size >= 16 && size <= 64);
  Secret out(size);
  keyed(key.reveal(), domain, parts, out.writable());
  return out;
}

Hash derive_public(const Secret& key, Domain domain, std::initializer_list<ByteView> parts) {
  SETU_ASSERT(key.size() >= 16 && key.size() <= 64);
  Hash out;
  keyed(key.reveal(), domain, parts, out.bytes);
  return out;
}

struct StreamHash::State {
  crypto_generichash_state state;

  State() = default;
  State(const State&) = default;
  State& operator=(const State&) = default;
  ~State() { sodium_memzero(&state, sizeof state); }
};

StreamHash::StreamHash(Domain domain) : state_(std::make_unique<State>()) {
  begin(state_->state, {}, Hash::size);
  absorb_sized(state_->state, as_bytes(domain.name));
}
StreamHash::StreamHash(const StreamHash& other) : state_(std::make_unique<State>(*other.state_)) {}
StreamHash& StreamHash::operator=(const StreamHash& other) {
  *state_ = *other.state_;
  return *this;
}
StreamHash::~StreamHash() = default;

void StreamHash::update(ByteView bytes) { absorb(state_->state, bytes); }

Hash StreamHash::digest() const {
  State last = *state_;  // final() ends a state, and more may follow
  Hash out;
  SETU_ASSERT(crypto_generichash_final(&last.state, writable_octets(out.bytes), out.bytes.size()) ==
              0);
  return out;
}

}  // namespace setu::crypto
