// Read tokens, which come back from scripts and screens: one that is taken is written again as the
// same text, and names stamps that a change can carry.
//
// Input: the token's bytes (base64url hides nothing, and costs the fuzzer its sight).

#include <cstdint>

#include "canary.hpp"
#include "client/read_token.hpp"
#include "setu/base/limits.hpp"

namespace {

using namespace setu;
using client::ReadToken;

constexpr std::uint8_t kMostParts = 8;  // more than there are audiences
constexpr FieldTag kMostTags = 64;

void check_stamps(const std::vector<Stamp>& stamps) {
  for (std::size_t i = 1; i < stamps.size(); ++i) SETU_ASSERT(stamps[i - 1] < stamps[i]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes = std::as_bytes(std::span(data, size));
  RecordId record;  // of which the token holds the last four bytes
  if (size >= 5) std::memcpy(record.bytes.data() + 12, data + 1, 4);
  const std::string text = to_base64url(bytes);
  const auto token = ReadToken::parse(text, record);
  if (token) {
    SETU_ASSERT(token->text() == text);
    for (std::uint8_t part = 0; part < kMostParts; ++part) {
      check_stamps(token->all_seen(part));
      for (FieldTag tag = 0; tag < kMostTags; ++tag) {
        const std::vector<Stamp> seen = token->seen(part, {tag, ""});
        check_stamps(seen);
        SETU_ASSERT(seen.size() <= limits::kSeenPerOp);
      }
    }
  }
  RecordId other = record;
  other.bytes.back() ^= std::byte{1};
  SETU_ASSERT(!ReadToken::parse(text, other));
  fuzz::does_not_repeat(ReadToken::parse(fuzz::with_canary(text, size), record));
  return 0;
}
