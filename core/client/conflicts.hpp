#pragma once
// Open conflicts: values that did not know of each other. Shown with who wrote what; closed only by
// a person.

#include "client/context.hpp"
#include "merge/view.hpp"

namespace setu::client {

[[nodiscard]] Result<std::vector<ConflictView>> conflicts_of_row(Context& context, const Kind& kind,
                                                                 const store::Row& row);
[[nodiscard]] Result<std::vector<ConflictView>> all_conflicts(Context& context);

// keep: "shown", "other", a number from 1, "=VALUE". kStale: the siblings changed; the message
// names the id of now.
Status resolve_conflict(Context& context, std::string_view id, std::string_view keep);

}  // namespace setu::client
