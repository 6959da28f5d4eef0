#include "transport/endpoint.hpp"

#include <algorithm>
#include <charconv>

namespace setu::transport {
namespace {

tl::unexpected<Error> bad_url(std::string_view what) {
  return fail(Code::kInvalidArgument, "read server address: " + std::string(what),
              "Write it as https://HOST or https://HOST:PORT.");
}

bool is_host_character(char c, bool in_brackets) {
  const bool letter_or_digit =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter_or_digit || c == '.' || (in_brackets ? c == ':' : c == '-' || c == '_');
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Result<std::uint16_t> parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65535) {
    return bad_url("the port is not a number from 1 to 65535");
  }
  return static_cast<std::uint16_t>(port);
}

}  // namespace

std::string Endpoint::authority() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Endpoint> parse_url(std::string_view url) {
  Endpoint endpoint;
  if (take_prefix(url, "https://")) {
    endpoint.tls = true;
  } else if (take_prefix(url, "http://")) {
    endpoint.tls = false;
  } else {
    return bad_url("it does not start with https:// or http://");
  }
  if (url.ends_with('/')) url.remove_suffix(1);

  const bool in_brackets = take_prefix(url, "[");
  const std::size_t host_end = in_brackets ? url.find(']') : std::min(url.find(':'), url.size());
  if (host_end == std::string_view::npos) return bad_url("a bracket is not closed");
  endpoint.host = url.substr(0, host_end);
  const bool host_ok = std::all_of(endpoint.host.begin(), endpoint.host.end(),
                                   [&](char c) { return is_host_character(c, in_brackets); });
  if (endpoint.host.empty() || !host_ok)
    return bad_url("the host is missing or has other parts around it");
  url.remove_prefix(host_end + (in_brackets ? 1 : 0));

  endpoint.port = endpoint.tls ? 443 : 80;
  if (url.empty()) return endpoint;
  if (!take_prefix(url, ":"))
    return bad_url("there is something after the host that is not a port");
  SETU_TAKE(endpoint.port, parse_port(url));
  return endpoint;
}

}  // namespace setu::transport
