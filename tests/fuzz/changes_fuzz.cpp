// What a member who means harm seals: single changes, columns, compressed plaintext. What parses is
// well-formed, can be sealed again and comes back the same.
//
// Input: a byte that chooses (0 change, 1 columns, 2 plaintext), then the bytes.
#include <cstdint>

#include "wire/body.hpp"
#include "wire/body_code.hpp"

namespace {

using namespace setu;
using namespace setu::wire;

constexpr std::byte kAuthorByte{0xD1};
constexpr std::byte kHomeByte{0xC1};

DeviceId author() {
  DeviceId id;
  id.bytes.fill(kAuthorByte);
  return id;
}

CircleId home() {
  CircleId id;
  id.bytes.fill(kHomeByte);
  return id;
}

void packs_again(const BatchBody& body) {
  const auto packed = pack_body(body, author(), home());
  // One part that moves may be more than a batch holds, if it does not compress.
  if (!packed && !body.changes.empty() && body.changes.front().change.moved_in) return;
  SETU_ASSERT(packed.has_value());
  const auto again = unpack_body(packed->padded_plain, author(), home());
  SETU_ASSERT(again.has_value() && again->changes.size() == packed->taken);
  SETU_ASSERT(std::equal(again->changes.begin(), again->changes.end(), body.changes.begin()));
  SETU_ASSERT(again->tips == body.tips && again->head_digest == body.head_digest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView bytes = std::as_bytes(std::span(data, size)).subspan(1);
  if (data[0] % 3 == 0) {
    const auto change = decode_change(bytes);
    if (change) SETU_ASSERT(equal(encode_change(*change), bytes));
  } else if (data[0] % 3 == 1) {
    const auto body = decode_body(bytes, author(), home());
    if (body) packs_again(*body);
  } else {
    const auto body = unpack_body(bytes, author(), home());
    if (body) packs_again(*body);
  }
  return 0;
}
