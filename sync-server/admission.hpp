#pragma once
// Who is asking, and may she: judges the hello of a request.
//
// Unknown programme, unknown device, wrong signature, expired or used invite: one answer for all,
// so that a stranger cannot find out which programmes, devices or invites exist. A hello with a
// token gets its own answer, also the same for every reason.
//
// Errors: what the store returns. No state.

#include "service.hpp"

namespace setu::server {

enum class Standing : std::uint8_t {
  kRefused,
  kKeySeeker,  // asks for the server's key, belongs to no programme yet
  kCreator,    // holds an unspent token; the programme does not exist yet
  kJoiner,     // holds an open invite; her device entry follows
  kBearer,     // holds a printed recovery key in force, and speaks in its name
  kMember,     // on the roster, pending or active
};

struct Admission {
  Standing standing = Standing::kRefused;
  wire::RefusalCode refusal{};  // of kRefused
};

[[nodiscard]] Result<Admission> admit(Service& service, const wire::Hello& hello, Instant now);

}  // namespace setu::server
