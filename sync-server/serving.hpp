#pragma once
// What a request pulls: the back-fills it asked for, then the log after its cursor as far as the
// caller may see it, sealed every wire::kSealEvery bytes and at the end.
//
// What is served is decided once, at the start: the end of the log, and the circles that the caller
// is a member of. Everybody on the roster (and who holds an open invite) gets its entries; batches
// go to members of their circle only; the caller's own are marked, not sent back. Order: back-fills
// as asked, then strictly by position. A seal during back-fills repeats the cursor: it moves only
// once all back-fills are through.
//
// Errors: what the store returns; then the answer is broken off, and its last seal is as far as the
// caller came. Borrows the store and the writer. Not thread-safe. Memory: MergedLog's pages and one
// batch.

#include <map>

#include "answer_writer.hpp"
#include "merged_log.hpp"

namespace setu::server {

struct ServeOrder {
  ProgrammeId programme;
  DeviceId device;
  wire::LogPoint end;             // of the log; nothing beyond is served
  std::uint64_t after = 0;        // the caller's cursor, at most the end
  std::vector<CircleId> circles;  // that she is a member of, ascending
  std::vector<CircleId>
      all_circles;  // of the programme, ascending: references are unique among them
  struct Backfill {
    CircleId circle;
    Range range;
  };
  std::vector<Backfill> backfills;             // of her circles, up to her cursor
  bool own_too = false;                        // her own batches with their bytes: she lost them
  std::optional<std::uint64_t> begun_after{};  // her cursor is of an older generation: say so
  std::size_t budget = 0;                      // bytes of entries and batches; one item always goes
};

class Serving {
 public:
  Serving(LogStore& store, ServeOrder order, AnswerWriter& writer);

  // Writes until the writer holds about `bytes` or everything is written, the last seal included.
  [[nodiscard]] Status write_some(std::size_t bytes);
  [[nodiscard]] bool done() const { return done_; }

 private:
  [[nodiscard]] Status start();
  [[nodiscard]] Status read_heads();
  [[nodiscard]] Status next_source();
  [[nodiscard]] Status write_item();
  // Nothing for a batch that does not parse: one damaged row must not keep a circle from the rest.
  [[nodiscard]] Result<std::optional<wire::AnswerFrame>> frame_of(const LogItem& item);
  void note(const LogItem& item);
  [[nodiscard]] Status seal(bool last, bool more);
  [[nodiscard]] bool in_log() const { return next_backfill_ > order_.backfills.size(); }

  LogStore& store_;
  ServeOrder order_;
  AnswerWriter& writer_;
  bool started_ = false;
  bool done_ = false;
  std::size_t used_ = 0;           // of the budget
  std::size_t next_backfill_ = 0;  // back-fills opened; one more once the log itself is open
  std::optional<MergedLog> source_;
  Bytes batch_;  // that a frame borrows
  // At reached_: what the next seal says.
  std::uint64_t reached_;
  Hash roster_head_;
  std::map<CircleId, Hash> heads_;   // of the caller's circles that have a batch
  std::vector<CircleState> states_;  // of the caller's circles, at the end of the log
};

}  // namespace setu::server
