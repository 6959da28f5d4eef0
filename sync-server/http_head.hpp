#pragma once
// What the server says and accepts in HTTP heads. Its own heads are written by hand: nothing in
// them that is not needed (a worker pays for every byte), and nothing that tells the server's clock
// or software.

#include <optional>
#include <string>

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>

namespace setu::server {

enum class Route : std::uint8_t { kSync, kHealth };

struct HeadVerdict {
  std::optional<Route> route;
  unsigned status = 0;  // without a route: why not
};

// Judges a request's head: one route per method and path, HTTP/1.1, exactly one Host, at most one
// Content-Length (one for sync), no Transfer-Encoding, at most `max_fields` fields.
[[nodiscard]] HeadVerdict judge_head(const boost::beast::http::request_header<>& head,
                                     std::size_t max_fields);

// Heads of answers, the blank line included.
[[nodiscard]] std::string sized_head(std::size_t body_size, bool closing);
[[nodiscard]] std::string chunked_head(bool closing);
// A whole answer without a body, after which the connection is closed.
[[nodiscard]] std::string error_answer(unsigned status);

}  // namespace setu::server
