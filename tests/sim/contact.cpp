#include "contact.hpp"

#include <algorithm>

#include "withheld.hpp"

namespace setu::sim {
namespace {

constexpr int kMostRounds = 8;                       // of an app that syncs until it is settled
constexpr std::size_t kSlowPiece = 300;              // bytes
constexpr std::int64_t kSlowBytesPerSecond = 5'000;  // GPRS
constexpr std::int64_t kRoundTripMs = 750;
constexpr std::size_t kShortAnswer = 200;  // bytes: an answer is cut before that, or much later
constexpr std::size_t kLongAnswer = 20'000;

Instant server_time(std::int64_t now_ms) { return Instant{kEpochMs + now_ms}; }

}  // namespace

Contact::Contact(SimDevice& device, SimServer& server, const LinkFaults& faults, Random random,
                 ContactCounts& counts)
    : device_(device), server_(server), faults_(faults), random_(random), counts_(counts) {}

void Contact::listen_in(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  leaked_ = leaked_ || text.find(kCanary) != std::string_view::npos;
}

std::int64_t Contact::pause_for(std::size_t bytes) const {
  return faults_.slow ? 1 + static_cast<std::int64_t>(bytes) * 1000 / kSlowBytesPerSecond : 0;
}

void Contact::add_report() {
  if (exchange_ == nullptr) return;
  const sync::Report& more = exchange_->report();
  report_.pushed_batches += more.pushed_batches;
  report_.pulled_batches += more.pulled_batches;
  report_.pushed_entries += more.pushed_entries;
  report_.pulled_entries += more.pulled_entries;
  report_.requests += more.requests;
  report_.body_bytes_up += more.body_bytes_up;
  report_.body_bytes_down += more.body_bytes_down;
}

std::optional<std::int64_t> Contact::over(Status ending) {
  add_report();
  responder_.reset();
  exchange_.reset();
  stage_ = Stage::kOver;
  ending_ = std::move(ending);
  return std::nullopt;
}

std::optional<std::int64_t> Contact::cut(std::uint64_t& count) {
  ++count;
  if (exchange_ != nullptr) exchange_->link_cut();
  return over(fail(Code::kNoLink, "the link was cut"));
}

std::optional<std::int64_t> Contact::step(std::int64_t now_ms) {
  if (began_ms_ < 0) began_ms_ = now_ms;
  if (stage_ != Stage::kBegin && responder_ == nullptr) return cut(counts_.lost);
  if (faults_.window_ms > 0 && now_ms - began_ms_ > faults_.window_ms)
    return cut(counts_.closed_windows);
  switch (stage_) {
    case Stage::kBegin: return begin(now_ms);
    case Stage::kUp: return carry_up(now_ms);
    case Stage::kDown: return carry_down();
    case Stage::kOver: break;
  }
  return std::nullopt;
}

std::optional<std::int64_t> Contact::begin(std::int64_t now_ms) {
  if (Status sealed = device_.client().prepare_sync(); !sealed) return over(std::move(sealed));
  exchange_ =
      std::make_unique<sync::Exchange>(device_.client().replica(), sync::Options{}, device_.random);
  const auto pause = next_request();
  return pause && !faults_.slow ? step(now_ms) : pause;
}

std::optional<std::int64_t> Contact::next_request() {
  auto request = exchange_->make_request();
  if (!request) return over(fail(request.error()));
  request_ = std::move(*request);
  listen_in(request_);
  sent_ = received_ = piece_at_ = 0;
  tampered_ = false;
  piece_.clear();
  if (!server_.is_up() || random_.chance(faults_.lost)) return cut(counts_.lost);
  ++counts_.requests;
  up_end_ = request_.size();
  if (random_.chance(faults_.cut_up)) up_end_ = random_.below(request_.size());
  down_end_.reset();
  if (random_.chance(faults_.cut_down))
    down_end_ = random_.below(random_.chance(0.7) ? kShortAnswer : kLongAnswer);
  if (faults_.cut_up_at) up_end_ = std::min(*faults_.cut_up_at, request_.size());
  if (faults_.cut_down_at) down_end_ = faults_.cut_down_at;
  if (random_.chance(faults_.repeated)) {
    ++counts_.repeated;
    repeat_ = request_;
  }
  responder_ = std::make_unique<server::Responder>(server_.service());
  stage_ = Stage::kUp;
  return faults_.slow ? kRoundTripMs : 0;
}

std::optional<std::int64_t> Contact::carry_up(std::int64_t now_ms) {
  for (;;) {
    const std::size_t left = up_end_ - sent_;
    const std::size_t size = faults_.slow ? std::min(left, kSlowPiece) : left;
    if (size > 0) responder_->feed(ByteView(request_).subspan(sent_, size), server_time(now_ms));
    sent_ += size;
    counts_.bytes_up += size;
    if (sent_ == request_.size()) break;
    if (sent_ == up_end_) return cut(counts_.cut_up);
    if (faults_.slow) return pause_for(size);
  }
  responder_->finish(server_time(now_ms));
  stage_ = Stage::kDown;
  return faults_.slow ? pause_for(request_.size()) : carry_down();
}

// Of the answer. A server that lies has to know all of it before it says anything.
Result<bool> Contact::next_piece() {
  if (withheld_share_ == 0) return responder_->next_piece(piece_);
  if (std::exchange(tampered_, true)) return false;
  Bytes honest, piece;
  for (bool more = true; more;) {
    SETU_TAKE(more, responder_->next_piece(piece));
    if (more) append(honest, piece);
    piece.clear();
  }
  Withheld withheld =
      leave_out(server_.identity(), request_, std::move(honest), withheld_share_, random_);
  withheld_ += withheld.items;
  piece_ = std::move(withheld.answer);
  return true;
}

std::optional<std::int64_t> Contact::carry_down() {
  for (;;) {
    if (piece_at_ == piece_.size()) {
      piece_.clear();
      piece_at_ = 0;
      const auto more = next_piece();
      if (!more) return cut(counts_.lost);  // a server that cannot read its log hangs up
      if (!*more) return end_of_answer();
      listen_in(piece_);
    }
    std::size_t size = piece_.size() - piece_at_;
    if (faults_.slow) size = std::min(size, kSlowPiece);
    const bool cut_here = down_end_ && received_ + size >= *down_end_;
    if (cut_here) size = *down_end_ - received_;
    counts_.bytes_down += size;
    Status fed = exchange_->feed(ByteView(piece_).subspan(piece_at_, size));
    if (!fed) return over(std::move(fed));
    piece_at_ += size;
    received_ += size;
    if (cut_here) return cut(counts_.cut_down);
    if (faults_.slow) return pause_for(size);
  }
}

std::optional<std::int64_t> Contact::end_of_answer() {
  if (Status ended = exchange_->end_of_answer(); !ended) return over(std::move(ended));
  responder_.reset();
  stage_ = Stage::kBegin;
  if (exchange_->wants_request()) {
    const auto pause = next_request();
    return pause;
  }
  if (Status tended = device_.client().tend(); !tended) return over(std::move(tended));
  const auto settled = device_.client().settled();
  if (!settled) return over(fail(settled.error()));
  if (*settled || ++rounds_ == kMostRounds) {
    device_.client().note_sync_done();
    return over({});
  }
  add_report();
  exchange_.reset();
  return faults_.slow ? kRoundTripMs : 0;
}

void deliver_again(SimServer& server, const Bytes& request, std::int64_t now_ms) {
  if (!server.is_up()) return;
  server::Responder responder(server.service());
  responder.feed(request, server_time(now_ms));
  responder.finish(server_time(now_ms));
  Bytes piece;
  for (bool more = true; more;) {
    const auto result = responder.next_piece(piece);
    more = result && *result;
  }
}

}  // namespace setu::sim
