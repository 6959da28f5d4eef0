#pragma once
// Byte strings and their text forms. Owned: Bytes. Borrowed: ByteView, valid while its owner lives.

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "setu/base/result.hpp"

namespace setu {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }
[[nodiscard]] inline bool equal(ByteView a, ByteView b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}
inline void append(Bytes& to, ByteView from) { to.insert(to.end(), from.begin(), from.end()); }

// Lower-case hexadecimal. from_hex: kInvalidArgument on an odd length or another character.
[[nodiscard]] std::string to_hex(ByteView bytes);
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);

// URL-safe base64 without padding (RFC 4648 section 5). from_base64url: kInvalidArgument on
// anything else.
[[nodiscard]] std::string to_base64url(ByteView bytes);
[[nodiscard]] Result<Bytes> from_base64url(std::string_view text);

// True for well-formed UTF-8 without NUL, surrogates or overlong forms (RFC 3629).
[[nodiscard]] bool is_utf8_text(std::string_view text);

}  // namespace setu
