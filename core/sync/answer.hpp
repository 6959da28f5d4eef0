#pragma once
// One answer, read as it arrives: checks order, positions and seals, hands what is good to the
// replica.
//
// Order of frames: an optional Challenge; a Generation; acks and refusals for what was pushed (none
// with a Generation: the server did not look at it); back-filled
// batches (positions within a range that was asked for, rising per circle); then entries, batches
// and own-marks with strictly rising positions after the cursor. Seals anywhere, the last one
// marked; nothing after it. A whole-request Refusal stands alone, before an optional last Seal. A
// seal commits what came before it, after its signature over the request's hash, the hash of all
// answer bytes so far and its own fields has been verified: so nothing was added, dropped,
// reordered or replayed.
//
// Errors: kMalformed (order, positions, references, limits), kForged (a seal or the server's key
// does not verify), kDiverged (a seal below the cursor within its generation, or of an earlier
// one), and what the replica returns. After an error the object is spent. Borrows replica and
// outbox. Memory: one frame plus the piece fed.

#include <map>
#include <optional>

#include "sync/exchange.hpp"
#include "sync/outbox.hpp"

namespace setu::sync {

// What was asked: an answer is judged by it.
struct Asked {
  ProgrammeId programme;
  Hash request;  // of the whole body
  wire::LogPoint cursor;
  wire::RequestNonce nonce{};
  std::vector<wire::Backfill> backfills;
  bool probe = false;
  bool key_only = false;                             // no programme yet: nothing can be served
  std::optional<crypto::SignPublicKey> claimed_key;  // from an earlier Challenge of this exchange
};

class Answer {
 public:
  Answer(Replica& replica, Outbox& outbox, Asked asked, Report& report);

  [[nodiscard]] Status feed(ByteView piece);

  // After the last piece.
  [[nodiscard]] bool complete() const { return complete_; }  // ended with its last seal
  [[nodiscard]] const std::optional<wire::RefusalCode>& refused_whole() const {
    return refused_whole_;
  }
  [[nodiscard]] const std::optional<crypto::SignPublicKey>& claimed_key() const {
    return asked_.claimed_key;
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] bool more() const { return more_; }
  [[nodiscard]] bool stale() const { return stale_; }
  [[nodiscard]] bool was_probe() const { return asked_.probe; }
  // Something was settled, served or passed over.
  [[nodiscard]] bool made_progress() const { return progress_; }
  // This back-fill was served to its end, and is still open: something in it is left out.
  [[nodiscard]] bool got_nowhere_with(const wire::Backfill& open) const;

 private:
  enum class Part { kStart, kChallenged, kPushed, kBackfilled, kLog, kRefusedWhole };
  struct AskedBackfill {
    CircleId circle;
    std::uint64_t last = 0;  // taken up to here
    std::uint64_t until = 0;
  };

  [[nodiscard]] Status take(const wire::Challenge& challenge);
  [[nodiscard]] Status take(const wire::Generation& begun);
  [[nodiscard]] Status take(const wire::Ack& ack);
  [[nodiscard]] Status take(const wire::EntryAck& ack);
  [[nodiscard]] Status take(const wire::Refusal& refusal);
  [[nodiscard]] Status take(const wire::PulledEntry& entry);
  [[nodiscard]] Status take(const wire::PulledBatch& batch);
  [[nodiscard]] Status take(const wire::OwnBatch& own);
  [[nodiscard]] Status take(const wire::Seal& seal);

  [[nodiscard]] Status take_whole_refusal(const wire::Refusal& refusal);
  [[nodiscard]] Status enter(Part part);
  [[nodiscard]] Status place_in_log(std::uint64_t position);
  [[nodiscard]] Status report_backfills();
  [[nodiscard]] Status place_of_circle(std::uint64_t position, ByteView circle_ref);
  [[nodiscard]] Result<CircleId> resolve(ByteView circle_ref);
  [[nodiscard]] Status check_point(const wire::LogPoint& point) const;
  [[nodiscard]] Status commit(const wire::Seal& seal);
  [[nodiscard]] DeviceId author_of(const DeviceId& named) const;
  [[nodiscard]] bool nothing_served() const { return stale_ || asked_.key_only; }

  Replica& replica_;
  Outbox& outbox_;
  Asked asked_;
  Report& report_;  // counted when sealed, but for bytes
  Report unsealed_;

  wire::FrameReader<wire::AnswerFrame> reader_;
  Bytes unhashed_;  // of frames not yet whole
  crypto::StreamHash hash_{wire::kAnswerStream};
  std::size_t bytes_ = 0;

  std::vector<CircleId> circles_;  // the replica's, refreshed after roster entries
  bool circles_outdated_ = true;
  std::vector<AskedBackfill> backfills_;
  Part part_ = Part::kStart;
  wire::LogPoint sealed_;          // the last sealed point, the cursor at first
  std::uint64_t floor_ = 0;        // the next position in the log must be beyond this
  std::uint64_t last_served_ = 0;  // position in the log, since the last seal
  bool backfills_reported_ = false;
  bool rolled_back_ = false;  // a Generation came
  bool stale_ = false;
  bool more_ = false;
  bool complete_ = false;
  bool progress_ = false;
  std::optional<wire::RefusalCode> refused_whole_;
};

}  // namespace setu::sync
