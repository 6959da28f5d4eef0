// Sealed batches as strangers send them: canonical bytes and compact form. What parses comes back
// as the same bytes through the other form.
#include <cstdint>

#include "wire/envelope.hpp"

namespace {

using namespace setu;
using namespace setu::wire;

void canonical(ByteView bytes) {
  const auto batch = parse_batch(bytes);
  if (!batch) return;
  const BatchHeader& header = batch->header;
  for (const std::size_t ref_size : {std::size_t{4}, CircleId::size}) {
    const Bytes compact = compact_batch(*batch, ref_size);
    const auto parsed = parse_compact(compact);
    SETU_ASSERT(parsed.has_value());
    SETU_ASSERT(equal(
        expand_batch(*parsed, header.programme, header.circle, header.device, header.previous),
        bytes));
  }
  static const crypto::Secret key(crypto::kKeySize);
  static const crypto::SignPublicKey author = crypto::sign_key_from_seed(key).public_key;
  SETU_ASSERT(!verify_batch(*batch, author));
  SETU_ASSERT(!open_batch(*batch, key));
}

void compact(ByteView bytes) {
  const auto parsed = parse_compact(bytes);
  if (!parsed) return;
  CircleId circle;
  std::memcpy(circle.bytes.data(), parsed->circle_ref.data(), parsed->circle_ref.size());
  const CircleId known[] = {circle};
  SETU_ASSERT(resolve_circle(parsed->circle_ref, known).value() == circle);
  Hash previous;
  if (parsed->seq > 1) previous.bytes.fill(std::byte{1});
  const Bytes expanded = expand_batch(*parsed, {}, circle, {}, previous);
  const auto batch = parse_batch(expanded);
  SETU_ASSERT(batch.has_value());
  SETU_ASSERT(equal(compact_batch(*batch, parsed->circle_ref.size()), bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  canonical(bytes);
  compact(bytes);
  return 0;
}
