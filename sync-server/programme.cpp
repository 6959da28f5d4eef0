#include "programme.hpp"

namespace setu::server {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;

tl::unexpected<Error> broken_log() {
  return fail(
      Code::kCorrupt,
      "read programme: a stored roster entry is not accepted again; the programme is not served",
      "run setu-server check, then restore the newest backup");
}

}  // namespace

Status Programme::catch_up(LogStore& store, const wire::LogPoint& log_end) {
  while (end.position < log_end.position) {
    SETU_TAKE(const auto entries, store.entries(id, {end.position, log_end.position}, kReadBytes));
    if (entries.empty()) break;  // the rest are batches
    for (const StoredEntry& stored : entries) {
      const auto entry = wire::parse_entry(stored.bytes, id);
      if (!entry) return broken_log();
      const auto judgement = roster.apply(*entry, roster::Check::kSignaturesDone);
      if (judgement.verdict != roster::Verdict::kAccepted || roster.head() != stored.roster_head)
        return broken_log();
      end.position = stored.position;
    }
    circle_ids = roster.circle_ids();
  }
  end = log_end;
  return {};
}

void Programme::take_in(const wire::Entry& entry) {
  (void)roster.apply(entry, roster::Check::kSignaturesDone);
  circle_ids = roster.circle_ids();
}

Result<Programme*> Programmes::find(const ProgrammeId& id) {
  SETU_TAKE(const auto end, store_.end_of(id));
  if (!end) {
    forget(id);
    return nullptr;
  }
  const auto read_before = cache_.find(id);
  // A log that is shorter than what was read of it is another file: start again.
  if (read_before != cache_.end() && end->position < read_before->second.end.position) forget(id);
  Programme& programme =
      cache_.try_emplace(id, Programme{.id = id, .roster = {}, .end = {}, .circle_ids = {}})
          .first->second;
  const Status read = programme.catch_up(store_, *end);
  if (!read) {
    forget(id);
    return fail(read.error());
  }
  return &programme;
}

}  // namespace setu::server
