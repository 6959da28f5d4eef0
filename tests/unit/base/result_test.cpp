// Errors as values: each code has a name of its own and a remedy, and the macros pass errors on
// unchanged.
#include "setu/base/result.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <set>

namespace setu {
namespace {

// Every code, by the numbers that are stored and scripted against. Never renumber.
constexpr int kNumbers[] = {1,  2,  3,  4,  5,  6,  7,  20, 21, 40,
                            41, 42, 43, 60, 61, 62, 63, 64, 80, 81};

TEST_CASE("result: every code has a name of its own") {
  std::set<std::string_view> names;
  for (int number : kNumbers) names.insert(code_name(static_cast<Code>(number)));
  CHECK(names.size() == std::size(kNumbers));
  CHECK(names.count("") == 0);
}

TEST_CASE("result: each code says who can mend it") {
  CHECK(remedy_of(Code::kMissingRequired) == Remedy::kUserCanFix);
  CHECK(remedy_of(Code::kWrongPassphrase) == Remedy::kUserCanFix);
  CHECK(remedy_of(Code::kNoLink) == Remedy::kRetry);
  CHECK(remedy_of(Code::kBusy) == Remedy::kRetry);
  CHECK(remedy_of(Code::kCorrupt) == Remedy::kFatal);
  CHECK(remedy_of(Code::kInternal) == Remedy::kFatal);
}

Status refuse(bool really) {
  if (really) return fail(Code::kStale, "edit record: it changed", "look again");
  return {};
}

Result<std::unique_ptr<int>> make(bool broken) {
  SETU_TRY(refuse(broken));
  return std::make_unique<int>(7);
}

Result<int> take(bool broken) {
  SETU_TAKE(const std::unique_ptr<int> made, make(broken));
  return *made + 1;
}

TEST_CASE("result: an error is passed on whole through both macros") {
  const auto failed = take(true);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == Code::kStale);
  CHECK(failed.error().message == "edit record: it changed");
  CHECK(failed.error().hint == "look again");
}

Status nested(bool broken) {
  SETU_TRY([&]() -> Status {
    SETU_TAKE(const int eight, take(broken));
    SETU_TRY(refuse(eight != 8));
    return {};
  }());
  return {};
}

TEST_CASE("result: both macros may stand inside a lambda inside another") {
  CHECK(nested(false));
  CHECK_FALSE(nested(true));
}

TEST_CASE("result: a value that can only be moved is taken") { CHECK(take(false).value() == 8); }

}  // namespace
}  // namespace setu
