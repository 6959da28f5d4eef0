#pragma once
// Names of things, as strong types: a RecordId is never mistaken for a CircleId. All are plain byte
// arrays, ordered bytewise, printed in hexadecimal (records as UUIDs).

#include <array>
#include <compare>
#include <cstdint>
#include <functional>

#include "setu/base/bytes.hpp"

namespace setu {

template <class Tag, std::size_t kSize>
struct FixedId {
  static constexpr std::size_t size = kSize;
  std::array<std::byte, kSize> bytes{};

  friend auto operator<=>(const FixedId&, const FixedId&) = default;
  [[nodiscard]] ByteView view() const { return bytes; }
  [[nodiscard]] bool is_nil() const { return *this == FixedId{}; }
  [[nodiscard]] std::string hex() const { return to_hex(bytes); }

  // Takes exactly kSize bytes; kMalformed otherwise.
  [[nodiscard]] static Result<FixedId> from(ByteView view) {
    if (view.size() != kSize) return fail(Code::kMalformed, "read id: wrong length");
    FixedId id;
    std::memcpy(id.bytes.data(), view.data(), kSize);
    return id;
  }
};

using RecordId = FixedId<struct RecordTag, 16>;
using ProgrammeId = FixedId<struct ProgrammeTag, 16>;  // first 16 bytes of the genesis entry's hash
using OrgId = FixedId<struct OrgTag, 16>;
using CircleId = FixedId<struct CircleTag, 16>;
using InviteId = FixedId<struct InviteTag, 16>;  // of the hash of the invite's signing key
using DeviceId = FixedId<struct DeviceTag, 8>;   // of the hash of both of a device's public keys
using Hash = FixedId<struct HashTag, 32>;        // BLAKE2b-256 under a domain string

// 8-4-4-4-12 form. parse_uuid takes that form or 32 hex digits: kInvalidArgument otherwise.
[[nodiscard]] std::string to_uuid(const RecordId& id);
[[nodiscard]] Result<RecordId> parse_uuid(std::string_view text);

// UUIDv7 (RFC 9562) with its 48-bit milliseconds cut to the first instant of a month in UTC, and 74
// bits taken from `random74` (10 bytes, of which the top 74 bits are used). A phone's id thus never
// tells the day of a visit.
[[nodiscard]] RecordId make_record_id(std::int64_t month_start_ms,
                                      std::span<const std::byte, 10> random74);

}  // namespace setu

template <class Tag, std::size_t kSize>
struct std::hash<setu::FixedId<Tag, kSize>> {
  std::size_t operator()(const setu::FixedId<Tag, kSize>& id) const noexcept {
    // Ids are hashes or random already; the last bytes carry the entropy of a UUIDv7.
    std::size_t h = 0;
    std::memcpy(&h, id.bytes.data() + kSize - sizeof(h), sizeof(h));
    return h;
  }
};
