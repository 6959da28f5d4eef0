// Ids: printed and read back, and saying no more about a record than its month.
#include "setu/base/ids.hpp"

#include <catch2/catch.hpp>
#include <unordered_set>

namespace setu {
namespace {

constexpr std::int64_t kNovember2026Ms = 1'793'491'200'000;

std::array<std::byte, 10> filled(std::byte with) {
  std::array<std::byte, 10> bytes{};
  bytes.fill(with);
  return bytes;
}

TEST_CASE("ids: a record id is a version 7 UUID, whatever the random bits") {
  for (std::byte bits : {std::byte{0x00}, std::byte{0xFF}}) {
    const std::string text = to_uuid(make_record_id(kNovember2026Ms, filled(bits)));
    CAPTURE(text);
    REQUIRE(text.size() == 36);
    CHECK(text[14] == '7');
    CHECK(std::string("89ab").find(text[19]) != std::string::npos);
    CHECK(text.substr(0, 13) == "01a19467-e800");  // the month, and only the month
  }
}

TEST_CASE("ids: a record id keeps 74 random bits") {
  std::unordered_set<RecordId> seen;
  for (std::size_t bit = 0; bit < 80; ++bit) {
    auto random = filled(std::byte{0});
    random[bit / 8] = static_cast<std::byte>(0x80 >> (bit % 8));
    seen.insert(make_record_id(kNovember2026Ms, random));
  }
  CHECK(seen.size() == 75);  // 74 bits that show, and the six under version and variant that do not
}

TEST_CASE("ids: a UUID is read back with or without dashes, and no other way") {
  const RecordId id = make_record_id(kNovember2026Ms, filled(std::byte{0x5A}));
  CHECK(parse_uuid(to_uuid(id)).value() == id);
  CHECK(parse_uuid(id.hex()).value() == id);
  const std::string dashed = to_uuid(id);
  for (const std::string& text :
       {std::string{}, dashed.substr(1), dashed + "0", id.hex().substr(2),
        "0" + dashed.substr(0, 8) + dashed.substr(9), dashed.substr(0, 35) + "g"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_uuid(text));
  }
}

TEST_CASE("ids: an id is taken from exactly as many bytes as it has") {
  const Bytes bytes(9);
  CHECK_FALSE(DeviceId::from(bytes));
  CHECK(DeviceId::from(ByteView(bytes).first(8)).value().is_nil());
  CHECK_FALSE(DeviceId::from(ByteView(bytes).first(7)));
}

}  // namespace
}  // namespace setu
