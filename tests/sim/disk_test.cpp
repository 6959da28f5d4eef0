// The simulator's disk by itself: what it promises to those who sync, and that it breaks what it
// may break.

#include "disk.hpp"

#include <catch2/catch.hpp>

#include "disk_file.hpp"

namespace setu::sim {
namespace {

Bytes filled(std::size_t size, char with) { return Bytes(size, static_cast<std::byte>(with)); }

// An open file, closed when it goes.
class OpenFile {
 public:
  OpenFile(Disk& disk, std::string_view name) : disk_(disk), file_(disk.open(name, true).file) {
    REQUIRE(file_ != nullptr);
  }
  ~OpenFile() { disk_.close(); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  Outcome write(std::uint64_t offset, const Bytes& bytes) {
    return disk_.write(*file_, offset, bytes);
  }
  Outcome truncate(std::uint64_t size) { return disk_.truncate(*file_, size); }
  Outcome sync(bool folder_too = false) { return disk_.sync(*file_, folder_too); }

 private:
  Disk& disk_;
  std::shared_ptr<DiskFile> file_;
};

// A disk with a synced file of 8 sectors of 's'.
Disk disk_with_synced_file() {
  Disk disk;
  {
    OpenFile file(disk, "a");
    REQUIRE(file.write(0, filled(4'096, 's')) == Outcome::kDone);
    REQUIRE(file.sync(true) == Outcome::kDone);
  }
  return disk;
}

TEST_CASE("disk: what was synced survives every crash, with its name") {
  Random random(1);
  Disk disk = disk_with_synced_file();
  for (int i = 0; i < 50; ++i) {
    {
      OpenFile file(disk, "b");
      REQUIRE(file.write(0, filled(100, 'u')) == Outcome::kDone);
      REQUIRE(disk.remove("b", false) == Outcome::kDone);
    }
    disk.crash(random);
    REQUIRE(disk.contents("a") == filled(4'096, 's'));
  }
}

// Goal: an unsynced write comes out of a crash in every way that it may, and in no other. Method:
// many crashes of the same disk, each sector looked at.
TEST_CASE("disk: what was not synced is kept, lost, or torn between sectors, and nothing else") {
  Random random(2);
  const Disk before = disk_with_synced_file();
  bool kept = false;
  bool lost = false;
  bool torn = false;
  for (int i = 0; i < 100; ++i) {
    Disk disk = before;
    {
      OpenFile file(disk, "a");
      REQUIRE(file.write(256, filled(1'024, 'w')) == Outcome::kDone);  // touches three sectors
    }
    disk.crash(random);
    const Bytes after = disk.contents("a");
    REQUIRE(after.size() == 4'096);
    const auto is = [&](std::size_t first, std::size_t end, char c) {
      return Bytes(after.begin() + static_cast<std::ptrdiff_t>(first),
                   after.begin() + static_cast<std::ptrdiff_t>(end)) == filled(end - first, c);
    };
    REQUIRE(is(0, 256, 's'));
    REQUIRE(is(1'280, 4'096, 's'));
    int written = 0;
    for (const auto& [first, end] : {std::pair{256, 512}, {512, 1'024}, {1'024, 1'280}}) {
      const auto from = static_cast<std::size_t>(first);
      const auto until = static_cast<std::size_t>(end);
      REQUIRE((is(from, until, 'w') || is(from, until, 's')));
      written += is(from, until, 'w') ? 1 : 0;
    }
    kept |= written == 3;
    lost |= written == 0;
    torn |= written == 1 || written == 2;
    CHECK((disk.faults().torn_writes == 1) == (written == 1 || written == 2));
  }
  CHECK(kept);
  CHECK(lost);
  CHECK(torn);
}

TEST_CASE("disk: a later write can survive an earlier one, and a length the bytes in it") {
  Random random(3);
  bool hole = false;
  bool only_length = false;
  bool cut_off = false;
  for (int i = 0; i < 200; ++i) {
    Disk disk = disk_with_synced_file();
    {
      OpenFile file(disk, "a");
      REQUIRE(file.truncate(512) == Outcome::kDone);
      REQUIRE(file.write(512, filled(512, 'x')) == Outcome::kDone);
      REQUIRE(file.write(4'096, filled(512, 'y')) == Outcome::kDone);
    }
    disk.crash(random);
    const Bytes after = disk.contents("a");
    REQUIRE(after.size() >= 512);
    cut_off |= after.size() == 512;
    if (after.size() < 4'608) continue;
    const auto at = [&](std::size_t place) { return std::to_integer<char>(after[place]); };
    hole |= at(512) != 'x' && at(4'096) == 'y';
    only_length |= at(4'096) == '\0';
    REQUIRE((at(512) == 'x' || at(512) == 's' || at(512) == '\0'));
    REQUIRE((at(4'096) == 'y' || at(4'096) == '\0'));
  }
  CHECK(hole);
  CHECK(only_length);
  CHECK(cut_off);
}

TEST_CASE("disk: names made and deleted are settled with the folder, not with the file") {
  Random random(4);
  bool made = false;
  bool not_made = false;
  bool deleted = false;
  bool not_deleted = false;
  for (int i = 0; i < 50; ++i) {
    Disk disk = disk_with_synced_file();
    {
      OpenFile file(disk, "b");
      REQUIRE(file.write(0, filled(10, 'b')) == Outcome::kDone);
      REQUIRE(file.sync(false) == Outcome::kDone);
    }
    REQUIRE(disk.remove("a", false) == Outcome::kDone);
    disk.crash(random);
    (disk.find("b") != nullptr ? made : not_made) = true;
    (disk.find("a") == nullptr ? deleted : not_deleted) = true;
    if (disk.find("b") != nullptr) REQUIRE(disk.contents("b") == filled(10, 'b'));
  }
  CHECK((made && not_made && deleted && not_deleted));

  Disk disk = disk_with_synced_file();
  REQUIRE(disk.remove("a", true) == Outcome::kDone);
  disk.crash(random);
  CHECK(disk.names().empty());
}

TEST_CASE("disk: power fails at the operation asked for, and nothing works until it is back") {
  Disk disk = disk_with_synced_file();
  disk.fail_power_after(2);
  {
    OpenFile file(disk, "a");
    CHECK(file.write(0, filled(10, '1')) == Outcome::kDone);
    CHECK(file.write(10, filled(10, '2')) == Outcome::kNoPower);
    CHECK_FALSE(disk.has_power());
    CHECK(file.write(20, filled(10, '3')) == Outcome::kNoPower);
    CHECK(file.sync() == Outcome::kNoPower);
    CHECK(disk.open("a", false).outcome == Outcome::kNoPower);
    CHECK(disk.remove("a", true) == Outcome::kNoPower);
  }
  Disk killed = disk;
  killed.cut_power();
  killed.restart();  // as after kill -9: the system still had all that was written
  CHECK(as_text(killed.contents("a")).substr(0, 30) == "11111111112222222222ssssssssss");
  Random random(5);
  disk.crash(random);
  CHECK(disk.has_power());
  CHECK(disk.contents("a").size() == 4'096);
  CHECK(disk.faults().power_cuts == 1);
}

TEST_CASE("disk: full, a write changes nothing; with room again, it works") {
  Disk disk = disk_with_synced_file();
  OpenFile file(disk, "a");
  disk.set_capacity(5'000);
  CHECK(file.write(4'096, filled(905, 'f')) == Outcome::kFull);
  CHECK(disk.contents("a") == filled(4'096, 's'));
  CHECK(file.write(0, filled(10, 'f')) == Outcome::kDone);
  CHECK(file.write(4'096, filled(904, 'f')) == Outcome::kDone);
  CHECK(disk.bytes() == 5'000);
  disk.set_capacity_unlimited();
  disk.fail_writes(2);
  CHECK(file.write(0, filled(1, 'g')) == Outcome::kFull);
  CHECK(file.write(0, filled(1, 'g')) == Outcome::kFull);
  CHECK(file.write(0, filled(1, 'g')) == Outcome::kDone);
  CHECK(disk.faults().full_writes == 3);
}

TEST_CASE("disk: a sync that fails leaves its writes unsynced, once") {
  Random random(6);
  Disk disk = disk_with_synced_file();
  {
    OpenFile file(disk, "a");
    REQUIRE(file.write(0, filled(512, 'n')) == Outcome::kDone);
    disk.fail_sync_after(1);
    CHECK(file.sync() == Outcome::kSyncFailed);
  }
  bool lost = false;
  for (int i = 0; i < 20; ++i) {
    Disk copy = disk;
    copy.crash(random);
    lost |= copy.contents("a") == filled(4'096, 's');
  }
  CHECK(lost);
  {
    OpenFile file(disk, "a");
    CHECK(file.sync() == Outcome::kDone);
  }
  disk.crash(random);
  CHECK(as_text(disk.contents("a")).substr(0, 512) == std::string(512, 'n'));
}

TEST_CASE("disk: a copy stays as it was, and finds the text that was overwritten but not synced") {
  Disk disk = disk_with_synced_file();
  {
    OpenFile file(disk, "a");
    const std::string secret = "Asha's phone number";
    REQUIRE(file.write(0, to_bytes(as_bytes(secret))) == Outcome::kDone);
    CHECK(disk.holds(secret));
    REQUIRE(file.write(0, filled(100, '.')) == Outcome::kDone);
    CHECK(disk.holds(secret));  // a crash may bring it back
    const Disk copy = disk;
    REQUIRE(file.sync() == Outcome::kDone);
    CHECK_FALSE(disk.holds(secret));
    CHECK(copy.holds(secret));
  }
  const Disk copy = disk;
  CHECK(disk.remove("a", true) == Outcome::kDone);
  CHECK(copy.names() == std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace setu::sim
