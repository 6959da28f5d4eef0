#pragma once
// The other end of a listener under test: a blocking HTTP/1.1 peer over loopback, plain or TLS,
// that sends exactly the bytes it is told to. Every read gives up after ten seconds, so that a
// hanging server fails its test.

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

#include "crypto/crypto.hpp"

namespace setu::server::testing {

struct HttpAnswer {
  int status = 0;
  std::string head;      // with its blank line
  std::string body;      // chunks put together
  std::size_t size = 0;  // of all of it, on the wire
};

class HttpPeer {
 public:
  enum class Over { kPlain, kTls };
  HttpPeer(std::uint16_t port, Over over);
  HttpPeer(const HttpPeer&) = delete;
  HttpPeer& operator=(const HttpPeer&) = delete;
  ~HttpPeer();

  // The key of the certificate that the server showed.
  [[nodiscard]] crypto::SignPublicKey server_key() const;
  [[nodiscard]] std::string tls_version() const;

  bool send(std::string_view bytes);
  // Nothing: the server closed before an answer was whole.
  [[nodiscard]] std::optional<HttpAnswer> read_answer();
  // True once the server has closed the connection; false when it sent something, or nothing for
  // ten seconds.
  [[nodiscard]] bool is_closed();

 private:
  [[nodiscard]] bool more();  // reads some
  [[nodiscard]] bool read_chunks(HttpAnswer& answer);

  int socket_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, &SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
  std::string unread_;
  bool timed_out_ = false;
};

}  // namespace setu::server::testing
