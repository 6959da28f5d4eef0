// Transactions: all or nothing, one writer at a time, and no cache that remembers what never was.

#include "scratch.hpp"

namespace setu::store {
namespace {

TEST_CASE("store: a transaction that is not committed leaves nothing behind") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  {
    auto transaction = take(store.begin());
    Row row = client(1);
    ok(store.insert(row));
    ok(store.outbox_add(circle(1), record(1), as_bytes("change")));
    ok(store.put_note("clock", as_bytes("12")));
  }
  CHECK_FALSE(take(store.find(kClient, record(1))));
  CHECK(take(store.outbox_count()) == 0);
  CHECK_FALSE(take(store.note("clock")));
  CHECK(take(store.outbox_circles()).empty());
}

TEST_CASE("store: reads outside see the last commit, reads inside see what was written") {
  const Scratch scratch;
  Store writer = new_store(scratch.file());
  Store reader = open_store(scratch.file());
  auto transaction = take(writer.begin());
  Row row = client(1);
  ok(writer.insert(row));
  CHECK(take(writer.count(kClient)) == 1);
  CHECK(take(reader.count(kClient)) == 0);
  ok(transaction.commit());
  CHECK(take(reader.count(kClient)) == 1);
}

TEST_CASE("store: device and circle numbers of a rolled-back transaction are forgotten") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  const std::uint32_t kept = store.device_numbers().number_of(device(1));
  std::uint32_t undone = 0;
  {
    auto transaction = take(store.begin());
    undone = store.device_numbers().number_of(device(2));
    Row row = client(1, "Asha", 77);
    ok(store.insert(row));
  }
  CHECK(error_of(store.device_numbers().device_of(undone)) == Code::kCorrupt);
  CHECK(store.device_numbers().number_of(device(1)) == kept);
  // Somebody else may now get the number; nobody may be taken for somebody else.
  const std::uint32_t third = store.device_numbers().number_of(device(3));
  CHECK(take(store.device_numbers().device_of(third)) == device(3));
  CHECK(store.device_numbers().number_of(device(2)) != third);

  Row row = client(1, "Asha", 78);
  ok(store.insert(row));
  CHECK(take(store.find(record(1)))->home == circle(78));
}

TEST_CASE("store: a table made in a rolled-back transaction is made again") {
  const Scratch scratch;
  Store store = take(Store::create(scratch.file(), key(), Cipher::kAegis));
  {
    auto transaction = take(store.begin());
    ok(store.ensure_table(client_table()));
  }
  CHECK(error_of(store.find(kClient, record(1))) == Code::kNotFound);
  ok(store.ensure_table(client_table()));
  Row row = client(1);
  ok(store.insert(row));
}

TEST_CASE("store: a refused row leaves the transaction good to commit") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  auto transaction = take(store.begin());
  Row row = client(1);
  ok(store.insert(row));
  Row again = client(1, "Binod");
  CHECK(error_of(store.insert(again)) == Code::kInvalidArgument);
  ok(transaction.commit());
  CHECK(std::get<std::string>(take(store.find(record(1)))->columns[0]) == "Asha");
}

// Goal: a transaction that SQLite gave up can neither be committed in part nor go on as single
// writes. Method: a limit on pages makes the disk full in the middle.
TEST_CASE("store: a full disk undoes the whole transaction, whatever is tried after it") {
  const Scratch scratch;
  (void)new_store(scratch.file());
  auto db = side_door(scratch.file());
  const std::int64_t pages = take(db->number("PRAGMA page_count"));
  ok(db->execute("PRAGMA max_page_count = " + std::to_string(pages + 20)));
  ok(db->begin());
  const std::string note(3'000, 'n');
  Status written;
  int before_full = 0;
  while (before_full < 1'000) {
    written = db->run("INSERT INTO notes (name, value) VALUES (?, ?)", before_full, note);
    if (!written) break;
    ++before_full;
  }
  CHECK(error_of(written) == Code::kDiskFull);
  CHECK(before_full > 1);
  CHECK(error_of(db->run("INSERT INTO notes (name, value) VALUES ('small', 'x')")) ==
        Code::kDiskFull);
  CHECK(error_of(db->commit()) == Code::kDiskFull);
  CHECK(take(db->number("SELECT count(*) FROM notes")) == 0);
  ok(db->execute("PRAGMA max_page_count = 100000"));
  ok(db->run("INSERT INTO notes (name, value) VALUES ('small', 'x')"));
}

TEST_CASE("store: two processes that write take turns") {
  const Scratch scratch;
  (void)new_store(scratch.file());
  auto one = side_door(scratch.file());
  auto two = side_door(scratch.file());
  ok(two->execute("PRAGMA busy_timeout = 0"));
  ok(one->begin());
  CHECK(error_of(two->begin()) == Code::kBusy);
  ok(one->commit());
  ok(two->begin());
  ok(two->commit());
}

}  // namespace
}  // namespace setu::store
