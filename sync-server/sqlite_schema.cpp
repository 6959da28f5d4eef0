#include "sqlite_schema.hpp"

#include <array>

namespace setu::server {
namespace {

// 1: programmes, generations, roster entries, batches, tokens. `bytes` stands last, so that reading
// the other columns of a row does not walk its overflow pages. Heads are not kept apart: the newest
// row of an index holds them.
constexpr const char* kFirst = R"sql(
CREATE TABLE programme(
  number       INTEGER PRIMARY KEY,
  id           BLOB    NOT NULL UNIQUE,
  generation   INTEGER NOT NULL,
  end_position INTEGER NOT NULL);

CREATE TABLE generation(
  programme  INTEGER NOT NULL REFERENCES programme(number),
  generation INTEGER NOT NULL,
  kept       INTEGER NOT NULL,
  PRIMARY KEY (programme, generation)) WITHOUT ROWID;

CREATE TABLE entry(
  programme         INTEGER NOT NULL REFERENCES programme(number),
  position          INTEGER NOT NULL,
  hash              BLOB    NOT NULL,
  roster_head_after BLOB    NOT NULL,
  tag_after         BLOB    NOT NULL,
  bytes             BLOB    NOT NULL);
CREATE UNIQUE INDEX entry_by_position ON entry(programme, position);
CREATE UNIQUE INDEX entry_by_hash     ON entry(programme, hash);

CREATE TABLE batch(
  programme         INTEGER NOT NULL REFERENCES programme(number),
  position          INTEGER NOT NULL,
  circle            BLOB    NOT NULL,
  device            BLOB    NOT NULL,
  seq               INTEGER NOT NULL,
  hash              BLOB    NOT NULL,
  circle_head_after BLOB    NOT NULL,
  tag_after         BLOB    NOT NULL,
  bytes             BLOB    NOT NULL);
CREATE UNIQUE INDEX batch_by_position ON batch(programme, position);
CREATE UNIQUE INDEX batch_by_circle   ON batch(programme, circle, position);
CREATE UNIQUE INDEX batch_by_chain    ON batch(programme, device, circle, seq);

CREATE TABLE token(
  hash  BLOB    PRIMARY KEY,
  spent INTEGER NOT NULL) WITHOUT ROWID;
)sql";

constexpr std::array<const char*, 1> kSteps = {kFirst};

}  // namespace

Status migrate(const Database& db) {
  // The lock first: `serve` and `token` may both meet a new file.
  SETU_TRY(db.execute("BEGIN IMMEDIATE"));
  const auto version = db.number("PRAGMA user_version");
  if (!version || *version > kSteps.size()) {
    SETU_TRY(db.execute("ROLLBACK"));
    if (!version) return fail(version.error());
    return fail(Code::kNewerFormat,
                "log database: format " + std::to_string(*version) + ", this version knows " +
                    std::to_string(kSteps.size()) + "; nothing was changed",
                "run the newer setu-server that wrote it");
  }
  for (std::size_t step = *version; step < kSteps.size(); ++step) {
    Status done = db.execute(kSteps[step]);
    if (done) done = db.execute("PRAGMA user_version=" + std::to_string(step + 1));
    if (!done) {
      (void)db.execute("ROLLBACK");
      return done;
    }
  }
  return db.execute("COMMIT");
}

}  // namespace setu::server
