#include "http_head.hpp"

#include <iterator>

#include "setu/base/limits.hpp"

namespace setu::server {
namespace http = boost::beast::http;
namespace {

constexpr const char* kClose = "Connection: close\r\n";
// Long enough for a burst to pass, short enough for a worker at the edge of coverage.
constexpr const char* kRetryAfter = "Retry-After: 5\r\n";

HeadVerdict refused(unsigned status) { return {std::nullopt, status}; }

}  // namespace

HeadVerdict judge_head(const http::request_header<>& head, std::size_t max_fields) {
  if (head.version() != 11) return refused(400);
  if (static_cast<std::size_t>(std::distance(head.begin(), head.end())) > max_fields)
    return refused(431);
  if (head.count(http::field::transfer_encoding) > 0) return refused(400);
  if (head.count(http::field::host) != 1 || head.count(http::field::content_length) > 1)
    return refused(400);
  const bool has_length = head.count(http::field::content_length) == 1;
  if (head.target() == "/v1/sync") {
    if (head.method() != http::verb::post) return refused(405);
    if (!has_length) return refused(411);
    return {Route::kSync, 0};
  }
  if (head.target() == "/healthz") {
    if (head.method() != http::verb::get) return refused(405);
    if (has_length && head[http::field::content_length] != "0") return refused(400);
    return {Route::kHealth, 0};
  }
  return refused(404);
}

std::string sized_head(std::size_t body_size, bool closing) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body_size) + "\r\n" +
         (closing ? kClose : "") + "\r\n";
}

std::string chunked_head(bool closing) {
  return std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n") +
         (closing ? kClose : "") + "\r\n";
}

std::string error_answer(unsigned status) {
  const auto reason = http::obsolete_reason(http::int_to_status(status));
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason) +
         "\r\nContent-Length: 0\r\n" + kClose + (status == 503 ? kRetryAfter : "") + "\r\n";
}

}  // namespace setu::server
