#pragma once
// Errors as values. Every function that can fail in the field returns Result<T>; core is built
// without exceptions.
//
// A message reads `operation subject: found vs expected; consequence`, and the hint says what to
// do. Neither ever holds field values, names, places or keys: a test searches every message and log
// for canary values.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace setu {

// What went wrong. Scripts see code_name(); names are stable, never rename one.
enum class Code : std::uint16_t {
  // The caller can fix these.
  kInvalidArgument = 1,  // a wrong field, type, value or option
  kNotFound = 2,         // no such record, kind, conflict, member
  kMissingRequired = 3,  // a required field is empty
  kNotAllowed = 4,       // this member may not do that
  kTooLarge = 5,         // beyond a limit of setu/base/limits.hpp
  kStale = 6,            // it changed since it was shown: look again
  kAmbiguous = 7,        // more than one thing fits: name one
  // The replica cannot be opened as asked.
  kLocked = 20,           // no passphrase given
  kWrongPassphrase = 21,  // the passphrase opens neither slot
  // Try again later; everything recorded is kept.
  kNoLink = 40,    // the server cannot be reached or the link was cut
  kBusy = 41,      // another command holds the replica, or the server is at its limits
  kDiskFull = 42,  // no room: nothing was changed
  kNotYet = 43,    // a key or a roster entry that is needed has not arrived
  // Somebody sent what cannot be accepted; the rest goes on.
  kMalformed = 60,    // bytes that do not parse, or beyond limits
  kForged = 61,       // a signature, commitment or hash does not verify
  kRefused = 62,      // well-formed but against the rules
  kDiverged = 63,     // the server's log contradicts what it signed before
  kNewerFormat = 64,  // written by a newer Setu: update this one
  // Fatal for this replica or machine.
  kCorrupt = 80,   // stored data does not verify
  kInternal = 81,  // our bug, or a machine without randomness
};

[[nodiscard]] std::string_view code_name(Code code);

enum class Remedy { kUserCanFix, kRetry, kFatal };
[[nodiscard]] Remedy remedy_of(Code code);

struct Error {
  Code code = Code::kInternal;
  std::string message;  // what happened, without content
  std::string hint;     // what to do; may be empty
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> fail(Code code, std::string message,
                                                std::string hint = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(hint)});
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace setu

// For what would be our own bug, never for what can arrive from outside. Stays on in release
// builds.
#define SETU_ASSERT(condition)                                                           \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "setu: broken invariant: %s (%s:%d)\n", #condition, __FILE__, \
                   __LINE__);                                                            \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)

#define SETU_CONCAT_INNER(a, b) a##b
#define SETU_CONCAT(a, b) SETU_CONCAT_INNER(a, b)

// Passes an error on: SETU_TRY(do_it()); may stand inside a lambda that is inside another one.
#define SETU_TRY(expression) SETU_TRY_INNER(SETU_CONCAT(setu_try_, __COUNTER__), expression)
#define SETU_TRY_INNER(name, expression)                     \
  do {                                                       \
    auto name = (expression);                                \
    if (!name) return ::setu::fail(std::move(name).error()); \
  } while (false)

// Takes a value or passes the error on: SETU_TAKE(auto batch, open(bytes));
#define SETU_TAKE(declaration, expression) \
  SETU_TAKE_INNER(SETU_CONCAT(setu_take_, __COUNTER__), declaration, expression)
#define SETU_TAKE_INNER(name, declaration, expression)     \
  auto name = (expression);                                \
  if (!name) return ::setu::fail(std::move(name).error()); \
  declaration = std::move(*name)
