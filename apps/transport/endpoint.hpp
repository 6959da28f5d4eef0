#pragma once
// Where a server listens, as people write it: https://host:port, http://host:port, port optional
// (443, 80).

#include <cstdint>
#include <string>
#include <string_view>

#include "setu/base/result.hpp"

namespace setu::transport {

struct Endpoint {
  std::string host;  // a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 0;
  bool tls = true;

  // host:port as in a URL or a Host header; IPv6 in brackets.
  [[nodiscard]] std::string authority() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// kInvalidArgument, with what to write instead: another scheme, no host, a port out of range, or a
// path, query or user name. One trailing slash is taken.
[[nodiscard]] Result<Endpoint> parse_url(std::string_view url);

}  // namespace setu::transport
