#include "sim_server.hpp"

#include "token.hpp"

namespace setu::sim {
namespace {
// Requests are not what is scarce here.
constexpr server::RateLimit::Rate kNoLimit{1'000'000, 1'000'000};
}  // namespace

SimServer::SimServer(std::uint64_t seed)
    : mount_(disk_),
      random_(seed),
      identity_(crypto::sign_key_from_seed(crypto::random_key(random_))) {}

SimServer::~SimServer() { stop(); }

bool SimServer::start() {
  auto opened = server::SqliteLogStore::open(mount_.directory());
  if (!opened) return false;
  log_ = std::move(*opened);
  service_ = std::make_unique<server::Service>(*log_, identity_, kNoLimit);
  return true;
}

void SimServer::stop() {
  service_.reset();
  log_.reset();
}

void SimServer::crash(Random& random) {
  disk_.cut_power();
  stop();
  disk_.crash(random);
  disk_.restart();
}

std::string SimServer::make_token() {
  auto token = server::make_token(*log_, identity_.public_key, random_);
  SETU_ASSERT(token.has_value());
  return *token;
}

}  // namespace setu::sim
