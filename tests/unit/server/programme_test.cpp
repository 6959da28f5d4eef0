#include <catch2/catch.hpp>

#include "log_check.hpp"
#include "office.hpp"

namespace setu::server::testing {
namespace {

void change_log(Office& office, const std::string& sql) {
  REQUIRE(Database::open(office.scratch.path() + "/log.db")->execute(sql));
}

}  // namespace

TEST_CASE("programme: a server started again knows its roster and goes on") {
  Office office;
  office.found();
  const Answer before = office.ask(office.hello(office.worker));
  office.reopen();
  const Answer after = office.ask(office.hello(office.worker));
  CHECK(after.positions == before.positions);
  CHECK(after.last().digest == before.last().digest);
  office.push_batch(office.worker, office.commons);
}

TEST_CASE("programme: two programmes on one server do not mix") {
  Office office;
  office.found();
  office.push_batch(office.worker, office.commons);
  const ProgrammeId first = office.programme;
  const Device first_worker = std::move(office.worker);
  office.found();
  REQUIRE(office.programme != first);
  CHECK(office.ask(office.hello(first_worker)).refused_whole(wire::RefusalCode::kUnknownDevice));
  CHECK(office.ask(office.hello(office.worker)).batches.empty());
}

TEST_CASE("programme: a log whose roster no longer proves itself is not served") {
  Office office;
  office.found();
  office.service.reset();
  change_log(office, "UPDATE entry SET roster_head_after=zeroblob(32) WHERE position=2");
  office.reopen();
  CHECK(office.ask(office.hello(office.worker)).refused_whole(wire::RefusalCode::kBusy));
}

TEST_CASE("log check: a sound log has no problems, and everything in it is counted") {
  Office office;
  office.found();
  for (int batch = 0; batch < 3; ++batch) office.push_batch(office.worker, office.commons);
  const auto report = check_log(*office.store);
  REQUIRE(report);
  CHECK(report->problems.empty());
  CHECK(report->programmes == 1);
  CHECK(report->batches == 3);
  CHECK(report->entries == office.store->end_of(office.programme)->value().position - 3);
  CHECK(office.store->check_integrity());
}

TEST_CASE("log check: each kind of damage is found") {
  Office office;
  office.found();
  for (int batch = 0; batch < 3; ++batch) office.push_batch(office.worker, office.commons);
  const std::string last = "position=(SELECT max(position) FROM batch)";
  const std::string damage = GENERATE_COPY(
      as<std::string>{},
      "UPDATE batch SET bytes=substr(bytes, 1, length(bytes)-1) || x'00' WHERE " + last,
      "UPDATE batch SET hash=zeroblob(32) WHERE " + last,
      "UPDATE batch SET circle_head_after=zeroblob(32) WHERE " + last,
      "UPDATE batch SET seq=seq+1 WHERE " + last,
      "UPDATE batch SET device=zeroblob(8) WHERE " + last, "DELETE FROM batch WHERE " + last,
      "UPDATE programme SET end_position=end_position+1",
      "UPDATE entry SET hash=zeroblob(32) WHERE position=3",
      "UPDATE entry SET bytes=substr(bytes, 1, length(bytes)-1) || x'00' WHERE position=3",
      "DELETE FROM entry WHERE position=4");
  change_log(office, damage);
  const auto report = check_log(*office.store);
  REQUIRE(report);
  CHECK_FALSE(report->problems.empty());
}

TEST_CASE("log check: a backup taken while the server runs proves itself") {
  Office office;
  office.found();
  office.push_batch(office.worker, office.commons);
  const Scratch other;
  REQUIRE(office.store->copy_to(other.path() + "/log.db"));
  const auto copy = SqliteLogStore::open(other.path());
  REQUIRE(copy);
  const auto report = check_log(**copy);
  REQUIRE(report);
  CHECK(report->problems.empty());
  CHECK(report->batches == 1);
}

}  // namespace setu::server::testing
