// Goal: two files of a home that nobody can tell apart by length or head, whatever state a crash
// left them in, and never a byte changed of what is there.
// Method: files in a directory of their own; another process is another open lock file.

#include "cli/replica_files.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include "scratch.hpp"

namespace setu::cli {
namespace {

constexpr std::size_t kHead = 24;

Bytes replica_of(std::size_t size, crypto::Random& random) {
  Bytes bytes(size);
  random.fill(bytes);
  return bytes;
}

void level(const Scratch& home, crypto::Random& random) {
  use_replicas(home.directory());
  level_replicas(home.directory(), random);
}

bool begins_with(const Bytes& whole, const Bytes& beginning) {
  return whole.size() >= beginning.size() &&
         std::equal(beginning.begin(), beginning.end(), whole.begin());
}

}  // namespace

TEST_CASE("replica files: the other one is made, as long and with the same readable head") {
  const Scratch home;
  crypto::SeededRandom random(1);
  const std::string in_use = GENERATE("replica.db", "replica2.db");
  const std::string other = in_use == "replica.db" ? "replica2.db" : "replica.db";
  const Bytes before = replica_of(200'704, random);
  home.write(in_use, before);
  level(home, random);
  const Bytes one = home.read(in_use);
  const Bytes two = home.read(other);
  CHECK(begins_with(one, before));
  CHECK(one.size() == kSizeStep);
  CHECK(two.size() == kSizeStep);
  CHECK(std::equal(one.begin() + 16, one.begin() + kHead, two.begin() + 16));
  CHECK_FALSE(std::equal(one.begin(), one.begin() + 16, two.begin()));
}

TEST_CASE("replica files: whatever a crash left, both are equally long and nothing is changed") {
  const Scratch home;
  crypto::SeededRandom random(2);
  const std::size_t left = GENERATE(0, 1, 23, 4095, 4096, 5000, 600'000, 1'048'576);
  const Bytes in_use = replica_of(700'000, random);
  const Bytes other = replica_of(left, random);
  home.write("replica.db", in_use);
  home.write("replica2.db", other);
  level(home, random);
  CHECK(home.read("replica.db").size() == 2 * kSizeStep);
  CHECK(home.read("replica2.db").size() == 2 * kSizeStep);
  CHECK(begins_with(home.read("replica.db"), in_use));
  if (left >= 4096) CHECK(begins_with(home.read("replica2.db"), other));
  const Bytes leveled = home.read("replica.db");
  level(home, random);
  CHECK(home.read("replica.db") == leveled);
}

TEST_CASE("replica files: while somebody else uses them, or a log waits, nothing is touched") {
  const Scratch home;
  crypto::SeededRandom random(3);
  const Bytes in_use = replica_of(8'192, random);
  home.write("replica.db", in_use);
  SECTION("another process") {
    const int other = ::open(home.file("home.lock").c_str(), O_RDWR | O_CREAT, 0600);
    REQUIRE(::flock(other, LOCK_SH) == 0);
    level(home, random);
    CHECK(home.read("replica.db") == in_use);
    CHECK_FALSE(home.holds("replica2.db"));
    ::close(other);
  }
  SECTION("a log of last writes") {
    home.write("replica.db-wal", replica_of(100, random));
    level(home, random);
    CHECK(home.read("replica.db") == in_use);
    CHECK_FALSE(home.holds("replica2.db"));
    remove_log(home.directory(), 0);
  }
  level(home, random);
  CHECK(home.read("replica2.db").size() == kSizeStep);
}

TEST_CASE("replica files: a home that was removed is not made again") {
  const Scratch home;
  crypto::SeededRandom random(4);
  home.write("replica.db", replica_of(8'192, random));
  use_replicas(home.directory());
  remove_replicas(home.directory());
  level_replicas(home.directory(), random);
  CHECK(std::filesystem::is_empty(home.directory()));
}

TEST_CASE("replica files: one is emptied in its place") {
  const Scratch home;
  crypto::SeededRandom random(5);
  home.write("replica2.db", replica_of(8'192, random));
  home.write("replica2.db-wal", replica_of(100, random));
  home.write("replica2.db-journal", replica_of(100, random));
  std::filesystem::create_hard_link(home.file("replica2.db"), home.file("place"));
  REQUIRE(empty_replica(home.directory(), 1));
  CHECK(home.read("replica2.db").empty());
  CHECK(home.read("place").empty());
  CHECK_FALSE(home.holds("replica2.db-wal"));
  CHECK_FALSE(home.holds("replica2.db-journal"));
}

}  // namespace setu::cli
