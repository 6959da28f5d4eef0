#include "store/schema.hpp"

#include <array>

namespace setu::store {
namespace {

// Circles and devices are small integers everywhere else. Hashes and ids are raw bytes. States are
// BatchState. No foreign keys: what arrives early must be kept, whatever it refers to.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE circles (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  head BLOB
);
CREATE TABLE devices (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE
);

CREATE TABLE kinds (
  kind INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE kind_columns (
  kind INTEGER NOT NULL,
  place INTEGER NOT NULL,
  field INTEGER NOT NULL,
  name TEXT NOT NULL,
  type INTEGER NOT NULL,
  part INTEGER NOT NULL,
  PRIMARY KEY (kind, place)
) WITHOUT ROWID;
CREATE TABLE kind_parts (
  kind INTEGER NOT NULL,
  part INTEGER NOT NULL,
  PRIMARY KEY (kind, part)
) WITHOUT ROWID;

CREATE TABLE conflicts (
  record BLOB NOT NULL,
  part INTEGER NOT NULL,
  field INTEGER NOT NULL,
  key TEXT NOT NULL,
  kind INTEGER NOT NULL,
  PRIMARY KEY (record, part, field, key)
) WITHOUT ROWID;

-- AUTOINCREMENT: a number is never given twice, so that removing "through number n" cannot hit a change that another
-- process wrote after n was looked up.
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  circle INTEGER NOT NULL,
  record BLOB NOT NULL,
  change BLOB NOT NULL
);
CREATE INDEX outbox_circle ON outbox (circle);

-- bytes stand last: what lies before them is read without touching them.
CREATE TABLE batches (
  number INTEGER PRIMARY KEY,
  circle INTEGER NOT NULL,
  device INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  position INTEGER NOT NULL,
  state INTEGER NOT NULL,
  hash BLOB NOT NULL,
  reason TEXT NOT NULL,
  bytes BLOB NOT NULL
);
CREATE UNIQUE INDEX batches_chain ON batches (circle, device, seq);
CREATE INDEX batches_waiting ON batches (number, state) WHERE state IN (2, 3, 4);

-- Others' batches that the log had and lost, until it has them again.
CREATE TABLE lost_batches (
  number INTEGER PRIMARY KEY
);

CREATE TABLE chains (
  circle INTEGER NOT NULL,
  device INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL,
  tip_hour INTEGER NOT NULL,
  tip_counter INTEGER NOT NULL,
  tip_device INTEGER NOT NULL,
  PRIMARY KEY (circle, device)
) WITHOUT ROWID;

CREATE TABLE entries (
  position INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  bytes BLOB NOT NULL
);
CREATE TABLE pending_entries (
  number INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  position INTEGER NOT NULL DEFAULT 0,
  bytes BLOB NOT NULL
);

CREATE TABLE epoch_keys (
  circle INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  key BLOB NOT NULL,
  PRIMARY KEY (circle, epoch)
) WITHOUT ROWID;
CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  secret BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE notes (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE seeds (
  home INTEGER NOT NULL,
  month INTEGER NOT NULL,
  seed BLOB NOT NULL,
  next INTEGER NOT NULL,
  PRIMARY KEY (home, month)
) WITHOUT ROWID;
)sql";

// Merge states of records that were handed over: of parts in homes that the record is not shown in,
// and where the writes of a part came from that moved in.
constexpr std::string_view kVersion2 = R"sql(
CREATE TABLE kept_parts (
  record BLOB NOT NULL,
  home INTEGER NOT NULL,
  part INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  state BLOB,
  origins BLOB,
  gone INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  PRIMARY KEY (record, home, part)
) WITHOUT ROWID;
CREATE INDEX kept_parts_changed ON kept_parts (record) WHERE changed = 1;
)sql";

constexpr std::array kMigrations = {Migration{kVersion1}, Migration{kVersion2}};

constexpr const char* kShapeOfFile =
    "PRAGMA page_size = 4096;"
    "PRAGMA auto_vacuum = INCREMENTAL;";

constexpr const char* kSettings =
#if defined(__wasm__)
    "PRAGMA locking_mode = EXCLUSIVE;"  // WAL without shared memory: the browser has none
#endif
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA foreign_keys = OFF;"
    "PRAGMA cache_size = -8192;"             // KiB
    "PRAGMA journal_size_limit = 4194304;";  // bytes that the WAL keeps after a checkpoint

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

Status configure(Db& db, bool fresh) {
  if (fresh) SETU_TRY(db.execute(kShapeOfFile));
  return db.execute(kSettings);
}

Result<std::int64_t> format_version(Db& db) { return db.number("PRAGMA user_version"); }

Status migrate(Db& db, std::span<const Migration> steps) {
  const auto latest = static_cast<std::int64_t>(steps.size());
  for (;;) {
    SETU_TAKE(const std::int64_t version, format_version(db));
    if (version > latest) {
      return fail(Code::kNewerFormat,
                  "open database: its format is " + std::to_string(version) +
                      ", this program knows up to " + std::to_string(latest) +
                      "; nothing was changed",
                  "update Setu");
    }
    if (version == latest) return {};
    const auto next_step = [&]() -> Status {
      // Another process may have migrated while this one waited for the lock.
      SETU_TAKE(const std::int64_t now, format_version(db));
      if (now != version) return {};
      SETU_TRY(db.execute(std::string(steps[static_cast<std::size_t>(version)].sql)));
      return db.execute("PRAGMA user_version = " + std::to_string(version + 1));
    };
    SETU_TRY(db.atomically(next_step));
  }
}

}  // namespace setu::store
