// The text forms of bytes, and the numbers that every packed format is made of: one value has one
// encoding.

#include <cstdint>

#include "setu/base/codec.hpp"

namespace {

using namespace setu;

void text_forms(std::string_view text) {
  if (const auto bytes = from_base64url(text)) SETU_ASSERT(to_base64url(*bytes) == text);
  if (const auto bytes = from_hex(text)) {
    const auto again = from_hex(to_hex(*bytes));
    SETU_ASSERT(again && *again == *bytes && 2 * bytes->size() == text.size());
  }
  if (const auto id = parse_uuid(text)) {
    const auto again = parse_uuid(to_uuid(*id));
    SETU_ASSERT(again && *again == *id);
  }
}

void put_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | point >> 6);
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
    put(0x80 | (point >> 6 & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

// The code points that the lead bytes promise, without looking whether they may: written again they
// are the same bytes only if these were well-formed.
bool reads_as_utf8(std::string_view text) {
  std::string again;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    const int more = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    std::uint32_t point = more == 0 ? lead : lead & (0x3Fu >> more);
    for (int i = 0; i < more; ++i) {
      if (at == text.size()) return false;
      point = point << 6 | (static_cast<unsigned char>(text[at++]) & 0x3Fu);
    }
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (point == 0 || surrogate || point > 0x10FFFF) return false;
    put_utf8(again, point);
  }
  return again == text;
}

void numbers(ByteView bytes) {
  Reader unsigned_numbers(bytes);
  Reader signed_numbers(bytes);
  Writer writer;
  Writer signed_writer;
  while (unsigned_numbers.ok() && !unsigned_numbers.at_end()) {
    const std::uint64_t number = unsigned_numbers.varint();
    const std::int64_t signed_number = signed_numbers.zigzag();
    SETU_ASSERT(signed_numbers.ok() == unsigned_numbers.ok());
    if (!unsigned_numbers.ok()) return;
    writer.varint(number);
    signed_writer.zigzag(signed_number);
  }
  SETU_ASSERT(equal(writer.view(), bytes) && equal(signed_writer.view(), bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes = std::as_bytes(std::span(data, size));
  text_forms(as_text(bytes));
  SETU_ASSERT(is_utf8_text(as_text(bytes)) == reads_as_utf8(as_text(bytes)));
  numbers(bytes);
  return 0;
}
