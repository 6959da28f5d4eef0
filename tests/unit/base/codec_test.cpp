// The primitives that every packed structure is made of: they read back what they wrote, have one
// encoding for each value, and never read past what they were given.
#include "setu/base/codec.hpp"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>
#include <limits>

namespace setu {
namespace {

Bytes bytes_of(std::initializer_list<int> numbers) {
  Bytes bytes;
  for (int number : numbers) bytes.push_back(static_cast<std::byte>(number));
  return bytes;
}

TEST_CASE("codec: what was written is read back, and nothing is left") {
  rc::prop("for all values", [](std::uint8_t a, std::uint16_t b, std::uint32_t c, std::uint64_t d,
                                std::uint64_t e, std::int64_t f, const std::string& text) {
    Writer writer;
    writer.u8(a);
    writer.u16(b);
    writer.u32(c);
    writer.u64(d);
    writer.varint(e);
    writer.zigzag(f);
    writer.sized(text);
    Reader reader(writer.view());
    RC_ASSERT(reader.u8() == a);
    RC_ASSERT(reader.u16() == b);
    RC_ASSERT(reader.u32() == c);
    RC_ASSERT(reader.u64() == d);
    RC_ASSERT(reader.varint() == e);
    RC_ASSERT(reader.zigzag() == f);
    RC_ASSERT(as_text(reader.sized(text.size())) == text);
    RC_ASSERT(reader.ok());
    RC_ASSERT(reader.at_end());
  });
}

TEST_CASE("codec: the ends of the number ranges survive") {
  Writer writer;
  writer.varint(std::numeric_limits<std::uint64_t>::max());
  writer.zigzag(std::numeric_limits<std::int64_t>::min());
  writer.zigzag(std::numeric_limits<std::int64_t>::max());
  writer.zigzag(-1);
  CHECK(writer.size() == 31);  // three times ten bytes, and one
  Reader reader(writer.view());
  CHECK(reader.varint() == std::numeric_limits<std::uint64_t>::max());
  CHECK(reader.zigzag() == std::numeric_limits<std::int64_t>::min());
  CHECK(reader.zigzag() == std::numeric_limits<std::int64_t>::max());
  CHECK(reader.zigzag() == -1);
  CHECK(reader.ok());
}

TEST_CASE("codec: fixed-width integers are little-endian") {
  Writer writer;
  writer.u32(0x01020304);
  CHECK(writer.take() == bytes_of({4, 3, 2, 1}));
}

TEST_CASE("codec: a varint that is overlong, too large or cut off is refused") {
  const Bytes bad[] = {
      bytes_of({0x80, 0x00}),                                                  // zero in two bytes
      bytes_of({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02}),  // 65 bits
      bytes_of({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x81, 0x01}),
      bytes_of({0x80}),
      bytes_of({}),
  };
  for (const Bytes& bytes : bad) {
    CAPTURE(to_hex(bytes));
    Reader reader(bytes);
    CHECK(reader.varint() == 0);
    CHECK_FALSE(reader.ok());
  }
}

TEST_CASE("codec: a reader that failed once stays failed and gives nothing") {
  const Bytes bytes = bytes_of({1, 2, 3});
  Reader reader(bytes);
  CHECK(reader.u32() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.at_end());
  CHECK(reader.u8() == 0);
  CHECK(reader.raw(1).empty());
  CHECK_FALSE(reader.ok());
}

TEST_CASE("codec: a length beyond the limit or beyond the bytes is refused") {
  Writer writer;
  writer.sized("abcd");
  Reader too_long(writer.view());
  CHECK(too_long.sized(3).empty());
  CHECK_FALSE(too_long.ok());

  const Bytes lie = bytes_of({5, 'a', 'b'});
  Reader cut(lie);
  CHECK(cut.sized(100).empty());
  CHECK_FALSE(cut.ok());
}

TEST_CASE(
    "codec: a count that the remaining bytes cannot hold is refused before anybody loops on it") {
  const Bytes bytes = bytes_of({3, 0, 0, 0, 0, 0, 0});
  Reader fits(bytes);
  CHECK(fits.count(10, 2) == 3);
  CHECK(fits.ok());
  Reader more_than_is_there(bytes);
  CHECK(more_than_is_there.count(10, 3) == 0);
  CHECK_FALSE(more_than_is_there.ok());
  Reader above_limit(bytes);
  CHECK(above_limit.count(2, 1) == 0);
  CHECK_FALSE(above_limit.ok());
}

TEST_CASE("codec: no bytes make a reader run past them") {
  rc::prop("for all bytes and reads",
           [](const std::vector<std::uint8_t>& numbers, const std::vector<std::uint8_t>& reads) {
             Bytes bytes;
             for (auto number : numbers) bytes.push_back(static_cast<std::byte>(number));
             Reader reader(bytes);
             for (auto read : reads) {
               const std::size_t before = reader.remaining();
               switch (read % 5) {
                 case 0: reader.varint(); break;
                 case 1: reader.sized(read); break;
                 case 2: reader.u64(); break;
                 case 3: reader.id<DeviceId>(); break;
                 default: reader.count(read, 1);
               }
               RC_ASSERT(reader.remaining() <= before);
             }
           });
}

}  // namespace
}  // namespace setu
