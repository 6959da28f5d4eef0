// Parts of records that were handed over: kept, found, counted, forgotten.

#include "scratch.hpp"

namespace setu::store {
namespace {

KeptPart kept(std::uint32_t number, std::uint32_t home, std::uint8_t part) {
  return {.record = record(number),
          .kind = kClient,
          .home = circle(home),
          .part = part,
          .state = bytes("state"),
          .origins = bytes("origins")};
}

TEST_CASE("store: parts of a moved record come back as they were kept") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  KeptPart first = kept(1, 1, 1);
  first.changed = true;
  KeptPart second = kept(1, 2, 1);
  second.state.clear();
  KeptPart gone = kept(1, 1, 2);
  gone.origins.clear();
  gone.gone = true;
  for (const KeptPart& each : {first, second, gone, kept(2, 1, 1)}) ok(store.put_kept_part(each));
  const std::vector<KeptPart> parts = take(store.kept_parts(record(1)));
  REQUIRE(parts.size() == 3);
  CHECK(take(store.kept_part(record(1), circle(1), 1))->changed);
  CHECK(take(store.kept_part(record(1), circle(2), 1))->state.empty());
  CHECK(take(store.kept_part(record(1), circle(2), 1))->origins == bytes("origins"));
  CHECK(take(store.kept_part(record(1), circle(1), 2))->gone);
  CHECK_FALSE(take(store.kept_part(record(1), circle(3), 1)));
  CHECK(take(store.changed_kept_parts()).size() == 1);
  const auto moved = take(store.moved_parts());
  REQUIRE(moved.size() == 2);
  CHECK(std::ranges::count(moved, true, &KeptPart::gone) == 1);
}

TEST_CASE("store: a part with nothing to keep is forgotten, and so are all of a home") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  ok(store.put_kept_part(kept(1, 1, 1)));
  ok(store.put_kept_part(kept(2, 1, 1)));
  ok(store.put_kept_part(kept(2, 1, 2)));
  ok(store.put_kept_part(kept(3, 2, 1)));
  KeptPart nothing = kept(1, 1, 1);
  nothing.state.clear();
  nothing.origins.clear();
  ok(store.put_kept_part(nothing));
  CHECK(take(store.kept_parts(record(1))).empty());
  const auto cleared = take(store.clear_kept_parts(1, circle(1)));
  REQUIRE(cleared.size() == 1);
  CHECK(cleared.front() == std::pair{kClient, record(2)});
  CHECK(take(store.kept_parts(record(2))).size() == 1);
  CHECK(take(store.kept_parts(record(3))).size() == 1);
  CHECK(take(store.clear_kept_parts(1, circle(9))).empty());
}

TEST_CASE("store: a record's home changes with nothing else") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  ok(store.ensure_table(client_table()));
  Row row = client(1);
  ok(store.insert(row));
  row.home = circle(7);
  ok(store.set_home(row));
  const Row after = *take(store.find(kClient, row.id));
  CHECK(after.home == circle(7));
  CHECK(after.columns == row.columns);
  CHECK(after.parts == row.parts);
}

}  // namespace
}  // namespace setu::store
