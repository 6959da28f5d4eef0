#include "setu/base/ids.hpp"

namespace setu {

std::string to_uuid(const RecordId& id) {
  std::string text = id.hex();
  for (std::size_t at : {20u, 16u, 12u, 8u}) text.insert(at, 1, '-');
  return text;
}

Result<RecordId> parse_uuid(std::string_view text) {
  std::string digits;
  const bool dashed =
      text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
  for (char c : text) {
    if (!(dashed && c == '-')) digits += c;
  }
  auto bytes = from_hex(digits);
  if (!bytes || bytes->size() != RecordId::size) {
    return fail(
        Code::kInvalidArgument, "read id: not a record id",
        "an id looks like 01890a5d-ac96-774b-bcce-b302099a8057; `setu list KIND` prints them");
  }
  return RecordId::from(*bytes);
}

RecordId make_record_id(std::int64_t month_start_ms, std::span<const std::byte, 10> random74) {
  RecordId id;
  for (std::size_t i = 0; i < 6; ++i) {
    id.bytes[i] =
        static_cast<std::byte>(static_cast<std::uint64_t>(month_start_ms) >> (8 * (5 - i)) & 255);
  }
  std::memcpy(id.bytes.data() + 6, random74.data(), 10);
  id.bytes[6] = (id.bytes[6] & std::byte{0x0F}) | std::byte{0x70};  // version 7
  id.bytes[8] = (id.bytes[8] & std::byte{0x3F}) | std::byte{0x80};  // variant
  return id;
}

}  // namespace setu
