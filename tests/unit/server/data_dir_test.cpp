#include "data_dir.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "scratch.hpp"

namespace setu::server::testing {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

}  // namespace

TEST_CASE("data directory: made for its owner alone, and closed to others if it was open") {
  const Scratch scratch;
  const std::string fresh = scratch.path() + "/data";
  REQUIRE(prepare_data_dir(fresh));
  CHECK(mode_of(fresh) == 0700);
  REQUIRE(::chmod(fresh.c_str(), 0755) == 0);
  REQUIRE(prepare_data_dir(fresh));
  CHECK(mode_of(fresh) == 0700);
  CHECK(prepare_data_dir(scratch.path() + "/no/such/parent").error().code == Code::kNotAllowed);
}

TEST_CASE("identity: made once, the same at every start, readable by its owner only") {
  REQUIRE(crypto::init());
  const Scratch scratch;
  crypto::SeededRandom random(1);
  const auto first = load_identity(scratch.path(), random);
  const auto second = load_identity(scratch.path(), random);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->public_key == second->public_key);
  CHECK(mode_of(scratch.path() + "/server.key") == 0600);
}

TEST_CASE("identity: a log without its key is not given a new one") {
  REQUIRE(crypto::init());
  const Scratch scratch;
  crypto::SeededRandom random(1);
  std::ofstream(scratch.path() + "/log.db") << "log";
  const auto identity = load_identity(scratch.path(), random);
  REQUIRE_FALSE(identity);
  CHECK(identity.error().code == Code::kCorrupt);
  CHECK_FALSE(std::filesystem::exists(scratch.path() + "/server.key"));
}

TEST_CASE("identity: a damaged key file is refused, not replaced") {
  REQUIRE(crypto::init());
  const Scratch scratch;
  crypto::SeededRandom random(1);
  REQUIRE(load_identity(scratch.path(), random));
  const std::string path = scratch.path() + "/server.key";
  const auto size = std::filesystem::file_size(path);
  const auto damaged = GENERATE_COPY(as<std::uintmax_t>{}, 0, 10, size - 1);
  std::filesystem::resize_file(path, damaged);
  CHECK(load_identity(scratch.path(), random).error().code == Code::kCorrupt);
  CHECK(std::filesystem::file_size(path) == damaged);
}

TEST_CASE("data directory: one server at a time") {
  const Scratch scratch;
  auto first = ServeLock::take(scratch.path());
  REQUIRE(first);
  CHECK(ServeLock::take(scratch.path()).error().code == Code::kBusy);
  { const ServeLock gone = std::move(*first); }
  CHECK(ServeLock::take(scratch.path()));
}

}  // namespace setu::server::testing
