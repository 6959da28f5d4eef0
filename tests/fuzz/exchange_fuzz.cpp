// Any bytes as the answer of a sync, from whoever took the server's place: nothing is kept for good
// without the server's signature, nothing unsealed is left behind, and the device stops asking.
//
// Input: a byte (size of the pieces), then the answer.

#include <algorithm>
#include <cstdint>

#include "watched_replica.hpp"

namespace {

using namespace setu;
using namespace setu::sync;

struct Outcome {
  bool fed = false;  // to its end
  Code refused_with = Code::kInternal;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome hear(ByteView answer, std::size_t piece) {
  fuzz::WatchedReplica replica;
  crypto::SeededRandom random(1);
  Exchange exchange(replica, Options{}, random);
  SETU_ASSERT(exchange.make_request());
  Status status;
  while (!answer.empty() && status) {
    const std::size_t size = std::min(piece, answer.size());
    status = exchange.feed(answer.first(size));
    answer = answer.subspan(size);
  }
  const bool fed = status.has_value();
  if (fed) status = exchange.end_of_answer();
  SETU_ASSERT(!status);  // without a good seal an answer is never whole
  SETU_ASSERT(!exchange.wants_request());
  SETU_ASSERT(replica.commits == 0 && replica.unsealed == 0);
  SETU_ASSERT(exchange.report().pulled_batches == 0 && exchange.report().pulled_entries == 0);
  return {fed, status.error().code};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool ready = crypto::init().has_value();
  SETU_ASSERT(ready);
  if (size == 0) return 0;
  const ByteView answer = std::as_bytes(std::span(data, size)).subspan(1);
  SETU_ASSERT(hear(answer, answer.size()) == hear(answer, 1u + data[0]));
  return 0;
}
