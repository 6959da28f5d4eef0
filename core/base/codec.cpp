#include "setu/base/codec.hpp"

namespace setu {
namespace {

template <class Int>
void put_little_endian(Bytes& out, Int value) {
  for (std::size_t i = 0; i < sizeof(Int); ++i)
    out.push_back(static_cast<std::byte>(value >> (8 * i) & 255));
}

template <class Int>
Int take_little_endian(ByteView bytes) {
  Int value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    value |= static_cast<Int>(std::to_integer<Int>(bytes[i]) << (8 * i));
  return value;
}

}  // namespace

void Writer::u16(std::uint16_t value) { put_little_endian(out_, value); }
void Writer::u32(std::uint32_t value) { put_little_endian(out_, value); }
void Writer::u64(std::uint64_t value) { put_little_endian(out_, value); }

void Writer::varint(std::uint64_t value) {
  while (value >= 0x80) {
    u8(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  u8(static_cast<std::uint8_t>(value));
}

void Writer::zigzag(std::int64_t value) {
  varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

ByteView Reader::raw(std::size_t size) {
  if (size > rest_.size()) {
    set_failed();
    return {};
  }
  const ByteView taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

std::uint8_t Reader::u8() { return take_little_endian<std::uint8_t>(raw(1)); }
std::uint16_t Reader::u16() { return take_little_endian<std::uint16_t>(raw(2)); }
std::uint32_t Reader::u32() { return take_little_endian<std::uint32_t>(raw(4)); }
std::uint64_t Reader::u64() { return take_little_endian<std::uint64_t>(raw(8)); }

std::uint64_t Reader::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = u8();
    if (!ok_) return 0;
    if (shift == 63 && byte > 1) break;  // beyond 64 bits
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) {
      if (byte == 0 && shift > 0) break;  // overlong: one number has one encoding
      return value;
    }
  }
  set_failed();
  return 0;
}

std::int64_t Reader::zigzag() {
  const std::uint64_t value = varint();
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

ByteView Reader::sized(std::size_t max_size) {
  const std::uint64_t size = varint();
  if (size > max_size) {
    set_failed();
    return {};
  }
  return raw(static_cast<std::size_t>(size));
}

std::size_t Reader::count(std::size_t max, std::size_t min_bytes_each) {
  const std::uint64_t value = varint();
  if (value > max || value * min_bytes_each > rest_.size()) {
    set_failed();
    return 0;
  }
  return static_cast<std::size_t>(value);
}

}  // namespace setu
