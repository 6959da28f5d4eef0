// Bodies by somebody who holds the key and means harm: refused, and never more memory than a small
// multiple of what a batch may hold.
#include <zstd.h>

#include <catch2/catch.hpp>

#include "samples.hpp"
#include "setu/base/codec.hpp"
#include "wire/body_code.hpp"
#include "wire/body_tables.hpp"

namespace setu::wire {
namespace {

using samples::kAuthor;
using samples::kHome;
using samples::kOther;

// Plaintext as unpack_body() takes it, whatever `raw` is.
Bytes plaintext(std::size_t declared, std::size_t packed_size, ByteView packed) {
  Writer writer;
  writer.varint(declared);
  writer.varint(packed_size);
  writer.raw(packed);
  Bytes bytes = writer.take();
  bytes.resize(padded_size(bytes.size()));
  return bytes;
}

Bytes compressed(ByteView raw) {
  Bytes packed(ZSTD_compressBound(raw.size()));
  packed.resize(ZSTD_compress(packed.data(), packed.size(), raw.data(), raw.size(), 3));
  return packed;
}

bool unpacks(ByteView plain) {
  const auto body = unpack_body(plain, kAuthor, kHome);
  if (!body) CHECK(body.error().code == Code::kMalformed);
  return body.has_value();
}

bool decodes(ByteView raw) { return decode_body(raw, kAuthor, kHome).has_value(); }

Bytes good_raw() {
  const BatchBody body = samples::one_of_everything();
  return encode_body(body, body.changes.size(), kAuthor, kHome);
}

// `count` changes that each write `ops` fields; little when sealed, much when unpacked.
BatchBody swelling(std::size_t count, std::size_t ops, const std::string& text,
                   const std::vector<Stamp>& seen) {
  BatchBody body;
  SeededChange change;
  change.change.record = samples::id<RecordId>(1);
  change.change.kind = 1;
  change.change.home = kHome;
  for (std::size_t i = 0; i < ops; ++i)
    change.change.ops.push_back({static_cast<FieldTag>(i + 1), OpType::kWrite, {}, text, seen});
  for (std::size_t i = 0; i < count; ++i) {
    change.change.stamp = {1, static_cast<std::uint32_t>(i), kAuthor};
    body.changes.push_back(change);
  }
  return body;
}

TEST_CASE("body: cut anywhere, it is refused") {
  const Bytes raw = good_raw();
  REQUIRE(decodes(raw));
  for (std::size_t size = 0; size < raw.size(); ++size)
    CHECK_FALSE(decodes(ByteView(raw).first(size)));
  Bytes longer = raw;
  longer.push_back(std::byte{0});
  CHECK_FALSE(decodes(longer));
}

TEST_CASE("body: no flipped bit crashes, and what still parses is well-formed") {
  const Bytes raw = good_raw();
  for (std::size_t bit = 0; bit < raw.size() * 8; ++bit) {
    const auto body = decode_body(samples::flipped(raw, bit), kAuthor, kHome);
    if (!body) continue;
    const auto packed = pack_body(*body, kAuthor, kHome);
    REQUIRE(packed);
    CHECK(unpack_body(packed->padded_plain, kAuthor, kHome).value() == *body);
  }
}

TEST_CASE("body: another version and unknown flags are refused") {
  Bytes raw = good_raw();
  raw[0] = std::byte{2};
  CHECK_FALSE(decodes(raw));
  raw = good_raw();
  raw[1] |= std::byte{2};
  CHECK_FALSE(decodes(raw));
}

TEST_CASE("body: counts beyond the bytes or the limits are refused") {
  for (std::size_t at = 2; at < 8; ++at) {
    Writer writer;
    for (std::size_t i = 0; i < at; ++i) writer.u8(i == 0 ? kBodyVersion : 0);
    writer.varint(UINT64_MAX);
    writer.raw(Bytes(4'000));
    CHECK_FALSE(decodes(writer.view()));
  }
}

TEST_CASE("body: a frame that unpacks to more than a batch may hold is refused unread") {
  const Bytes zeros(limits::kBatchPlainBytes + 1);
  const Bytes bomb = compressed(zeros);
  REQUIRE(bomb.size() < 1'000);
  CHECK_FALSE(unpacks(plaintext(zeros.size(), bomb.size(), bomb)));
  // Declared smaller than it is.
  CHECK_FALSE(unpacks(plaintext(1'000, bomb.size(), bomb)));
  CHECK_FALSE(unpacks(plaintext(limits::kBatchPlainBytes, bomb.size(), bomb)));
  CHECK_FALSE(unpacks(plaintext(UINT64_MAX, bomb.size(), bomb)));
  CHECK_FALSE(unpacks(plaintext(1'000, UINT64_MAX, bomb)));
}

TEST_CASE("body: a declared size that is not the real one is refused") {
  const Bytes raw = good_raw();
  const Bytes packed = compressed(raw);
  REQUIRE(unpacks(plaintext(raw.size(), packed.size(), packed)));
  REQUIRE(unpacks(plaintext(raw.size(), 0, raw)));
  CHECK_FALSE(unpacks(plaintext(raw.size() + 1, packed.size(), packed)));
  CHECK_FALSE(unpacks(plaintext(raw.size() - 1, packed.size(), packed)));
  CHECK_FALSE(unpacks(plaintext(raw.size(), packed.size() - 1, packed)));
  CHECK_FALSE(unpacks(plaintext(raw.size(), packed.size() + 1, packed)));
  CHECK_FALSE(unpacks(plaintext(raw.size() - 1, 0, raw)));
  CHECK_FALSE(unpacks(plaintext(raw.size() + 1, 0, raw)));
}

TEST_CASE("body: padding is zeros, of exactly the size that the length asks for") {
  const Bytes raw = good_raw();
  const Bytes good = plaintext(raw.size(), 0, raw);
  Bytes more = good;
  more.resize(padded_size(good.size() + 1));
  CHECK_FALSE(unpacks(more));
  CHECK_FALSE(unpacks(ByteView(good).first(good.size() - 1)));
  Bytes said = good;
  REQUIRE(said.back() == std::byte{0});
  said.back() = std::byte{1};
  CHECK_FALSE(unpacks(said));
  CHECK_FALSE(unpacks({}));
}

// One list of 256 stamps named by every change, one text of 4,000 bytes named by every field: 32
// KiB that would have become a gigabyte.
TEST_CASE("body: little that stands for much is refused, and never packed") {
  std::vector<Stamp> seen;
  for (std::uint32_t i = 0; i < limits::kSeenPerOp; ++i) seen.push_back({1, i, kOther});
  const BatchBody bombs[] = {
      swelling(16'000, 1, "x", seen),
      swelling(2'000, 4, std::string(3'900, 'x'), {}),
      swelling(200, 500, "x", {}),
      swelling(1, 6, std::string(3'900, 'x'), {}),
  };
  for (const BatchBody& bomb : bombs) {
    const Bytes raw = encode_body(bomb, bomb.changes.size(), kAuthor, kHome);
    REQUIRE(raw.size() <= limits::kBatchPlainBytes);
    CHECK_FALSE(decodes(raw));
    const auto packed = pack_body(bomb, kAuthor, kHome);
    if (packed) {
      CHECK(packed->taken < bomb.changes.size());
      CHECK(unpacks(packed->padded_plain));
    }
  }
}

TEST_CASE("body: a change on its own is refused when cut, flagged or too long") {
  const BatchBody body = samples::one_of_everything();
  for (const SeededChange& change : body.changes) {
    const Bytes bytes = encode_change(change);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      CHECK_FALSE(decode_change(ByteView(bytes).first(size)));
    Bytes other_version = bytes;
    other_version[0] = std::byte{2};
    CHECK_FALSE(decode_change(other_version));
    Bytes flagged = bytes;
    flagged[1] |= std::byte{4};
    CHECK_FALSE(decode_change(flagged));
  }
  CHECK_FALSE(decode_change(Bytes(limits::kChangeBytes + 1)));
}

}  // namespace
}  // namespace setu::wire
