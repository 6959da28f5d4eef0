#pragma once
// A bounded byte writer and reader: the primitives that packed merge blobs, envelopes and changes
// are made of. Integers are LEB128 varints (unsigned) or zig-zag varints (signed); fixed-width ones
// are little-endian.

#include "setu/base/bytes.hpp"
#include "setu/base/ids.hpp"

namespace setu {

class Writer {
 public:
  void u8(std::uint8_t value) { out_.push_back(static_cast<std::byte>(value)); }
  void u16(std::uint16_t value);
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  void varint(std::uint64_t value);
  void zigzag(std::int64_t value);
  void raw(ByteView bytes) { append(out_, bytes); }
  void sized(ByteView bytes) {
    varint(bytes.size());
    raw(bytes);
  }
  void sized(std::string_view text) { sized(as_bytes(text)); }
  template <class Tag, std::size_t kSize>
  void id(const FixedId<Tag, kSize>& id) {
    raw(id.view());
  }

  [[nodiscard]] std::size_t size() const { return out_.size(); }
  [[nodiscard]] ByteView view() const { return out_; }
  [[nodiscard]] Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

// Reads from borrowed bytes. The first read past the end, or of a malformed varint, makes the
// reader failed for good: every later read returns zeros or empty views, so that a parser may read
// a whole structure and check ok() once, as long as it never loops on an unchecked count.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  std::uint64_t varint();  // at most 10 bytes, no value above 64 bits
  std::int64_t zigzag();
  ByteView raw(std::size_t size);
  ByteView sized(
      std::size_t max_size);  // a varint length, then as many bytes; fails above max_size
  template <class Id>
  Id id() {
    Id id;
    ByteView view = raw(Id::size);
    if (view.size() == Id::size) std::memcpy(id.bytes.data(), view.data(), Id::size);
    return id;
  }
  // A count to loop on: fails (and returns 0) above max, or when fewer than
  // `min_bytes_each * count` bytes remain.
  std::size_t count(std::size_t max, std::size_t min_bytes_each = 1);

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }
  [[nodiscard]] ByteView rest() const { return rest_; }
  void set_failed() {
    ok_ = false;
    rest_ = {};
  }

 private:
  ByteView rest_;
  bool ok_ = true;
};

}  // namespace setu
