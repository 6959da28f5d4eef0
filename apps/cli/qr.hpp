#pragma once
// A link as a QR picture.

#include <string>

#include "setu/base/result.hpp"

namespace setu::cli {

// Writes a PNG, mode 0600: whoever sees it can use the invite. kInternal: the file cannot be
// written.
[[nodiscard]] Status write_qr_png(const std::string& text, const std::string& path);

}  // namespace setu::cli
