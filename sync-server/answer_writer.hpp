#pragma once
// Writes the frames of one answer, keeps the hash of all bytes before each seal, and signs the
// seals. Not thread-safe. Memory: the bytes not yet taken.

#include <utility>

#include "wire/frames.hpp"

namespace setu::server {

class AnswerWriter {
 public:
  // `programme`: the one that the request named; nil for none.
  AnswerWriter(const crypto::SignKeyPair& key, const ProgrammeId& programme, const Hash& request)
      : key_(key), programme_(programme), request_(request) {}

  void write(const wire::AnswerFrame& frame);
  // Fills in the signature.
  void seal(wire::Seal seal);

  [[nodiscard]] std::size_t since_seal() const { return since_seal_; }
  [[nodiscard]] std::size_t pending() const { return out_.size(); }
  [[nodiscard]] Bytes take() { return std::exchange(out_, {}); }

 private:
  const crypto::SignKeyPair& key_;
  ProgrammeId programme_;
  Hash request_;
  crypto::StreamHash hash_{wire::kAnswerStream};
  Bytes out_;
  std::size_t since_seal_ = 0;
};

}  // namespace setu::server
