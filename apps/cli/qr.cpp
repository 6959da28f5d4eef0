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

Result<QrModules> qr_modules(const std::string& text, QrDamage damage) {
  const QRecLevel level = damage == QrDamage::kMore ? QR_ECLEVEL_Q : QR_ECLEVEL_M;
  const std::unique_ptr<QRcode, FreeCode> code(QRcode_encodeString8bit(text.c_str(), 0, level));
  if (!code) return fail(Code::kInternal, "write QR: the link is too long for one");
  QrModules modules{code->width, {}};
  const int count = code->width * code->width;
  for (int i = 0; i < count; ++i) modules.dark.push_back((code->data[i] & 1) != 0);
  return modules;
}

Status write_qr_png(const std::string& text, const std::string& path) {
  SETU_TAKE(const QrModules code, qr_modules(text, QrDamage::kSome));
  const int modules = code.width + 2 * kQrQuietModules;
  const int size = modules * kPixelsPerModule;
  std::vector<unsigned char> pixels(static_cast<std::size_t>(size) * static_cast<std::size_t>(size),
                                    255);
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      const int row = y / kPixelsPerModule - kQrQuietModules;
      const int column = x / kPixelsPerModule - kQrQuietModules;
      const bool inside = row >= 0 && column >= 0 && row < code.width && column < code.width;
      if (inside && code.dark[static_cast<std::size_t>(row * code.width + column)])
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

}  // namespace setu::cli
