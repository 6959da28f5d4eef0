// Migrations: each once, whole or not at all, and never backwards.

#include "store/schema.hpp"

#include <array>

#include "scratch.hpp"

namespace setu::store {
namespace {

TEST_CASE("store: a database of an older format is brought up with what it holds") {
  const Scratch scratch;
  {
    Store store = new_store(scratch.file());
    ok(store.put_note("cursor", as_bytes("17")));
  }
  const std::array steps = {migrations()[0], Migration{"ALTER TABLE notes ADD COLUMN age INTEGER;"},
                            Migration{"UPDATE notes SET age = 3; CREATE TABLE more (x);"}};
  auto db = side_door(scratch.file());
  ok(db->execute("PRAGMA user_version = 1"));
  ok(migrate(*db, steps));
  CHECK(take(format_version(*db)) == 3);
  CHECK(take(db->number(
            "SELECT age FROM notes WHERE name = 'cursor' AND value = CAST('17' AS BLOB)")) == 3);
  ok(migrate(*db, steps));  // nothing left to do: the same step twice would fail
}

TEST_CASE("store: a database of version 1 learns to keep parts of records that moved") {
  const Scratch scratch;
  {
    Store store = new_store(scratch.file());
    ok(store.put_note("cursor", as_bytes("17")));
  }
  {
    auto db = side_door(scratch.file());
    ok(db->execute("DROP TABLE kept_parts; PRAGMA user_version = 1"));
  }
  Store store = take(Store::open(scratch.file(), key(), Cipher::kAegis));
  CHECK(take(store.note("cursor")) == to_bytes(as_bytes("17")));
  CHECK(take(store.kept_parts(record(1))).empty());
  ok(store.put_kept_part(
      {.record = record(1), .kind = kClient, .home = circle(1), .part = 1, .state = bytes("s")}));
  CHECK(take(store.kept_parts(record(1))).size() == 1);
}

TEST_CASE("store: a migration that fails leaves the step before it") {
  const Scratch scratch;
  (void)new_store(scratch.file());
  const std::array steps = {migrations()[0], Migration{"CREATE TABLE good (x);"},
                            Migration{"CREATE TABLE half (x); CREATE TABLE half (x);"}};
  auto db = side_door(scratch.file());
  ok(db->execute("PRAGMA user_version = 1"));
  CHECK_FALSE(migrate(*db, steps).has_value());
  CHECK(take(format_version(*db)) == 2);
  CHECK(take(db->number("SELECT count(*) FROM sqlite_master WHERE name = 'good'")) == 1);
  CHECK(take(db->number("SELECT count(*) FROM sqlite_master WHERE name = 'half'")) == 0);
}

TEST_CASE("store: a newer format is refused and left as it is") {
  const Scratch scratch;
  (void)new_store(scratch.file());
  ok(side_door(scratch.file())
         ->execute("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)"));
  const std::string before = contents(scratch.file());
  CHECK(error_of(Store::open(scratch.file(), key(), Cipher::kAegis)) == Code::kNewerFormat);
  CHECK(contents(scratch.file()) == before);
}

TEST_CASE("store: the settings that keep data safe are on") {
  const Scratch scratch;
  (void)new_store(scratch.file());
  auto db = side_door(scratch.file());
  ok(configure(*db, false));
  CHECK(take(db->number("PRAGMA synchronous")) == 2);
  CHECK(take(db->number("PRAGMA secure_delete")) == 1);
  CHECK(take(db->number("PRAGMA temp_store")) == 2);
  CHECK(take(db->number("PRAGMA auto_vacuum")) == 2);
  CHECK(take(db->number("PRAGMA page_size")) == 4096);
  CHECK(take(db->number("PRAGMA busy_timeout")) == Db::kBusyTimeoutMs);
  auto mode = take(db->prepare("PRAGMA journal_mode"));
  REQUIRE(take(mode.step()));
  CHECK(mode.text(0) == "wal");
}

}  // namespace
}  // namespace setu::store
