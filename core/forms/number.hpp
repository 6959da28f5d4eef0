#pragma once
// Numbers as people type them, without locale and without floating point: "12.5" is exactly 125,000
// ten-thousandths. Nothing where the text is not one, or is beyond 64 bits. No spaces are skipped.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace setu::forms {

[[nodiscard]] std::optional<std::int64_t> read_integer(std::string_view text);  // "+5", "-5", "5"
[[nodiscard]] std::optional<std::int64_t> read_decimal(
    std::string_view text);                                            // in ten-thousandths
[[nodiscard]] std::string decimal_text(std::int64_t ten_thousandths);  // "12.5", "-0.0001"

// "lat lon", "lat,lon" or "lat, lon" in degrees, rounded half away from zero to `decimals` places
// (0 to 6) and written with exactly so many: "23.81 90.41". Reading its own result changes nothing.
[[nodiscard]] std::optional<std::string> read_location(std::string_view text, int decimals);

}  // namespace setu::forms
