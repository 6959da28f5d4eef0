#include "cli/qr.hpp"

#include <png.h>
#include <qrencode.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace setu::cli {
namespace {

constexpr int kPixelsPerModule = 8;
constexpr int kQuietModules = 4;  // the white margin that readers need (ISO/IEC 18004)

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

// A code with its margin, module by module.
class Modules {
 public:
  explicit Modules(const std::string& text)
      : code_(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M)) {}
  [[nodiscard]] bool ok() const { return code_ != nullptr; }
  [[nodiscard]] int size() const { return code_->width + 2 * kQuietModules; }
  [[nodiscard]] bool is_dark(int row, int column) const {
    row -= kQuietModules;
    column -= kQuietModules;
    const bool inside = row >= 0 && column >= 0 && row < code_->width && column < code_->width;
    return inside && (code_->data[row * code_->width + column] & 1) != 0;
  }

 private:
  std::unique_ptr<QRcode, FreeCode> code_;
};

}  // namespace

Status write_qr_png(const std::string& text, const std::string& path) {
  const Modules modules(text);
  if (!modules.ok()) return fail(Code::kInternal, "write QR: the link is too long for one");
  const int size = modules.size() * kPixelsPerModule;
  std::vector<unsigned char> pixels(static_cast<std::size_t>(size) * static_cast<std::size_t>(size),
                                    255);
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      if (modules.is_dark(y / kPixelsPerModule, x / kPixelsPerModule))
        pixels[static_cast<std::size_t>(y * size + x)] = 0;
    }
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(size);
  image.height = static_cast<png_uint_32>(size);
  image.format = PNG_FORMAT_GRAY;
  const mode_t before = umask(0077);
  const int written =
      png_image_write_to_file(&image, path.c_str(), 0, pixels.data(), size, nullptr);
  umask(before);
  if (written == 0)
    return fail(Code::kInternal, "write QR: the picture cannot be written; the invite stands",
                "check the path; the link works as well");
  return {};
}

std::string draw_qr(const std::string& text) {
  constexpr const char* kBlackOnWhite = "\033[30;107m";
  constexpr const char* kUsualColours = "\033[0m";
  // Upper and lower half of a character: two rows of modules, which are then about square.
  constexpr const char* kHalves[2][2] = {{" ", "\u2584"}, {"\u2580", "\u2588"}};
  const Modules modules(text);
  if (!modules.ok()) return {};
  std::string lines;
  for (int row = 0; row < modules.size(); row += 2) {
    lines += kBlackOnWhite;
    for (int column = 0; column < modules.size(); ++column) {
      const bool lower = row + 1 < modules.size() && modules.is_dark(row + 1, column);
      lines += kHalves[modules.is_dark(row, column) ? 1 : 0][lower ? 1 : 0];
    }
    lines += std::string(kUsualColours) + "\n";
  }
  return lines;
}

}  // namespace setu::cli
