// The streams of a sync, from a hostile client and from a hostile server: read whole and in pieces
// alike, and what is read can be written and read again.
//
// Input: a byte (bit 0: answer, else request; the rest: size of the pieces), then the stream.
#include <algorithm>
#include <cstdint>

#include "wire/frames.hpp"

namespace {

using namespace setu;
using namespace setu::wire;

template <class Frame>
void reads_back(const Bytes& encoded) {
  FrameReader<Frame> reader;
  reader.feed(encoded);
  const auto frame = reader.next();
  SETU_ASSERT(frame && frame->has_value() && reader.at_boundary());
  SETU_ASSERT(encode_frame(**frame) == encoded);
}

// All frames, written again one after the other; and whether the reader refused.
template <class Frame>
std::pair<Bytes, bool> read_all(ByteView stream, std::size_t piece) {
  FrameReader<Frame> reader;
  Bytes written;
  while (!stream.empty()) {
    const std::size_t size = std::min(piece, stream.size());
    reader.feed(stream.first(size));
    stream = stream.subspan(size);
    while (true) {
      const auto frame = reader.next();
      if (!frame) return {std::move(written), true};
      if (!frame->has_value()) break;
      const Bytes encoded = encode_frame(**frame);
      if (encoded.size() <= limits::kFrameBytes) reads_back<Frame>(encoded);
      append(written, encoded);
    }
  }
  return {std::move(written), false};
}

template <class Frame>
void check_stream(ByteView stream, std::size_t piece) {
  SETU_ASSERT(read_all<Frame>(stream, stream.size()) == read_all<Frame>(stream, piece));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView stream = std::as_bytes(std::span(data, size)).subspan(1);
  const std::size_t piece = 1 + data[0] / 2;
  if (data[0] % 2 == 1) {
    check_stream<AnswerFrame>(stream, piece);
  } else {
    check_stream<RequestFrame>(stream, piece);
  }
  return 0;
}
