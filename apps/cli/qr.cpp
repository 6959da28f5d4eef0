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

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

}  // namespace

bool QrModules::is_dark(int row, int column) const {
  row -= kQuiet;
  column -= kQuiet;
  const bool inside = row >= 0 && column >= 0 && row < width_ && column < width_;
  return inside && dark_[static_cast<std::size_t>(row * width_ + column)];
}

Result<QrModules> qr_modules(const std::string& text, QrDamage damage) {
  const QRecLevel level = damage == QrDamage::kMore ? QR_ECLEVEL_Q : QR_ECLEVEL_M;
  const std::unique_ptr<QRcode, FreeCode> code(QRcode_encodeString8bit(text.c_str(), 0, level));
  if (!code) return fail(Code::kInternal, "write QR: the link is too long for one");
  std::vector<bool> dark;
  const int count = code->width * code->width;
  for (int i = 0; i < count; ++i) dark.push_back((code->data[i] & 1) != 0);
  return QrModules(code->width, std::move(dark));
}

Status write_qr_png(const std::string& text, const std::string& path) {
  SETU_TAKE(const QrModules modules, qr_modules(text, QrDamage::kSome));
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
  const auto drawn = qr_modules(text, QrDamage::kSome);
  if (!drawn) return {};
  const QrModules& modules = *drawn;
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
