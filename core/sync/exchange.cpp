#include "sync/exchange.hpp"

#include <algorithm>
#include <utility>

#include "sync/answer.hpp"
#include "sync/outbox.hpp"
#include "sync/refusal.hpp"

namespace setu::sync {
namespace {

// A hello is one frame, so it cannot carry every circle of a large office; the next request asks
// for the rest.
constexpr std::size_t kBackfillsPerRequest = 256;

bool is_none(const wire::RequestNonce& nonce) { return nonce == wire::RequestNonce{}; }

Error contradicts_itself() {
  return {Code::kDiverged,
          "sync: the server's log contradicts what it signed before; everything recorded is kept",
          "Tell whoever runs the server: it may have been put back from an old backup."};
}

Error gave_nothing(std::string what) {
  return {Code::kRefused,
          "sync: " + std::move(what) + "; stopped here, everything recorded is kept",
          "Sync again later; if it stays, tell whoever runs the server."};
}

}  // namespace

Exchange::Exchange(Replica& replica, const Options& options, crypto::Random& random)
    : replica_(replica), options_(options), random_(random), outbox_(std::make_unique<Outbox>()) {
  options_.max_request_bytes =
      std::clamp<std::size_t>(options.max_request_bytes, 1, limits::kRequestBytes);
}

Exchange::~Exchange() {
  if (answer_) replica_.discard_unsealed();
}

bool Exchange::wants_request() const { return wants_request_; }

const Report& Exchange::report() const { return report_; }

Result<Bytes> Exchange::make_request() {
  if (!wants_request_ || answer_) {
    return fail(Code::kInvalidArgument, "make a sync request: this exchange does not want one now");
  }
  const wire::Hello hello = make_hello();
  Bytes body = wire::encode_frame(wire::RequestFrame(hello));
  outbox_->begin_request();
  if (!hello.probe && !hello.programme.is_nil() && !is_none(hello.nonce)) {
    Status pushed = outbox_->write(replica_, options_.max_request_bytes, body);
    if (!pushed) {
      stop();
      return fail(std::move(pushed).error());
    }
  }

  crypto::StreamHash request_hash(wire::kRequestStream);
  request_hash.update(body);
  answer_ = std::make_unique<Answer>(replica_, *outbox_,
                                     Asked{.programme = hello.programme,
                                           .request = request_hash.digest(),
                                           .cursor = hello.cursor,
                                           .nonce = hello.nonce,
                                           .backfills = hello.backfills,
                                           .probe = hello.probe,
                                           .key_only = hello.programme.is_nil(),
                                           .claimed_key = claimed_key_},
                                     report_);
  ++report_.requests;
  report_.body_bytes_up += body.size();
  return body;
}

wire::Hello Exchange::make_hello() {
  const std::optional<crypto::SignPublicKey> key = replica_.server_key();
  wire::Hello hello;
  hello.programme = replica_.programme();
  hello.device = replica_.device();
  // Without its key no seal can be verified: asking without a nonce makes the server show it.
  if (key || claimed_key_) hello.nonce = replica_.nonce();
  random_.fill(hello.random);
  hello.cursor = replica_.cursor();
  hello.tag = replica_.cursor_tag();
  hello.copied = replica_.copied();
  if (asked_for_proof_) hello.proof = replica_.log_proof();
  hello.backfills = replica_.backfills();
  if (hello.backfills.size() > kBackfillsPerRequest) hello.backfills.resize(kBackfillsPerRequest);
  hello.budget = options_.answer_budget;
  hello.probe = replica_.push_in_doubt() || probe_again_;
  if (!replica_.enrolled() || shows_invite_) {
    hello.sign_key = replica_.sign_key();
    // A token is a secret that creates a programme: only its own server may see it.
    if (key && !hello.programme.is_nil()) hello.token_secret = replica_.token_secret();
    hello.invite = replica_.invite();
  }
  const Hash hash = wire::hello_hash(hello);
  if (hello.invite) {
    const auto proof = replica_.prove_invite(hash);
    SETU_ASSERT(proof && proof->invite == *hello.invite);
    hello.invite_signature = proof->signature;
  }
  hello.signature = replica_.sign(wire::kHelloSignature, hash.view());
  return hello;
}

Status Exchange::feed(ByteView piece) {
  if (!answer_) return fail(Code::kInvalidArgument, "read the server's answer: no request is open");
  Status taken = answer_->feed(piece);
  if (!taken) stop();
  return taken;
}

Status Exchange::end_of_answer() {
  if (!answer_) return fail(Code::kInvalidArgument, "read the server's answer: no request is open");
  if (const auto refusal = answer_->refused_whole()) {
    stop();
    if (*refusal == wire::RefusalCode::kProveLog) return prove_next();
    if (*refusal == wire::RefusalCode::kUnknownDevice) return show_invite_next();
    return fail(error_of_refusal(*refusal));
  }
  if (!answer_->complete()) {
    const std::size_t bytes = answer_->bytes();
    stop();
    return fail(Code::kNoLink,
                "sync: the answer ended after " + std::to_string(bytes) +
                    " bytes, before its last seal; what was sealed is kept, nothing is lost",
                "Sync again when the link is better: it goes on from there.");
  }
  const std::unique_ptr<Answer> answer = std::move(answer_);
  wants_request_ = false;
  return decide(*answer);
}

// Once: a server that is not convinced is given up on.
Status Exchange::prove_next() {
  if (std::exchange(asked_for_proof_, true) || !replica_.log_proof())
    return fail(contradicts_itself());
  wants_request_ = true;
  return {};
}

// Once, and only for a device whose own roster says that it has joined: the server may have been put
// back to before that, and nobody else need have seen it. Served as a joiner, the device learns of
// the new generation and gives its enrolment back.
Status Exchange::show_invite_next() {
  if (!replica_.enrolled() || !replica_.invite() || std::exchange(shows_invite_, true))
    return fail(error_of_refusal(wire::RefusalCode::kUnknownDevice));
  wants_request_ = true;
  return {};
}

// Whether to ask again. Only after progress: otherwise a server that says "more" for ever would
// keep a phone sending.
Status Exchange::decide(const Answer& answer) {
  claimed_key_ = answer.claimed_key();
  if (replica_.programme().is_nil()) return {};  // the server's key is what was asked for
  if (answer.stale() && last_stale_) {
    return fail(gave_nothing("the server does not accept the nonce that it gave itself"));
  }
  last_stale_ = answer.stale();
  probe_again_ = answer.was_probe() && answer.stale();
  const bool probe_answered = answer.was_probe() && !answer.stale() && !replica_.push_in_doubt();

  SETU_TAKE(const bool left, outbox_->anything_left(replica_, options_.max_request_bytes));
  const bool unread = std::ranges::any_of(replica_.backfills(), [&](const wire::Backfill& open) {
    return !answer.got_nowhere_with(open);  // asked for again with the next sync, not in this one
  });
  if (!answer.more() && !answer.stale() && !left && !unread) return {};
  if (!answer.made_progress() && !probe_answered) {
    if (answer.more()) {
      return fail(gave_nothing("the server says that there is more, but serves nothing"));
    }
    if (outbox_->pushed_anything()) {
      return fail(gave_nothing("the server neither took nor refused what was sent"));
    }
    return {};  // what is left appeared since the request was made: it waits for the next sync
  }
  if (report_.requests >= static_cast<std::uint64_t>(std::max(options_.max_requests, 1))) {
    report_.unfinished = true;
    return {};
  }
  wants_request_ = true;
  return {};
}

void Exchange::link_cut() { stop(); }

void Exchange::stop() {
  if (answer_) replica_.discard_unsealed();
  answer_.reset();
  wants_request_ = false;
}

}  // namespace setu::sync
