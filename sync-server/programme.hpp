#pragma once
// What the server holds of a programme in memory: the roster, as far as its log has been read. The
// log is the truth; this is a cache that catches up with it, and is thrown away when an append did
// not become durable.
//
// Errors: kCorrupt when a stored entry is not accepted again; else what the store returns. Pointers
// live until the next call of find() or forget() for the same programme. Not thread-safe. Cost: the
// first find() of a programme replays its roster (signatures were checked when it was logged).

#include <map>
#include <unordered_map>

#include "log_store.hpp"
#include "roster/roster.hpp"

namespace setu::server {

struct Programme {
  ProgrammeId id;
  roster::Roster roster;
  wire::LogPoint end;                // the log has been read up to here
  std::vector<CircleId> circle_ids;  // of the roster, ascending

  // Reads what others, or an earlier life of this process, appended.
  [[nodiscard]] Status catch_up(LogStore& store, const wire::LogPoint& log_end);
  // Takes in an entry that was just judged accepted.
  void take_in(const wire::Entry& entry);
};

class Programmes {
 public:
  explicit Programmes(LogStore& store) : store_(store) {}

  // Up to date with the log. Null: the log has no such programme.
  [[nodiscard]] Result<Programme*> find(const ProgrammeId& id);
  void forget(const ProgrammeId& id) { cache_.erase(id); }

 private:
  LogStore& store_;
  std::unordered_map<ProgrammeId, Programme> cache_;
};

}  // namespace setu::server
