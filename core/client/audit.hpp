#pragma once
// What a lead answers for, read from the log: the roster's accepted entries, and of the records
// that this device reads what was handed over, adopted, hidden, or kept apart.

#include "client/context.hpp"

namespace setu::client {

// In order of the log; what is not there yet comes last. Nothing of what records say. kNotAllowed:
// this device is a worker's, or no member's.
[[nodiscard]] Result<std::vector<AuditView>> audit(Context& context);

}  // namespace setu::client
