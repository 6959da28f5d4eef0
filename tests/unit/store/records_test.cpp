// Records: rows come back exactly as they were given, and lists find what their filters say.

#include <rapidcheck.h>

#include "scratch.hpp"

namespace setu::store {
namespace {

std::vector<std::uint32_t> numbers_of(const std::vector<Row>& rows) {
  std::vector<std::uint32_t> numbers;
  for (const Row& row : rows) {
    numbers.push_back(std::to_integer<std::uint32_t>(row.id.bytes[15]));
  }
  return numbers;
}

TEST_CASE("store: a record is found by id, with and without its kind") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  Row row = client(1);
  row.columns[3] = std::string("\0\xff raw", 6);
  ok(store.insert(row));
  CHECK(row.row_number != 0);
  CHECK(*take(store.find(record(1))) == row);
  CHECK(*take(store.find(kClient, record(1))) == row);
  CHECK_FALSE(take(store.find(record(2))));
  CHECK_FALSE(take(store.find(kClient, record(2))));
  CHECK(error_of(store.find(KindTag{99}, record(1))) == Code::kNotFound);
}

// SQLite likes to convert between numbers and texts; a merge blob relies on the column holding the
// very same value.
TEST_CASE("store: any value in any column comes back as it was given") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  std::uint32_t number = 0;
  const bool held = rc::check([&](const std::vector<std::string>& texts, std::int64_t integer) {
    Row row = client(++number);
    for (Value& column : row.columns) {
      switch (*rc::gen::inRange(0, 4)) {
        case 0: column = std::monostate{}; break;
        case 1: column = integer; break;
        case 2: column = std::to_string(integer); break;
        default: column = texts.empty() ? std::string() : texts.front();
      }
    }
    row.parts.clear();
    if (*rc::gen::arbitrary<bool>()) row.parts[2] = texts.empty() ? Bytes{} : bytes(texts.back());
    row.deleted = *rc::gen::arbitrary<bool>();
    RC_ASSERT(store.insert(row).has_value());
    RC_ASSERT(*take(store.find(kClient, row.id)) == row);
  });
  CHECK(held);
}

TEST_CASE("store: update replaces everything but id, kind and home") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  Row row = client(1);
  ok(store.insert(row));
  row.columns = {Value{}, std::int64_t{-4}, std::string(), std::string("b")};
  row.parts = {{2, Bytes{}}};
  row.deleted = true;
  ok(store.update(row));
  CHECK(*take(store.find(record(1))) == row);

  Row gone = client(2);
  gone.row_number = 500;
  CHECK(error_of(store.update(gone)) == Code::kNotFound);
  CHECK(error_of(store.erase_row(gone)) == Code::kNotFound);
  ok(store.erase_row(row));
  CHECK_FALSE(take(store.find(record(1))));
}

TEST_CASE("store: a row of another shape than its table is refused") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  Row short_row = client(1);
  short_row.columns.pop_back();
  CHECK(error_of(store.insert(short_row)) == Code::kInvalidArgument);
  Row extra_part = client(1);
  extra_part.parts[9] = bytes("lost if it were taken");
  CHECK(error_of(store.insert(extra_part)) == Code::kInvalidArgument);
  CHECK(take(store.count(kClient)) == 0);
}

TEST_CASE("store: lists filter by value and by element, page by row, and leave out deleted ones") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  const auto add = [&](std::uint32_t number, std::string name, Value services,
                       bool deleted = false) {
    Row row = client(number, std::move(name));
    row.columns[2] = std::move(services);
    row.deleted = deleted;
    if (number == 2) row.columns[3] = std::string("\1\2", 2);
    ok(store.insert(row));
    return row.row_number;
  };
  add(1, "Asha", std::string("condoms,hiv_test"));
  const std::int64_t second = add(2, "Binod", std::string("hiv_test"));
  add(3, "Asha", Value{});
  add(4, "Asha", std::string("hiv_testing"), true);

  const auto listed = [&](const std::vector<Filter>& filters, std::size_t limit = 100,
                          bool with_deleted = false, std::int64_t after = 0) {
    return numbers_of(take(store.list(kClient, filters, limit, with_deleted, after)));
  };
  using Numbers = std::vector<std::uint32_t>;
  CHECK(listed({}) == Numbers{1, 2, 3});
  CHECK(listed({}, 100, true) == Numbers{1, 2, 3, 4});
  CHECK(listed({}, 2) == Numbers{1, 2});
  CHECK(listed({}, 0).empty());
  CHECK(listed({}, SIZE_MAX, false, second) == Numbers{3});
  CHECK(listed({{"name", std::string("Asha")}}) == Numbers{1, 3});
  CHECK(listed({{"services", Value{}}}) == Numbers{3});
  CHECK(listed({{"services", std::string("hiv_test"), true}}) == Numbers{1, 2});
  CHECK(listed({{"services", std::string("hiv"), true}}).empty());
  CHECK(listed({{"services", std::string("condoms,hiv_test"), true}}).empty());
  CHECK(listed({{"services", std::string("hiv_test"), true}, {"name", std::string("Asha")}}) ==
        Numbers{1});
  CHECK(listed({{"visits", std::int64_t{3}}}) == Numbers{1, 2, 3});
  CHECK(listed({{"visits", std::string("3")}}).empty());
  CHECK(listed({{"referred_by", std::string("\1\2", 2)}}) == Numbers{2});
  CHECK(error_of(store.list(kClient, {{"name\" OR 1 --", std::string("x")}}, 9)) ==
        Code::kInvalidArgument);
  CHECK(take(store.count(kClient)) == 3);
  CHECK(take(store.count(kClient, true)) == 4);
}

TEST_CASE("store: a part is taken away from one home, and rows without any part go") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  Row here = client(1, "Asha", 1);
  Row there = client(2, "Binod", 2);
  here.parts.erase(2);
  ok(store.insert(here));
  ok(store.insert(there));
  ok(store.set_conflicts(kClient, record(1), 1, {{kClient, record(1), 1, 1, ""}}));
  ok(store.set_conflicts(kClient, record(2), 1, {{kClient, record(2), 1, 1, ""}}));

  ok(store.clear_part(kClient, 1, circle(1)));
  const Row cleared = *take(store.find(record(1)));
  CHECK(cleared.parts.empty());
  CHECK(is_empty(cleared.columns[0]));
  CHECK(cleared.columns[1] == Value(std::int64_t{3}));  // of the other part
  CHECK(*take(store.find(record(2))) == there);
  CHECK(take(store.conflict_count()) == 1);

  ok(store.erase_empty_rows(kClient));
  CHECK_FALSE(take(store.find(record(1))));
  CHECK(take(store.find(record(2))));

  ok(store.clear_part(kClient, 1, circle(404)));  // a home that no record has
  CHECK(*take(store.find(record(2))) == there);
  ok(store.clear_part(kClient, 1, CircleId{}));
  CHECK(take(store.find(record(2)))->parts.size() == 1);
  CHECK(take(store.conflict_count()) == 0);
}

TEST_CASE("store: conflicts of a part are replaced as a whole and listed in order") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  const auto conflict = [](std::uint32_t number, std::uint8_t part, FieldTag field,
                           std::string key) {
    return OpenConflict{kClient, record(number), part, field, std::move(key)};
  };
  ok(store.set_conflicts(kClient, record(2), 1, {conflict(2, 1, 5, "b"), conflict(2, 1, 5, "a")}));
  ok(store.set_conflicts(kClient, record(1), 2, {conflict(1, 2, 3, "")}));
  ok(store.set_conflicts(kClient, record(2), 2, {conflict(2, 2, 1, "")}));
  CHECK(take(store.conflict_count()) == 4);
  const auto all = take(store.conflicts(3));
  REQUIRE(all.size() == 3);
  CHECK(all[0].record == record(1));
  CHECK(all[1].key == "a");
  CHECK(all[2].key == "b");
  CHECK(all[2].kind == kClient);
  CHECK(all[2].field == 5);

  ok(store.set_conflicts(kClient, record(2), 1, {conflict(2, 1, 6, "")}));
  CHECK(take(store.conflicts_of(record(2))).size() == 2);
  ok(store.set_conflicts(kClient, record(2), 1, {}));
  ok(store.set_conflicts(kClient, record(2), 1, {}));
  const auto left = take(store.conflicts_of(record(2)));
  REQUIRE(left.size() == 1);
  CHECK(left[0].part == 2);
}

}  // namespace
}  // namespace setu::store
