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

}  // namespace

Status write_qr_png(const std::string& text, const std::string& path) {
  const std::unique_ptr<QRcode, FreeCode> code(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
  if (!code) return fail(Code::kInternal, "write QR: the link is too long for one");
  const int modules = code->width + 2 * kQuietModules;
  const int size = modules * kPixelsPerModule;
  std::vector<unsigned char> pixels(static_cast<std::size_t>(size) * static_cast<std::size_t>(size),
                                    255);
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      const int row = y / kPixelsPerModule - kQuietModules;
      const int column = x / kPixelsPerModule - kQuietModules;
      const bool inside = row >= 0 && column >= 0 && row < code->width && column < code->width;
      if (inside && (code->data[row * code->width + column] & 1) != 0)
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
