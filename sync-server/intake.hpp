#pragma once
// What a request pushes: judges each entry and batch, appends what is accepted, keeps book of the
// verdicts.
//
// One fed piece of a request is one transaction: open_piece(), take() for every whole frame in it,
// close_piece(). So a push that is cut half-way keeps what arrived. A verdict counts only once its
// piece is closed: nothing is acknowledged that is not durable. An append that fails (a full disk)
// undoes its piece and halts the intake; earlier pieces stand.
//
// Batches: membership before signatures; a chain in a circle goes on without gaps from what the log
// holds; identical repeats are acknowledged again; after one refusal the rest of that chain is
// passed over in silence. What others wrote is taken from any active member who brings it, and
// judged by its author: so a log that lost its end gets it back. A removed device's late batches
// are logged where the roster says how far its chain counts: members keep what is beyond apart, and
// a lead may adopt it. Borrows the service. Not
// thread-safe. Memory: verdicts, at most kMostVerdicts.

#include <functional>
#include <set>

#include "admission.hpp"

namespace setu::server {

class Intake {
 public:
  static constexpr std::size_t kMostVerdicts = 8'192;
  using Chain = std::pair<CircleId, DeviceId>;
  using Verdict = std::variant<wire::EntryAck, wire::Refusal>;

  Intake(Service& service, wire::Hello hello, Standing standing);

  void open_piece(Instant now);
  void take(const wire::PushEntry& push);
  void take(const wire::PushBatch& push);
  void close_piece();
  // The request itself is broken from here on.
  void halt(wire::RefusalCode code);

  // Nothing more is taken in; why.
  [[nodiscard]] const std::optional<wire::RefusalCode>& halted() const { return halted_; }
  // Durable: each chain through this seq.
  [[nodiscard]] const std::map<Chain, std::uint64_t>& acks() const { return done_.acks; }
  [[nodiscard]] const std::vector<Verdict>& verdicts() const { return done_.verdicts; }

 private:
  struct Book {
    std::map<Chain, std::uint64_t> acks;
    std::vector<Verdict> verdicts;
    std::uint64_t entries = 0;
    std::uint64_t batches = 0;
  };

  [[nodiscard]] Status ready();
  [[nodiscard]] Status take_entry(ByteView bytes);
  [[nodiscard]] Status take_first_entry(const wire::Entry& genesis);
  [[nodiscard]] Status append_entry(const wire::Entry& entry);
  [[nodiscard]] bool may_push(const wire::Entry& entry) const;
  [[nodiscard]] Result<bool> cuts_behind_log(const wire::Entry& entry) const;
  [[nodiscard]] bool is_given_back(const wire::Entry& entry) const;
  [[nodiscard]] std::optional<std::uint32_t> hour_to_judge(const wire::Entry& entry) const;
  [[nodiscard]] bool is_active(const DeviceId& device) const;
  [[nodiscard]] Status take_batch(const wire::PushBatch& push);
  [[nodiscard]] Status append_batch(const wire::CompactBatch& compact, const Chain& chain,
                                    const ChainHead& head);
  [[nodiscard]] Status repeat_batch(const wire::CompactBatch& compact, const Chain& chain);
  [[nodiscard]] std::optional<CircleId> resolve(ByteView circle_ref) const;

  void run(const std::function<Status()>& step);
  void refuse_entry(const Hash& entry, wire::RefusalCode code);
  void refuse_chain(const wire::CompactBatch& compact, const DeviceId& author,
                    wire::RefusalCode code);
  void add_verdict(Verdict verdict);
  void undo_piece(Code code);

  Service& service_;
  wire::Hello hello_;
  Standing standing_;
  Instant now_;

  std::unique_ptr<Programme> newborn_;  // being created by the open piece
  Programme* programme_ = nullptr;      // of the open piece
  std::unique_ptr<Appender> appender_;  // of the open piece, from its first push on
  bool appended_ = false;
  Book open_;
  Book done_;
  // By circle id, or by a reference that nothing fits.
  std::set<std::pair<Bytes, DeviceId>> broken_chains_;
  std::optional<wire::RefusalCode> halted_;
};

}  // namespace setu::server
