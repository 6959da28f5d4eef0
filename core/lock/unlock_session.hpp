#pragma once
// When an app that stays open shows its lock screen, and what opens it again.
//
// A full unlock (the passphrase) begins a session of eight hours. After a while without a touch, or
// when asked to, the session locks; within the eight hours a PIN reopens it, from keys that the app
// still has in memory. Three wrong PINs in a row, or the end of the eight hours, end the session:
// then only the passphrase opens. A PIN never opens anything on disk.
//
// The app owns keys and screen and asks state() before it shows anything: kOpen shows, kPin keeps
// the keys and asks for the PIN, kEnded wipes the keys and asks for the passphrase. A command line
// has no session.
//
// Instants are the device's clock: one that goes back ends the session, because nobody can say how
// long it has lasted. Thread rule: one thread. The PIN is kept as a keyed hash in locked memory, so
// that a look at memory does not give away what people use elsewhere too.

#include <optional>

#include "crypto/crypto.hpp"
#include "setu/base/instant.hpp"

namespace setu::lock {

inline constexpr std::int64_t kSessionMs = 8 * kHourMs;
inline constexpr std::int64_t kDefaultIdleMs = 5 * 60'000;
inline constexpr std::int64_t kLongestIdleMs = kHourMs;
inline constexpr int kPinTries = 3;
inline constexpr std::size_t kShortestPin = 4;  // digits

enum class SessionState : std::uint8_t {
  kOpen,
  kPin,    // locked; a PIN reopens it
  kEnded,  // only the passphrase opens: forget the keys
};

class UnlockSession {
 public:
  // As it stands after the passphrase opened the key file. `idle_ms` is cut to at most an hour.
  UnlockSession(Instant now, std::int64_t idle_ms, crypto::Random& random);

  // At least four digits, not all the same and not counting up or down. kInvalidArgument.
  [[nodiscard]] Status set_pin(std::string_view pin);

  [[nodiscard]] SessionState state(Instant now);
  void touched(Instant now);  // somebody used the app; does not open what is locked
  void lock(Instant now);     // now: by a person or because the app went into the background
  void end();                 // as if eight hours had passed
  // Only in state kPin. True: it is open again.
  [[nodiscard]] bool try_pin(std::string_view pin, Instant now);

 private:
  [[nodiscard]] Hash digest_of(std::string_view pin) const;

  Instant began_, seen_;  // seen: the latest instant handed in
  Instant touched_;
  std::int64_t idle_ms_;
  SessionState state_ = SessionState::kOpen;
  int wrong_pins_ = 0;
  crypto::Secret pin_key_;
  crypto::Secret pin_digest_;  // empty: no PIN set
};

}  // namespace setu::lock
