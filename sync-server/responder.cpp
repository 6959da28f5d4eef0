#include "responder.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace setu::server {

using wire::RefusalCode;

void Responder::feed(ByteView piece, Instant now) {
  request_hash_.update(piece);
  if (given_up()) return;  // read to its end, so that the answer can be sealed, and not looked at
  reader_.feed(piece);
  if (intake_) intake_->open_piece(now);
  for (;;) {
    auto frame = reader_.next();
    if (!frame) {
      refuse(RefusalCode::kMalformed);
      break;
    }
    if (!*frame) break;
    take(**frame, now);
    if (given_up()) break;
  }
  if (intake_) intake_->close_piece();
}

bool Responder::given_up() const { return refusal_ || (intake_ && intake_->halted()); }

void Responder::take(const wire::RequestFrame& frame, Instant now) {
  if (const auto* hello = std::get_if<wire::Hello>(&frame)) {
    if (hello_) return refuse(RefusalCode::kMalformed);
    return greet(*hello, now);
  }
  if (!hello_ || !intake_) return refuse(RefusalCode::kMalformed);
  // Written to a log that has lost its end since: the sender rolls back first and sends it again,
  // with what it builds on.
  if (placed_.fit == CursorFit::kOlder) return;
  if (const auto* entry = std::get_if<wire::PushEntry>(&frame)) intake_->take(*entry);
  if (const auto* batch = std::get_if<wire::PushBatch>(&frame)) intake_->take(*batch);
}

void Responder::greet(const wire::Hello& hello, Instant now) {
  hello_ = hello;
  const auto admission = admit(service_, hello, now);
  if (!admission) return refuse(RefusalCode::kBusy);
  standing_ = admission->standing;
  if (standing_ == Standing::kRefused) return refuse(admission->refusal);
  if (standing_ == Standing::kKeySeeker || !place_caller()) return;
  intake_.emplace(service_, hello, standing_);
  intake_->open_piece(now);
}

// False: the request is refused. A cursor of another log is one that was lost when this one was put
// back by hand, if its holder can show that this server signed it.
bool Responder::place_caller() {
  const auto place = [this] {
    return place_cursor(service_.store, hello_->programme, hello_->cursor, hello_->tag);
  };
  auto placed = place();
  if (placed && placed->fit == CursorFit::kContradicts && hello_->proof) {
    const auto begun = begin_on_proof(service_.store, hello_->programme,
                                      service_.sign_key.public_key, *hello_->proof);
    if (!begun) {  // a full disk, say: the proof may hold, and is asked for again
      refuse(RefusalCode::kBusy);
      return false;
    }
    if (*begun) {
      ++service_.counters.generations_begun;
      spdlog::warn(
          "the log was put back to an older copy: a new generation begins; devices give back what "
          "is missing");
      placed = place();
    }
  }
  if (!placed) {
    refuse(RefusalCode::kBusy);
    return false;
  }
  placed_ = *placed;
  if (placed_.fit == CursorFit::kContradicts) refuse(RefusalCode::kProveLog);
  return placed_.fit != CursorFit::kContradicts;
}

// Another caller may have begun a generation while this request was coming in.
bool Responder::still_placed() {
  const auto placed = place_cursor(service_.store, hello_->programme, hello_->cursor, hello_->tag);
  const bool same = placed && placed->fit == placed_.fit;
  if (same) placed_ = *placed;
  return same;
}

void Responder::refuse(RefusalCode code) {
  if (intake_) {
    intake_->halt(code);
  } else {
    refusal_ = code;
  }
}

void Responder::finish(Instant now) {
  now_hour_ = hour_of(now);
  ++service_.counters.requests;
  writer_.emplace(service_.sign_key, hello_ ? hello_->programme : ProgrammeId{},
                  request_hash_.digest());
  if (!given_up() && (!hello_ || !reader_.at_boundary())) refuse(RefusalCode::kMalformed);

  // What was taken in is acknowledged, and the rest of a request that went wrong stays with its
  // sender, who will begin with it next time. Only a request of which nothing was taken in is
  // refused as a whole.
  if (intake_ && intake_->acks().empty() && intake_->verdicts().empty())
    refusal_ = intake_->halted();
  if (refusal_) {
    ++service_.counters.refused_requests;
    writer_->write(wire::Refusal{.code = *refusal_, .circle_ref = {}, .seq = 0, .entry_hash = {}});
    return end_unserved();
  }
  if (intake_) {
    const auto found = service_.programmes.find(hello_->programme);
    if (!found) {
      failure_ = found.error();
      return;
    }
    programme_ = *found;
  }
  answer();
  programme_ = nullptr;
}

void Responder::answer() {
  nonce_state_ = service_.nonces.state(hello_->nonce, hello_->device, now_hour_);
  if (programme_ == nullptr || !still_placed())
    nonce_state_ = Nonces::State::kStale;  // nothing to serve: as good as stale
  if (nonce_state_ != Nonces::State::kFresh) write_nonce();
  if (intake_ && placed_.fit == CursorFit::kFits) write_verdicts();
  if (nonce_state_ == Nonces::State::kStale) return end_unserved();
  const auto serve_order = order(*programme_);
  if (!serve_order) {
    failure_ = serve_order.error();
    return;
  }
  serving_.emplace(service_.store, *serve_order, *writer_);
}

void Responder::write_nonce() {
  wire::Challenge challenge;
  challenge.nonce = service_.nonces.issue(hello_->device, now_hour_);
  challenge.stale = nonce_state_ == Nonces::State::kStale;
  if (hello_->nonce == wire::RequestNonce{}) challenge.server_key = service_.sign_key.public_key;
  writer_->write(challenge);
}

void Responder::write_verdicts() {
  std::map<Intake::Chain, std::uint64_t> acks = intake_->acks();
  if (programme_ != nullptr) {
    if (hello_->probe && nonce_state_ != Nonces::State::kStale) write_chain_heads(acks);
    for (const auto& [chain, seq] : acks) {
      const auto& [circle, author] = chain;
      const std::size_t ref_size = wire::circle_ref_size(circle, programme_->circle_ids);
      writer_->write(wire::Ack{to_bytes(circle.view().first(ref_size)), seq,
                               author == hello_->device ? DeviceId{} : author});
    }
  }
  for (const Intake::Verdict& verdict : intake_->verdicts()) {
    std::visit([this](const auto& frame) { writer_->write(frame); }, verdict);
  }
}

// After a cut the caller does not know what arrived: her chains' heads, in all her circles.
void Responder::write_chain_heads(std::map<Intake::Chain, std::uint64_t>& acks) {
  for (const CircleId& circle : programme_->roster.circles_of(hello_->device)) {
    const auto head = service_.store.chain_head(hello_->programme, hello_->device, circle);
    if (!head || head->seq == 0) continue;
    std::uint64_t& acked = acks[{circle, hello_->device}];
    acked = std::max(acked, head->seq);
  }
}

// Nothing is served: the seal repeats the cursor and tells nothing of the log.
void Responder::end_unserved() {
  wire::Seal seal;
  if (hello_) seal.point = hello_->cursor;
  seal.last = true;
  writer_->seal(seal);
}

// A device that was removed reads the roster up to its removal, and nothing after.
Result<wire::LogPoint> Responder::end_for_caller(const Programme& programme) const {
  wire::LogPoint end = programme.end;
  const roster::Member* member = programme.roster.member(hello_->device);
  if (member == nullptr || member->removal.is_nil()) return end;
  SETU_TAKE(const auto removed_at, service_.store.entry_position(programme.id, member->removal));
  if (removed_at) end.position = std::max(*removed_at, placed_.after);
  return end;
}

Result<ServeOrder> Responder::order(const Programme& programme) const {
  ServeOrder order;
  order.programme = programme.id;
  order.device = hello_->device;
  SETU_TAKE(order.end, end_for_caller(programme));
  order.after = placed_.after;
  order.own_too = hello_->copied;
  order.circles = programme.roster.circles_of(hello_->device);
  order.all_circles = programme.circle_ids;
  const std::size_t wanted = hello_->budget == 0 ? kDefaultBudget : hello_->budget;
  order.budget = std::min(wanted, kMostBudget);
  if (placed_.fit == CursorFit::kOlder) {  // what back-fills are left is asked for again
    order.begun_after = placed_.after;
    return order;
  }
  for (const wire::Backfill& asked : hello_->backfills) {
    const auto circle = wire::resolve_circle(asked.circle_ref, order.circles);
    const Range range{asked.after, std::min(asked.until, order.after)};
    if (circle && range.after < range.until) order.backfills.push_back({*circle, range});
  }
  return order;
}

Result<bool> Responder::next_piece(Bytes& out) {
  SETU_ASSERT(writer_);
  if (failure_) return fail(*failure_);
  if (serving_ && !serving_->done()) SETU_TRY(serving_->write_some(kPieceBytes));
  out = writer_->take();
  return !out.empty();
}

}  // namespace setu::server
