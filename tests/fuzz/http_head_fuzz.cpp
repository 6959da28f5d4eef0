// A stranger's HTTP head at the server: through the parser that the listener uses, within its
// limits, then judged. Whoever is let through asked for exactly one of the two routes.

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdint>

#include "http_head.hpp"
#include "setu/base/limits.hpp"
#include "setu/base/result.hpp"

namespace {

namespace http = boost::beast::http;
using setu::server::Route;

constexpr std::uint32_t kHeaderBytes = 8 * 1024;
constexpr std::size_t kHeaderFields = 32;

void check_taken(const http::request_header<>& head, Route route) {
  const bool sync = route == Route::kSync;
  SETU_ASSERT(head.target() == (sync ? "/v1/sync" : "/healthz"));
  SETU_ASSERT(head.method() == (sync ? http::verb::post : http::verb::get));
  SETU_ASSERT(head.version() == 11 && head.count(http::field::host) == 1);
  SETU_ASSERT(head.count(http::field::transfer_encoding) == 0);
  SETU_ASSERT(head.count(http::field::content_length) <= 1);
  SETU_ASSERT(!sync || head.count(http::field::content_length) == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  http::request_parser<http::buffer_body> parser;
  parser.header_limit(kHeaderBytes);
  parser.body_limit(setu::limits::kRequestBytes);
  boost::beast::error_code error;
  parser.put(boost::asio::buffer(data, size), error);
  if (!parser.is_header_done()) return 0;
  const auto verdict = setu::server::judge_head(parser.get(), kHeaderFields);
  SETU_ASSERT(verdict.route.has_value() == (verdict.status == 0));
  if (verdict.route) {
    check_taken(parser.get(), *verdict.route);
  } else {
    SETU_ASSERT(verdict.status >= 400 && verdict.status < 500);
    SETU_ASSERT(setu::server::error_answer(verdict.status).ends_with("\r\n\r\n"));
  }
  SETU_ASSERT(!setu::server::judge_head(parser.get(), 0).route);
  return 0;
}
