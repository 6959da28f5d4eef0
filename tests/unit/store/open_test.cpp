// Creating and opening: the key, the cipher, the file, and what a stranger who takes the file can
// see.

#include <array>
#include <cmath>

#include "scratch.hpp"

namespace setu::store {
namespace {

// Bits of entropy per byte: 8 for random bytes, under 5 for text.
double entropy(const std::string& data) {
  std::array<double, 256> counts{};
  for (const char c : data) counts[static_cast<unsigned char>(c)] += 1;
  double bits = 0;
  for (const double count : counts) {
    const double share = count / static_cast<double>(data.size());
    if (count > 0) bits -= share * std::log2(share);
  }
  return bits;
}

TEST_CASE("store: what was committed is there after opening again") {
  const Scratch scratch;
  const Cipher cipher = GENERATE(Cipher::kAegis, Cipher::kChaCha20);
  Row row = client(1);
  {
    Store store = new_store(scratch.file(), cipher);
    ok(store.insert(row));
  }
  Store store = open_store(scratch.file(), cipher);
  const auto found = take(store.find(kClient, record(1)));
  REQUIRE(found);
  CHECK(*found == row);
}

TEST_CASE("store: another key, another cipher and a key of another size do not open it") {
  const Scratch scratch;
  (void)new_store(scratch.file());
  CHECK(error_of(Store::open(scratch.file(), key('x'), Cipher::kAegis)) == Code::kWrongPassphrase);
  CHECK(error_of(Store::open(scratch.file(), key(), Cipher::kChaCha20)) == Code::kWrongPassphrase);
  CHECK(error_of(Store::open(scratch.file(), crypto::Secret::copy_of(as_bytes("short")),
                             Cipher::kAegis)) == Code::kInvalidArgument);
  CHECK(Store::open(scratch.file(), key(), Cipher::kAegis).has_value());
}

TEST_CASE("store: a file that is not there is not found, and opening makes none") {
  const Scratch scratch;
  CHECK(error_of(Store::open(scratch.file(), key(), Cipher::kAegis)) == Code::kNotFound);
  CHECK_FALSE(std::filesystem::exists(scratch.file()));
}

TEST_CASE("store: creating never writes over what is there") {
  const Scratch scratch;
  {
    Store store = new_store(scratch.file());
    Row row = client(1);
    ok(store.insert(row));
  }
  CHECK(error_of(Store::create(scratch.file(), key(), Cipher::kAegis)) == Code::kInvalidArgument);
  CHECK(error_of(Store::create(scratch.file(), key('x'), Cipher::kAegis)) ==
        Code::kInvalidArgument);
  Store store = open_store(scratch.file());
  CHECK(take(store.count(kClient)) == 1);

  std::ofstream(scratch.file("letter.txt")) << std::string(8192, 'a');
  CHECK(error_of(Store::create(scratch.file("letter.txt"), key(), Cipher::kAegis)) ==
        Code::kInvalidArgument);
  CHECK(contents(scratch.file("letter.txt")) == std::string(8192, 'a'));
}

TEST_CASE("store: a creation that was cut off is finished by creating again") {
  const Scratch scratch;
  std::ofstream(scratch.file("empty.db")).close();
  CHECK(error_of(Store::open(scratch.file("empty.db"), key(), Cipher::kAegis)) == Code::kNotFound);
  Store store = new_store(scratch.file("empty.db"));
  Row row = client(1);
  ok(store.insert(row));
  CHECK(take(store.check()).empty());
}

// Goal: whoever takes the file, the write-ahead log or the index beside it reads nothing. Method:
// canaries in every kind of thing stored; search all files raw while the store is open and after it
// is closed, and measure randomness.
TEST_CASE("store: its files show nothing of what they hold") {
  const Scratch scratch;
  const Cipher cipher = GENERATE(Cipher::kAegis, Cipher::kChaCha20);
  const std::string canary = "canary-Meenakshi-positive";
  const auto search = [&] {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
      const std::string data = contents(scratch.file() + suffix);
      CAPTURE(suffix);
      CHECK(data.find("canary") == std::string::npos);
      CHECK(data.find("CREATE TABLE") == std::string::npos);
      CHECK(data.find("SQLite format") == std::string::npos);
      CHECK(data.find(std::string(32, 'k')) == std::string::npos);
    }
  };
  {
    Store store = new_store(scratch.file(), cipher);
    auto transaction = take(store.begin());
    for (std::uint32_t i = 1; i <= 500; ++i) {
      Row row = client(i, canary);
      row.parts[1] = bytes(canary + " in a merge blob");
      ok(store.insert(row));
    }
    ok(store.outbox_add(circle(1), record(1), as_bytes(canary)));
    ok(store.add_batch({.circle = circle(1),
                        .device = device(1),
                        .seq = 1,
                        .position = 0,
                        .state = BatchState::kParked,
                        .reason = canary,
                        .hash = hash(1),
                        .bytes = bytes(canary)}));
    ok(store.add_entry(1, hash(1), as_bytes(canary)));
    ok(store.put_note(canary, as_bytes(canary)));
    ok(store.put_secret(canary, crypto::Secret::copy_of(as_bytes(canary))));
    ok(store.put_epoch_key(circle(1), 1, crypto::Secret::copy_of(as_bytes(canary))));
    ok(transaction.commit());
    CHECK(entropy(contents(scratch.file() + "-wal")) > 7.9);
    search();
  }
  CHECK(contents(scratch.file()).size() > 80'000);
  CHECK(entropy(contents(scratch.file())) > 7.99);
  search();
}

TEST_CASE("store: two open stores see each other's commits, tables and device numbers") {
  const Scratch scratch;
  Store one = new_store(scratch.file());
  Store two = take(Store::open(scratch.file(), key(), Cipher::kAegis));
  Row row = client(1);
  ok(one.insert(row));
  CHECK(take(two.find(kClient, record(1))));  // although `two` was never told of the kind

  TableSpec visit{.kind = 9,
                  .name = "visit",
                  .columns = {{.field = 1, .name = "day", .type = ColumnType::kText, .part = 1}},
                  .parts = {1}};
  ok(two.ensure_table(visit));
  Row seen{.row_number = 0,
           .kind = 9,
           .id = record(2),
           .home = circle(5),
           .deleted = false,
           .columns = {std::string("2026-11-23")},
           .parts = {{1, bytes("m")}}};
  ok(two.insert(seen));
  const auto found = take(one.find(record(2)));
  REQUIRE(found);
  CHECK(*found == seen);

  const std::uint32_t by_two = two.device_numbers().number_of(device(1));
  const std::uint32_t by_one = one.device_numbers().number_of(device(2));
  CHECK(by_one != by_two);
  CHECK(one.device_numbers().number_of(device(1)) == by_two);
  CHECK(take(two.device_numbers().device_of(by_one)) == device(2));
}

}  // namespace
}  // namespace setu::store
