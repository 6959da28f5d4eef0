#pragma once
// A link as a QR code: a picture, or drawn on the terminal.

#include <string>
#include <utility>
#include <vector>

#include "setu/base/result.hpp"

namespace setu::cli {

// How much of the picture may be unreadable: of a screen little, of paper that was folded more.
enum class QrDamage { kSome, kMore };
// A code with the white margin that readers need (ISO/IEC 18004), module by module.
class QrModules {
 public:
  QrModules(int width, std::vector<bool> dark) : width_(width), dark_(std::move(dark)) {}
  [[nodiscard]] int size() const { return width_ + 2 * kQuiet; }
  [[nodiscard]] bool is_dark(int row, int column) const;

 private:
  static constexpr int kQuiet = 4;
  int width_;
  std::vector<bool> dark_;  // row by row, without the margin
};
// kInternal: too long for one picture.
[[nodiscard]] Result<QrModules> qr_modules(const std::string& text, QrDamage damage);

// Writes a PNG, mode 0600: whoever sees it can use the invite. kInternal: the file cannot be
// written.
[[nodiscard]] Status write_qr_png(const std::string& text, const std::string& path);

// Lines of half blocks, dark on light whatever the terminal's colours are. Empty: too long for one.
[[nodiscard]] std::string draw_qr(const std::string& text);

}  // namespace setu::cli
