#include "nonce.hpp"

#include <algorithm>

#include "setu/base/codec.hpp"

namespace setu::server {
namespace {

constexpr crypto::Domain kKeyDomain{"setu/request-nonce-key/1"};
constexpr crypto::Domain kMacDomain{"setu/request-nonce/1"};

}  // namespace

Nonces::Nonces(const crypto::Secret& server_seed)
    : key_(crypto::derive(server_seed, kKeyDomain, {})) {}

wire::RequestNonce Nonces::issue(const DeviceId& device, std::uint32_t now_hour) const {
  Writer hour;
  hour.u32(now_hour);
  const Hash mac = crypto::derive_public(key_, kMacDomain, {device.view(), hour.view()});
  wire::RequestNonce nonce{};
  const auto mac_at = std::copy(hour.view().begin(), hour.view().end(), nonce.begin());
  std::copy_n(mac.bytes.begin(), nonce.end() - mac_at, mac_at);
  return nonce;
}

Nonces::State Nonces::state(const wire::RequestNonce& nonce, const DeviceId& device,
                            std::uint32_t now_hour) const {
  const std::uint32_t issued = Reader(nonce).u32();
  if (!crypto::equal_constant_time(nonce, issue(device, issued))) return State::kStale;
  // Issued in the future: the clock of this server was put back. Such a nonce must not live longer
  // for that.
  if (issued > now_hour + 1) return State::kStale;
  const std::uint32_t age = now_hour > issued ? now_hour - issued : 0;
  if (age > kNonceHours) return State::kStale;
  return age > kRenewAfterHours ? State::kAgeing : State::kFresh;
}

}  // namespace setu::server
