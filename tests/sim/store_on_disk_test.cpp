// The real stores of device and server on the simulator's disk: what they acknowledged is there
// after every power cut at every operation.

#include <catch2/catch.hpp>

#include "sqlite_db.hpp"
#include "sqlite_log_store.hpp"
#include "store/store.hpp"
#include "vfs.hpp"

namespace setu::sim {
namespace {

constexpr KindTag kClient = 7;
constexpr std::uint32_t kRowsPerAction = 5;
constexpr std::uint32_t kActions = 6;

crypto::Secret key() { return crypto::Secret::copy_of(as_bytes(std::string(32, 'k'))); }

template <class Id>
Id numbered(std::uint32_t number) {
  Id id;
  for (std::size_t i = 0; i < sizeof(number); ++i)
    id.bytes[Id::size - 1 - i] = static_cast<std::byte>(number >> (8 * i));
  return id;
}

store::TableSpec client_table() {
  return {.kind = kClient,
          .name = "client",
          .columns = {{.field = 1, .name = "name", .type = store::ColumnType::kText, .part = 1}},
          .parts = {1}};
}

// Rows of one action and a change for each; big enough that the WAL is checkpointed meanwhile.
Status act(store::Store& store, std::uint32_t action) {
  for (std::uint32_t i = 0; i < kRowsPerAction; ++i) {
    store::Row row{.row_number = 0,
                   .kind = kClient,
                   .id = numbered<RecordId>(action * kRowsPerAction + i),
                   .home = numbered<CircleId>(1),
                   .deleted = false,
                   .columns = {"Asha " + std::to_string(action)},
                   .parts = {{1, Bytes(2'000, std::byte{1})}}};
    SETU_TRY(store.insert(row));
    SETU_TRY(store.outbox_add(numbered<CircleId>(1), row.id, Bytes(500, std::byte{2})));
  }
  return {};
}

Result<store::Store> open_or_make(const std::string& path) {
  auto opened = store::Store::open(path, key(), store::Cipher::kAegis);
  if (opened || opened.error().code != Code::kNotFound) return opened;
  return store::Store::create(path, key(), store::Cipher::kAegis);
}

// What a phone does in a day: makes its replica, records, gives one action up, tidies, and closes.
// Counts in `acknowledged` the actions that were said to be stored.
Status work(const std::string& path, std::uint32_t& acknowledged) {
  SETU_TAKE(store::Store store, open_or_make(path));
  SETU_TRY(store.ensure_table(client_table()));
  for (std::uint32_t action = 1; action <= kActions; ++action) {
    SETU_TAKE(auto transaction, store.begin());
    SETU_TRY(act(store, action));
    SETU_TRY(transaction.commit());
    acknowledged = action;
    if (action == kActions / 2) {
      SETU_TAKE(auto given_up, store.begin());
      SETU_TRY(act(store, kActions + 1));
    }
    if (action == kActions - 1) {
      SETU_TRY(store.outbox_remove(numbered<CircleId>(1), 2));
      SETU_TRY(store.compact());
    }
  }
  return {};
}

// Everything acknowledged is whole; at most the action after it is there too; nothing by halves.
void require_whole(const std::string& path, std::uint32_t acknowledged) {
  auto store = open_or_make(path);
  INFO((store ? std::string("open") : store.error().message));
  REQUIRE(store);
  REQUIRE(store->ensure_table(client_table()));
  const std::vector<std::string> problems = store->check().value();
  INFO((problems.empty() ? std::string() : problems.front()));
  REQUIRE(problems.empty());
  const std::uint64_t rows = store->count(kClient).value();
  REQUIRE(rows % kRowsPerAction == 0);
  const std::uint64_t actions = rows / kRowsPerAction;
  REQUIRE(actions >= acknowledged);
  REQUIRE(actions <= acknowledged + 1);
  for (std::uint32_t row = 0; row < rows; ++row)
    REQUIRE(store->find(kClient, numbered<RecordId>(kRowsPerAction + row)).value());
  const std::uint64_t changes = store->outbox_count().value();
  REQUIRE((changes == rows || (changes + 2 == rows && actions >= kActions - 1)));
}

// Goal: no power cut, whenever it comes, loses what was acknowledged or leaves half an action.
// Method: the same work over and over, the power failing one operation later each time, until it
// ends unharmed; sometimes it fails again while the store recovers.
TEST_CASE("store: power may fail at every single operation of a day's work") {
  const int seed = GENERATE(1, 2, 3);
  Random random(static_cast<std::uint64_t>(seed));
  Disk::Faults faults;
  std::uint64_t cut = 1;
  for (bool unharmed = false; !unharmed; ++cut) {
    seed_sqlite(cut);
    Disk disk;
    const Mount mount(disk);
    const std::string path = mount.directory() + "replica.db";
    std::uint32_t acknowledged = 0;
    disk.fail_power_after(cut);
    const Status done = work(path, acknowledged);
    unharmed = disk.has_power();
    REQUIRE((done.has_value() || !unharmed));
    disk.crash(random);
    INFO("seed " << seed << ", power cut at operation " << cut);
    if (random.chance(0.3)) {
      disk.fail_power_after(1 + random.below(12));
      (void)open_or_make(path);
      disk.crash(random);
    }
    require_whole(path, acknowledged);
    faults.lost_writes += disk.faults().lost_writes;
    faults.torn_writes += disk.faults().torn_writes;
    faults.lost_names += disk.faults().lost_names;
  }
  CHECK(cut > 60);
  CHECK(faults.lost_writes > 0);
  CHECK(faults.torn_writes > 0);
  CHECK(faults.lost_names > 0);
  CHECK(temporary_files_refused() == 0);
}

TEST_CASE("store: a disk whose syncs fail is an error, and acknowledges nothing") {
  Disk disk;
  const Mount mount(disk);
  const std::string path = mount.directory() + "replica.db";
  auto store = store::Store::create(path, key(), store::Cipher::kAegis);
  REQUIRE(store);
  REQUIRE(store->ensure_table(client_table()));
  disk.fail_sync_after(1);
  {
    auto transaction = store->begin();
    REQUIRE(transaction);
    REQUIRE(act(*store, 1));
    CHECK_FALSE(transaction->commit());
  }
  CHECK(disk.faults().failed_syncs == 1);
  CHECK(store->count(kClient).value() == 0);
  REQUIRE(act(*store, 1));
  CHECK(store->count(kClient).value() == kRowsPerAction);
  CHECK(store->check().value().empty());
}

TEST_CASE("store: on a full disk an action is refused whole, and done once there is room") {
  Disk disk;
  const Mount mount(disk);
  auto store = store::Store::create(mount.directory() + "replica.db", key(), store::Cipher::kAegis);
  REQUIRE(store);
  REQUIRE(store->ensure_table(client_table()));
  REQUIRE(store->begin()->commit());
  const auto attempt = [&]() -> Status {
    SETU_TAKE(auto transaction, store->begin());
    SETU_TRY(act(*store, 1));
    return transaction.commit();
  };
  SECTION("by its size") { disk.set_capacity(disk.bytes() + 10'000); }
  SECTION("for a moment") { disk.fail_writes(1); }
  const Status refused = attempt();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kDiskFull);
  CHECK(store->count(kClient).value() == 0);
  CHECK(store->outbox_count().value() == 0);
  disk.set_capacity_unlimited();
  CHECK(attempt());
  CHECK(store->count(kClient).value() == kRowsPerAction);
  CHECK(store->check().value().empty());
}

TEST_CASE("store: two connections to one replica see each other, and wait in virtual time") {
  Disk disk;
  const Mount mount(disk);
  const std::string path = mount.directory() + "replica.db";
  auto first = store::Store::create(path, key(), store::Cipher::kAegis);
  REQUIRE(first);
  REQUIRE(first->ensure_table(client_table()));
  auto second = store::Store::open(path, key(), store::Cipher::kAegis);
  REQUIRE(second);
  REQUIRE(act(*first, 1));
  CHECK(second->count(kClient).value() == kRowsPerAction);
  set_sqlite_now(1'000);
  {
    auto writing = first->begin();
    REQUIRE(writing);
    const auto waited = second->begin();
    REQUIRE_FALSE(waited);
    CHECK(waited.error().code == Code::kBusy);
    CHECK(sqlite_now_ms() >= 5'000);
  }
  CHECK(second->begin());
}

// --- the server's log

constexpr std::size_t kBatchBytes = 3'000;

struct LogWork {
  ProgrammeId programme = numbered<ProgrammeId>(1);
  std::uint64_t acknowledged = 0;

  // Makes the programme unless it is there, and appends up to `until` batches.
  Status append(const std::string& directory, std::uint64_t until) {
    SETU_TAKE(const auto log, server::SqliteLogStore::open(directory));
    SETU_TAKE(auto end, log->end_of(programme));
    if (!end) {
      (void)log->add_token(numbered<Hash>(1));  // it may be there already
      SETU_TAKE(const auto appender, log->begin(programme));
      SETU_TRY(appender->create_programme(numbered<Hash>(1)));
      SETU_TRY(appender->commit());
      end = wire::LogPoint{1, 0};
    }
    for (std::uint64_t seq = end->position + 1; seq <= until; ++seq) {
      SETU_TAKE(const auto appender, log->begin(programme));
      const Bytes bytes(kBatchBytes, static_cast<std::byte>(seq));
      const auto hash = numbered<Hash>(static_cast<std::uint32_t>(seq));
      SETU_TRY(appender->add_batch(
          {numbered<CircleId>(1), numbered<DeviceId>(1), seq, hash, hash, bytes}));
      SETU_TRY(appender->commit());
      acknowledged = seq;
    }
    return {};
  }

  void require_whole(const std::string& directory) const {
    {
      const auto database = server::Database::open(directory + "/log.db");
      REQUIRE(database);
      REQUIRE(database->check_integrity());
    }
    const auto log = server::SqliteLogStore::open(directory);
    REQUIRE(log);
    const auto end = (*log)->end_of(programme).value();
    const std::uint64_t position = end ? end->position : 0;
    REQUIRE(position >= acknowledged);
    REQUIRE(position <= acknowledged + 1);
    for (std::uint64_t at = 1; at <= position; ++at)
      REQUIRE((*log)->batch_bytes(programme, at).value() ==
              Bytes(kBatchBytes, static_cast<std::byte>(at)));
  }
};

TEST_CASE("log store: power may fail at every single operation, and acknowledged batches stay") {
  const int seed = GENERATE(1, 2, 3);
  Random random(static_cast<std::uint64_t>(seed));
  std::uint64_t cut = 1;
  for (bool unharmed = false; !unharmed; ++cut) {
    seed_sqlite(cut);
    Disk disk;
    const Mount mount(disk);
    LogWork log;
    disk.fail_power_after(cut);
    const Status done = log.append(mount.directory(), 12);
    unharmed = disk.has_power();
    REQUIRE((done.has_value() || !unharmed));
    disk.crash(random);
    INFO("seed " << seed << ", power cut at operation " << cut);
    log.require_whole(mount.directory());
    REQUIRE(log.append(mount.directory(), 13));  // and it goes on
  }
  CHECK(cut > 40);
}

TEST_CASE("log store: two connections to one log take turns") {
  Disk disk;
  const Mount mount(disk);
  LogWork log;
  REQUIRE(log.append(mount.directory(), 1));
  const auto one = server::SqliteLogStore::open(mount.directory());
  const auto other = server::SqliteLogStore::open(mount.directory());
  REQUIRE((one && other));
  {
    const auto appender = (*one)->begin(log.programme);
    REQUIRE(appender);
    CHECK((*other)->begin(log.programme).error().code == Code::kBusy);
  }
  CHECK((*other)->begin(log.programme));
}

// --- the same seed, the same world

struct Traces {
  Bytes log;
  std::uint64_t log_history = 0;
  std::uint64_t replica_history = 0;
  friend bool operator==(const Traces&, const Traces&) = default;
};
Traces run(std::uint64_t seed) {
  seed_sqlite(seed);
  set_sqlite_now(0);
  Random random(seed);
  Disk server;
  Disk phone;
  const Mount server_mount(server);
  const Mount phone_mount(phone);
  LogWork log;
  std::uint32_t acknowledged = 0;
  for (int round = 0; round < 8; ++round) {
    server.fail_power_after(1 + random.below(60));
    (void)log.append(server_mount.directory(), log.acknowledged + 12);
    server.crash(random);
    phone.fail_power_after(1 + random.below(60));
    (void)work(phone_mount.directory() + "replica.db", acknowledged);
    phone.crash(random);
  }
  return {server.contents("log.db"), server.history_hash(), phone.history_hash()};
}

TEST_CASE("sim: the same seed gives the same bytes on the server's disk and the same history") {
  const Traces first = run(1);
  CHECK_FALSE(first.log.empty());
  CHECK(run(1) == first);
  CHECK_FALSE(run(2) == first);
}

}  // namespace
}  // namespace setu::sim
