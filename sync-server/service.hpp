#pragma once
// What all requests of one server share: its log, its key, its programmes. Borrowed by every
// Responder. Not thread-safe: one thread serves.

#include "nonce.hpp"
#include "programme.hpp"
#include "rate_limit.hpp"

namespace setu::server {

// Whole refusals and accepted pushes since the start: counts only, for logs and metrics.
struct Counters {
  std::uint64_t requests = 0;
  std::uint64_t refused_requests = 0;
  std::uint64_t entries_taken = 0;
  std::uint64_t batches_taken = 0;
  std::uint64_t pushes_refused = 0;
  std::uint64_t failed_appends = 0;
  std::uint64_t generations_begun = 0;  // after the log was put back by hand
  Code last_failure{};                  // of an append
};

struct Service {
  Service(LogStore& log, const crypto::SignKeyPair& identity, RateLimit::Rate rate = {})
      : store(log), sign_key(identity), nonces(identity.seed), programmes(log), rate_limit(rate) {}

  LogStore& store;
  const crypto::SignKeyPair& sign_key;  // the server's identity, named by every genesis
  Nonces nonces;
  Programmes programmes;
  RateLimit rate_limit;
  Counters counters;
};

}  // namespace setu::server
