// Read tokens come back from scripts and screens: what `show` printed is taken, and nothing that
// merely resembles it.

#include "client/read_token.hpp"

#include <catch2/catch.hpp>

#include "setu/base/codec.hpp"

namespace setu::client {
namespace {

const RecordId kRecord{{std::byte{1}}};
constexpr FieldTag kField = 3;

Stamp stamp(std::uint32_t hour) { return {hour, 0, DeviceId{{std::byte{7}}}}; }

// A token as text() lays it out, of one device and one slot that saw these hours.
std::string token_of(const std::vector<std::uint64_t>& hours, std::uint64_t field = kField) {
  Writer writer;
  writer.u8(1);
  writer.raw(kRecord.view().last(4));
  writer.varint(1);
  writer.id(stamp(0).device);
  writer.varint(1);
  writer.varint(hours.size());
  for (const std::uint64_t hour : hours) {
    writer.varint(hour);
    writer.varint(0);
    writer.varint(0);
  }
  writer.varint(1);
  writer.u8(1);
  writer.varint(field);
  writer.sized(std::string_view());
  writer.varint(0);
  return to_base64url(writer.view());
}

Code refused(const std::string& text) {
  const auto token = ReadToken::parse(text, kRecord);
  REQUIRE_FALSE(token);
  return token.error().code;
}

}  // namespace

TEST_CASE("client: a read token comes back with what it noted") {
  ReadToken token(kRecord);
  token.note(1, {kField, ""}, {stamp(100), stamp(101)});
  CHECK(token.text() == token_of({100, 101}));
  const auto back = ReadToken::parse(token.text(), kRecord);
  REQUIRE(back);
  CHECK(back->seen(1, {kField, ""}) == std::vector{stamp(100), stamp(101)});
}

TEST_CASE("client: a read token that names a stamp twice is refused, as no change may carry it") {
  CHECK(refused(token_of({100, 100})) == Code::kInvalidArgument);
  CHECK(refused(token_of({101, 100})) == Code::kInvalidArgument);
}

TEST_CASE("client: a read token whose numbers are beyond their size is refused, not cut") {
  CHECK(refused(token_of({(1ull << 32) + 100})) == Code::kInvalidArgument);
  CHECK(refused(token_of({100}, (1u << 16) + kField)) == Code::kInvalidArgument);
}

}  // namespace setu::client
