#include "listener.hpp"

#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "connection.hpp"
#include "tls.hpp"

namespace setu::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
// After accept() failed (no file handles left): time for some to be given back.
constexpr std::chrono::milliseconds kAcceptPause{100};

// What counts as one address: all of an IPv4 address, the network half of an IPv6 address.
std::string address_key(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return asio::ip::address_v6(bytes).to_string();
}

Result<tcp::endpoint> resolve(asio::io_context& io, const ListenerOptions& options) {
  tcp::resolver resolver(io);
  ErrorCode error;
  const auto found =
      resolver.resolve(options.host, std::to_string(options.port), tcp::resolver::passive, error);
  if (error || found.empty()) {
    return fail(Code::kInvalidArgument,
                "listen: the host is neither an address nor a name of this machine",
                "give --listen as HOST:PORT, for example 127.0.0.1:8443");
  }
  const tcp::endpoint endpoint = found.begin()->endpoint();
  if (options.plain && !endpoint.address().is_loopback()) {
    return fail(Code::kNotAllowed, "listen: --plain on an address that others can reach; refused",
                "leave --plain away, or listen on 127.0.0.1 behind a proxy that does TLS");
  }
  return endpoint;
}

}  // namespace

class Listener::Impl {
 public:
  Impl(Service& service, const ListenerOptions& options)
      : gate_{.service = service, .limits = options.limits} {}

  Status open(const ListenerOptions& options) {
    if (!options.plain) {
      harden(tls_);
      SETU_TRY(options.tls_certificate.empty()
                   ? use_identity(tls_, gate_.service.sign_key)
                   : use_certificate_files(tls_, options.tls_certificate, options.tls_key));
      gate_.tls = &tls_;
    }
    SETU_TAKE(const tcp::endpoint endpoint, resolve(io_, options));
    ErrorCode error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return fail(Code::kNotAllowed,
                  "listen: the port is in use or not permitted; the server does not start",
                  "stop what uses it, or choose another port with --listen");
    }
    return {};
  }

  std::uint16_t port() const {
    ErrorCode error;
    return acceptor_.local_endpoint(error).port();
  }

  void run(bool on_signals) {
    if (on_signals) {
      signals_.add(SIGTERM);
      signals_.add(SIGINT);
      signals_.async_wait([this](const ErrorCode& error, int) {
        if (!error) begin_stop();
      });
    }
    asio::co_spawn(io_, accept_all(), asio::detached);
    io_.run();
  }

  void stop() {
    asio::post(io_, [this] { begin_stop(); });
  }

 private:
  asio::awaitable<void> accept_all() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(kToken);
      if (gate_.stopping || error == asio::error::operation_aborted) co_return;
      if (error) {
        asio::steady_timer pause(io_, kAcceptPause);
        co_await pause.async_wait(kToken);
        continue;
      }
      welcome(std::move(socket));
    }
  }

  void welcome(tcp::socket socket) {
    ErrorCode error;
    const tcp::endpoint peer = socket.remote_endpoint(error);
    if (error || connections_ >= gate_.limits.connections) return;  // closed by going away
    const std::string address =
        peer.address().is_loopback() ? std::string() : address_key(peer.address());
    if (!address.empty() && ++per_address_[address] > gate_.limits.connections_per_address) {
      leave_address(address);
      return;
    }
    ++connections_;
    asio::co_spawn(io_, serve_connection(std::move(socket), gate_),
                   [this, address](const std::exception_ptr& broken) {
                     // Only memory running out throws here; the connection is gone, the server goes
                     // on.
                     if (broken) spdlog::error("a connection ended by an exception");
                     --connections_;
                     leave_address(address);
                     if (gate_.stopping && connections_ == 0) finish_stop();
                   });
  }

  void leave_address(const std::string& address) {
    const auto found = per_address_.find(address);
    if (found != per_address_.end() && --found->second == 0) per_address_.erase(found);
  }

  void begin_stop() {
    if (gate_.stopping) return;
    gate_.stopping = true;
    ErrorCode ignored;
    acceptor_.close(ignored);
    signals_.cancel(ignored);
    for (ConnectionWatch* connection : gate_.open) connection->cut_if_idle();
    if (connections_ == 0) return;
    patience_.expires_after(gate_.limits.shutdown);
    patience_.async_wait([this](const ErrorCode& error) {
      if (!error) io_.stop();
    });
  }

  void finish_stop() { patience_.cancel(); }

  Gate gate_;
  asio::io_context io_{1};
  asio::ssl::context tls_{asio::ssl::context::tls_server};
  tcp::acceptor acceptor_{io_};
  asio::signal_set signals_{io_};
  asio::steady_timer patience_{io_};
  std::size_t connections_ = 0;
  std::unordered_map<std::string, std::size_t> per_address_;
};

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>> Listener::open(Service& service, const ListenerOptions& options) {
  auto impl = std::make_unique<Impl>(service, options);
  SETU_TRY(impl->open(options));
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

std::uint16_t Listener::port() const { return impl_->port(); }
void Listener::run(bool on_signals) { impl_->run(on_signals); }
void Listener::stop() { impl_->stop(); }

}  // namespace setu::server
