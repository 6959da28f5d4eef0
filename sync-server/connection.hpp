#pragma once
// One accepted connection: TLS if asked for, then HTTP/1.1 requests one after the other until it is
// idle too long, misbehaves, or the server stops. A coroutine on the listener's thread.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <set>

#include "listener.hpp"

namespace setu::server {

class ConnectionWatch;

// What connections share, owned by the listener.
struct Gate {
  Service& service;
  ListenerLimits limits;
  boost::asio::ssl::context* tls = nullptr;  // null: plain
  std::size_t bytes_in_flight = 0;
  bool stopping = false;
  std::uint64_t logged_failures = 0;
  std::set<ConnectionWatch*> open{};
};

// A connection as the listener sees it: registered as long as it lives, and cut when the server
// stops while no request is running on it.
class ConnectionWatch {
 public:
  ConnectionWatch(Gate& gate, boost::beast::tcp_stream& stream) : gate_(gate), stream_(stream) {
    gate_.open.insert(this);
  }
  ConnectionWatch(const ConnectionWatch&) = delete;
  ConnectionWatch& operator=(const ConnectionWatch&) = delete;
  ~ConnectionWatch() { gate_.open.erase(this); }

  void set_busy(bool busy) { busy_ = busy; }
  void cut_if_idle() {
    if (!busy_) stream_.cancel();
  }

 private:
  Gate& gate_;
  boost::beast::tcp_stream& stream_;
  bool busy_ = false;
};

// Memory that a request may hold: taken from the gate's budget for as long as it runs.
class Reservation {
 public:
  // Two pieces of body, one frame, two pieces of answer.
  static constexpr std::size_t kBytes = 256 * 1024;
  explicit Reservation(Gate& gate)
      : gate_(gate), granted_(gate.bytes_in_flight + kBytes <= gate.limits.bytes_in_flight) {
    if (granted_) gate_.bytes_in_flight += kBytes;
  }
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  ~Reservation() {
    if (granted_) gate_.bytes_in_flight -= kBytes;
  }
  [[nodiscard]] bool granted() const { return granted_; }

 private:
  Gate& gate_;
  bool granted_;
};

// Runs the connection to its end.
[[nodiscard]] boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket,
                                                            Gate& gate);

}  // namespace setu::server
