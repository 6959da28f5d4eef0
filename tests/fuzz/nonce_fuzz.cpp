// Request nonces: good only as issued, to whom, and for as long as the server says.
//
// Input: the hour of issue and the hour now (4 bytes each), then what is flipped in the nonce.

#include <cstdint>

#include "nonce.hpp"
#include "setu/base/codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace setu;
  using State = server::Nonces::State;
  static const server::Nonces nonces{crypto::Secret(crypto::kKeySize)};
  const DeviceId device{};
  Reader reader(std::as_bytes(std::span(data, size)));
  const std::uint32_t issued = reader.u32();
  const std::uint32_t now = reader.u32() / 2;  // up to the year 246,000
  const wire::RequestNonce good = nonces.issue(device, issued);
  wire::RequestNonce nonce = good;
  for (std::size_t i = 0; i < nonce.size() && !reader.at_end(); ++i)
    nonce[i] ^= static_cast<std::byte>(reader.u8());

  const State state = nonces.state(nonce, device, now);
  const std::int64_t age = std::int64_t{now} - issued;
  if (nonce != good || age > server::kNonceHours) SETU_ASSERT(state == State::kStale);
  if (nonce == good && age >= 0 && age <= server::kRenewAfterHours)
    SETU_ASSERT(state == State::kFresh);
  const DeviceId other{{std::byte{1}}};
  SETU_ASSERT(nonces.state(nonce, other, now) == State::kStale);
  return 0;
}
