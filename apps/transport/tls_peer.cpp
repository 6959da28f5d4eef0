#include "transport/tls_peer.hpp"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <memory>

namespace setu::transport {
namespace {

bool is_address(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

}  // namespace

Status prepare_context(SSL_CTX* context) {
  // Not SSL_VERIFY_PEER: a server known by its own key has no chain. OpenSSL verifies all the same
  // and keeps the result.
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_default_verify_paths(
      context);  // no roots on this system: then only pinned keys are trusted
  if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1) {
    return fail(Code::kInternal, "prepare TLS: this system's OpenSSL has no TLS 1.3");
  }
  return {};
}

Status prepare_connection(SSL* connection, const Endpoint& endpoint) {
  X509_VERIFY_PARAM* const expected = SSL_get0_param(connection);
  const bool prepared = is_address(endpoint.host)
                            ? X509_VERIFY_PARAM_set1_ip_asc(expected, endpoint.host.c_str()) == 1
                            : X509_VERIFY_PARAM_set1_host(expected, endpoint.host.data(),
                                                          endpoint.host.size()) == 1 &&
                                  SSL_set_tlsext_host_name(connection, endpoint.host.c_str()) == 1;
  if (!prepared) return fail(Code::kInternal, "prepare TLS: the host's name could not be set");
  return {};
}

TlsPeer peer_of(const SSL* connection) {
  TlsPeer peer;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      SSL_get1_peer_certificate(connection), &X509_free);
  if (!certificate) return peer;
  peer.chain_verified = SSL_get_verify_result(connection) == X509_V_OK;
  const EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
  if (key == nullptr || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) return peer;
  std::array<unsigned char, crypto::SignPublicKey::size> raw{};
  std::size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1 || size != raw.size()) return peer;
  auto parsed = crypto::SignPublicKey::from(std::as_bytes(std::span(raw)));
  if (parsed) peer.ed25519_key = *parsed;
  return peer;
}

}  // namespace setu::transport
