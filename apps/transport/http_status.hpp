#pragma once
// What an HTTP status other than 200 means to a person who syncs.

#include <cstdint>
#include <optional>
#include <string_view>

#include "setu/base/result.hpp"

namespace setu::transport {

// kBusy (503, 429), kTooLarge (413), kNoLink (502, 504: a proxy that does not reach the server),
// else kRefused.
[[nodiscard]] Error error_of_status(int status, std::optional<std::uint32_t> retry_after_s,
                                    std::string_view authority);

}  // namespace setu::transport
