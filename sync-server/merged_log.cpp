#include "merged_log.hpp"

#include <utility>

namespace setu::server {

MergedLog::MergedLog(LogStore& store, const ProgrammeId& programme, Range range, bool with_entries)
    : store_(store),
      programme_(programme),
      range_(range),
      entries_left_(with_entries),
      entries_after_(range.after) {}

Status MergedLog::add_circle(const CircleId& circle) {
  streams_.push_back({circle, {}, 0});
  return fill_stream(streams_.size() - 1, range_.after);
}

Result<const LogItem*> MergedLog::peek() {
  if (next_) return &*next_;
  SETU_TRY(fill_entries());
  const bool entry_left = entry_at_ < entries_.size();
  if (!entry_left && places_.empty()) return nullptr;

  if (places_.empty() || (entry_left && entries_[entry_at_].position < places_.top().first)) {
    StoredEntry& entry = entries_[entry_at_++];
    next_ = LogItem{entry.position, std::move(entry), {}};
    return &*next_;
  }
  const auto [position, index] = places_.top();
  places_.pop();
  Stream& stream = streams_[index];
  next_ = LogItem{position, std::nullopt, stream.page[stream.at++]};
  if (stream.at < stream.page.size()) {
    places_.emplace(stream.page[stream.at].position, index);
  } else {
    SETU_TRY(fill_stream(index, position));
  }
  return &*next_;
}

Status MergedLog::fill_entries() {
  if (!entries_left_ || entry_at_ < entries_.size()) return {};
  SETU_TAKE(entries_, store_.entries(programme_, {entries_after_, range_.until}, kEntryPageBytes));
  entry_at_ = 0;
  entries_left_ = !entries_.empty();
  if (entries_left_) entries_after_ = entries_.back().position;
  return {};
}

Status MergedLog::fill_stream(std::size_t index, std::uint64_t after) {
  Stream& stream = streams_[index];
  SETU_TAKE(stream.page,
            store_.batch_keys(programme_, stream.circle, {after, range_.until}, kKeysPerPage));
  stream.at = 0;
  if (!stream.page.empty()) places_.emplace(stream.page.front().position, index);
  return {};
}

}  // namespace setu::server
