#include "wire/frames.hpp"

#include "setu/base/codec.hpp"
#include "sync.pb.h"
#include "wire/domains.hpp"
#include "wire/proto_bytes.hpp"

namespace setu::wire {
namespace {

Bytes with_length(const google::protobuf::MessageLite& message) {
  Writer writer;
  writer.varint(message.ByteSizeLong());
  writer.raw(serialized(message));
  return writer.take();
}

bool all_zero(ByteView bytes) {
  std::byte any{0};
  for (std::byte b : bytes) any |= b;
  return any == std::byte{0};
}

void write_seal(v1::Seal& message, const Seal& seal) {
  message.set_generation(seal.point.generation);
  message.set_position(seal.point.position);
  message.set_more(seal.more);
  message.set_last(seal.last);
  if (!all_zero(seal.digest)) put(*message.mutable_digest(), seal.digest);
  put(*message.mutable_signature(), seal.signature.view());
  if (!all_zero(seal.tag)) put(*message.mutable_tag(), seal.tag);
}

void write_proof(v1::LogProof& message, const LogProof& proof) {
  put(*message.mutable_request(), proof.request.view());
  put(*message.mutable_answer(), proof.answer.view());
  write_seal(*message.mutable_seal(), proof.seal);
  for (const TagAt& known : proof.earlier) {
    v1::TagAt& added = *message.add_earlier();
    added.set_position(known.position);
    put(*added.mutable_tag(), known.tag);
  }
}

void write_hello(v1::Hello& message, const Hello& hello) {
  if (!hello.programme.is_nil()) put(*message.mutable_programme(), hello.programme.view());
  put(*message.mutable_device(), hello.device.view());
  if (!all_zero(hello.nonce)) put(*message.mutable_nonce(), hello.nonce);
  put(*message.mutable_random(), hello.random);
  if (hello.cursor != LogPoint{}) {
    message.mutable_cursor()->set_generation(hello.cursor.generation);
    message.mutable_cursor()->set_position(hello.cursor.position);
  }
  for (const Backfill& backfill : hello.backfills) {
    v1::Backfill& added = *message.add_backfills();
    put(*added.mutable_circle_ref(), backfill.circle_ref);
    added.set_after(backfill.after);
    added.set_until(backfill.until);
  }
  message.set_budget(hello.budget);
  message.set_probe(hello.probe);
  if (hello.sign_key) put(*message.mutable_sign_key(), hello.sign_key->view());
  put(*message.mutable_token_secret(), hello.token_secret);
  if (hello.invite) put(*message.mutable_invite(), hello.invite->view());
  if (hello.invite_signature)
    put(*message.mutable_invite_signature(), hello.invite_signature->view());
  put(*message.mutable_signature(), hello.signature.view());
  if (!all_zero(hello.tag)) put(*message.mutable_tag(), hello.tag);
  message.set_copied(hello.copied);
  if (hello.proof) write_proof(*message.mutable_proof(), *hello.proof);
}

// `ok` turns false on any length that cannot be.
struct Parser {
  bool ok = true;

  template <class Id>
  Id id(const std::string& bytes) {
    const auto parsed = Id::from(as_bytes(bytes));
    ok = ok && parsed.has_value();
    return parsed ? *parsed : Id{};
  }
  template <class Id>
  std::optional<Id> maybe(const std::string& bytes) {
    return bytes.empty() ? std::nullopt : std::optional(id<Id>(bytes));
  }
  template <std::size_t kSize>
  void fixed(std::array<std::byte, kSize>& out, const std::string& bytes, bool may_be_empty) {
    if (bytes.empty() && may_be_empty) return;
    ok = ok && bytes.size() == kSize;
    if (ok) std::memcpy(out.data(), bytes.data(), kSize);
  }
  Bytes bytes(const std::string& given, std::size_t max_size) {
    ok = ok && given.size() <= max_size;
    return to_bytes(as_bytes(given));
  }
  Bytes circle_ref(const std::string& given) { return bytes(given, CircleId::size); }

  // Whose chain; empty: the caller's.
  DeviceId author(const std::string& given) {
    return given.empty() ? DeviceId{} : id<DeviceId>(given);
  }

  LogProof read(const v1::LogProof& message) {
    LogProof proof;
    proof.request = id<Hash>(message.request());
    proof.answer = id<Hash>(message.answer());
    proof.seal = read(message.seal());
    ok = ok && message.earlier_size() <= static_cast<int>(kMostTagsKept);
    if (!ok) return proof;
    for (const v1::TagAt& given : message.earlier()) {
      TagAt& known = proof.earlier.emplace_back();
      known.position = given.position();
      fixed(known.tag, given.tag(), false);
    }
    return proof;
  }

  Hello read(const v1::Hello& message) {
    Hello hello;
    if (!message.programme().empty()) hello.programme = id<ProgrammeId>(message.programme());
    hello.device = id<DeviceId>(message.device());
    fixed(hello.nonce, message.nonce(), true);
    fixed(hello.random, message.random(), false);
    hello.cursor = {message.cursor().generation(), message.cursor().position()};
    ok = ok && message.backfills_size() <= static_cast<int>(limits::kCirclesPerDevice);
    if (!ok) return hello;
    for (const v1::Backfill& given : message.backfills()) {
      hello.backfills.push_back({circle_ref(given.circle_ref()), given.after(), given.until()});
    }
    hello.budget = message.budget();
    hello.probe = message.probe();
    hello.sign_key = maybe<crypto::SignPublicKey>(message.sign_key());
    hello.token_secret = bytes(message.token_secret(), 16);
    hello.invite = maybe<InviteId>(message.invite());
    hello.invite_signature = maybe<crypto::Signature>(message.invite_signature());
    hello.signature = id<crypto::Signature>(message.signature());
    fixed(hello.tag, message.tag(), true);
    hello.copied = message.copied();
    if (message.has_proof()) hello.proof = read(message.proof());
    return hello;
  }

  Challenge read(const v1::Challenge& message) {
    Challenge challenge;
    fixed(challenge.nonce, message.nonce(), false);
    challenge.stale = message.stale();
    challenge.server_key = maybe<crypto::SignPublicKey>(message.server_key());
    return challenge;
  }

  Refusal read(const v1::Refusal& message) {
    Refusal refusal;
    ok = ok && message.code() >= 1 && message.code() <= 255;
    refusal.code = static_cast<RefusalCode>(message.code());
    refusal.circle_ref = circle_ref(message.circle_ref());
    refusal.seq = message.seq();
    refusal.entry_hash = bytes(message.entry_hash(), Hash::size);
    refusal.author = author(message.device());
    return refusal;
  }

  Seal read(const v1::Seal& message) {
    Seal seal;
    seal.point = {message.generation(), message.position()};
    seal.more = message.more();
    seal.last = message.last();
    fixed(seal.digest, message.digest(), true);
    seal.signature = id<crypto::Signature>(message.signature());
    fixed(seal.tag, message.tag(), true);
    return seal;
  }

  OwnBatch read(const v1::OwnBatch& message) {
    OwnBatch own{message.position(), circle_ref(message.circle_ref()), message.seq(), {}};
    fixed(own.check, message.check(), true);
    return own;
  }
};

// A parsed message whose strings the frame's views borrow, and the frame.
template <class Frame>
struct Held;

template <>
struct Held<RequestFrame> {
  v1::RequestFrame message;

  std::optional<RequestFrame> frame() {
    Parser parser;
    RequestFrame out;
    switch (message.frame_case()) {
      case v1::RequestFrame::kHello: out = parser.read(message.hello()); break;
      case v1::RequestFrame::kEntry: out = PushEntry{as_bytes(message.entry())}; break;
      case v1::RequestFrame::kBatch: out = PushBatch{as_bytes(message.batch()), {}}; break;
      case v1::RequestFrame::kCarried:
        out = PushBatch{as_bytes(message.carried().batch()),
                        parser.id<DeviceId>(message.carried().device())};
        break;
      case v1::RequestFrame::FRAME_NOT_SET: return std::nullopt;
    }
    return parser.ok ? std::optional(std::move(out)) : std::nullopt;
  }
};

template <>
struct Held<AnswerFrame> {
  v1::AnswerFrame message;

  std::optional<AnswerFrame> frame() {
    Parser parser;
    AnswerFrame out;
    switch (message.frame_case()) {
      case v1::AnswerFrame::kChallenge: out = parser.read(message.challenge()); break;
      case v1::AnswerFrame::kAck:
        out = Ack{parser.circle_ref(message.ack().circle_ref()), message.ack().seq(),
                  parser.author(message.ack().device())};
        break;
      case v1::AnswerFrame::kEntryAck:
        out = EntryAck{parser.id<Hash>(message.entry_ack().hash()), message.entry_ack().position()};
        break;
      case v1::AnswerFrame::kRefusal: out = parser.read(message.refusal()); break;
      case v1::AnswerFrame::kEntry:
        out = PulledEntry{message.entry().position(), as_bytes(message.entry().entry())};
        break;
      case v1::AnswerFrame::kBatch:
        out = PulledBatch{message.batch().position(), parser.id<DeviceId>(message.batch().device()),
                          as_bytes(message.batch().batch())};
        break;
      case v1::AnswerFrame::kOwn: out = parser.read(message.own()); break;
      case v1::AnswerFrame::kGeneration:
        out = Generation{message.generation().generation(), message.generation().kept()};
        break;
      case v1::AnswerFrame::kSeal: out = parser.read(message.seal()); break;
      case v1::AnswerFrame::FRAME_NOT_SET: return std::nullopt;
    }
    return parser.ok ? std::optional(std::move(out)) : std::nullopt;
  }
};

void write_answer(v1::AnswerFrame& out, const Challenge& challenge) {
  v1::Challenge& message = *out.mutable_challenge();
  put(*message.mutable_nonce(), challenge.nonce);
  message.set_stale(challenge.stale);
  if (challenge.server_key) put(*message.mutable_server_key(), challenge.server_key->view());
}
void write_answer(v1::AnswerFrame& out, const Ack& ack) {
  put(*out.mutable_ack()->mutable_circle_ref(), ack.circle_ref);
  out.mutable_ack()->set_seq(ack.seq);
  if (!ack.author.is_nil()) put(*out.mutable_ack()->mutable_device(), ack.author.view());
}
void write_answer(v1::AnswerFrame& out, const EntryAck& ack) {
  put(*out.mutable_entry_ack()->mutable_hash(), ack.hash.view());
  out.mutable_entry_ack()->set_position(ack.position);
}
void write_answer(v1::AnswerFrame& out, const Refusal& refusal) {
  v1::Refusal& message = *out.mutable_refusal();
  message.set_code(static_cast<std::uint32_t>(refusal.code));
  put(*message.mutable_circle_ref(), refusal.circle_ref);
  message.set_seq(refusal.seq);
  put(*message.mutable_entry_hash(), refusal.entry_hash);
  if (!refusal.author.is_nil()) put(*message.mutable_device(), refusal.author.view());
}
void write_answer(v1::AnswerFrame& out, const Generation& begun) {
  out.mutable_generation()->set_generation(begun.generation);
  out.mutable_generation()->set_kept(begun.kept);
}
void write_answer(v1::AnswerFrame& out, const PulledEntry& entry) {
  out.mutable_entry()->set_position(entry.position);
  put(*out.mutable_entry()->mutable_entry(), entry.bytes);
}
void write_answer(v1::AnswerFrame& out, const PulledBatch& batch) {
  out.mutable_batch()->set_position(batch.position);
  put(*out.mutable_batch()->mutable_device(), batch.device.view());
  put(*out.mutable_batch()->mutable_batch(), batch.compact);
}
void write_answer(v1::AnswerFrame& out, const OwnBatch& own) {
  out.mutable_own()->set_position(own.position);
  put(*out.mutable_own()->mutable_circle_ref(), own.circle_ref);
  out.mutable_own()->set_seq(own.seq);
  if (!all_zero(own.check)) put(*out.mutable_own()->mutable_check(), own.check);
}
void write_answer(v1::AnswerFrame& out, const Seal& seal) { write_seal(*out.mutable_seal(), seal); }

void write_fixed(Writer& writer, const Seal& seal) {
  writer.u32(seal.point.generation);
  writer.u64(seal.point.position);
  writer.u8(static_cast<std::uint8_t>((seal.more ? 1 : 0) | (seal.last ? 2 : 0)));
  writer.raw(seal.digest);
  writer.raw(seal.tag);
}

}  // namespace

Hash hello_hash(const Hello& hello) {
  Writer fixed;
  fixed.id(hello.programme);
  fixed.id(hello.device);
  fixed.raw(hello.nonce);
  fixed.raw(hello.random);
  fixed.u32(hello.cursor.generation);
  fixed.u64(hello.cursor.position);
  fixed.u32(hello.budget);
  fixed.u8(static_cast<std::uint8_t>((hello.probe ? 1 : 0) | (hello.copied ? 2 : 0)));
  fixed.raw(hello.tag);
  Writer backfills;
  for (const Backfill& backfill : hello.backfills) {
    backfills.sized(backfill.circle_ref);
    backfills.u64(backfill.after);
    backfills.u64(backfill.until);
  }
  const Bytes sign_key = hello.sign_key ? to_bytes(hello.sign_key->view()) : Bytes{};
  const Bytes invite = hello.invite ? to_bytes(hello.invite->view()) : Bytes{};
  Writer proof;
  if (hello.proof) {
    proof.id(hello.proof->request);
    proof.id(hello.proof->answer);
    write_fixed(proof, hello.proof->seal);
    proof.id(hello.proof->seal.signature);
    for (const TagAt& known : hello.proof->earlier) {
      proof.u64(known.position);
      proof.raw(known.tag);
    }
  }
  return crypto::hash(domains::kHello, {fixed.view(), backfills.view(), sign_key,
                                        hello.token_secret, invite, proof.view()});
}

Hash seal_hash(const ProgrammeId& programme, const Hash& request, const Hash& answer_so_far,
               const Seal& seal) {
  Writer fixed;
  write_fixed(fixed, seal);
  return crypto::hash(domains::kSeal,
                      {programme.view(), request.view(), answer_so_far.view(), fixed.view()});
}

OwnCheck own_check(const Hash& batch) {
  OwnCheck check;
  std::memcpy(check.data(), batch.bytes.data(), check.size());
  return check;
}

LogTag log_tag(const LogTag& before, const Hash& item) {
  const Hash hash = crypto::hash(domains::kLogTag, {before, item.view()});
  LogTag tag;
  std::memcpy(tag.data(), hash.bytes.data(), tag.size());
  return tag;
}

Hash chain_head(const Hash& before, const Hash& item) {
  return crypto::hash(domains::kChainHead, {before.view(), item.view()});
}

namespace {

HeadDigest digest_of(crypto::Domain domain, const Hash& roster_head, ByteView joined) {
  const Hash hash = crypto::hash(domain, {roster_head.view(), joined});
  HeadDigest digest;
  std::memcpy(digest.data(), hash.bytes.data(), digest.size());
  return digest;
}

}  // namespace

HeadDigest heads_digest(const Hash& roster_head, std::span<const CircleHead> circles) {
  Bytes joined;
  for (const CircleHead& circle : circles) {
    append(joined, circle.circle.view());
    append(joined, circle.head.view());
  }
  return digest_of(domains::kHeadsDigest, roster_head, joined);
}

HeadDigest shown_digest(const Hash& roster_head, std::span<const Hash> tips) {
  Bytes joined;
  for (const Hash& tip : tips) append(joined, tip.view());
  return digest_of(domains::kShownDigest, roster_head, joined);
}

Bytes encode_frame(const RequestFrame& frame) {
  v1::RequestFrame message;
  if (const auto* hello = std::get_if<Hello>(&frame)) write_hello(*message.mutable_hello(), *hello);
  if (const auto* entry = std::get_if<PushEntry>(&frame))
    put(*message.mutable_entry(), entry->bytes);
  if (const auto* batch = std::get_if<PushBatch>(&frame)) {
    if (batch->author.is_nil()) {
      put(*message.mutable_batch(), batch->compact);
    } else {
      put(*message.mutable_carried()->mutable_device(), batch->author.view());
      put(*message.mutable_carried()->mutable_batch(), batch->compact);
    }
  }
  return with_length(message);
}

Bytes encode_frame(const AnswerFrame& frame) {
  v1::AnswerFrame message;
  std::visit([&](const auto& given) { write_answer(message, given); }, frame);
  return with_length(message);
}

template <class Frame>
struct FrameReader<Frame>::Parsed : Held<Frame> {};

template <class Frame>
FrameReader<Frame>::FrameReader() : parsed_(std::make_unique<Parsed>()) {}
template <class Frame>
FrameReader<Frame>::~FrameReader() = default;
template <class Frame>
FrameReader<Frame>::FrameReader(FrameReader&&) noexcept = default;
template <class Frame>
FrameReader<Frame>& FrameReader<Frame>::operator=(FrameReader&&) noexcept = default;

template <class Frame>
void FrameReader<Frame>::feed(ByteView bytes) {
  if (failed_) return;
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(start_));
  start_ = 0;
  append(held_, bytes);
}

template <class Frame>
Result<std::optional<Frame>> FrameReader<Frame>::next() {
  const auto refuse = [this] {
    failed_ = true;
    return fail(Code::kMalformed, "read frame: it does not parse or is beyond limits");
  };
  if (failed_) return refuse();
  const ByteView rest = ByteView(held_).subspan(start_);
  constexpr std::size_t kMaxLengthBytes = 3;  // limits::kFrameBytes needs no more
  Reader reader(rest);
  const std::uint64_t length = reader.varint();
  if (!reader.ok()) {
    if (rest.size() >= kMaxLengthBytes) return refuse();
    return std::optional<Frame>{};
  }
  if (length == 0 || length > limits::kFrameBytes) return refuse();
  if (reader.remaining() < length) return std::optional<Frame>{};
  const ByteView body = reader.raw(static_cast<std::size_t>(length));
  const std::size_t total = rest.size() - reader.remaining();
  if (!parsed_->message.ParseFromArray(body.data(), static_cast<int>(body.size()))) return refuse();
  std::optional<Frame> frame = parsed_->frame();
  if (!frame) return refuse();
  start_ += total;
  consumed_ += total;
  return frame;
}

template <class Frame>
bool FrameReader<Frame>::at_boundary() const {
  return !failed_ && start_ == held_.size();
}

template <class Frame>
std::size_t FrameReader<Frame>::consumed() const {
  return consumed_;
}

template class FrameReader<RequestFrame>;
template class FrameReader<AnswerFrame>;

}  // namespace setu::wire
