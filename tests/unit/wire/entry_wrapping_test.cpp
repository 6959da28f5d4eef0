// One signed statement has one hash: nobody can bring another's entry again, wrapped another way,
// as if it were new.
#include <catch2/catch.hpp>

#include "entries.hpp"
#include "setu/base/codec.hpp"

namespace setu::wire {
namespace {

// A SignedEntry, field by field, in any order and as often as one likes.
class Wrapping {
 public:
  Wrapping& field(std::uint32_t number, ByteView bytes) {
    constexpr std::uint32_t kLengthDelimited = 2;
    writer_.varint(number << 3 | kLengthDelimited);
    writer_.sized(bytes);
    return *this;
  }
  [[nodiscard]] ByteView bytes() const { return writer_.view(); }

 private:
  Writer writer_;
};

constexpr std::uint32_t kContent = 1, kAuthorField = 2, kConditions = 3, kSignature = 4;
constexpr std::uint32_t kUnknown = 5;

struct Parts {
  Entry entry = samples::entry_of(OrgEntry{samples::id<OrgId>(1)});
  Bytes content = from_hex("12120a1001010101010101010101010101010101").value();
};

Wrapping rest_of(const Parts& parts, Wrapping wrapping) {
  for (const Hash& condition : parts.entry.conditions)
    wrapping.field(kConditions, condition.view());
  wrapping.field(kSignature, parts.entry.signature.view());
  return wrapping;
}

bool taken(ByteView bytes) {
  const auto read = parse_entry(bytes, samples::programme());
  if (!read) CHECK(read.error().code == Code::kMalformed);
  return read.has_value();
}

TEST_CASE("entry: the same statement wrapped another way is refused") {
  const Parts parts;
  const ByteView author = parts.entry.author.view();
  const auto good =
      rest_of(parts, Wrapping().field(kContent, parts.content).field(kAuthorField, author));
  REQUIRE(equal(good.bytes(), parts.entry.bytes));
  CHECK(taken(good.bytes()));

  CHECK_FALSE(
      taken(rest_of(parts, Wrapping().field(kAuthorField, author).field(kContent, parts.content))
                .bytes()));
  CHECK_FALSE(taken(Wrapping(good).field(kUnknown, {}).bytes()));
  CHECK_FALSE(taken(Wrapping(good).field(kUnknown, as_bytes("more")).bytes()));
  CHECK_FALSE(taken(Wrapping(good).field(kSignature, parts.entry.signature.view()).bytes()));
  CHECK_FALSE(taken(Wrapping(good).field(kContent, parts.content).bytes()));
}

TEST_CASE("entry: a length written in more bytes than it needs is refused") {
  const Entry entry = Parts().entry;
  REQUIRE(entry.bytes[1] == std::byte{0x14});  // of the content
  Bytes longer = entry.bytes;
  longer[1] = std::byte{0x94};
  longer.insert(longer.begin() + 2, std::byte{0});
  CHECK_FALSE(taken(longer));
}

}  // namespace
}  // namespace setu::wire
