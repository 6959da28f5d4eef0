#pragma once
// One POST /v1/sync, without I/O: request bytes in as they arrive, answer bytes out as they are
// wanted.
//
//     Responder responder(service);
//     while (a piece of the body arrives) responder.feed(piece, now);   // durable when it returns
//     responder.finish(now);                                           // the body is complete
//     while (more) { Bytes piece; more = responder.next_piece(piece); send(piece); }
//
// A body that is cut needs no finish(): what came whole is kept. Time is handed in, sockets are the
// caller's, nothing is random: a simulator drives the very code that serves.
//
// Errors: a bad request is answered with a refusal, not an error. next_piece fails when the log
// cannot be read: the caller then cuts the link. Borrows the service. Not thread-safe; any number
// may be open at once. Memory: one frame, and about 128 KiB of answer however slow the reader.

#include "generations.hpp"
#include "intake.hpp"
#include "serving.hpp"

namespace setu::server {

inline constexpr std::size_t kDefaultBudget = 1024 * 1024;
inline constexpr std::size_t kMostBudget = 8 * 1024 * 1024;
inline constexpr std::size_t kPieceBytes = 32 * 1024;

class Responder {
 public:
  explicit Responder(Service& service) : service_(service) {}
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;

  void feed(ByteView piece, Instant now);
  void finish(Instant now);
  // Fills `out` with the next bytes of the answer; false: there are none left.
  [[nodiscard]] Result<bool> next_piece(Bytes& out);

 private:
  void take(const wire::RequestFrame& frame, Instant now);
  void greet(const wire::Hello& hello, Instant now);
  [[nodiscard]] bool place_caller();
  void refuse(wire::RefusalCode code);
  [[nodiscard]] bool given_up() const;
  void answer();
  void write_nonce();
  void write_verdicts();
  [[nodiscard]] bool still_placed();
  void write_chain_heads(std::map<Intake::Chain, std::uint64_t>& acks);
  void end_unserved();
  [[nodiscard]] Result<wire::LogPoint> end_for_caller(const Programme& programme) const;
  [[nodiscard]] Result<ServeOrder> order(const Programme& programme) const;

  Service& service_;
  crypto::StreamHash request_hash_{wire::kRequestStream};
  wire::FrameReader<wire::RequestFrame> reader_;
  std::optional<wire::Hello> hello_;
  Standing standing_ = Standing::kRefused;
  Placed placed_;  // the caller's cursor
  Nonces::State nonce_state_ = Nonces::State::kStale;
  std::uint32_t now_hour_ = 0;
  std::optional<wire::RefusalCode> refusal_;  // of the whole request, before anything was pushed
  std::optional<Intake> intake_;
  std::optional<AnswerWriter> writer_;
  std::optional<Serving> serving_;
  std::optional<Error> failure_;    // of the log, while finishing
  Programme* programme_ = nullptr;  // during finish()
};

}  // namespace setu::server
