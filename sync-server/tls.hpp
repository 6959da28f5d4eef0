#pragma once
// The server's side of TLS: 1.3 only, no early data, no tickets.

#include <boost/asio/ssl/context.hpp>
#include <string>

#include "crypto/crypto.hpp"

namespace setu::server {

// With a certificate and key from PEM files, as a certificate authority gave them.
// kInvalidArgument: not readable, or not a pair.
[[nodiscard]] Status use_certificate_files(boost::asio::ssl::context& context,
                                           const std::string& certificate, const std::string& key);

// With a certificate made from the server's identity key and signed by it. It says nothing but the
// key: whoever pinned the key (every member, from genesis) needs no authority. RFC 8410; without an
// end (RFC 5280, 4.1.2.5).
[[nodiscard]] Status use_identity(boost::asio::ssl::context& context,
                                  const crypto::SignKeyPair& identity);

// Versions and options that hold for both.
void harden(boost::asio::ssl::context& context);

}  // namespace setu::server
