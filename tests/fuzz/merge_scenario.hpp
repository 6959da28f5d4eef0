#pragma once
// Bytes as a story of a few devices that share one part: they look, write having seen what they
// looked at (or something else, or nothing), hear of each other's chains in any order, forget dead
// stamps, and put the part into its blob and back. It is played against core/merge and against
// merge_model.hpp; any bytes are a story, and the same bytes are the same one.

#include <optional>

#include "setu/base/bytes.hpp"

namespace setu::model {

// Nothing where core and model agreed after every step on every replica, else where they first did
// not. Longer input than about 64 changes need is left unread.
[[nodiscard]] std::optional<std::string> play(ByteView story);

}  // namespace setu::model
