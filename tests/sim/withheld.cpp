#include "withheld.hpp"

#include "answer_writer.hpp"

namespace setu::sim {
namespace {

ProgrammeId programme_of(ByteView request) {
  wire::FrameReader<wire::RequestFrame> reader;
  reader.feed(request);
  const auto first = reader.next();
  const auto* hello = first && *first ? std::get_if<wire::Hello>(&**first) : nullptr;
  return hello == nullptr ? ProgrammeId{} : hello->programme;
}

Hash hash_of(ByteView request) {
  crypto::StreamHash hash(wire::kRequestStream);
  hash.update(request);
  return hash.digest();
}

}  // namespace

Withheld leave_out(const crypto::SignKeyPair& server, ByteView request, Bytes answer, double share,
                   Random& random) {
  wire::FrameReader<wire::AnswerFrame> reader;
  reader.feed(answer);
  server::AnswerWriter writer(server, programme_of(request), hash_of(request));
  Withheld withheld;
  for (;;) {
    const auto frame = reader.next();
    SETU_ASSERT(frame.has_value());  // an honest server wrote it
    if (!*frame) break;
    const bool is_batch = std::holds_alternative<wire::PulledBatch>(**frame) ||
                          std::holds_alternative<wire::OwnBatch>(**frame);
    if (is_batch && random.chance(share)) {
      ++withheld.items;
    } else if (const auto* seal = std::get_if<wire::Seal>(&**frame)) {
      writer.seal(*seal);
    } else {
      writer.write(**frame);
    }
  }
  withheld.answer = withheld.items > 0 ? writer.take() : std::move(answer);
  return withheld;
}

}  // namespace setu::sim
