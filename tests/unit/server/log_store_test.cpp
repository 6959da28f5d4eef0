#include <catch2/catch.hpp>

#include "office.hpp"
#include "sqlite_db.hpp"

namespace setu::server::testing {
namespace {

// A store with one programme.
struct World {
  World() { reopen(); }
  void reopen() {
    store.reset();
    store = std::move(SqliteLogStore::open(scratch.path()).value());
  }
  Hash new_token() {
    const Hash token = crypto::random_id<Hash>(random);
    REQUIRE(store->add_token(token));
    return token;
  }
  void create() {
    auto appender = store->begin(programme).value();
    REQUIRE(appender->create_programme(new_token()));
    REQUIRE(appender->commit());
  }
  NewBatch batch(std::uint64_t seq) {
    return {circle, device, seq, crypto::random_id<Hash>(random), crypto::random_id<Hash>(random),
            bytes};
  }

  crypto::SeededRandom random{5};
  Scratch scratch;
  std::unique_ptr<SqliteLogStore> store;
  ProgrammeId programme = crypto::random_id<ProgrammeId>(random);
  CircleId circle = crypto::random_id<CircleId>(random);
  DeviceId device = crypto::random_id<DeviceId>(random);
  Bytes bytes = Bytes(300, std::byte{9});
};

}  // namespace

TEST_CASE("log store: what was committed is there after reopening, what was not is gone") {
  World w;
  w.create();
  {
    auto appender = w.store->begin(w.programme).value();
    CHECK(appender->add_batch(w.batch(1)).value() == 1);
    CHECK(appender->add_batch(w.batch(2)).value() == 2);
    REQUIRE(appender->commit());
  }
  {
    auto appender = w.store->begin(w.programme).value();
    CHECK(appender->add_batch(w.batch(3)).value() == 3);
    // Reads see it as long as the transaction is open.
    CHECK(w.store->chain_head(w.programme, w.device, w.circle)->seq == 3);
  }
  w.reopen();
  CHECK(w.store->end_of(w.programme)->value() == wire::LogPoint{1, 2});
  CHECK(w.store->chain_head(w.programme, w.device, w.circle)->seq == 2);
  CHECK(w.store->batch_bytes(w.programme, 2).value() == w.bytes);
  CHECK(w.store->batch_bytes(w.programme, 3).error().code == Code::kNotFound);
  CHECK(w.store->begin(w.programme).value()->add_batch(w.batch(3)).value() == 3);
}

TEST_CASE("log store: a token is spent by the programme it creates, and by no failed attempt") {
  World w;
  const Hash token = w.new_token();
  {
    auto appender = w.store->begin(w.programme).value();
    REQUIRE(appender->create_programme(token));
  }
  CHECK(w.store->is_unspent(token).value());
  auto appender = w.store->begin(w.programme).value();
  REQUIRE(appender->create_programme(token));
  REQUIRE(appender->commit());
  appender.reset();
  w.reopen();
  CHECK_FALSE(w.store->is_unspent(token).value());
  CHECK(w.store->begin(crypto::random_id<ProgrammeId>(w.random))
            .value()
            ->create_programme(token)
            .error()
            .code == Code::kRefused);
}

TEST_CASE("log store: programmes do not see each other's rows") {
  World w;
  w.create();
  auto appender = w.store->begin(w.programme).value();
  REQUIRE(appender->add_entry(crypto::random_id<Hash>(w.random), {}, w.bytes));
  REQUIRE(appender->add_batch(w.batch(1)));
  REQUIRE(appender->commit());
  appender.reset();
  const ProgrammeId mine = std::exchange(w.programme, crypto::random_id<ProgrammeId>(w.random));
  w.create();
  const Range all{0, 1'000};
  CHECK(w.store->entries(w.programme, all, 1'000'000)->empty());
  CHECK(w.store->batch_keys(w.programme, std::nullopt, all, 100)->empty());
  CHECK(w.store->chain_head(w.programme, w.device, w.circle)->seq == 0);
  CHECK(w.store->circle_state(w.programme, w.circle, 1'000)->last_position == 0);
  CHECK(w.store->entries(mine, all, 1'000'000)->size() == 1);
}

TEST_CASE("log store: ranges end at their bounds and budgets") {
  World w;
  w.create();
  auto appender = w.store->begin(w.programme).value();
  std::vector<Hash> heads;
  for (std::uint64_t seq = 1; seq <= 5; ++seq) {
    const NewBatch batch = w.batch(seq);
    heads.push_back(batch.circle_head);
    REQUIRE(appender->add_batch(batch));  // 1, 3, 5, 7, 9
    REQUIRE(appender->add_entry(crypto::random_id<Hash>(w.random), heads.back(),
                                w.bytes));  // 2, 4, ...
  }
  REQUIRE(appender->commit());
  appender.reset();
  const auto keys = w.store->batch_keys(w.programme, w.circle, {1, 7}, 100).value();
  REQUIRE(keys.size() == 3);
  CHECK(keys.front().position == 3);
  CHECK(keys.back().position == 7);
  CHECK(w.store->batch_keys(w.programme, w.circle, {0, 10}, 2)->size() == 2);
  CHECK(w.store->entries(w.programme, {0, 10}, 2 * w.bytes.size())->size() == 2);
  CHECK(w.store->entries(w.programme, {0, 10}, 1)->size() == 1);  // one at least
  CHECK(w.store->circle_state(w.programme, w.circle, 6)->head == heads[2]);
  CHECK(w.store->roster_head_at(w.programme, 5).value() == heads[1]);
  CHECK(w.store->roster_head_at(w.programme, 1).value() == Hash{});
}

TEST_CASE("log store: a log of a newer version is left alone") {
  World w;
  w.store.reset();
  REQUIRE(Database::open(w.scratch.path() + "/log.db")->execute("PRAGMA user_version=99"));
  CHECK(SqliteLogStore::open(w.scratch.path()).error().code == Code::kNewerFormat);
}

TEST_CASE("log store: a token can be added by another process while a server has the log open") {
  World w;
  auto other = SqliteLogStore::open(w.scratch.path()).value();
  const Hash token = crypto::random_id<Hash>(w.random);
  REQUIRE(other->add_token(token));
  CHECK(w.store->is_unspent(token).value());
}

TEST_CASE("log store: a file that is no database is an error with what to do") {
  const Scratch scratch;
  {
    std::FILE* file = std::fopen((scratch.path() + "/log.db").c_str(), "w");
    for (int line = 0; line < 1'000; ++line) std::fputs("this is not a database\n", file);
    std::fclose(file);
  }
  const auto opened = SqliteLogStore::open(scratch.path());
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Code::kCorrupt);
  CHECK_FALSE(opened.error().hint.empty());
}

}  // namespace setu::server::testing
