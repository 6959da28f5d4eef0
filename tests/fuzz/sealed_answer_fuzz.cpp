// A server that signs whatever it says: frames in any order, with any positions, over as many
// requests as the device makes, one seal perhaps false. What the replica is given is in order,
// within what was asked, and of what it pushed; nothing is kept beyond the last good seal; and the
// sync ends.
//
// Input: a byte (size of the pieces), a byte (where the replica stands), a byte (the seal that is
// false), then frames as bytes of kind and fields. A seal marked as last ends an answer.

#include <algorithm>
#include <cstdint>

#include "watched_replica.hpp"

namespace {

using namespace setu;
using namespace setu::sync;

constexpr std::size_t kRefBytes = 4;
constexpr std::uint64_t kStart = 10;  // of the cursor, where there is one
constexpr int kMostRequests = 6;

class Script {
 public:
  explicit Script(ByteView bytes) : rest_(bytes) {}
  [[nodiscard]] bool over() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto first = std::to_integer<std::uint8_t>(rest_.front());
    rest_ = rest_.subspan(1);
    return first;
  }
  unsigned below(unsigned bound) { return byte() % bound; }

 private:
  ByteView rest_;
};

Bytes batch_of(const CircleId& circle, const DeviceId& device, std::uint64_t seq) {
  crypto::SeededRandom random(seq);
  wire::BatchHeader header;
  header.programme = fuzz::id_of<ProgrammeId>(9);
  header.circle = circle;
  header.epoch = 1;
  header.device = device;
  header.seq = seq;
  if (seq > 1) header.previous.bytes.fill(std::byte{1});
  return wire::seal_batch(header, crypto::Secret(crypto::kKeySize), fuzz::sign_key_number(1),
                          Bytes(192), random)
      .value();
}

// What others wrote, in a form that travels.
const Bytes& strange_batch(unsigned circle) {
  static const auto make = [](int number) {
    const Bytes bytes = batch_of(fuzz::id_of<CircleId>(number), fuzz::id_of<DeviceId>(7), 1);
    return wire::compact_batch(wire::parse_batch(bytes).value(), kRefBytes);
  };
  static const std::vector<Bytes> both = {make(1), make(2), make(3)};  // of the third it is not
  return both.at(circle);
}

const CircleId kOwnCircle = fuzz::id_of<CircleId>(1);
const std::vector<Bytes>& own_batches() {
  static const std::vector<Bytes> both = {batch_of(kOwnCircle, fuzz::id_of<DeviceId>(5), 1),
                                          batch_of(kOwnCircle, fuzz::id_of<DeviceId>(5), 2)};
  return both;
}

// Holds the exchange to what Replica promises those who implement it.
class StrictReplica final : public fuzz::WatchedReplica {
 public:
  // What the seals kept, for the report.
  std::uint64_t kept_entries = 0, kept_batches = 0;

  explicit StrictReplica(unsigned stand) : pushes_(stand % 2 != 0), enrolled_(stand % 16 < 8) {
    if (stand / 2 % 2 != 0) cursor_ = {1, kStart};
    if (stand / 4 % 2 != 0 && cursor_.position > 0) {
      const Bytes ref = to_bytes(fuzz::id_of<CircleId>(2).view().first(kRefBytes));
      backfills_.push_back({ref, 2, kStart - 1});
    }
  }

  bool enrolled() const override { return enrolled_; }
  wire::LogPoint cursor() const override { return cursor_; }
  std::vector<wire::Backfill> backfills() const override { return backfills_; }
  bool push_in_doubt() const override { return in_doubt_; }
  Result<std::vector<OutgoingEntry>> entries_to_push() override {
    if (!pushes_ || entry_settled_) return std::vector<OutgoingEntry>{};
    return std::vector<OutgoingEntry>{{fuzz::id_of<Hash>(8), Bytes(40)}};
  }
  Result<std::vector<OutgoingBatch>> batches_to_push(std::size_t) override {
    std::vector<OutgoingBatch> batches;
    for (std::uint64_t seq = settled_ + 1; pushes_ && seq <= own_batches().size(); ++seq)
      batches.push_back({kOwnCircle, seq, own_batches()[seq - 1]});
    return batches;
  }
  Status pushing() override {
    in_doubt_ = true;
    return {};
  }

  Status take_generation(const wire::Generation& begun) override {
    SETU_ASSERT(!in_log_ && base_.generation != 0);
    SETU_ASSERT(begun.generation > base_.generation && begun.kept <= base_.position);
    base_ = {begun.generation, begun.kept};
    asked_.clear();
    return taken();
  }
  Status take_ack(const CircleId& circle, const DeviceId& author, std::uint64_t seq) override {
    SETU_ASSERT(!in_log_);
    if (circle == kOwnCircle && author == device()) open_settled_ = std::max(open_settled_, seq);
    return taken();
  }
  Status take_entry_ack(const Hash& entry, std::uint64_t) override {
    SETU_ASSERT(!in_log_ && pushes_ && !entry_answered_ && entry == fuzz::id_of<Hash>(8));
    entry_answered_ = open_entry_settled_ = true;
    return taken();
  }
  Status take_refusal(const wire::Refusal& refusal,
                      const std::optional<CircleId>& circle) override {
    SETU_ASSERT(!in_log_ && pushes_ && circle.has_value() != refusal.circle_ref.empty());
    if (circle) SETU_ASSERT(*circle == kOwnCircle && refusal.seq >= 1 && refusal.seq <= 2);
    if (!circle) SETU_ASSERT(!std::exchange(entry_answered_, true));
    return taken();
  }
  Status take_entry(std::uint64_t position, ByteView) override {
    in_log(position);
    ++open_entries_;
    return taken();
  }
  Status take_batch(std::uint64_t position, const DeviceId&,
                    const wire::CompactBatch& compact) override {
    place(position, compact.circle_ref.front());
    ++open_batches_;
    return taken();
  }
  Status take_own(std::uint64_t position, ByteView circle_ref, std::uint64_t,
                  const wire::OwnCheck&) override {
    place(position, circle_ref.front());
    return taken();
  }
  Status take_backfills_served(std::span<const wire::Backfill> served) override {
    SETU_ASSERT(!open_backfilled_ && std::ranges::equal(served, backfills_));
    open_backfilled_ = true;
    return taken();
  }
  Status sealed(const wire::Seal& seal, const Covered&) override {
    SETU_ASSERT(seal.point >= base_ && seal.point.position >= last_);
    SETU_ASSERT(base_.generation == 0 || seal.point.generation == base_.generation);
    if (seal.point > cursor_) ++taken_ever;
    cursor_ = base_ = seal.point;
    last_ = 0;
    keep();
    return committed();
  }
  Status sealed_unserved() override {
    SETU_ASSERT(!in_log_ && open_entries_ + open_batches_ == 0);
    keep();
    return committed();
  }
  void discard_unsealed() override {
    open_entries_ = open_batches_ = 0;
    WatchedReplica::discard_unsealed();
  }
  void next_answer() {
    in_log_ = entry_answered_ = open_entry_settled_ = open_backfilled_ = false;
    last_ = last_backfilled_ = open_settled_ = 0;
    asked_ = backfills_;
    base_ = cursor_;
  }

 private:
  void in_log(std::uint64_t position) {
    in_log_ = true;
    SETU_ASSERT(position > std::max(last_, base_.position));
    last_ = position;
  }
  // In the log, or before it in the range that was asked for.
  void place(std::uint64_t position, std::byte circle) {
    const bool asked = !asked_.empty() && circle == asked_.front().circle_ref.front();
    if (in_log_ || !asked || position > asked_.front().until) return in_log(position);
    SETU_ASSERT(position > std::max(last_backfilled_, asked_.front().after));
    last_backfilled_ = position;
  }
  void keep() {
    kept_entries += std::exchange(open_entries_, 0);
    kept_batches += std::exchange(open_batches_, 0);
    settled_ = std::max(settled_, std::exchange(open_settled_, 0));
    if (std::exchange(open_entry_settled_, false)) entry_settled_ = true;
    if (std::exchange(open_backfilled_, false)) backfills_.clear();
    in_doubt_ = false;
  }

  bool pushes_;
  bool enrolled_;
  wire::LogPoint cursor_;
  std::vector<wire::Backfill> backfills_;
  bool in_doubt_ = false, entry_settled_ = false;
  std::uint64_t settled_ = 0;  // own batches through this seq

  std::vector<wire::Backfill> asked_;  // in this request
  wire::LogPoint base_;                // of what this answer says next
  bool in_log_ = false, entry_answered_ = false;
  std::uint64_t last_ = 0, last_backfilled_ = 0;
  bool open_entry_settled_ = false, open_backfilled_ = false;  // since the last seal
  std::uint64_t open_entries_ = 0, open_batches_ = 0, open_settled_ = 0;
};

// Writes answers as the script says, and seals them.
class Server {
 public:
  Server(Script& script, unsigned false_seal) : script_(script), seals_until_false_(false_seal) {}

  int good_seals = 0;
  bool was_false = false;
  bool was_stale = false, was_refused = false;  // in this answer

  // One answer; true where it ended as it should, with its last seal.
  bool answer(ByteView request, Bytes& answer) {
    crypto::StreamHash request_hash(wire::kRequestStream);
    request_hash.update(request);
    request_ = request_hash.digest();
    so_far_ = crypto::StreamHash(wire::kAnswerStream);
    was_stale = false;
    bool ended = false;
    was_refused = false;
    while (!ended && !script_.over()) {
      wire::AnswerFrame frame = next();
      if (auto* seal = std::get_if<wire::Seal>(&frame)) ended = sign(*seal);
      const Bytes bytes = wire::encode_frame(frame);
      so_far_.update(bytes);
      append(answer, bytes);
    }
    if (ended && talks_on_) append(answer, wire::encode_frame(next()));
    return ended && !talks_on_;
  }

 private:
  bool sign(wire::Seal& seal) {
    const Hash covered =
        wire::seal_hash(fuzz::id_of<ProgrammeId>(9), request_, so_far_.digest(), seal);
    seal.signature =
        crypto::sign(fuzz::WatchedReplica::server_keys(), wire::kSealSignature, covered.view());
    if (seals_until_false_-- == 0) {
      seal.signature.bytes[script_.below(crypto::Signature::size)] ^= std::byte{1};
      was_false = true;
    }
    if (!was_false) ++good_seals;
    return seal.last;
  }

  Bytes circle_ref() {
    const auto circle = fuzz::id_of<CircleId>(1 + static_cast<int>(script_.below(3)));
    return to_bytes(circle.view().first(kRefBytes));
  }
  std::uint64_t position() {
    const unsigned how = script_.byte();
    if (how >= 224) return how - 224;  // anywhere: in a back-fill, or in disorder
    return position_ += 1 + how / 64;
  }

  wire::AnswerFrame next() {
    switch (script_.below(10)) {
      case 0: return challenge();
      case 1: {
        const Bytes circle = circle_ref();
        const unsigned how = script_.below(8);
        return wire::Ack{circle, how % 4, how < 4 ? DeviceId{} : fuzz::id_of<DeviceId>(7)};
      }
      case 2: return wire::EntryAck{fuzz::id_of<Hash>(8 - script_.below(2)), position()};
      case 3: return refusal();
      case 4: return wire::PulledEntry{position(), as_bytes("entry")};
      case 5:
        return wire::PulledBatch{position(), fuzz::id_of<DeviceId>(7),
                                 strange_batch(script_.below(3))};
      case 6: {
        const std::uint64_t at = position();
        const Bytes circle = circle_ref();
        return wire::OwnBatch{at, circle, 1 + script_.below(2), {}};
      }
      case 9: {
        return wire::Generation{generation_ = script_.below(4), position_ = script_.below(32)};
      }
      default: return seal();
    }
  }
  wire::Challenge challenge() {
    wire::Challenge challenge;
    const unsigned how = script_.byte();
    challenge.nonce.fill(static_cast<std::byte>(how / 8));
    challenge.stale = was_stale = how % 2 != 0;
    if (how / 2 % 4 == 2) challenge.server_key = fuzz::WatchedReplica::server_keys().public_key;
    if (how / 2 % 4 == 3) challenge.server_key = fuzz::sign_key_number(3).public_key;
    return challenge;
  }
  wire::Refusal refusal() {
    wire::Refusal refusal;
    const unsigned how = script_.byte();
    refusal.code = static_cast<wire::RefusalCode>(1 + how / 4 % 14);
    was_refused = was_refused || how % 4 == 0;
    if (how % 4 == 1) refusal.entry_hash = to_bytes(fuzz::id_of<Hash>(8).view());
    if (how % 4 > 1) {
      refusal.circle_ref = circle_ref();
      refusal.seq = 1 + script_.below(3);
    }
    return refusal;
  }
  wire::Seal seal() {
    wire::Seal seal;
    const unsigned how = script_.byte();
    seal.last = how % 2 != 0;
    seal.more = how / 2 % 2 != 0;
    talks_on_ = seal.last && how / 8 % 8 == 7;
    seal.point = {generation_, position_};
    if (how >= 192) seal.point = {1 + how / 8 % 2, position()};
    return seal;
  }

  Script& script_;
  unsigned seals_until_false_;
  bool talks_on_ = false;
  std::uint32_t generation_ = 1;
  std::uint64_t position_ = kStart;
  Hash request_;
  crypto::StreamHash so_far_{wire::kAnswerStream};
};

// In pieces, to the first error.
bool heard_whole(Exchange& exchange, ByteView answer, std::size_t piece) {
  while (!answer.empty()) {
    const std::size_t size = std::min(piece, answer.size());
    if (!exchange.feed(answer.first(size))) return false;
    answer = answer.subspan(size);
  }
  return exchange.end_of_answer().has_value();
}

struct Outcome {
  int commits = 0;
  std::uint64_t entries = 0, batches = 0, requests = 0;
  wire::LogPoint cursor;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome converse(ByteView story, std::size_t piece) {
  Script script(story);
  StrictReplica replica(script.byte());
  Server server(script, script.byte());
  crypto::SeededRandom random(1);
  Exchange exchange(replica, Options{.max_requests = kMostRequests}, random);
  bool going = true;
  bool was_stale = false, has_proved = false;
  while (going && exchange.wants_request()) {
    replica.next_answer();
    const int taken_before = replica.taken_ever;
    const bool was_in_doubt = replica.push_in_doubt();
    const auto request = exchange.make_request();
    SETU_ASSERT(request);
    Bytes answer;
    const bool ended = server.answer(*request, answer);
    const int promised = server.good_seals;
    going = heard_whole(exchange, answer, piece);
    SETU_ASSERT(replica.commits <= promised && replica.unsealed == 0);
    SETU_ASSERT(going || !exchange.wants_request());
    if (going && server.was_refused) {  // asked to prove what it knows of the log: once
      SETU_ASSERT(!std::exchange(has_proved, true));
      continue;
    }
    SETU_ASSERT(!going || (ended && !server.was_false));
    // It asks again only after it got something, or knows now what became of its push.
    SETU_ASSERT(!exchange.wants_request() || replica.taken_ever > taken_before || was_in_doubt);
    SETU_ASSERT(!(going && was_stale && server.was_stale));
    was_stale = server.was_stale;
  }
  const Report& report = exchange.report();
  SETU_ASSERT(report.requests <= kMostRequests);
  SETU_ASSERT(report.pulled_entries == replica.kept_entries);
  SETU_ASSERT(report.pulled_batches == replica.kept_batches);
  return {replica.commits, replica.kept_entries, replica.kept_batches, report.requests,
          replica.cursor()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool ready = crypto::init().has_value();
  SETU_ASSERT(ready);
  if (size == 0) return 0;
  const ByteView story = std::as_bytes(std::span(data, size)).subspan(1);
  SETU_ASSERT(converse(story, limits::kAnswerBytes) == converse(story, 1u + data[0]));
  return 0;
}
