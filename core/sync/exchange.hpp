#pragma once
// One sync, without I/O: bytes in, bytes out. The caller owns the link (HTTP over Asio, fetch, the
// simulator).
//
// How to drive it:
//     Exchange exchange(replica, options, random);
//     while (exchange.wants_request()) {
//       Bytes body = take(exchange.make_request());  // POST /v1/sync
//       while (piece arrives) exchange.feed(piece);  // body bytes only
//       exchange.end_of_answer();                    // or exchange.link_cut();
//     }
//     exchange.report();
//
// feed() works through whole frames at once. After link_cut() everything that was acknowledged or
// sealed before the cut is kept; start a new Exchange later. It asks for the server's chain heads
// first when something was in flight, and sends only what is missing.
//
// One sync runs from where the replica stands to where the server has nothing more. It always ends:
// a request that neither brought nor took anything new is the last (kRefused when the server
// pretends there is more), a refused thing is not sent again in the same exchange, and
// Options::max_requests bounds the rest.
//
// What travels is sealed: this module cannot include merge, forms or store, so it cannot know what
// is in a batch. Not thread-safe. Memory: one frame in, one request body (at most
// Options::max_request_bytes) out.

#include <memory>
#include <optional>
#include <span>

#include "wire/frames.hpp"

namespace setu::sync {

class Answer;  // the answer being read; core/sync/answer.hpp
class Outbox;  // what was pushed and refused; core/sync/outbox.hpp

// One sealed batch that the server has not acknowledged: of this device, or of another that the log
// lost and this device still has.
struct OutgoingBatch {
  CircleId circle;
  std::uint64_t seq = 0;
  Bytes bytes;        // canonical, exactly as stored
  DeviceId author{};  // nil: this device
};

struct OutgoingEntry {
  Hash hash;
  Bytes bytes;
};

// What the server signed with a seal, beside the seal itself (wire::seal_hash).
struct Covered {
  Hash request;
  Hash answer;
};

// What the exchange needs of a replica. Every call that stores must be durable enough to survive
// what it promises: take_* may be buffered until sealed(), which commits all of them with the
// cursor in one transaction.
class Replica {
 public:
  virtual ~Replica() = default;

  // Who is asking. programme is nil, and server_key empty, before a first contact.
  virtual ProgrammeId programme() const = 0;
  virtual DeviceId device() const = 0;
  virtual crypto::SignPublicKey sign_key() const = 0;
  virtual crypto::Signature sign(crypto::Domain domain, ByteView message) const = 0;
  virtual std::optional<crypto::SignPublicKey> server_key() const = 0;
  // False for a device that the server's roster does not know yet (creating a programme, joining):
  // the hello then carries the key and the proof.
  virtual bool enrolled() const = 0;
  virtual Bytes token_secret() const = 0;  // empty unless creating a programme
  struct InviteProof {
    InviteId invite;
    crypto::Signature signature;
  };
  virtual std::optional<InviteProof> prove_invite(const Hash& hello) const = 0;
  // What prove_invite() will name: the hello's hash covers it. An enrolled device keeps the invite
  // that it joined by, for a server that was put back to before then.
  virtual std::optional<InviteId> invite() const = 0;

  // Where it stands.
  virtual wire::LogPoint cursor() const = 0;
  virtual wire::LogTag cursor_tag() const = 0;  // as sealed with the cursor
  // This device found that it is an old copy of itself: it pushes nothing, and wants its own
  // batches with their bytes.
  virtual bool copied() const = 0;
  // For a server that asks; nothing before the first seal.
  virtual std::optional<wire::LogProof> log_proof() const = 0;
  virtual wire::RequestNonce nonce() const = 0;
  virtual std::vector<wire::Backfill> backfills() const = 0;
  virtual std::vector<CircleId> known_circles() const = 0;  // ascending, for circle references
  // The last push ended without an answer: pushing() was called, and neither sealed() nor
  // sealed_unserved() since.
  virtual bool push_in_doubt() const = 0;

  // What there is to send: entries first, then batches of each chain in order of seq, own ones
  // before others', at most about `max_bytes`.
  virtual Result<std::vector<OutgoingEntry>> entries_to_push() = 0;
  virtual Result<std::vector<OutgoingBatch>> batches_to_push(std::size_t max_bytes) = 0;
  virtual Status pushing() = 0;  // durable note that something is about to be in flight

  // What comes in, in the order of the answer.
  virtual Status take_nonce(const wire::RequestNonce& nonce,
                            const std::optional<crypto::SignPublicKey>& server_key) = 0;
  // The log was put back to an old copy: of what came from it, what lies beyond `kept` has to be
  // given back. First of what an answer brings; the cursor moves with the next seal.
  virtual Status take_generation(const wire::Generation& begun) = 0;
  virtual Status take_ack(const CircleId& circle, const DeviceId& author, std::uint64_t seq) = 0;
  virtual Status take_entry_ack(const Hash& entry, std::uint64_t position) = 0;
  virtual Status take_refusal(const wire::Refusal& refusal,
                              const std::optional<CircleId>& circle) = 0;
  virtual Status take_entry(std::uint64_t position, ByteView bytes) = 0;
  // Refuses nothing that another member could have spoiled: bad batches are parked or quarantined,
  // and it returns ok.
  virtual Status take_batch(std::uint64_t position, const DeviceId& device,
                            const wire::CompactBatch& compact) = 0;
  // Its circle may be news that came with this answer, as that of a batch may.
  virtual Status take_own(std::uint64_t position, ByteView circle_ref, std::uint64_t seq,
                          const wire::OwnCheck& check) = 0;
  // All that these back-fills asked for has been taken: backfills() need not name them again. Kept
  // by the next sealed(). Said here because a seal does not tell: with a stale nonce nothing was
  // served, and not every back-fill need have been asked for in one request.
  virtual Status take_backfills_served(std::span<const wire::Backfill> served) = 0;
  // Everything up to seal.point has been served. Commits. Compares seal.digest with its own;
  // kDiverged when they differ (committed all the same: batches prove themselves, and the
  // difference is shown). `covered`: what the verified signature covers beside the seal.
  virtual Status sealed(const wire::Seal& seal, const Covered& covered) = 0;
  // The answer is complete and the server signed it, but it served nothing (a stale nonce, or only
  // its key was asked for). Commits acks, refusals and the nonce; the cursor stays, and there is no
  // digest to compare.
  virtual Status sealed_unserved() = 0;
  // Throws away what was taken since the last sealed(): the answer was cut or false.
  virtual void discard_unsealed() = 0;
};

struct Options {
  std::size_t max_request_bytes = 1024 * 1024;
  std::uint32_t answer_budget = 0;  // bytes; 0: the server's default (1 MiB)
  int max_requests = 10'000;        // then it stops with what it has
};

struct Report {
  std::uint64_t pushed_batches = 0;
  std::uint64_t pulled_batches = 0;
  std::uint64_t pushed_entries = 0;
  std::uint64_t pulled_entries = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;        // pushed things that the server did not take
  std::uint64_t body_bytes_up = 0;  // HTTP heads not counted: the transport counts those
  std::uint64_t body_bytes_down = 0;
  bool diverged = false;    // Replica::sealed gave kDiverged; everything was taken all the same
  bool unfinished = false;  // stopped at Options::max_requests with more to send or to fetch
};

class Exchange {
 public:
  // Borrows replica and random for as long as it lives.
  Exchange(Replica& replica, const Options& options, crypto::Random& random);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // True at first, and after an answer as long as there is more to send or to fetch.
  [[nodiscard]] bool wants_request() const;
  // The next request body. Every body starts with a fresh signed hello. Nothing is pushed before
  // the server has given a nonce (a captured body cannot then be played back later), nor while the
  // fate of the last push is unknown. With a nonce that turns out to be stale, what was pushed is
  // kept and acknowledged; only the serving waits for the next request. A token goes out only to a
  // server whose key is known. kInvalidArgument: wants_request() is false, or an answer is still
  // open. Also what the replica returns.
  [[nodiscard]] Result<Bytes> make_request();
  // kMalformed / kForged: this answer is not from our server, or broken: discarded since its last
  // good seal. kDiverged: the server's log fell behind what it signed before, and it began no new
  // generation. Also what the replica returns. After any error: stop.
  [[nodiscard]] Status feed(ByteView piece);
  // The answer's body is complete. kNoLink: it ended before its last seal. The server refused the
  // request as a whole: kNotAllowed (device, token or invite), kBusy, kNewerFormat, kRefused;
  // kRefused also when it goes on saying that there is more but serves nothing; kDiverged when it
  // contradicts what it signed and does not go on from the proof of that. After any error: stop.
  [[nodiscard]] Status end_of_answer();
  // The link broke, or the request never arrived: keeps what was sealed, drops the rest, stops.
  void link_cut();
  [[nodiscard]] const Report& report() const;

 private:
  [[nodiscard]] wire::Hello make_hello();
  [[nodiscard]] Status decide(const Answer& answer);
  [[nodiscard]] Status prove_next();
  [[nodiscard]] Status show_invite_next();
  void stop();

  Replica& replica_;
  Options options_;
  crypto::Random& random_;
  Report report_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<Answer> answer_;  // while one is open
  // From a Challenge, while the replica knows none.
  std::optional<crypto::SignPublicKey> claimed_key_;
  bool wants_request_ = true;
  bool probe_again_ = false;  // the probe met a stale nonce: its answer said nothing about heads
  bool asked_for_proof_ = false;  // the next hello carries it
  bool shows_invite_ = false;     // the server does not know this device: hellos say who invited it
  bool last_stale_ = false;  // the last answer was about a stale nonce: a second is one too many
};

}  // namespace setu::sync
