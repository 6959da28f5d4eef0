// Changes that were recorded on an earlier device, as bytes: in a body of version 3, and in the
// outbox.

#include <catch2/catch.hpp>

#include "../vectors.hpp"
#include "samples.hpp"
#include "wire/body_code.hpp"
#include "wire/change_rules.hpp"

namespace setu::wire {
namespace {

using samples::kAuthor;
using samples::kHome;
using samples::kOther;

// An edit as it was written, and two more that came from elsewhere; one of them of a moved part.
BatchBody carried_body() {
  BatchBody body = samples::one_edit();
  SeededChange carried = body.changes.front();
  carried.change.stamp.counter += 1;
  carried.change.recorded = Stamp{carried.change.stamp.hour - 70, 4, kOther};
  body.changes.push_back(carried);
  carried.change.stamp.counter += 2;
  carried.change.recorded = Stamp{carried.change.stamp.hour - 68, 0, samples::id<DeviceId>(0xD5)};
  carried.change.moved = true;
  body.changes.push_back(carried);
  return body;
}

std::optional<BatchBody> decode(ByteView raw) { return decode_body(raw, kAuthor, kHome); }

TEST_CASE("carried changes: their bytes are those of the vectors") {
  const Vectors vectors("body.txt");
  const BatchBody body = carried_body();
  CHECK(to_hex(encode_body(body, 3, kAuthor, kHome)) == vectors.hex("raw-carried"));
  CHECK(decode(vectors.bytes("raw-carried")) == body);
  CHECK(to_hex(encode_change(body.changes[1])) == vectors.hex("change-carried"));
  CHECK(decode_change(vectors.bytes("change-carried")).value() == body.changes[1]);
}

TEST_CASE("carried changes: the size of one is known before it is encoded") {
  for (const SeededChange& change : carried_body().changes) {
    CHECK(encoded_size(change) == encode_change(change).size());
    const PackedBody packed = pack_body({{}, {}, {change}}, kAuthor, kHome).value();
    CHECK(unpack_body(packed.padded_plain, kAuthor, kHome).value().changes.front() == change);
  }
}

TEST_CASE("carried changes: only version 3 has them, and it has some") {
  const BatchBody body = carried_body();
  Bytes raw = encode_body(body, 3, kAuthor, kHome);
  REQUIRE(decode(raw));
  for (const int version : {1, 2}) {
    raw.front() = static_cast<std::byte>(version);
    CHECK_FALSE(decode(raw));
  }
  Bytes plain = encode_body(samples::one_edit(), 1, kAuthor, kHome);
  REQUIRE(decode(plain));
  plain.front() = std::byte{3};
  CHECK_FALSE(decode(plain));
  Bytes change = encode_change(body.changes[1]);
  for (const int version : {1, 2, 4}) {
    change.front() = static_cast<std::byte>(version);
    CHECK_FALSE(decode_change(change));
  }
}

TEST_CASE("carried changes: cut or flipped anywhere, they are refused or well-formed") {
  const Bytes raw = encode_body(carried_body(), 3, kAuthor, kHome);
  for (std::size_t size = 0; size < raw.size(); ++size)
    CHECK_FALSE(decode(ByteView(raw).first(size)));
  for (std::size_t bit = 0; bit < raw.size() * 8; ++bit) {
    const auto body = decode(samples::flipped(raw, bit));
    if (!body) continue;
    for (const SeededChange& change : body->changes) CHECK(decode_change(encode_change(change)));
  }
}

}  // namespace
}  // namespace setu::wire
