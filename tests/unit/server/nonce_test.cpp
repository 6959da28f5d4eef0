#include "nonce.hpp"

#include <catch2/catch.hpp>

namespace setu::server {
namespace {

struct World {
  crypto::SeededRandom random{3};
  Nonces nonces{crypto::random_key(random)};
  DeviceId device = crypto::random_id<DeviceId>(random);
  static constexpr std::uint32_t kHour = 500'000;
};

}  // namespace

TEST_CASE("nonce: good for sixty days, renewed in the second half") {
  const World w;
  const auto nonce = w.nonces.issue(w.device, World::kHour);
  CHECK(w.nonces.state(nonce, w.device, World::kHour) == Nonces::State::kFresh);
  CHECK(w.nonces.state(nonce, w.device, World::kHour + kRenewAfterHours) == Nonces::State::kFresh);
  CHECK(w.nonces.state(nonce, w.device, World::kHour + kRenewAfterHours + 1) ==
        Nonces::State::kAgeing);
  CHECK(w.nonces.state(nonce, w.device, World::kHour + kNonceHours) == Nonces::State::kAgeing);
  CHECK(w.nonces.state(nonce, w.device, World::kHour + kNonceHours + 1) == Nonces::State::kStale);
}

TEST_CASE("nonce: of another device, another server, another hour or none at all is stale") {
  World w;
  const auto nonce = w.nonces.issue(w.device, World::kHour);
  const auto other_device = crypto::random_id<DeviceId>(w.random);
  CHECK(w.nonces.state(nonce, other_device, World::kHour) == Nonces::State::kStale);
  const Nonces other_server(crypto::random_key(w.random));
  CHECK(other_server.state(nonce, w.device, World::kHour) == Nonces::State::kStale);
  CHECK(w.nonces.state({}, w.device, World::kHour) == Nonces::State::kStale);
  auto moved = nonce;
  moved[0] ^= std::byte{1};  // the hour
  CHECK(w.nonces.state(moved, w.device, World::kHour) == Nonces::State::kStale);
}

TEST_CASE("nonce: one from the future, after the server's clock was put back, is stale") {
  const World w;
  const auto nonce = w.nonces.issue(w.device, World::kHour + 2);
  CHECK(w.nonces.state(nonce, w.device, World::kHour) == Nonces::State::kStale);
}

}  // namespace setu::server
