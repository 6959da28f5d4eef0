// Giving space back, and looking for damage.

#include "store/impl.hpp"

namespace setu::store {
namespace {

// What must hold between tables. Each query counts the rows that break it.
struct Rule {
  std::string_view problem;
  std::string_view count_sql;
};
constexpr Rule kRules[] = {
    {"batches whose circle or device is not listed",
     "SELECT count(*) FROM batches WHERE circle NOT IN (SELECT number FROM circles) OR device NOT "
     "IN (SELECT number FROM devices)"},
    {"batches in a state that does not exist",
     "SELECT count(*) FROM batches WHERE state NOT IN (1, 2, 3, 4, 5, 6, 7)"},
    {"batches whose hash has the wrong length",
     "SELECT count(*) FROM batches WHERE length(hash) <> 32"},
    {"lost batches that are not there",
     "SELECT count(*) FROM lost_batches WHERE number NOT IN (SELECT number FROM batches)"},
    {"chains whose circle or device is not listed",
     "SELECT count(*) FROM chains WHERE circle NOT IN (SELECT number FROM circles) OR device NOT "
     "IN (SELECT number FROM devices) "
     "OR tip_device NOT IN (SELECT number FROM devices)"},
    {"applied batches that their chain has not reached",
     "SELECT count(*) FROM batches b LEFT JOIN chains c ON c.circle = b.circle AND c.device = "
     "b.device "
     "WHERE b.state = 1 AND (c.seq IS NULL OR b.seq > c.seq)"},
    {"chains that end with another hash than the batch they name",
     "SELECT count(*) FROM chains c JOIN batches b ON b.circle = c.circle AND b.device = c.device "
     "AND b.seq = c.seq "
     "WHERE b.state = 1 AND b.hash <> c.hash"},
    {"outbox changes whose circle is not listed",
     "SELECT count(*) FROM outbox WHERE circle NOT IN (SELECT number FROM circles)"},
    {"outbox changes whose record's id has the wrong length",
     "SELECT count(*) FROM outbox WHERE length(record) <> 16"},
    {"parts of moved records whose home is not listed",
     "SELECT count(*) FROM kept_parts WHERE home NOT IN (SELECT number FROM circles)"},
    {"conflicts of kinds that are not listed",
     "SELECT count(*) FROM conflicts WHERE kind NOT IN (SELECT kind FROM kinds)"},
    {"keys whose circle is not listed",
     "SELECT count(*) FROM epoch_keys WHERE circle NOT IN (SELECT number FROM circles)"},
    {"circles with an id or head of the wrong length",
     "SELECT count(*) FROM circles WHERE length(id) <> 16 OR length(head) <> 32"},
    {"devices with an id of the wrong length",
     "SELECT count(*) FROM devices WHERE length(id) <> 8"},
    {"seeds of the wrong length", "SELECT count(*) FROM seeds WHERE length(seed) <> 16"},
    {"roster entries with a hash of the wrong length",
     "SELECT (SELECT count(*) FROM entries WHERE length(hash) <> 32) + (SELECT count(*) FROM "
     "pending_entries WHERE length(hash) <> 32)"},
};

class Checkup {
 public:
  explicit Checkup(Db& db) : db_(db) {}

  // A table that cannot be read, or is not there, is a finding and not a failure of the check.
  Status count(const std::string& problem, const std::string& sql) {
    const Result<std::int64_t> broken = db_.number(sql);
    if (!broken && broken.error().code == Code::kBusy) return fail(broken.error());
    if (!broken) problems.push_back("cannot look for " + problem + ": " + broken.error().message);
    if (broken && *broken != 0) problems.push_back(std::to_string(*broken) + " " + problem);
    return {};
  }

  Status integrity() {
    const Status done = read_integrity();
    if (done || done.error().code != Code::kCorrupt) return done;
    problems.push_back(done.error().message);
    return {};
  }

  Status kind(const KindTable& table) {
    const std::string in = " in table " + table.table;
    const std::string from = "SELECT count(*) FROM " + table.table + " r WHERE ";
    SETU_TRY(count("records with an id of the wrong length" + in, from + "length(_id) <> 16"));
    SETU_TRY(count("records whose home is not listed" + in,
                   from + "_home NOT IN (SELECT number FROM circles)"));
    return count("conflicts without their record" + in,
                 "SELECT count(*) FROM conflicts WHERE kind = " + std::to_string(table.spec.kind) +
                     " AND record NOT IN (SELECT _id FROM " + table.table + ")");
  }

  std::vector<std::string> problems;

 private:
  Status read_integrity() {
    SETU_TAKE(Statement rows, db_.prepare("PRAGMA integrity_check"));
    for (;;) {
      SETU_TAKE(const bool there, rows.step());
      if (!there) return {};
      if (rows.text(0) != "ok") problems.emplace_back(rows.text(0));
    }
  }

  Db& db_;
};

}  // namespace

// Moves the last pages into free ones and cuts the file, then empties the WAL.
Status Store::compact() {
  SETU_ASSERT(!impl_->db->in_transaction());
  SETU_TRY(impl_->db->run("PRAGMA incremental_vacuum"));
  SETU_TAKE(const std::int64_t blocked, impl_->db->number("PRAGMA wal_checkpoint(TRUNCATE)"));
  if (blocked != 0)
    return fail(Code::kBusy, "compact database: another program is reading it; nothing is lost",
                "try again");
  return {};
}

Status Store::compact_if_sparse() {
  SETU_TAKE(const std::int64_t free_pages, impl_->db->number("PRAGMA freelist_count"));
  SETU_TAKE(const std::int64_t pages, impl_->db->number("PRAGMA page_count"));
  constexpr std::int64_t kWorthIt = 64;  // pages; fewer are used again soon
  if (free_pages < kWorthIt || free_pages * 8 < pages) return {};
  Status compacted = compact();
  if (!compacted && compacted.error().code == Code::kBusy) return {};  // another time
  return compacted;
}

Result<std::vector<std::string>> Store::check() {
  Checkup checkup(*impl_->db);
  SETU_TRY(checkup.integrity());
  for (const Rule& rule : kRules)
    SETU_TRY(checkup.count(std::string(rule.problem), std::string(rule.count_sql)));
  const auto tables = impl_->kinds.all();
  if (!tables) {
    if (tables.error().code != Code::kCorrupt) return fail(tables.error());
    checkup.problems.push_back(tables.error().message);
    return checkup.problems;
  }
  for (const auto& [kind, table] : **tables) SETU_TRY(checkup.kind(table));
  return checkup.problems;
}

std::uint64_t Store::file_size() const {
  const Result<std::int64_t> pages = impl_->db->number("PRAGMA page_count");
  const Result<std::int64_t> page_bytes = impl_->db->number("PRAGMA page_size");
  return pages && page_bytes
             ? static_cast<std::uint64_t>(*pages) * static_cast<std::uint64_t>(*page_bytes)
             : 0;
}

}  // namespace setu::store
