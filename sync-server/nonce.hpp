#pragma once
// Request nonces without memory: an hour of issue and a MAC over (device, hour), valid on every
// node that has the key. What they are for: a hello that somebody recorded is worth nothing after
// kNonceDays.
//
// 12 bytes: hour (4, little-endian), then the first 8 bytes of the MAC. Values only; safe from any
// thread.

#include "wire/frames.hpp"

namespace setu::server {

inline constexpr std::uint32_t kNonceHours = 60 * 24;
inline constexpr std::uint32_t kRenewAfterHours = kNonceHours / 2;

class Nonces {
 public:
  // Derives its key from the server's seed.
  explicit Nonces(const crypto::Secret& server_seed);

  [[nodiscard]] wire::RequestNonce issue(const DeviceId& device, std::uint32_t now_hour) const;

  enum class State { kFresh, kAgeing, kStale };  // kAgeing: still good, hand out a new one
  [[nodiscard]] State state(const wire::RequestNonce& nonce, const DeviceId& device,
                            std::uint32_t now_hour) const;

 private:
  crypto::Secret key_;
};

}  // namespace setu::server
