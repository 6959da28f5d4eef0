#include "wire/body.hpp"

#include <zstd.h>

#include <algorithm>
#include <bit>

#include "setu/base/codec.hpp"
#include "wire/body_code.hpp"

namespace setu::wire {
namespace {

constexpr int kZstdLevel = 6;
constexpr std::size_t kPaddingFloor = 192;
// What a batch has besides its padded plaintext: header 118, commitment 32, signature 64, tag 16.
constexpr std::size_t kEnvelopeSize = 230;
constexpr std::size_t kMaxPlain = limits::kBatchBytes - kEnvelopeSize;

tl::unexpected<Error> malformed() {
  return fail(Code::kMalformed, "read batch: what is inside does not parse");
}

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
using Compressor = std::unique_ptr<ZSTD_CCtx, FreeCompressor>;

// raw length, compressed length (0: stored as it is), the bytes. No padding yet.
Bytes compress(ZSTD_CCtx* context, ByteView raw) {
  Bytes packed(ZSTD_compressBound(raw.size()));
  const std::size_t size =
      ZSTD_compressCCtx(context, packed.data(), packed.size(), raw.data(), raw.size(), kZstdLevel);
  const bool worth_it = ZSTD_isError(size) == 0 && size < raw.size();
  Writer writer;
  writer.varint(raw.size());
  writer.varint(worth_it ? size : 0);
  writer.raw(worth_it ? ByteView(packed).first(size) : raw);
  return writer.take();
}

}  // namespace

std::size_t padded_size(std::size_t size) {
  if (size <= kPaddingFloor) return kPaddingFloor;
  const auto exponent = static_cast<std::size_t>(std::bit_width(size)) - 1;
  const auto mantissa_bits = static_cast<std::size_t>(std::bit_width(exponent));
  const std::size_t step = std::size_t{1} << (exponent - mantissa_bits);
  return (size + step - 1) / step * step;
}

Result<PackedBody> pack_body(const BatchBody& body, const DeviceId& author,
                             const CircleId& circle_home) {
  const Compressor compressor(ZSTD_createCCtx());
  if (!compressor)
    return fail(Code::kInternal, "seal changes: out of memory", "close other apps and try again");
  std::size_t known_fit = 0;  // so many fit
  std::size_t known_excess =
      std::min(body.changes.size(), limits::kChangesPerBatch) + 1;  // so many do not
  Bytes best;
  // Guesses from what the last guess compressed to; four are nearly always enough to come close to
  // a full batch.
  std::size_t guess = std::min<std::size_t>(known_excess - 1, 1'200);
  for (int attempt = 0; attempt < 12 && known_fit + 1 < known_excess; ++attempt) {
    Bytes raw = encode_body(body, guess, author, circle_home);
    Bytes plain = compress(compressor.get(), raw);
    const bool fits =
        raw.size() <= limits::kBatchPlainBytes && padded_size(plain.size()) <= kMaxPlain;
    const double filled = static_cast<double>(plain.size()) / static_cast<double>(kMaxPlain);
    (fits ? known_fit : known_excess) = guess;
    if (fits) best = std::move(plain);
    crypto::wipe(std::span(raw));
    if (fits && (filled > 0.9 || attempt >= 3)) break;
    const auto scaled =
        static_cast<std::size_t>(static_cast<double>(guess) * 0.95 / std::max(filled, 0.001));
    guess = std::clamp(scaled, known_fit + 1, std::max(known_fit + 1, known_excess - 1));
  }
  if (body.changes.empty())
    best = compress(compressor.get(), encode_body(body, 0, author, circle_home));
  if (best.empty()) return fail(Code::kTooLarge, "seal changes: one change does not fit a batch");
  best.resize(padded_size(best.size()));
  return PackedBody{std::move(best), known_fit};
}

Result<BatchBody> unpack_body(ByteView padded_plain, const DeviceId& author,
                              const CircleId& circle_home) {
  Reader reader(padded_plain);
  const std::uint64_t raw_size = reader.varint();
  const std::uint64_t packed_size = reader.varint();
  if (!reader.ok() || raw_size > limits::kBatchPlainBytes ||
      padded_plain.size() > limits::kBatchBytes)
    return malformed();
  Bytes unpacked;
  ByteView raw;
  if (packed_size == 0) {
    raw = reader.raw(static_cast<std::size_t>(raw_size));
  } else {
    const ByteView packed = reader.raw(static_cast<std::size_t>(packed_size));
    if (!reader.ok() || ZSTD_getFrameContentSize(packed.data(), packed.size()) != raw_size)
      return malformed();
    unpacked.resize(static_cast<std::size_t>(raw_size));
    const std::size_t size =
        ZSTD_decompress(unpacked.data(), unpacked.size(), packed.data(), packed.size());
    if (ZSTD_isError(size) != 0 || size != raw_size) return malformed();
    raw = unpacked;
  }
  const ByteView padding = reader.rest();
  const bool zeros = std::ranges::all_of(padding, [](std::byte b) { return b == std::byte{0}; });
  if (!reader.ok() || !zeros ||
      padded_plain.size() != padded_size(padded_plain.size() - padding.size()))
    return malformed();
  std::optional<BatchBody> body = decode_body(raw, author, circle_home);
  crypto::wipe(std::span(unpacked));
  if (!body) return malformed();
  return std::move(*body);
}

}  // namespace setu::wire
