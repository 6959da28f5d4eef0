#pragma once
// A tiny scripted server on 127.0.0.1, with or without TLS, in a thread of its own. Each connection
// runs one script.

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "crypto/crypto.hpp"

namespace setu::transport::testing {

// A self-made certificate around an Ed25519 key, valid for 127.0.0.1.
struct Identity {
  explicit Identity(std::uint8_t number);
  [[nodiscard]] std::string certificate_pem() const;

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key;
  std::unique_ptr<X509, decltype(&X509_free)> certificate;
  crypto::SignPublicKey public_key;
};

class Connection {
 public:
  Connection(int fd, SSL_CTX* tls);  // finishes the TLS handshake where there is one
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] std::string
  read_request();  // head and body; what came, when the other side closes before
  void write(std::string_view text);
  void wait_for_close();

 private:
  [[nodiscard]] std::string read_some();
  int fd_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

using Script = std::function<void(Connection&)>;

class LoopbackServer {
 public:
  // Takes as many connections as there are scripts, one after another, then stops listening.
  // `port` 0: any free one.
  explicit LoopbackServer(std::vector<Script> scripts, const Identity* identity = nullptr,
                          std::uint16_t port = 0, int highest_tls = TLS1_3_VERSION);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const;
  void wait();  // until all scripts have run

 private:
  std::uint16_t port_;
  int listener_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls_;
  std::thread thread_;
};

// A port on which nothing listens.
[[nodiscard]] std::uint16_t closed_port();

// "HTTP/1.1 200 OK" with a Content-Length.
[[nodiscard]] std::string ok_answer(std::string_view body);

}  // namespace setu::transport::testing
