#include "answer_writer.hpp"

namespace setu::server {

void AnswerWriter::write(const wire::AnswerFrame& frame) {
  const Bytes bytes = wire::encode_frame(frame);
  hash_.update(bytes);
  append(out_, bytes);
  since_seal_ += bytes.size();
}

void AnswerWriter::seal(wire::Seal seal) {
  const Hash covered = wire::seal_hash(programme_, request_, hash_.digest(), seal);
  seal.signature = crypto::sign(key_, wire::kSealSignature, covered.view());
  write(seal);
  since_seal_ = 0;
}

}  // namespace setu::server
