#pragma once
// A stretch of a programme's log as one device sees it: roster entries, and the batches of some
// circles, merged by position. The stretch is fixed when reading starts; a log only grows, so
// nothing is locked while a slow reader reads.
//
// Errors: what the store returns. Borrows the store. Not thread-safe.
// Memory: a page of entries (kEntryPageBytes) and of keys per circle that has something new. Cost:
// one index probe per circle at the start, then one per item.

#include <queue>

#include "log_store.hpp"

namespace setu::server {

// One place in the merged log: an entry or a batch.
struct LogItem {
  std::uint64_t position = 0;
  std::optional<StoredEntry> entry;
  BatchKey batch;  // when there is no entry
};

class MergedLog {
 public:
  static constexpr std::size_t kEntryPageBytes = 32 * 1024;
  static constexpr std::size_t kKeysPerPage = 16;

  MergedLog(LogStore& store, const ProgrammeId& programme, Range range, bool with_entries);

  // A circle whose batches are wanted.
  [[nodiscard]] Status add_circle(const CircleId& circle);

  // What comes next, without taking it; nothing at the end. Lives until take().
  [[nodiscard]] Result<const LogItem*> peek();
  void take() { next_.reset(); }

 private:
  struct Stream {
    CircleId circle;
    std::vector<BatchKey> page;
    std::size_t at = 0;
  };
  using Place = std::pair<std::uint64_t, std::size_t>;  // position, index of the stream

  [[nodiscard]] Status fill_entries();
  [[nodiscard]] Status fill_stream(std::size_t index, std::uint64_t after);

  LogStore& store_;
  ProgrammeId programme_;
  Range range_;
  std::vector<StoredEntry> entries_;
  std::size_t entry_at_ = 0;
  bool entries_left_;
  std::uint64_t entries_after_;
  std::vector<Stream> streams_;
  std::priority_queue<Place, std::vector<Place>, std::greater<>> places_;
  std::optional<LogItem> next_;
};

}  // namespace setu::server
