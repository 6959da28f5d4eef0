#pragma once
// Batches that are kept apart: what a removed device wrote after what its removal lets stand, and
// what could not be accepted at all. People look at them and decide.

#include "client/context.hpp"

namespace setu::client {

[[nodiscard]] Result<std::vector<QuarantineView>> quarantine(Context& context);

// By at least 4 digits of its id. kNotFound, kAmbiguous.
[[nodiscard]] Result<store::StoredBatch> find_quarantined(Context& context, std::string_view id);

// Out of sight on this device: never applied, kept as a link of its chain. kNotFound, kAmbiguous.
Status drop_quarantined(Context& context, std::string_view id);

}  // namespace setu::client
