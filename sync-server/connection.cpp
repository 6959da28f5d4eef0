#include "connection.hpp"

#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include "http_head.hpp"
#include "responder.hpp"

namespace setu::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Parser = http::request_parser<http::buffer_body>;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kBodyPieceBytes = 64 * 1024;
// An answer up to this size is sent with its length; a longer one in chunks.
constexpr std::size_t kSizedAnswerBytes = 64 * 1024;
// What is read and thrown away of a request that was refused unread, so that its sender gets to see
// the answer.
constexpr std::size_t kDrainBytes = 1024 * 1024;
constexpr std::chrono::milliseconds kDrainTime{2'000};

Instant wall_now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

unsigned status_of(const ErrorCode& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

bool is_bad_request(const ErrorCode& error) {
  return error.category() == http::make_error_code(http::error::header_limit).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

// HTTP over a plain or a TLS stream. No co_await stands beside && or || here: g++ 12 lays such
// coroutines out wrongly.
template <class Stream>
class HttpSession {
 public:
  HttpSession(Stream& stream, Gate& gate, ConnectionWatch& watch)
      : stream_(stream), gate_(gate), watch_(watch) {}

  asio::awaitable<void> run() {
    lowest().expires_after(gate_.limits.header);
    bool open = true;
    while (open) {
      open = co_await one_request();
      watch_.set_busy(false);
      if (gate_.stopping) break;
      if (open) open = co_await next_request();
      lowest().expires_after(gate_.limits.header);
    }
  }

 private:
  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

  // Waits for the first bytes of another request.
  asio::awaitable<bool> next_request() {
    if (buffer_.size() > 0) co_return true;
    lowest().expires_after(gate_.limits.idle);
    auto [error, size] = co_await stream_.async_read_some(buffer_.prepare(1024), kToken);
    buffer_.commit(size);
    co_return !error;
  }

  // True: the connection may go on.
  asio::awaitable<bool> one_request() {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(gate_.limits.header_bytes));
    parser.body_limit(limits::kRequestBytes);
    auto [error, size] = co_await http::async_read_header(stream_, buffer_, parser, kToken);
    if (error) {
      if (is_bad_request(error)) co_await refuse(status_of(error));
      co_return false;
    }
    const HeadVerdict verdict = judge_head(parser.get(), gate_.limits.header_fields);
    if (!verdict.route) {
      co_await refuse(verdict.status);
      co_return false;
    }
    watch_.set_busy(true);
    const bool closing = !parser.get().keep_alive();
    begin_answer();
    if (*verdict.route == Route::kHealth) {
      const bool sent = co_await send(sized_head(0, closing), {});
      co_return sent && !closing;
    }

    const Reservation reservation(gate_);
    if (!reservation.granted()) {
      co_await refuse(503);
      co_return false;
    }
    Responder responder(gate_.service);
    const bool whole = co_await read_body(parser, responder);
    log_failed_appends();
    if (!whole) co_return false;
    responder.finish(wall_now());
    const bool last = closing || gate_.stopping;
    const bool sent = co_await write_answer(responder, last);
    co_return sent && !last;
  }

  void log_failed_appends() {
    const Counters& counters = gate_.service.counters;
    if (counters.failed_appends == gate_.logged_failures) return;
    gate_.logged_failures = counters.failed_appends;
    spdlog::error("append to the log: {}; what was pushed is not acknowledged and will come again",
                  code_name(counters.last_failure));
  }

  asio::awaitable<bool> read_body(Parser& parser, Responder& responder) {
    std::vector<std::byte> piece(kBodyPieceBytes);
    const auto start = SteadyClock::now();
    std::uint64_t moved = 0;
    while (!parser.is_done()) {
      parser.get().body().data = piece.data();
      parser.get().body().size = piece.size();
      lowest().expires_at(start + gate_.limits.body.allowed(moved));
      auto [error, size] = co_await http::async_read_some(stream_, buffer_, parser, kToken);
      if (error && error != http::error::need_buffer) co_return false;  // what came whole is kept
      const std::size_t got = piece.size() - parser.get().body().size;
      moved += got;
      if (got > 0) responder.feed(ByteView(piece).first(got), wall_now());
    }
    co_return true;
  }

  asio::awaitable<bool> write_answer(Responder& responder, bool closing) {
    begin_answer();
    Bytes body;
    Bytes piece;
    bool more = true;
    while (more && body.size() <= kSizedAnswerBytes) {
      const auto next = responder.next_piece(piece);
      if (!next) co_return false;
      more = *next;
      append(body, piece);
    }
    if (!more) co_return co_await send(sized_head(body.size(), closing), body);

    std::string head = chunked_head(closing);
    while (!body.empty()) {
      char size[20];
      std::snprintf(size, sizeof(size), "%zx\r\n", body.size());
      append(body, as_bytes("\r\n"));
      if (!co_await send(head + size, body)) co_return false;
      head.clear();
      const auto next = responder.next_piece(body);
      if (!next)
        co_return false;  // the chunked body stays without its end: the reader knows that it was
                          // cut
    }
    co_return co_await send("0\r\n\r\n", {});
  }

  void begin_answer() {
    answer_start_ = SteadyClock::now();
    answer_moved_ = 0;
  }

  asio::awaitable<bool> send(std::string head, ByteView body) {
    lowest().expires_at(answer_start_ + gate_.limits.answer.allowed(answer_moved_));
    const std::array<asio::const_buffer, 2> buffers = {
        asio::buffer(head), asio::const_buffer(body.data(), body.size())};
    auto [error, size] = co_await asio::async_write(stream_, buffers, kToken);
    answer_moved_ += size;
    co_return !error;
  }

  asio::awaitable<void> refuse(unsigned status) {
    begin_answer();
    if (!co_await send(error_answer(status), {})) co_return;
    ErrorCode ignored;
    lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
    lowest().expires_after(kDrainTime);
    std::vector<std::byte> scratch(16 * 1024);
    for (std::size_t drained = 0; drained < kDrainBytes;) {
      auto [error, size] = co_await lowest().async_read_some(asio::buffer(scratch), kToken);
      if (error) co_return;
      drained += size;
    }
  }

  Stream& stream_;
  Gate& gate_;
  ConnectionWatch& watch_;
  beast::flat_buffer buffer_{kBodyPieceBytes + 16 * 1024};
  SteadyClock::time_point answer_start_;
  std::uint64_t answer_moved_ = 0;
};

asio::awaitable<void> serve_tls(beast::tcp_stream stream, Gate& gate) {
  asio::ssl::stream<beast::tcp_stream> tls(std::move(stream), *gate.tls);
  ConnectionWatch watch(gate, tls.next_layer());
  tls.next_layer().expires_after(gate.limits.handshake);
  auto [error] = co_await tls.async_handshake(asio::ssl::stream_base::server, kToken);
  if (error) co_return;
  HttpSession session(tls, gate, watch);
  co_await session.run();
  tls.next_layer().expires_after(kDrainTime);
  co_await tls.async_shutdown(kToken);
}

asio::awaitable<void> serve_plain(beast::tcp_stream stream, Gate& gate) {
  ConnectionWatch watch(gate, stream);
  HttpSession session(stream, gate, watch);
  co_await session.run();
}

}  // namespace

asio::awaitable<void> serve_connection(tcp::socket socket, Gate& gate) {
  ErrorCode ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  beast::tcp_stream stream(std::move(socket));
  if (gate.tls != nullptr) {
    co_await serve_tls(std::move(stream), gate);
  } else {
    co_await serve_plain(std::move(stream), gate);
  }
}

}  // namespace setu::server
