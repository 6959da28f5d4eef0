#pragma once
// LogStore: where the server keeps each programme's log, behind one interface (SQLite now,
// PostgreSQL later).
//
// A log is roster entries and batches in one order of positions, counted from 1. What is stored is
// sealed or signed by its author; the store adds position, hash, the chain head and the log's tag
// after each item, so that a head or tag at any position is one index probe. A log that lost its
// end goes on in a new generation: nothing is taken away, the store remembers what was kept. Rows
// of different programmes never meet. Nothing says when a row came.
//
// Errors: kDiskFull (nothing was changed), kBusy (another process holds the lock), kCorrupt,
// kInternal. Ownership: what a call returns is owned by the caller. An Appender borrows its store
// and must die before it. Not thread-safe. Cost: reads of one row are index probes; reads of ranges
// are bounded by a count or a byte budget.

#include <memory>
#include <optional>
#include <vector>

#include "setu/base/ids.hpp"
#include "wire/point.hpp"

namespace setu::server {

struct StoredEntry {
  std::uint64_t position = 0;
  Hash hash;
  Hash roster_head;  // after this entry
  Bytes bytes;
  wire::LogTag tag{};  // of the log, after this entry
};

// A batch without its bytes.
struct BatchKey {
  std::uint64_t position = 0;
  CircleId circle;
  DeviceId device;
  std::uint64_t seq = 0;
  Hash hash;
  Hash circle_head;    // after this batch
  wire::LogTag tag{};  // of the log, after this batch
};

struct ChainHead {
  std::uint64_t seq = 0;  // 0: no batch yet
  Hash hash;
};

struct CircleState {
  CircleId circle;
  Hash head;                        // nil: no batch yet
  std::uint64_t last_position = 0;  // of its newest batch
};

// A stretch of a log: after < position <= until.
struct Range {
  std::uint64_t after = 0;
  std::uint64_t until = 0;
};

struct NewBatch {
  CircleId circle;
  DeviceId device;
  std::uint64_t seq = 0;
  Hash hash;
  Hash circle_head;
  ByteView bytes;  // canonical, borrowed for the call
};

// One append transaction on one programme. It holds the lock under which positions are given; reads
// through the store see what was added. Dying without commit() means that nothing happened.
class Appender {
 public:
  virtual ~Appender() = default;
  // Generation 0 as long as the programme does not exist.
  [[nodiscard]] virtual wire::LogPoint end() const = 0;
  // Makes the programme (generation 1) and spends the token. kRefused: no such token, or it was
  // used already.
  [[nodiscard]] virtual Status create_programme(const Hash& token) = 0;
  // Return the position given.
  [[nodiscard]] virtual Result<std::uint64_t> add_entry(const Hash& hash, const Hash& roster_head,
                                                        ByteView bytes) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> add_batch(const NewBatch& batch) = 0;
  // The log goes on under a higher generation; of what devices know of earlier ones, what lies up
  // to `kept` stands. kInvalidArgument: not higher, or beyond the end.
  [[nodiscard]] virtual Status begin_generation(const wire::GenerationStart& start) = 0;
  // A generation that this log lost with its end: of what devices know of it, what lies up to
  // `kept` stands. Nothing for one that is known.
  [[nodiscard]] virtual Status remember_generation(const wire::GenerationStart& lost) = 0;
  // Durable when it returns ok. After an error nothing was stored.
  [[nodiscard]] virtual Status commit() = 0;
};

class LogStore {
 public:
  virtual ~LogStore() = default;

  // One at a time; waits for a short while for other processes, then kBusy.
  [[nodiscard]] virtual Result<std::unique_ptr<Appender>> begin(const ProgrammeId& programme) = 0;

  [[nodiscard]] virtual Result<std::vector<ProgrammeId>> programmes() = 0;
  // Nothing for a programme that does not exist.
  [[nodiscard]] virtual Result<std::optional<wire::LogPoint>> end_of(
      const ProgrammeId& programme) = 0;

  // Of the log after the item at a position; zeros for position 0. kNotFound: beyond the end.
  [[nodiscard]] virtual Result<wire::LogTag> tag_at(const ProgrammeId& programme,
                                                    std::uint64_t position) = 0;
  // All generations but the first, ascending.
  [[nodiscard]] virtual Result<std::vector<wire::GenerationStart>> generations(
      const ProgrammeId& programme) = 0;

  // In order, at least one if there is one, then as many as fit `max_bytes`.
  [[nodiscard]] virtual Result<std::vector<StoredEntry>> entries(const ProgrammeId& programme,
                                                                 Range range,
                                                                 std::size_t max_bytes) = 0;
  [[nodiscard]] virtual Result<std::optional<std::uint64_t>> entry_position(
      const ProgrammeId& programme, const Hash& hash) = 0;
  // The roster's head after the last entry at or before a position; nil before the first.
  [[nodiscard]] virtual Result<Hash> roster_head_at(const ProgrammeId& programme,
                                                    std::uint64_t position) = 0;

  // In order. Without a circle: of all circles.
  [[nodiscard]] virtual Result<std::vector<BatchKey>> batch_keys(
      const ProgrammeId& programme, const std::optional<CircleId>& circle, Range range,
      std::size_t max_count) = 0;
  [[nodiscard]] virtual Result<Bytes> batch_bytes(const ProgrammeId& programme,
                                                  std::uint64_t position) = 0;  // kNotFound
  [[nodiscard]] virtual Result<ChainHead> chain_head(const ProgrammeId& programme,
                                                     const DeviceId& device,
                                                     const CircleId& circle) = 0;
  // Where a chain's batch stands; nothing beyond the head.
  [[nodiscard]] virtual Result<std::optional<std::uint64_t>> batch_position(
      const ProgrammeId& programme, const DeviceId& device, const CircleId& circle,
      std::uint64_t seq) = 0;
  [[nodiscard]] virtual Result<CircleState> circle_state(const ProgrammeId& programme,
                                                         const CircleId& circle,
                                                         std::uint64_t at_position) = 0;

  // One-time tokens of the operator, by the hash of their secret.
  [[nodiscard]] virtual Status add_token(const Hash& token) = 0;
  [[nodiscard]] virtual Result<bool> is_unspent(const Hash& token) = 0;

  struct Stats {
    std::uint64_t programmes = 0;
    std::uint64_t entries = 0;
    std::uint64_t batches = 0;
    std::uint64_t batch_bytes = 0;
    std::uint64_t unspent_tokens = 0;
  };
  [[nodiscard]] virtual Result<Stats>
  stats() = 0;  // reads every batch's row: for operators, not for requests
};

}  // namespace setu::server
