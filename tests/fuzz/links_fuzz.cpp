// What people hand each other as text: invite links, the operator's tokens, server addresses. What
// is taken can be written again and means the same; what is not is not repeated.

#include <cstdint>

#include "canary.hpp"
#include "transport/endpoint.hpp"
#include "wire/entry.hpp"
#include "wire/recovery_key.hpp"

namespace {

using namespace setu;

void invite_link(std::string_view text) {
  const auto link = wire::parse_invite_link(text);
  if (link) SETU_ASSERT(wire::format_invite_link(*link) == text);
}

void token(std::string_view text) {
  const auto token = wire::parse_token(text);
  if (token) SETU_ASSERT(wire::format_token(*token) == text);
}

// A code is written in many ways; what was read is written in one, and read from it again.
void recovery_key(std::string_view text) {
  const auto sheet = wire::parse_recovery_key(text);
  if (!sheet) return;
  std::string again;
  for (const std::string& line : wire::format_recovery_code(*sheet)) again += line;
  const auto read = wire::parse_recovery_key(again);
  SETU_ASSERT(read && read->programme == sheet->programme);
  SETU_ASSERT(equal(read->secret.reveal(), sheet->secret.reveal()));
  if (!sheet->server_url.empty())
    SETU_ASSERT(wire::parse_recovery_key(wire::format_recovery_link(*sheet)).has_value());
}

void address(std::string_view text) {
  const auto endpoint = transport::parse_url(text);
  if (!endpoint) return;
  SETU_ASSERT(!endpoint->host.empty() && endpoint->port != 0);
  // What goes into a Host header and to the resolver: nothing that could end a line or a name.
  SETU_ASSERT(std::ranges::all_of(endpoint->host, [](char c) { return c > ' ' && c < 127; }));
  SETU_ASSERT(endpoint->host.find_first_of("/@?#[]") == std::string::npos);
  const std::string again = (endpoint->tls ? "https://" : "http://") + endpoint->authority();
  const auto parsed = transport::parse_url(again);
  SETU_ASSERT(parsed && *parsed == *endpoint);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
  invite_link(text);
  token(text);
  recovery_key(text);
  address(text);
  const std::string planted = fuzz::with_canary(text, size == 0 ? 0 : data[size - 1]);
  fuzz::does_not_repeat(wire::parse_invite_link(planted));
  fuzz::does_not_repeat(wire::parse_token(planted));
  fuzz::does_not_repeat(wire::parse_recovery_key(planted));
  fuzz::does_not_repeat(transport::parse_url(planted));
  return 0;
}
