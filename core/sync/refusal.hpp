#pragma once
// The words for a request that the server refused as a whole.

#include "wire/frames.hpp"

namespace setu::sync {

// kNotAllowed (device, token or invite), kBusy, kNewerFormat, else kRefused; always with what to
// do. Says no more than the code does: unknown and forbidden look the same.
[[nodiscard]] Error error_of_refusal(wire::RefusalCode code);

}  // namespace setu::sync
