// Goal: an open app locks by itself, a PIN reopens it for a while and no longer, and a lease stops
// reading only.
// Method: the state machine on instants, with clocks that jump.

#include <catch2/catch.hpp>

#include "lock/lease.hpp"
#include "lock/unlock_session.hpp"

namespace setu::lock {
namespace {

constexpr Instant kStart{1'800'000'000'000};
constexpr std::int64_t kIdle = 60'000;

Instant after(std::int64_t ms) { return {kStart.ms + ms}; }

struct Opened {
  crypto::SeededRandom random{1};
  UnlockSession session{kStart, kIdle, random};
  Opened() { REQUIRE(session.set_pin("4071")); }
};

}  // namespace

TEST_CASE("session: it locks when nobody touches it, and the PIN reopens it") {
  Opened opened;
  CHECK(opened.session.state(after(kIdle - 1)) == SessionState::kOpen);
  CHECK(opened.session.state(after(kIdle)) == SessionState::kPin);
  CHECK(opened.session.try_pin("4071", after(kIdle + 1)));
  CHECK(opened.session.state(after(kIdle + 2)) == SessionState::kOpen);
}

TEST_CASE("session: using it keeps it open, eight hours at most") {
  Opened opened;
  for (std::int64_t at = 0; at < kSessionMs; at += kIdle / 2) {
    opened.session.touched(after(at));
    REQUIRE(opened.session.state(after(at)) == SessionState::kOpen);
  }
  CHECK(opened.session.state(after(kSessionMs)) == SessionState::kEnded);
  CHECK_FALSE(opened.session.try_pin("4071", after(kSessionMs)));
}

TEST_CASE("session: three wrong PINs end it, two and a right one do not") {
  Opened opened;
  opened.session.lock(kStart);
  for (int round = 0; round < 2; ++round) {
    CHECK_FALSE(opened.session.try_pin("0000", kStart));
    CHECK_FALSE(opened.session.try_pin("40712", kStart));
    CHECK(opened.session.try_pin("4071", kStart));
    opened.session.lock(kStart);
  }
  for (int i = 0; i < kPinTries; ++i) CHECK_FALSE(opened.session.try_pin("1111", kStart));
  CHECK(opened.session.state(kStart) == SessionState::kEnded);
  CHECK_FALSE(opened.session.try_pin("4071", kStart));
}

TEST_CASE("session: touching does not open what is locked") {
  Opened opened;
  opened.session.lock(kStart);
  opened.session.touched(after(1));
  CHECK(opened.session.state(after(1)) == SessionState::kPin);
}

TEST_CASE("session: a clock that goes back ends it") {
  Opened opened;
  CHECK(opened.session.state(after(1000)) == SessionState::kOpen);
  CHECK(opened.session.state(after(999)) == SessionState::kEnded);
}

TEST_CASE("session: without a PIN a lock is the end") {
  crypto::SeededRandom random(2);
  UnlockSession session(kStart, kIdle, random);
  CHECK_FALSE(session.try_pin("", kStart));
  session.lock(kStart);
  CHECK(session.state(kStart) == SessionState::kEnded);
}

TEST_CASE("session: a PIN has four digits or more, and is not the first one tries") {
  crypto::SeededRandom random(3);
  UnlockSession session(kStart, kIdle, random);
  for (const char* bad : {"", "123", "407", "40a1", "1234", "4321", "0000", "22222"}) {
    const Status refused = session.set_pin(bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::kInvalidArgument);
  }
  CHECK(session.set_pin("4071"));
  CHECK(session.set_pin("1357924"));
}

TEST_CASE("session: idle time is at most an hour, however it is set") {
  crypto::SeededRandom random(4);
  UnlockSession session(kStart, 10 * kHourMs, random);
  REQUIRE(session.set_pin("4071"));
  CHECK(session.state(after(kHourMs)) == SessionState::kPin);
}

TEST_CASE("lease: reading stops when no server answered for so long") {
  const Lease week{7};
  CHECK(may_read(week, kStart, after(7 * kDayMs - 1)) == MayRead::kYes);
  CHECK(may_read(week, kStart, after(7 * kDayMs)) == MayRead::kAfterSync);
  CHECK(may_read({}, kStart, after(1000 * kDayMs)) == MayRead::kYes);
}

TEST_CASE("lease: a clock that went back locks nothing") {
  CHECK(may_read({7}, kStart, {0}) == MayRead::kYes);
}

}  // namespace setu::lock
