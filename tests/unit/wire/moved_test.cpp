// Parts that move, as bytes: in a body of version 2, in the outbox, and from somebody who means
// harm.

#include "wire/moved_code.hpp"

#include <catch2/catch.hpp>

#include "../vectors.hpp"
#include "samples.hpp"
#include "wire/body_code.hpp"

namespace setu::wire {
namespace {

using samples::kAuthor;
using samples::kHome;
using samples::kOther;

constexpr std::uint32_t kHour = 498'600;
const CircleId kOldHome = samples::id<CircleId>(0xB1);
const CircleId kOlderHome = samples::id<CircleId>(0xB2);

MovedPart moved_part() {
  const Stamp first{kHour - 9, 0, kOther};
  const Stamp second{kHour - 8, 3, kAuthor};
  const Stamp third{kHour - 8, 4, kAuthor};
  MovedPart moved;
  moved.covers = {{kOldHome, {second, first}}, {kOlderHome, {}}};
  moved.slots = {
      {kDeletedField, "", {{second, OpType::kWrite, std::int64_t{1}, {first}, 0}}, {}},
      {1,
       "",
       {{first, OpType::kWrite, std::string("Mina"), {}, 1},
        {second, OpType::kWrite, std::string("Meena"), {}, 0}},
       {third}},
      {4, "legal", {{first, OpType::kAdd, {}, {}, 0}}, {}},
      {5, "", {{second, OpType::kIncrement, std::int64_t{24}, {}, 0}}, {}},
      {11, "", {{third, OpType::kAppend, std::string("came back"), {}, 0}}, {}},
      {kHomeField, "", {}, {first, third}},
  };
  return moved;
}

SeededChange moving_change() {
  SeededChange seeded;
  Change& change = seeded.change;
  change.record = samples::id<RecordId>(0xA1);
  change.kind = 1;
  change.home = kHome;
  change.stamp = {kHour, 5, kAuthor};
  change.moved = true;
  change.moved_in = moved_part();
  change.ops = {{kHomeField, OpType::kWrite, "", std::string(as_text(kHome.view())), {}}};
  return seeded;
}

BatchBody moving_body() {
  BatchBody body = samples::one_edit();
  body.changes.push_back(moving_change());
  SeededChange edit = moving_change();
  edit.change.moved_in.reset();
  edit.change.stamp.counter = 6;
  body.changes.push_back(edit);
  SeededChange again = moving_change();
  again.change.stamp.counter = 9;
  body.changes.push_back(again);
  return body;
}

std::optional<BatchBody> decode(ByteView raw) { return decode_body(raw, kAuthor, kHome); }

bool refused(const MovedPart& moved) { return !decode_moved(encode_moved(moved)).has_value(); }

TEST_CASE("moved parts: their bytes are those of the vectors") {
  const Vectors vectors("moved.txt");
  CHECK(to_hex(encode_moved(moved_part())) == vectors.hex("part"));
  CHECK(decode_moved(vectors.bytes("part")) == moved_part());
  CHECK(to_hex(encode_body(moving_body(), 4, kAuthor, kHome)) == vectors.hex("raw-moved"));
  CHECK(decode(vectors.bytes("raw-moved")) == moving_body());
  CHECK(to_hex(encode_change(moving_change())) == vectors.hex("change-moved"));
  CHECK(decode_change(vectors.bytes("change-moved")).value() == moving_change());
}

TEST_CASE("moved parts: a batch with them is packed and unpacked") {
  const BatchBody body = moving_body();
  const PackedBody packed = pack_body(body, kAuthor, kHome).value();
  CHECK(packed.taken == body.changes.size());
  CHECK(unpack_body(packed.padded_plain, kAuthor, kHome).value() == body);
}

TEST_CASE("moved parts: a body of a version from the future waits, it is not malformed") {
  Bytes raw = encode_body({}, 0, kAuthor, kHome);
  raw.front() = std::byte{4};
  Bytes plain;
  plain.push_back(static_cast<std::byte>(raw.size()));
  plain.push_back(std::byte{0});
  append(plain, raw);
  plain.resize(padded_size(plain.size()));
  const auto body = unpack_body(plain, kAuthor, kHome);
  REQUIRE_FALSE(body);
  CHECK(body.error().code == Code::kNewerFormat);
}

TEST_CASE("moved parts: version 1 has none") {
  Bytes raw = encode_body(moving_body(), 4, kAuthor, kHome);
  REQUIRE(decode(raw));
  raw.front() = std::byte{1};
  CHECK_FALSE(decode(raw));
}

TEST_CASE("moved parts: cut or flipped anywhere, they are refused or well-formed") {
  const Bytes whole = encode_moved(moved_part());
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(decode_moved(ByteView(whole).first(size)));
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    const auto moved = decode_moved(samples::flipped(whole, bit));
    if (moved) CHECK(is_well_formed(*moved));
  }
  const Bytes change = encode_change(moving_change());
  for (std::size_t size = 0; size < change.size(); ++size)
    CHECK_FALSE(decode_change(ByteView(change).first(size)));
}

TEST_CASE("moved parts: what breaks a rule is refused") {
  REQUIRE_FALSE(refused(moved_part()));
  MovedPart moved = moved_part();
  SECTION("an entry from a circle that is not listed") { moved.slots[1].entries[0].origin = 2; }
  SECTION("slots out of order") { std::swap(moved.slots[1], moved.slots[2]); }
  SECTION("a slot twice") { moved.slots[2] = moved.slots[1]; }
  SECTION("entries out of order") {
    std::swap(moved.slots[1].entries[0], moved.slots[1].entries[1]);
  }
  SECTION("a circle twice") { moved.covers[1].circle = kOldHome; }
  SECTION("two tips of one device") { moved.covers[0].tips[0].device = kOther; }
  SECTION("dead stamps out of order") { std::swap(moved.slots[5].dead[0], moved.slots[5].dead[1]); }
  SECTION("an operation that there is not") {
    moved.slots[2].entries[0].type = static_cast<OpType>(9);
  }
  SECTION("a set's element with a value") { moved.slots[2].entries[0].value = std::int64_t{1}; }
  SECTION("text that is not UTF-8") {
    moved.slots[1].entries[0].value = std::string("\xFF\xFE bad");
  }
  SECTION("what an entry saw, where it is no deletion") {
    moved.slots[1].entries[0].seen = {moved.slots[1].dead[0]};
  }
  CHECK(refused(moved));
}

TEST_CASE("moved parts: counts that promise more than the bytes hold make nothing of that size") {
  Bytes huge = from_hex("01ffffffff0f").value();
  huge.resize(64);
  CHECK_FALSE(decode_moved(huge));
  CHECK_FALSE(decode_moved(Bytes(limits::kMovedPartBytes + 1, std::byte{1})));
}

TEST_CASE("moved parts: one that is too long for a change is refused where it is sealed") {
  BatchBody body;
  SeededChange change = moving_change();
  MovedSlot& notes = change.change.moved_in->slots[4];
  notes.entries.clear();
  for (std::uint32_t i = 0; i < 40; ++i)
    notes.entries.push_back(
        {{kHour - 8, 10 + i, kAuthor}, OpType::kAppend, std::string(3'000, 'x'), {}, 0});
  body.changes = {change};
  CHECK_FALSE(pack_body(body, kAuthor, kHome));
}

}  // namespace
}  // namespace setu::wire
