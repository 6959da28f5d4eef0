#include "wire/body.hpp"

#include <zstd.h>

#include <algorithm>
#include <bit>

#include "setu/base/codec.hpp"
#include "wire/body_code.hpp"
#include "wire/body_tables.hpp"
#include "wire/change_rules.hpp"

namespace setu::wire {
namespace {

constexpr int kZstdLevel = 6;
constexpr std::size_t kPaddingFloor = 192;
// What a batch has besides its padded plaintext: header 118, commitment 32, signature 64, tag 16,
// and to an inbox 80 more.
constexpr std::size_t kEnvelopeSize = 310;
constexpr std::size_t kMaxPlain = 31 * 1024;  // the greatest Padme size that leaves room for it
static_assert(kMaxPlain + 1024 + kEnvelopeSize > limits::kBatchBytes &&
              kMaxPlain + kEnvelopeSize <= limits::kBatchBytes);

// How full a batch is aimed at and is good enough, and after how many tries one that fits at all is
// taken. The first guess is what usually compresses to three quarters of a batch.
constexpr double kAimedFill = 0.96;
constexpr double kGoodFill = 0.9;
constexpr int kFewAttempts = 5;
constexpr std::size_t kFirstGuessBytes = 200 * 1024;

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

// The encoded sizes of the changes, summed up: [n] is of the first n. No longer than what one batch
// may hold whatever it compresses to. kInternal: others would refuse these changes.
Result<std::vector<std::size_t>> weigh(const BatchBody& body, const DeviceId& author) {
  std::vector<std::size_t> weights{0};
  std::size_t ops = 0;
  const Stamp* last = nullptr;
  for (const SeededChange& seeded : body.changes) {
    const Change& change = seeded.change;
    const std::size_t size = encoded_size(seeded);
    const bool rises = last == nullptr || *last < change.stamp;
    if (!is_well_formed(change) || size > most_bytes(change) || !rises ||
        change.stamp.device != author)
      return fail(Code::kInternal, "seal changes: one is not as it must be; nothing was sealed");
    last = &change.stamp;
    ops += change.ops.size();
    const std::size_t weight = weights.back() + size;
    if (weights.size() > limits::kChangesPerBatch || ops > kMaxOpsPerBatch ||
        weight > kMaxChangesBytes)
      break;
    weights.push_back(weight);
  }
  if (body.tips.size() > limits::kTipsPerBatch)
    return fail(Code::kInternal, "seal changes: more tips than a batch may name");
  return weights;
}

std::size_t weighing_at_most(const std::vector<std::size_t>& weights, std::size_t weight) {
  const auto beyond = std::ranges::upper_bound(weights, weight);
  return static_cast<std::size_t>(beyond - weights.begin()) - 1;
}

Bytes padded(Bytes plain) {
  plain.resize(padded_size(plain.size()));
  return plain;
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
  SETU_TAKE(const std::vector<std::size_t> weights, weigh(body, author));
  const auto packed = [&](std::size_t count) {
    Bytes raw = encode_body(body, count, author, circle_home);
    Bytes plain = raw.size() > limits::kBatchPlainBytes ? Bytes(kMaxPlain + 1)
                                                        : compress(compressor.get(), raw);
    crypto::wipe(std::span(raw));
    return plain;
  };
  if (body.changes.empty()) return PackedBody{padded(packed(0)), 0};

  std::size_t fit = 0;                  // so many fit
  std::size_t excess = weights.size();  // so many do not, or are not there
  Bytes best;
  std::size_t guess = weighing_at_most(weights, kFirstGuessBytes);
  for (int attempt = 1; fit + 1 < excess; ++attempt) {
    guess = std::clamp(guess, fit + 1, excess - 1);
    Bytes plain = packed(guess);
    const double filled = static_cast<double>(plain.size()) / static_cast<double>(kMaxPlain);
    const bool fits = plain.size() <= kMaxPlain;
    (fits ? fit : excess) = guess;
    if (fits) best = std::move(plain);
    if (fit > 0 && ((fits && filled > kGoodFill) || attempt >= kFewAttempts)) break;
    // From what the last guess compressed to; then by halves, which ends whatever the changes are.
    const double weight = static_cast<double>(weights[guess]) * kAimedFill / filled;
    guess = attempt < kFewAttempts ? weighing_at_most(weights, static_cast<std::size_t>(weight))
                                   : (fit + excess) / 2;
  }
  if (best.empty()) return fail(Code::kTooLarge, "seal changes: one change does not fit a batch");
  return PackedBody{padded(std::move(best)), fit};
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
  if (!raw.empty() && static_cast<std::uint8_t>(raw.front()) > kBodyVersionOfCarried)
    return fail(Code::kNewerFormat, "read batch: what is inside is of a newer format");
  std::optional<BatchBody> body = decode_body(raw, author, circle_home);
  crypto::wipe(std::span(unpacked));
  if (!body) return malformed();
  return std::move(*body);
}

}  // namespace setu::wire
