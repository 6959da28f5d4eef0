#pragma once
// A link as a QR picture.

#include <string>
#include <vector>

#include "setu/base/result.hpp"

namespace setu::cli {

// How much of the picture may be unreadable: of a screen little, of paper that was folded more.
enum class QrDamage { kSome, kMore };
struct QrModules {
  int width = 0;
  std::vector<bool> dark;  // row by row
};
inline constexpr int kQrQuietModules = 4;  // the white margin that readers need (ISO/IEC 18004)
// kInternal: too long for one picture.
[[nodiscard]] Result<QrModules> qr_modules(const std::string& text, QrDamage damage);

// Writes a PNG, mode 0600: whoever sees it can use the invite. kInternal: the file cannot be
// written.
[[nodiscard]] Status write_qr_png(const std::string& text, const std::string& path);

}  // namespace setu::cli
