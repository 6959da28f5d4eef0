#include "lock/unlock_session.hpp"

#include <algorithm>

namespace setu::lock {
namespace {

constexpr crypto::Domain kPinDomain{"setu/pin/1"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// 0000, 1234, 4321: the first that anybody tries.
bool is_a_run(std::string_view pin) {
  const int step = pin[1] - pin[0];
  if (step < -1 || step > 1) return false;
  for (std::size_t i = 1; i < pin.size(); ++i) {
    if (pin[i] - pin[i - 1] != step) return false;
  }
  return true;
}

}  // namespace

UnlockSession::UnlockSession(Instant now, std::int64_t idle_ms, crypto::Random& random)
    : began_(now),
      seen_(now),
      touched_(now),
      idle_ms_(std::clamp<std::int64_t>(idle_ms, 0, kLongestIdleMs)),
      pin_key_(crypto::random_key(random).locked()) {}

Hash UnlockSession::digest_of(std::string_view pin) const {
  return crypto::derive_public(pin_key_, kPinDomain, {as_bytes(pin)});
}

Status UnlockSession::set_pin(std::string_view pin) {
  const char* hint = "the PIN only reopens the app within 8 hours of the passphrase";
  if (pin.size() < kShortestPin || !std::ranges::all_of(pin, is_digit)) {
    return fail(Code::kInvalidArgument, "set PIN: it needs at least 4 digits, and only digits",
                hint);
  }
  if (is_a_run(pin)) {
    return fail(Code::kInvalidArgument, "set PIN: this one is the first that anybody would try",
                hint);
  }
  pin_digest_ = crypto::Secret::copy_of(digest_of(pin).view(), crypto::SecretMemory::kLocked);
  return {};
}

SessionState UnlockSession::state(Instant now) {
  if (state_ == SessionState::kEnded) return state_;
  const bool clock_went_back = now < seen_;
  if (clock_went_back || now.ms - began_.ms >= kSessionMs) {
    end();
    return state_;
  }
  seen_ = now;
  if (state_ == SessionState::kOpen && now.ms - touched_.ms >= idle_ms_) lock(now);
  return state_;
}

void UnlockSession::touched(Instant now) {
  if (state(now) == SessionState::kOpen) touched_ = now;
}

void UnlockSession::lock(Instant now) {
  if (state_ == SessionState::kEnded) return;
  seen_ = std::max(seen_, now);
  if (pin_digest_.empty()) return end();
  state_ = SessionState::kPin;
}

void UnlockSession::end() {
  state_ = SessionState::kEnded;
  pin_digest_ = {};
}

bool UnlockSession::try_pin(std::string_view pin, Instant now) {
  if (state(now) != SessionState::kPin) return false;
  if (crypto::equal_constant_time(digest_of(pin).view(), pin_digest_.reveal())) {
    wrong_pins_ = 0;
    state_ = SessionState::kOpen;
    touched_ = now;
    return true;
  }
  if (++wrong_pins_ >= kPinTries) end();
  return false;
}

}  // namespace setu::lock
