#include "crypto/crypto.hpp"
#include "crypto/octets.hpp"

namespace setu::crypto {
namespace {

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override {
    if (!out.empty()) randombytes_buf(out.data(), out.size());  // null is not welcome there
  }
};

}  // namespace

Status init() {
  if (sodium_init() >= 0) return {};
  return fail(Code::kInternal, "start: this machine gives no randomness",
              "restart it; keys must not be made without");
}

Random& system_random() {
  static SystemRandom random;
  return random;
}

SeededRandom::SeededRandom(std::uint64_t seed) {
  for (std::size_t i = 0; i < sizeof seed; ++i)
    key_[i] = static_cast<std::byte>(seed >> (8 * i) & 255);
}

void SeededRandom::fill(std::span<std::byte> out) {
  std::array<unsigned char, crypto_stream_xchacha20_NONCEBYTES> nonce{};
  for (std::size_t i = 0; i < sizeof block_; ++i)
    nonce[i] = static_cast<unsigned char>(block_ >> (8 * i) & 255);
  ++block_;
  if (out.empty()) return;
  SETU_ASSERT(crypto_stream_xchacha20(writable_octets(out), out.size(), nonce.data(),
                                      octets(ByteView(key_))) == 0);
}

Secret random_key(Random& random) {
  Secret key(kKeySize);
  random.fill(key.writable());
  return key;
}

}  // namespace setu::crypto
