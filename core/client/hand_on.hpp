#pragma once
// Authority never carries keys: what those who are left hand on to somebody whom the roster let in
// where nobody who could grant is left. A worker hands her caseload and the circles of her
// organisation to a new lead of it; a lead hands what is everybody's to a new coordinator. The
// rules (docs/roster-rules.md, Grant) allow no more than that.

#include "client/context.hpp"

namespace setu::client {

// An active newcomer, and this device is one of those who may have to.
[[nodiscard]] bool may_hand_on(const Context& context, const roster::Member& newcomer);

// Queues the grants, and what check_digits() (client/digits.hpp) says of the digits. kNotAllowed:
// somebody is left who grants, and does so instead; or the newcomer has it all. kNotYet: a newer
// key has not arrived here.
Status hand_on(Context& context, const roster::Member& newcomer, std::string_view digits);

}  // namespace setu::client
