#pragma once
// Who is at the other end of a TLS connection: what OpenSSL knows, as values. See http_link.hpp for
// who is trusted.

#include <openssl/ssl.h>

#include <optional>

#include "crypto/crypto.hpp"
#include "transport/endpoint.hpp"

namespace setu::transport {

// TLS 1.3 only, this system's roots; the result of the chain's verification is judged after the
// handshake.
[[nodiscard]] Status prepare_context(SSL_CTX* context);
// The name to ask for (SNI, never for an address) and to verify.
[[nodiscard]] Status prepare_connection(SSL* connection, const Endpoint& endpoint);

struct TlsPeer {
  bool chain_verified = false;
  std::optional<crypto::SignPublicKey> ed25519_key;
};
[[nodiscard]] TlsPeer peer_of(const SSL* connection);  // after the handshake

}  // namespace setu::transport
