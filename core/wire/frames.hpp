#pragma once
// The frames of POST /v1/sync, both ways: protobuf messages (proto/sync.proto), each with a varint
// length before it, so that either side works through what arrived before a cut. These structs are
// what the rest of Setu sees of them.
//
// Request: one Hello, then roster entries, then batches. Answer: an optional Challenge, a
// Generation when the log was put back since the cursor (nothing pushed is looked at then) or else
// acks and refusals for what was pushed, then roster entries, batches and own-marks strictly by
// position, with a Seal after every kSealEvery bytes and at the end. What came after the last Seal
// of a cut answer is not believed to be complete: the cursor stays.

#include <memory>
#include <variant>

#include "setu/base/limits.hpp"
#include "wire/body.hpp"
#include "wire/envelope.hpp"

namespace setu::wire {

inline constexpr std::size_t kSealEvery = 64 * 1024;

// 12 bytes: hour of issue and a MAC over (device, hour) under a key that all nodes of a server
// share. All zeros: none yet.
using RequestNonce = std::array<std::byte, 12>;

struct Backfill {
  Bytes circle_ref;
  std::uint64_t after = 0;  // batches of this circle with after < position <= until
  std::uint64_t until = 0;
  friend bool operator==(const Backfill&, const Backfill&) = default;
};

struct Seal {
  LogPoint point;               // the cursor that what was served up to here leads to
  bool more = false;            // at the end: the budget was used up, ask again
  bool last = false;            // the last frame of the answer
  HeadDigest digest{};          // heads_digest() at `point`
  crypto::Signature signature;  // by the server over seal_hash()
  LogTag tag{};                 // of the whole log at `point`; zeros: nothing was served
};

// What a device knows of the log: the last seal that it kept, with all that the server's signature
// covers, and (position, tag) pairs of that log, ascending, ever fewer towards the past. Shown when
// the server asks (RefusalCode::kProveLog): a server that was put back to an old copy learns from
// it.
inline constexpr std::size_t kMostTagsKept = 40;
struct LogProof {
  Hash request;  // as in seal_hash()
  Hash answer;
  Seal seal;
  std::vector<TagAt> earlier;
};

struct Hello {
  ProgrammeId programme;  // nil when asking for the server's key before genesis
  DeviceId device;
  RequestNonce nonce{};
  std::array<std::byte, 8> random{};
  LogPoint cursor;
  std::vector<Backfill> backfills;
  std::uint32_t budget =
      0;  // most bytes of entries and batches wanted in the answer; 0: the server's default (1 MiB)
  bool probe = false;  // tell me my chain heads first (after a cut, before pushing again)
  // From who is not enrolled yet: her own keys, and why she may ask.
  std::optional<crypto::SignPublicKey> sign_key;
  Bytes token_secret;  // creates the programme with the genesis entry that follows
  std::optional<InviteId> invite;
  std::optional<crypto::Signature> invite_signature;  // by the invite's key over hello_hash()
  crypto::Signature signature;                        // by the device over hello_hash()
  LogTag tag{};         // as sealed with the cursor; zeros: not known, nothing is compared
  bool copied = false;  // this device is an old copy of itself: serve its own batches with bytes
  std::optional<LogProof> proof;
};
// Over every field but the two signatures.
[[nodiscard]] Hash hello_hash(const Hello& hello);

struct PushEntry {
  ByteView bytes;
};
struct PushBatch {
  ByteView compact;
  DeviceId author{};  // nil: the sender. Another: given back to a log that lost it
};
using RequestFrame = std::variant<Hello, PushEntry, PushBatch>;  // views borrow from the fed bytes
                                                                 // until the next call

// A new nonce. `stale`: the request's nonce was refused, so nothing was served; what was pushed is
// kept.
struct Challenge {
  RequestNonce nonce{};
  bool stale = false;
  std::optional<crypto::SignPublicKey> server_key;  // for who does not know it yet
};
struct Ack {  // durable: all batches of the chain in this circle through seq
  Bytes circle_ref;
  std::uint64_t seq = 0;
  DeviceId author{};  // whose chain; nil: the caller's
};
struct EntryAck {
  Hash hash;
  std::uint64_t position = 0;
};
// Never renumber.
enum class RefusalCode : std::uint8_t {
  kMalformed = 1,
  kForged = 2,
  kNotMember = 3,
  kGap = 4,
  kConflictingSeq = 5,
  kRule = 6,
  kTooLarge = 7,
  kQuota = 8,
  kUnknownProgramme = 9,
  kUnknownDevice = 10,
  kBadToken = 11,
  kBusy = 12,
  kNewerFormat = 13,
  kProveLog = 14,   // the cursor contradicts the log: say again with Hello::proof
  kCutBehind = 15,  // a removal cuts off what the log holds already: read on, and say it again
};
// One pushed thing (or the whole request, with no subject) was not taken. Never says why in more
// words than the code: unknown and forbidden look the same.
struct Refusal {
  RefusalCode code{};
  Bytes circle_ref;  // a batch: its circle
  std::uint64_t seq = 0;
  Bytes entry_hash;   // an entry: its hash
  DeviceId author{};  // a batch: whose; nil: the caller's
};
// The log was put back to an old copy since the cursor's generation: of what the caller knows, what
// lies up to `kept` stands. What is served goes on from there.
struct Generation {
  std::uint32_t generation = 0;
  std::uint64_t kept = 0;
};
struct PulledEntry {
  std::uint64_t position = 0;
  ByteView bytes;
};
struct PulledBatch {
  std::uint64_t position = 0;
  DeviceId device;
  ByteView compact;
};
// The first bytes of a batch's hash: enough to see that it is not the one that this device has.
using OwnCheck = std::array<std::byte, 4>;
[[nodiscard]] OwnCheck own_check(const Hash& batch);
struct OwnBatch {  // the caller's own, by position
  std::uint64_t position = 0;
  Bytes circle_ref;
  std::uint64_t seq = 0;
  OwnCheck check{};
};
using AnswerFrame = std::variant<Challenge, Ack, EntryAck, Refusal, PulledEntry, PulledBatch,
                                 OwnBatch, Generation, Seal>;

// What a Seal's signature covers: the programme, hash of all request body bytes, hash of all answer
// body bytes before this frame, and the frame's own fields.
[[nodiscard]] Hash seal_hash(const ProgrammeId& programme, const Hash& request,
                             const Hash& answer_so_far, const Seal& seal);
inline constexpr crypto::Domain kRequestStream{"setu/request/1"};  // StreamHash domains of the two
inline constexpr crypto::Domain kAnswerStream{"setu/answer/1"};
inline constexpr crypto::Domain kHelloSignature{"setu/hello/1"};
inline constexpr crypto::Domain kSealSignature{"setu/seal/1"};

// Hash chains over what the log holds: per circle over its batches, and over the roster's entries.
[[nodiscard]] Hash chain_head(const Hash& before, const Hash& item);
// The next link of the log's own chain, over all its items whomever they are for.
[[nodiscard]] LogTag log_tag(const LogTag& before, const Hash& item);
// The digest both sides compute: the roster's head and the head of each of the caller's circles
// (with a batch), ascending by id.
struct CircleHead {
  CircleId circle;
  Hash head;
};
[[nodiscard]] HeadDigest heads_digest(const Hash& roster_head, std::span<const CircleHead> circles);
// What the author of a batch had been shown, which every reader of its circle can compute too: the
// roster's head at the batch's head seen, and the hashes of the batches that its tips name, in the
// order of the tips. It travels inside the batch
// (BatchBody::head_digest).
[[nodiscard]] HeadDigest shown_digest(const Hash& roster_head, std::span<const Hash> tips);

[[nodiscard]] Bytes encode_frame(const RequestFrame& frame);
[[nodiscard]] Bytes encode_frame(const AnswerFrame& frame);

// Cuts a byte stream into frames. feed() bytes as they come; next() gives whole frames, nothing
// when more bytes are needed, kMalformed for ever after a frame that does not parse or is beyond
// limits::kFrameBytes. Frame views borrow from the reader until the next call of feed() or next().
// Memory: at most one frame plus what was fed.
template <class Frame>
class FrameReader {
 public:
  FrameReader();
  ~FrameReader();
  FrameReader(FrameReader&&) noexcept;
  FrameReader& operator=(FrameReader&&) noexcept;

  void feed(ByteView bytes);
  [[nodiscard]] Result<std::optional<Frame>> next();
  [[nodiscard]] bool at_boundary() const;      // nothing half-read: the stream may end here
  [[nodiscard]] std::size_t consumed() const;  // bytes of all frames given so far, lengths included
 private:
  struct Parsed;  // the message that the last frame's views borrow from
  std::unique_ptr<Parsed> parsed_;
  Bytes held_;
  std::size_t start_ = 0;
  std::size_t consumed_ = 0;
  bool failed_ = false;
};
extern template class FrameReader<RequestFrame>;
extern template class FrameReader<AnswerFrame>;

}  // namespace setu::wire
