#include "tls.hpp"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

namespace setu::server {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

int choose_http11(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* chosen_size,
                  const unsigned char* offered, unsigned int offered_size, void* /*unused*/) {
  unsigned char* found = nullptr;
  const int match =
      SSL_select_next_proto(&found, chosen_size, kHttp11, sizeof(kHttp11), offered, offered_size);
  *chosen = found;
  return match == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Certificate make_certificate(EVP_PKEY* key) {
  Certificate certificate(X509_new(), &X509_free);
  if (!certificate) return certificate;
  X509* const x509 = certificate.get();
  bool ok = X509_set_version(x509, X509_VERSION_3) == 1;
  ok = ok && ASN1_INTEGER_set(X509_get_serialNumber(x509), 1) == 1;
  ok = ok && ASN1_TIME_set_string(X509_getm_notBefore(x509), "20000101000000Z") == 1;
  ok = ok && ASN1_TIME_set_string(X509_getm_notAfter(x509), "99991231235959Z") == 1;
  X509_NAME* const name = X509_get_subject_name(x509);
  const auto* common_name = reinterpret_cast<const unsigned char*>("setu");
  ok = ok && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1;
  ok = ok && X509_set_issuer_name(x509, name) == 1;
  ok = ok && X509_set_pubkey(x509, key) == 1;
  ok = ok && X509_sign(x509, key, nullptr) != 0;  // Ed25519 brings its own hash
  if (!ok) certificate.reset();
  return certificate;
}

}  // namespace

Status use_certificate_files(boost::asio::ssl::context& context, const std::string& certificate,
                             const std::string& key) {
  boost::system::error_code error;
  context.use_certificate_chain_file(certificate, error);
  if (error) {
    return fail(Code::kInvalidArgument,
                "read TLS certificate: not a readable PEM file; the server does not start",
                "check the path and permissions given with --tls-cert");
  }
  context.use_private_key_file(key, boost::asio::ssl::context::pem, error);
  if (error || SSL_CTX_check_private_key(context.native_handle()) != 1) {
    return fail(Code::kInvalidArgument,
                "read TLS key: not readable, or not the certificate's; the server does not start",
                "check the path and permissions given with --tls-key");
  }
  return {};
}

Status use_identity(boost::asio::ssl::context& context, const crypto::SignKeyPair& identity) {
  const ByteView seed = identity.seed.reveal();
  const Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                             reinterpret_cast<const unsigned char*>(seed.data()),
                                             seed.size()),
                &EVP_PKEY_free);
  const Certificate certificate =
      key ? make_certificate(key.get()) : Certificate(nullptr, &X509_free);
  SSL_CTX* const ssl = context.native_handle();
  if (!certificate || SSL_CTX_use_certificate(ssl, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(ssl, key.get()) != 1) {
    return fail(Code::kInternal,
                "make TLS certificate: OpenSSL refused; the server does not start");
  }
  return {};
}

void harden(boost::asio::ssl::context& context) {
  SSL_CTX* const ssl = context.native_handle();
  SETU_ASSERT(SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION) == 1);
  SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(ssl, 0);
  SSL_CTX_set_max_early_data(ssl, 0);
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);  // an idle connection holds no buffers
  SSL_CTX_set_alpn_select_cb(ssl, &choose_http11, nullptr);
}

}  // namespace setu::server
