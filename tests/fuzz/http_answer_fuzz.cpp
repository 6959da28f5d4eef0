// A hostile server's HTTP answer, or a captive portal's: read whole and in pieces alike, with a
// body no longer than what came.
//
// Input: a byte (size of the pieces), then the answer and what follows it.

#include <cstdint>

#include "canary.hpp"
#include "transport/http_answer.hpp"

namespace {

using namespace setu;

struct Outcome {
  Bytes body;
  int status = 0;
  bool complete = false;
  bool refused = false;
  bool ended_well = false;
  bool keeps_alive = false;
  std::optional<std::uint32_t> retry_after_s;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(ByteView stream, std::size_t piece) {
  transport::HttpAnswer answer;
  Outcome outcome;
  const auto on_body = [&](ByteView body) {
    append(outcome.body, body);
    return Status{};
  };
  while (!stream.empty() && !outcome.refused) {
    const std::size_t size = std::min(piece, stream.size());
    const Status fed = answer.feed(stream.first(size), on_body);
    outcome.refused = !fed;
    fuzz::does_not_repeat(fed);
    stream = stream.subspan(size);
  }
  outcome.complete = answer.complete();
  outcome.status = answer.status();
  outcome.keeps_alive = answer.keeps_alive();
  outcome.retry_after_s = answer.retry_after_s();
  if (!outcome.refused) outcome.ended_well = answer.end_of_stream().has_value();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView stream = std::as_bytes(std::span(data, size)).subspan(1);
  const Outcome whole = read(stream, stream.size());
  SETU_ASSERT(whole.body.size() <= stream.size());
  SETU_ASSERT(whole.body.empty() || whole.status == 200);
  SETU_ASSERT(!whole.complete || (whole.status >= 200 && whole.status <= 999));
  if (!whole.refused) SETU_ASSERT(read(stream, 1 + data[0]) == whole);
  if (whole.refused) SETU_ASSERT(read(stream, 1 + data[0]).refused);
  const std::string planted = fuzz::with_canary(as_text(stream), data[0]);
  (void)read(as_bytes(planted), planted.size());
  return 0;
}
