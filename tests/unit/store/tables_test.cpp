// Kind tables: forms grow, programs differ in age, and no row is rewritten or lost for it.

#include "scratch.hpp"

namespace setu::store {
namespace {

TableSpec newer_client_table() {
  TableSpec spec = client_table();
  spec.parts.push_back(5);
  spec.columns.insert(spec.columns.begin(),
                      {.field = 9, .name = "select", .type = ColumnType::kText, .part = 5});
  spec.columns.push_back({.field = 8, .name = "rowid", .type = ColumnType::kInteger, .part = 1});
  return spec;
}

TEST_CASE("store: a newer form adds columns and parts, and old rows read as empty there") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  Row old_row = client(1);
  ok(store.insert(old_row));
  ok(store.ensure_table(newer_client_table()));
  const Row read = *take(store.find(record(1)));
  REQUIRE(read.columns.size() == 6);  // in the order of the form that was asked for
  CHECK(is_empty(read.columns[0]));
  CHECK(read.columns[1] == Value(std::string("Asha")));
  CHECK(is_empty(read.columns[5]));
  CHECK(read.parts == old_row.parts);

  Row row = client(2);
  row.columns = {std::string("x"), Value{}, Value{}, Value{}, Value{}, std::int64_t{41}};
  row.parts[5] = bytes("five");
  ok(store.insert(row));
  CHECK(*take(store.find(record(2))) == row);
}

TEST_CASE("store: adding columns to many rows writes a few pages") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  {
    auto transaction = take(store.begin());
    for (std::uint32_t i = 1; i <= 5'000; ++i) {
      Row row = client(i, std::string(100, 'n'));
      ok(store.insert(row));
    }
    ok(transaction.commit());
  }
  ok(store.compact());
  REQUIRE(store.file_size() > 800'000);
  ok(store.ensure_table(newer_client_table()));
  CHECK(std::filesystem::file_size(scratch.file() + "-wal") < 100'000);
}

TEST_CASE("store: an older program keeps what a newer one stored") {
  const Scratch scratch;
  {
    Store newer = take(Store::create(scratch.file(), key(), Cipher::kAegis));
    ok(newer.ensure_table(newer_client_table()));
    Row row = client(1);
    row.columns = {std::string("kept"), std::string("Asha"), Value{}, Value{}, Value{},
                   std::int64_t{41}};
    row.parts[5] = bytes("five");
    ok(newer.insert(row));
  }
  {
    Store older = open_store(scratch.file());
    Row row = *take(older.find(record(1)));
    CHECK(row.columns.size() == 4);
    CHECK(row.parts.size() == 2);
    row.columns[0] = std::string("Asha B");
    ok(older.update(row));
  }
  {
    Store newer = take(Store::open(scratch.file(), key(), Cipher::kAegis));
    ok(newer.ensure_table(newer_client_table()));
    const Row row = *take(newer.find(record(1)));
    CHECK(row.columns[0] == Value(std::string("kept")));
    CHECK(row.columns[1] == Value(std::string("Asha B")));
    CHECK(row.parts.at(5) == bytes("five"));
  }
  // Rebuilding takes away the whole part, with the columns that this program has no name for.
  Store older = open_store(scratch.file());
  ok(older.clear_part(kClient, 1, CircleId{}));
  Store newer = take(Store::open(scratch.file(), key(), Cipher::kAegis));
  ok(newer.ensure_table(newer_client_table()));
  CHECK(is_empty(take(newer.find(record(1)))->columns[5]));
  CHECK(take(newer.find(record(1)))->columns[0] == Value(std::string("kept")));
}

TEST_CASE("store: a kind without a form is found, listed and described whole") {
  const Scratch scratch;
  Row row = client(1);
  {
    Store store = new_store(scratch.file());
    ok(store.insert(row));
  }
  Store store = take(Store::open(scratch.file(), key(), Cipher::kAegis));
  CHECK(*take(store.find(record(1))) == row);
  const auto tables = take(store.tables());
  REQUIRE(tables.size() == 1);
  CHECK(tables[0].name == "client");
  CHECK(tables[0].columns.size() == 4);
  CHECK(tables[0].columns[3].name == "referred_by");
  CHECK(tables[0].columns[3].type == ColumnType::kBlob);
  CHECK(tables[0].parts == std::vector<std::uint8_t>{1, 2});
}

TEST_CASE("store: a table that contradicts what is there is refused and changes nothing") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  const auto refused = [&](auto change) {
    TableSpec spec = client_table();
    change(spec);
    return error_of(store.ensure_table(spec)) == Code::kInvalidArgument;
  };
  CHECK(refused([](TableSpec& t) { t.columns[0].part = 2; }));
  CHECK(refused([](TableSpec& t) { t.columns[0].type = ColumnType::kBlob; }));
  CHECK(refused([](TableSpec& t) { t.columns[0].name = "full_name"; }));
  CHECK(refused([](TableSpec& t) { t.columns[0].name = "x; DROP TABLE circles"; }));
  CHECK(refused([](TableSpec& t) { t.columns[0].name = "_id"; }));
  CHECK(refused([](TableSpec& t) { t.columns[0].field = 50; }));  // its name is taken
  CHECK(refused([](TableSpec& t) { t.columns[1].field = 1; }));
  CHECK(refused([](TableSpec& t) { t.columns[1].name = "name"; }));
  CHECK(refused([](TableSpec& t) { t.columns[1].part = 6; }));
  CHECK(refused([](TableSpec& t) { t.parts = {2, 1}; }));
  CHECK(refused([](TableSpec& t) { t.parts = {}; }));
  CHECK(refused([](TableSpec& t) { t.name = "customer"; }));
  CHECK(refused([](TableSpec& t) { t.kind = 8; }));  // its name is taken
  CHECK(refused([](TableSpec& t) {
    t.columns.push_back({.field = 60, .name = "fine", .type = ColumnType::kText, .part = 1});
    t.columns.push_back({.field = 61, .name = "fine", .type = ColumnType::kText, .part = 1});
  }));
  CHECK(take(store.tables()).at(0).columns.size() == 4);
  Row row = client(1);
  ok(store.insert(row));
}

}  // namespace
}  // namespace setu::store
