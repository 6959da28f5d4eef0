// The only translation unit with Asio in it: it costs most of this library's compile time.
#include "transport/http_link.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <string>
#include <utility>

#include "transport/http_answer.hpp"
#include "transport/http_status.hpp"
#include "transport/tls_peer.hpp"

namespace setu::transport {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kReadBytes = 16 * 1024;  // one TLS record
constexpr const char* kKeptHint =
    "Everything recorded is kept. Sync again later, when the link is better.";

std::string reason_of(const error_code& error) {
  if (error == asio::error::timed_out) return "no answer in time";
  if (error == asio::error::connection_refused) return "nothing is listening there";
  if (error == asio::error::host_not_found || error == asio::error::host_not_found_try_again) {
    return "this name is not known, or there is no network";
  }
  if (error == asio::error::network_unreachable || error == asio::error::host_unreachable)
    return "no network there";
  if (error == asio::error::eof || error == asio::error::connection_reset ||
      error == asio::error::broken_pipe || error == asio::ssl::error::stream_truncated) {
    return "the connection was cut";
  }
  return error.message();
}

}  // namespace

struct HttpLink::Impl {
  using TlsStream = asio::ssl::stream<tcp::socket>;

  Impl(Endpoint to, const Options& with) : endpoint(std::move(to)), options(with) {}

  Endpoint endpoint;
  Options options;
  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::unique_ptr<tcp::socket> plain;  // exactly one of the two while connected
  std::unique_ptr<TlsStream> encrypted;
  TlsPeer peer;
  std::optional<TlsPeer> first_peer;  // what the first connection of this link showed
  bool distrusted = false;            // confirm_peer() failed
  std::uint64_t bytes_up = 0;
  std::uint64_t bytes_down = 0;
  std::uint64_t requests_on_connection = 0;

  [[nodiscard]] Status connect();
  [[nodiscard]] Result<std::vector<tcp::endpoint>> resolve(Clock::time_point deadline);
  [[nodiscard]] Status shake_hands(tcp::socket socket, Clock::time_point deadline);
  [[nodiscard]] Status judge_peer();
  [[nodiscard]] bool connected() const { return plain || encrypted; }
  void disconnect();

  [[nodiscard]] Status post(std::string_view path, ByteView body, const OnPiece& on_piece);
  [[nodiscard]] Status attempt(ByteView request, HttpAnswer& answer, const OnPiece& on_piece);
  [[nodiscard]] error_code write_all(ByteView bytes, Clock::time_point end);
  [[nodiscard]] Status read_answer(HttpAnswer& answer, const OnPiece& on_piece,
                                   Clock::time_point end);
  [[nodiscard]] error_code read_some(std::span<std::byte> into, std::size_t& size,
                                     Clock::time_point end);

  [[nodiscard]] Clock::time_point idle_deadline(Clock::time_point end) const {
    return std::min(end, Clock::now() + options.idle);
  }
  [[nodiscard]] tl::unexpected<Error> no_link(const error_code& error,
                                              std::string_view doing) const {
    return fail(Code::kNoLink,
                std::string(doing) + " " + endpoint.authority() + ": " + reason_of(error),
                kKeptHint);
  }

  // Runs one asynchronous operation to its end or its deadline. start(done): done(error) when it
  // ends.
  template <class Start, class Cancel>
  [[nodiscard]] error_code run(Clock::time_point deadline, const Start& start,
                               const Cancel& cancel) {
    std::optional<error_code> result;
    start([&result](const error_code& error) { result = error; });
    io.restart();
    io.run_until(deadline);
    if (result) return *result;
    cancel();
    io.restart();
    io.run();  // the operation's handler refers to this frame: let it end
    return asio::error::timed_out;
  }
  void close_socket() {
    error_code ignored;
    if (plain) plain->close(ignored);
    if (encrypted) encrypted->next_layer().close(ignored);
  }
};

Status HttpLink::Impl::connect() {
  disconnect();
  if (distrusted)
    return fail(Code::kForged,
                "connect to " + endpoint.authority() + ": its key was found to be another's");
  const Clock::time_point deadline = Clock::now() + options.connect;
  SETU_TAKE(const std::vector<tcp::endpoint> addresses, resolve(deadline));

  tcp::socket socket(io);
  const error_code error = run(
      deadline,
      [&](auto done) {
        asio::async_connect(socket, addresses,
                            [done](const error_code& e, const tcp::endpoint&) { done(e); });
      },
      [&] {
        error_code ignored;
        socket.close(ignored);
      });
  if (error) return no_link(error, "connect to");
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  requests_on_connection = 0;
  if (endpoint.tls) return shake_hands(std::move(socket), deadline);
  plain = std::make_unique<tcp::socket>(std::move(socket));
  return {};
}

Result<std::vector<tcp::endpoint>> HttpLink::Impl::resolve(Clock::time_point deadline) {
  error_code not_an_address;
  const asio::ip::address address = asio::ip::make_address(endpoint.host, not_an_address);
  if (!not_an_address) return std::vector<tcp::endpoint>{{address, endpoint.port}};

  tcp::resolver resolver(io);
  std::vector<tcp::endpoint> found;
  const error_code error = run(
      deadline,
      [&](auto done) {
        resolver.async_resolve(
            endpoint.host, std::to_string(endpoint.port),
            [&found, done](const error_code& e, const tcp::resolver::results_type& results) {
              for (const auto& result : results) found.push_back(result.endpoint());
              done(e);
            });
      },
      [&] { resolver.cancel(); });
  if (error) return no_link(error, "find");
  return found;
}

Status HttpLink::Impl::shake_hands(tcp::socket socket, Clock::time_point deadline) {
  encrypted = std::make_unique<TlsStream>(std::move(socket), tls);
  Status judged = prepare_connection(encrypted->native_handle(), endpoint);
  if (judged) {
    const error_code error = run(
        deadline,
        [&](auto done) {
          encrypted->async_handshake(TlsStream::client, [done](const error_code& e) { done(e); });
        },
        [&] { close_socket(); });
    judged = error ? Status(no_link(error, "start TLS with")) : judge_peer();
  }
  if (!judged) disconnect();
  return judged;
}

Status HttpLink::Impl::judge_peer() {
  peer = peer_of(encrypted->native_handle());
  const bool pinned = options.pinned_key && peer.ed25519_key == options.pinned_key;
  if (options.pinned_key && !pinned && !peer.chain_verified) {
    return fail(Code::kForged,
                "start TLS with " + endpoint.authority() +
                    ": its certificate is neither this programme's server key nor signed for that "
                    "name; nothing was sent",
                "Check the server's address. If it is right, tell a lead: someone may be posing as "
                "the server.");
  }
  if (pinned) peer.chain_verified = true;
  const bool same = !first_peer || peer.chain_verified ||
                    (peer.ed25519_key.has_value() && first_peer->ed25519_key == peer.ed25519_key);
  if (!same) {
    return fail(Code::kForged,
                "start TLS with " + endpoint.authority() +
                    ": another server answers than a moment ago; nothing was sent",
                "Sync again from another network.");
  }
  if (!first_peer) first_peer = peer;
  return {};
}

void HttpLink::Impl::disconnect() {
  close_socket();
  plain.reset();
  encrypted.reset();
}

Status HttpLink::Impl::post(std::string_view path, ByteView body, const OnPiece& on_piece) {
  if (!connected()) SETU_TRY(connect());
  const std::string head = "POST " + std::string(path) +
                           " HTTP/1.1\r\nHost: " + endpoint.authority() +
                           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  Bytes request = to_bytes(as_bytes(head));  // one buffer, so that a small request is one packet
  append(request, body);

  const bool reused = requests_on_connection > 0;
  const std::uint64_t down_before = bytes_down;
  HttpAnswer answer;
  Status done = attempt(request, answer, on_piece);
  if (!done && done.error().code == Code::kNoLink && reused && bytes_down == down_before) {
    SETU_TRY(connect());
    answer = {};
    done = attempt(request, answer, on_piece);
  }
  ++requests_on_connection;
  if (!done || !answer.keeps_alive()) disconnect();
  return done;
}

Status HttpLink::Impl::attempt(ByteView request, HttpAnswer& answer, const OnPiece& on_piece) {
  const Clock::time_point end = Clock::now() + options.total;
  const error_code unsent = write_all(request, end);
  if (unsent == asio::error::timed_out) return no_link(unsent, "send to");
  // A server that refuses a large request answers early and closes: what it said is worth more than
  // "cut".
  Status read = read_answer(answer, on_piece, end);
  if (!read && unsent && !answer.head_complete()) return no_link(unsent, "send to");
  return read;
}

error_code HttpLink::Impl::write_all(ByteView bytes, Clock::time_point end) {
  while (!bytes.empty()) {
    std::size_t written = 0;
    const asio::const_buffer buffer(bytes.data(), bytes.size());
    const auto start = [&](auto done) {
      const auto on_written = [&written, done](const error_code& e, std::size_t size) {
        written = size;
        done(e);
      };
      if (encrypted) {
        encrypted->async_write_some(buffer, on_written);
      } else {
        plain->async_write_some(buffer, on_written);
      }
    };
    const error_code error = run(idle_deadline(end), start, [&] { close_socket(); });
    bytes_up += written;
    bytes = bytes.subspan(written);
    if (error) return error;
  }
  return {};
}

Status HttpLink::Impl::read_answer(HttpAnswer& answer, const OnPiece& on_piece,
                                   Clock::time_point end) {
  std::array<std::byte, kReadBytes> buffer{};
  while (!answer.complete()) {
    std::size_t size = 0;
    const error_code error = read_some(buffer, size, end);
    bytes_down += size;
    SETU_TRY(answer.feed(ByteView(buffer).first(size), on_piece));
    // What an error page says is not for us; its head is enough.
    if (answer.head_complete() && answer.status() != 200) {
      disconnect();
      return fail(error_of_status(answer.status(), answer.retry_after_s(), endpoint.authority()));
    }
    if (error == asio::error::eof && answer.end_of_stream()) break;
    if (error) return no_link(error, "read from");
  }
  return {};
}

error_code HttpLink::Impl::read_some(std::span<std::byte> into, std::size_t& size,
                                     Clock::time_point end) {
  const asio::mutable_buffer buffer(into.data(), into.size());
  const auto start = [&](auto done) {
    const auto on_read = [&size, done](const error_code& e, std::size_t got) {
      size = got;
      done(e);
    };
    if (encrypted) {
      encrypted->async_read_some(buffer, on_read);
    } else {
      plain->async_read_some(buffer, on_read);
    }
  };
  return run(idle_deadline(end), start, [&] { close_socket(); });
}

HttpLink::HttpLink(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpLink::HttpLink(HttpLink&&) noexcept = default;
HttpLink& HttpLink::operator=(HttpLink&&) noexcept = default;
HttpLink::~HttpLink() = default;

Result<HttpLink> HttpLink::open(std::string_view url, const Options& options) {
  SETU_TAKE(Endpoint endpoint, parse_url(url));
  try {
    auto impl = std::make_unique<Impl>(std::move(endpoint), options);
    if (impl->endpoint.tls) SETU_TRY(prepare_context(impl->tls.native_handle()));
    SETU_TRY(impl->connect());
    return HttpLink(std::move(impl));
  } catch (const std::exception& e) {
    return fail(Code::kInternal, std::string("open link: ") + e.what());
  }
}

Status HttpLink::post(std::string_view path, ByteView body, const OnPiece& on_piece) {
  try {
    return impl_->post(path, body, on_piece);
  } catch (const std::exception& e) {
    impl_->disconnect();
    return fail(Code::kInternal, std::string("use link: ") + e.what());
  }
}

const Endpoint& HttpLink::endpoint() const { return impl_->endpoint; }
std::uint64_t HttpLink::bytes_up() const { return impl_->bytes_up; }
std::uint64_t HttpLink::bytes_down() const { return impl_->bytes_down; }
std::optional<crypto::SignPublicKey> HttpLink::peer_ed25519_key() const {
  return impl_->peer.ed25519_key;
}
bool HttpLink::peer_verified() const { return impl_->peer.chain_verified; }

Status HttpLink::confirm_peer(const crypto::SignPublicKey& key) {
  if (!impl_->endpoint.tls) return {};
  impl_->options.pinned_key = key;
  if (impl_->peer.chain_verified) return {};
  if (impl_->peer.ed25519_key == key) {
    impl_->peer.chain_verified = true;
    return {};
  }
  impl_->distrusted = true;
  impl_->disconnect();
  return fail(Code::kForged,
              "check " + impl_->endpoint.authority() +
                  ": its TLS key is not the key of this programme's server",
              "Check the server's address. If it is right, tell a lead: someone may be posing as "
              "the server.");
}

}  // namespace setu::transport
