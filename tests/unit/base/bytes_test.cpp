// Text forms of bytes: everything that is printed can be read back, and nothing else is read.
#include "setu/base/bytes.hpp"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

namespace setu {
namespace {

Bytes random_bytes() {
  const auto numbers = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
  Bytes bytes;
  for (std::uint8_t number : numbers) bytes.push_back(static_cast<std::byte>(number));
  return bytes;
}

TEST_CASE("bytes: hexadecimal reads back what it printed") {
  rc::prop("for all bytes", [] {
    const Bytes bytes = random_bytes();
    RC_ASSERT(from_hex(to_hex(bytes)).value() == bytes);
  });
  CHECK(to_hex(as_bytes("Az\n")) == "417a0a");
  CHECK(from_hex("417A0a").value() == to_bytes(as_bytes("Az\n")));
}

TEST_CASE("bytes: hexadecimal that is odd or holds another character is refused") {
  for (const char* text : {"4", "4g", "g4", "41 ", "0x41", "41-42"}) {
    CAPTURE(text);
    const auto read = from_hex(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Code::kInvalidArgument);
  }
}

TEST_CASE("bytes: base64 reads back what it printed") {
  rc::prop("for all bytes", [] {
    const Bytes bytes = random_bytes();
    RC_ASSERT(from_base64url(to_base64url(bytes)).value() == bytes);
  });
}

TEST_CASE("bytes: base64 is that of RFC 4648 with the URL alphabet") {
  CHECK(to_base64url(as_bytes("")) == "");
  CHECK(to_base64url(as_bytes("f")) == "Zg");
  CHECK(to_base64url(as_bytes("fo")) == "Zm8");
  CHECK(to_base64url(as_bytes("foobar")) == "Zm9vYmFy");
  CHECK(to_base64url(as_bytes("\xfb\xff")) == "-_8");
}

TEST_CASE("bytes: base64 has one spelling for each value") {
  // Padding, another alphabet, a lone last character, bits set beyond the last byte.
  for (const char* text : {"Zg==", "+/8", "Z", "Zm9vY", "Zh", "Zm9", "Z g"}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64url(text));
  }
}

TEST_CASE("bytes: text is well-formed UTF-8") {
  for (const char* text : {"", "clinic", "স্বাস্থ্য", "ş", "\xf0\x9f\x8c\x8d", "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(text);
    CHECK(is_utf8_text(text));
  }
}

TEST_CASE("bytes: what is not UTF-8 is not text") {
  const std::string_view bad[] = {"\x80",              // continuation without a start
                                  "\xc3",              // start without continuation
                                  "\xc0\xaf",          // overlong, two bytes
                                  "\xe0\x80\xaf",      // overlong, three
                                  "\xf0\x80\x80\xaf",  // overlong, four
                                  "\xed\xa0\x80",      // surrogate
                                  "\xf4\x90\x80\x80",  // beyond U+10FFFF
                                  "\xf5\x80\x80\x80",
                                  "\xff",
                                  "ab\xe2\x82",
                                  std::string_view("a\0b", 3)};
  for (std::string_view text : bad) {
    CAPTURE(to_hex(as_bytes(text)));
    CHECK_FALSE(is_utf8_text(text));
  }
}

}  // namespace
}  // namespace setu
