// Goal: random bytes beyond the end of a replica's file, which hide how much is in it, do no harm.
// Method: they are added as an app adds them, between openings; then the replica grows into them,
// shrinks, and is checked page by page.

#include "scratch.hpp"

namespace setu::store {
namespace {

void pad_to(const std::string& path, std::size_t size) {
  const std::size_t before = std::filesystem::file_size(path);
  REQUIRE(before <= size);
  Bytes padding(size - before);
  crypto::system_random().fill(padding);
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << as_text(padding);
  REQUIRE(file.good());
}

void add(Store& store, std::uint32_t first, std::uint32_t last) {
  auto transaction = take(store.begin());
  for (std::uint32_t i = first; i <= last; ++i)
    ok(store.outbox_add(circle(1), record(i), as_bytes(std::string(900, 'c'))));
  ok(transaction.commit());
}

}  // namespace

TEST_CASE("store: a replica grows into the random bytes beyond its end") {
  const Scratch scratch;
  const Cipher cipher = GENERATE(Cipher::kAegis, Cipher::kChaCha20);
  { take(Store::create(scratch.file(), key(), cipher)); }
  constexpr std::size_t kPadded = 1'000'000 / 4096 * 4096;
  std::uint64_t count = 0;
  for (std::uint32_t round = 0; round < 12; ++round) {
    pad_to(scratch.file(),
           std::max<std::size_t>(kPadded, std::filesystem::file_size(scratch.file())));
    Store store = take(Store::open(scratch.file(), key(), cipher));
    CHECK(take(store.check()).empty());
    CHECK(take(store.outbox_count()) == count);
    add(store, round * 150 + 1, round * 150 + 150);
    count += 150;
    CHECK(take(store.check()).empty());
  }
  CHECK(std::filesystem::file_size(scratch.file()) > kPadded);
}

TEST_CASE("store: a padded replica gives space back, and can be padded and filled again") {
  const Scratch scratch;
  { take(Store::create(scratch.file(), key(), Cipher::kAegis)); }
  for (int round = 0; round < 3; ++round) {
    pad_to(scratch.file(), 2'097'152);
    {
      Store store = take(Store::open(scratch.file(), key(), Cipher::kAegis));
      add(store, 1, 600);
      ok(store.outbox_remove(circle(1), INT64_MAX));
      ok(store.compact());
      CHECK(take(store.check()).empty());
      CHECK(std::filesystem::file_size(scratch.file()) < 2'097'152);
      add(store, 1, 300);
      ok(store.outbox_remove(circle(1), INT64_MAX));
    }
    Store store = take(Store::open(scratch.file(), key(), Cipher::kAegis));
    CHECK(take(store.check()).empty());
  }
}

// As a crash leaves it: what was written last stands in the log, and padding came later.
TEST_CASE("store: padding does not get between a replica and its log") {
  const Scratch scratch;
  std::string copy = scratch.file("copy.db");
  {
    Store store = take(Store::create(scratch.file(), key(), Cipher::kAegis));
    add(store, 1, 400);
    std::filesystem::copy_file(scratch.file(), copy);
    std::filesystem::copy_file(scratch.file() + "-wal", copy + "-wal");
  }
  pad_to(copy, 1'048'576);
  Store store = take(Store::open(copy, key(), Cipher::kAegis));
  CHECK(take(store.outbox_count()) == 400);
  CHECK(take(store.check()).empty());
}

}  // namespace setu::store
