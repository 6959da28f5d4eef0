// `setu-server restore`: the counterpart of backup. Never silently over what a backup lacks.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "log_check.hpp"
#include "office.hpp"
#include "restore.hpp"

namespace setu::server::testing {
namespace {

struct Restoring {
  Office office;
  Scratch elsewhere;
  std::string backup = elsewhere.path() + "/backup.db";
  std::uint64_t end = 0;

  Restoring() {
    office.found();
    REQUIRE(office.store->copy_to(backup));
    end = end_of().position;
  }
  void close() {
    office.service.reset();
    office.store.reset();
  }
  wire::LogPoint end_of() { return office.store->end_of(office.programme)->value(); }
  Result<Restored> restore(bool force) {
    close();
    auto restored = restore_log(office.scratch.path(), backup, force);
    office.reopen();
    return restored;
  }
};

}  // namespace

TEST_CASE("restore: over a log that it holds all of, a backup goes back and begins a generation") {
  Restoring r;
  const auto restored = r.restore(false);
  REQUIRE(restored);
  CHECK(restored->programmes == 1);
  CHECK_FALSE(restored->has_key);
  CHECK(std::filesystem::exists(restored->replaced));
  CHECK(r.end_of() == wire::LogPoint{2, r.end});
  CHECK(r.office.store->generations(r.office.programme).value() ==
        std::vector<wire::GenerationStart>{{2, r.end}});
  CHECK(check_log(*r.office.store)->problems.empty());
}

TEST_CASE("restore: a log that holds more is kept, and replaced by force alone") {
  Restoring r;
  r.office.push_batch(r.office.worker, r.office.commons);
  const auto refused = r.restore(false);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kRefused);
  CHECK(r.end_of() == wire::LogPoint{1, r.end + 1});

  const auto forced = r.restore(true);
  REQUIRE(forced);
  CHECK(r.end_of() == wire::LogPoint{2, r.end});
  const auto kept = SqliteLogStore::open_file(forced->replaced);
  REQUIRE(kept);
  CHECK((*kept)->end_of(r.office.programme)->value() == wire::LogPoint{1, r.end + 1});

  const auto again = r.restore(true);
  REQUIRE(again);
  CHECK(again->replaced != forced->replaced);
  CHECK(r.end_of() == wire::LogPoint{3, r.end});  // above what it replaced
}

TEST_CASE("restore: into a new directory") {
  Restoring r;
  const Scratch fresh;
  const auto restored = restore_log(fresh.path(), r.backup, false);
  REQUIRE(restored);
  CHECK(restored->replaced.empty());
  const auto store = SqliteLogStore::open(fresh.path());
  REQUIRE(store);
  CHECK((*store)->end_of(r.office.programme)->value() == wire::LogPoint{2, r.end});
}

TEST_CASE("restore: a damaged log makes way by force, and is kept as it was") {
  Restoring r;
  r.close();
  const std::string log = r.office.scratch.path() + "/log.db";
  std::ofstream(log, std::ios::trunc) << "this is no database, but it was somebody's log once";
  const auto refused = restore_log(r.office.scratch.path(), r.backup, false);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kRefused);
  const auto restored = restore_log(r.office.scratch.path(), r.backup, true);
  REQUIRE(restored);
  CHECK(std::filesystem::file_size(restored->replaced) == 51);
  r.office.reopen();
  CHECK(r.end_of() == wire::LogPoint{2, r.end});
}

TEST_CASE("restore: what is no sound backup changes nothing") {
  Restoring r;
  SECTION("no file") { r.backup += ".missing"; }
  SECTION("no database") { std::ofstream(r.backup, std::ios::trunc) << "no database at all"; }
  SECTION("a backup cut short") {
    std::filesystem::resize_file(r.backup, std::filesystem::file_size(r.backup) / 2);
  }
  SECTION("a backup that does not prove itself") {
    const auto db = Database::open(r.backup);
    REQUIRE(db);
    REQUIRE(db->execute("UPDATE entry SET tag_after=x'0102030405060708' WHERE position=2"));
  }
  REQUIRE_FALSE(r.restore(true));
  CHECK(r.end_of() == wire::LogPoint{1, r.end});
  CHECK_FALSE(std::filesystem::exists(r.office.scratch.path() + "/log.db.restoring"));
}

}  // namespace setu::server::testing
