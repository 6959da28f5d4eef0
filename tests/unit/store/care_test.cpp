// Care: space comes back, and damage is found.

#include "scratch.hpp"

namespace setu::store {
namespace {

TEST_CASE("store: a file shrinks again when the outbox is emptied") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  ok(store.compact());
  const std::uint64_t empty = store.file_size();
  CHECK(empty == std::filesystem::file_size(scratch.file()));
  {
    auto transaction = take(store.begin());
    for (std::uint32_t i = 1; i <= 1'000; ++i) {
      ok(store.outbox_add(circle(1), record(i), as_bytes(std::string(900, 'c'))));
    }
    ok(transaction.commit());
  }
  CHECK(store.file_size() > empty + 900'000);
  ok(store.outbox_remove(circle(1), INT64_MAX));
  ok(store.compact());
  CHECK(store.file_size() < empty + 20'000);
  CHECK(std::filesystem::file_size(scratch.file()) == store.file_size());
  CHECK(std::filesystem::file_size(scratch.file() + "-wal") == 0);
}

TEST_CASE("store: a sound replica has no problems") {
  const Scratch scratch;
  Store store = new_store(scratch.file());
  Row row = client(1);
  ok(store.insert(row));
  ok(store.set_conflicts(kClient, record(1), 1, {{kClient, record(1), 1, 1, ""}}));
  ok(store.add_batch({.circle = circle(1),
                      .device = device(1),
                      .seq = 1,
                      .position = 1,
                      .state = BatchState::kApplied,
                      .reason = {},
                      .hash = hash(1),
                      .bytes = bytes("b")}));
  ok(store.set_chain(circle(1), device(1), {.seq = 1, .hash = hash(1), .tip = {}}));
  ok(store.outbox_add(circle(1), record(1), as_bytes("c")));
  ok(store.put_circle_head(circle(1), hash(1)));
  CHECK(take(store.check()).empty());
}

// Goal: every rule between tables can find what it is for. Method: a sound replica, one wrong row
// at a time through a connection of its own.
TEST_CASE("store: damage between tables is found") {
  const Scratch scratch;
  const std::string damage =
      GENERATE(as<std::string>{}, "DELETE FROM circles", "DELETE FROM devices",
               "UPDATE batches SET hash = zeroblob(32)", "UPDATE batches SET state = 9",
               "UPDATE batches SET hash = x'00'", "UPDATE chains SET seq = 0", "DELETE FROM chains",
               "UPDATE outbox SET circle = 400", "UPDATE outbox SET record = x'00'",
               "UPDATE conflicts SET kind = 400", "UPDATE conflicts SET record = zeroblob(16)",
               "UPDATE circles SET head = x'01'", "UPDATE seeds SET seed = x'01'",
               "UPDATE entries SET hash = x'01'", "UPDATE r_client SET _home = 400",
               "UPDATE r_client SET _id = x'01'", "UPDATE epoch_keys SET circle = 400",
               "DROP TABLE r_client");
  Store store = new_store(scratch.file());
  Row row = client(1);
  ok(store.insert(row));
  ok(store.set_conflicts(kClient, record(1), 1, {{kClient, record(1), 1, 1, ""}}));
  ok(store.add_batch({.circle = circle(1),
                      .device = device(1),
                      .seq = 1,
                      .position = 1,
                      .state = BatchState::kApplied,
                      .reason = {},
                      .hash = hash(1),
                      .bytes = bytes("b")}));
  ok(store.set_chain(circle(1), device(1), {.seq = 1, .hash = hash(1), .tip = {}}));
  ok(store.outbox_add(circle(1), record(1), as_bytes("c")));
  ok(store.put_circle_head(circle(1), hash(1)));
  ok(store.put_epoch_key(circle(1), 1, key()));
  ok(store.add_entry(1, hash(1), as_bytes("e")));
  (void)take(store.take_seed(circle(1), 1, 1, [] { return wire::Seed{}; }));
  REQUIRE(take(store.check()).empty());
  ok(side_door(scratch.file())->execute(damage));
  CAPTURE(damage);
  CHECK_FALSE(take(store.check()).empty());
}

TEST_CASE("store: a flipped bit anywhere in the file is found") {
  const Scratch scratch;
  const Cipher cipher = GENERATE(Cipher::kAegis, Cipher::kChaCha20);
  {
    Store store = new_store(scratch.file(), cipher);
    auto transaction = take(store.begin());
    for (std::uint32_t i = 1; i <= 300; ++i) {
      Row row = client(i, std::string(200, 'n'));
      ok(store.insert(row));
    }
    ok(transaction.commit());
  }
  const std::string sound = contents(scratch.file());
  const std::size_t pages = sound.size() / 4096;
  REQUIRE(pages > 30);
  for (std::size_t page = 1; page < pages; page += 7) {
    std::string damaged = sound;
    damaged[page * 4096 + 2'000] = static_cast<char>(damaged[page * 4096 + 2'000] ^ 1);
    const std::string path = scratch.file("damaged.db");
    std::ofstream(path, std::ios::binary) << damaged;
    CAPTURE(page);
    auto opened = Store::open(path, key(), cipher);
    if (!opened) {
      CHECK(opened.error().code == Code::kCorrupt);
    } else {
      CHECK_FALSE(take(opened->check()).empty());
    }
    opened = fail(Code::kInternal, "closed");
    std::filesystem::remove(path);
  }
}

}  // namespace
}  // namespace setu::store
