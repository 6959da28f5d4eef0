#pragma once
// The server's door: takes connections, speaks HTTP/1.1 over TLS 1.3 (or plain on loopback), and
// hands bodies of POST /v1/sync to a Responder as they arrive. GET /healthz answers 200. Everything
// else is refused.
//
// One thread runs it. Hostile peers are expected: limits on heads, bodies, connections, memory, and
// absolute deadlines. Answers carry no Date, Server or Content-Type, and logs no ids and no
// addresses.
//
// Errors of open: kInvalidArgument (address, certificate), kNotAllowed (plain on an address that is
// not loopback; port in use or not permitted), all with what to do.

#include <memory>
#include <string>

#include "pace.hpp"
#include "service.hpp"

namespace setu::server {

struct ListenerLimits {
  std::size_t header_bytes = 8 * 1024;
  std::size_t header_fields = 50;
  std::size_t connections = 4'096;
  std::size_t connections_per_address =
      16;  // carrier NAT; a loopback peer is a proxy or a test, and not counted
  std::size_t bytes_in_flight = 256 * 1024 * 1024;
  std::chrono::milliseconds handshake{15'000};
  std::chrono::milliseconds header{15'000};
  std::chrono::milliseconds idle{60'000};     // between the requests of one connection
  std::chrono::milliseconds shutdown{5'000};  // for running answers to finish
  Pace body;
  Pace answer;
};

struct ListenerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  bool plain = false;
  // PEM files; empty: a certificate made from the server's identity key, which clients who pinned
  // that key trust.
  std::string tls_certificate;
  std::string tls_key;
  ListenerLimits limits;
};

class Listener {
 public:
  // Borrows the service, which must live longer.
  [[nodiscard]] static Result<std::unique_ptr<Listener>> open(Service& service,
                                                              const ListenerOptions& options);
  ~Listener();

  [[nodiscard]] std::uint16_t port() const;
  // Serves until stop() or, with `on_signals`, SIGTERM or SIGINT. Running answers get
  // ListenerLimits::shutdown.
  void run(bool on_signals);
  // From any thread.
  void stop();

 private:
  class Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace setu::server
