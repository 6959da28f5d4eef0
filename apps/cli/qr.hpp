#pragma once
// A link as a QR code: a picture, or drawn on the terminal.

#include <string>

#include "setu/base/result.hpp"

namespace setu::cli {

// Writes a PNG, mode 0600: whoever sees it can use the invite. kInternal: the file cannot be
// written.
[[nodiscard]] Status write_qr_png(const std::string& text, const std::string& path);

// Lines of half blocks, dark on light whatever the terminal's colours are. Empty: too long for one.
[[nodiscard]] std::string draw_qr(const std::string& text);

}  // namespace setu::cli
