// A link drawn on the terminal is the code that a phone reads.
#include "cli/qr.hpp"

#include <qrencode.h>

#include <catch2/catch.hpp>
#include <memory>
#include <sstream>
#include <vector>

namespace setu::cli {
namespace {

constexpr int kMargin = 4;

// Two rows of modules for each line; dark is true.
std::vector<std::vector<bool>> modules_of(const std::string& drawn) {
  std::vector<std::vector<bool>> rows;
  std::istringstream lines(drawn);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find('m') + 1;
    const std::size_t end = line.rfind("\033[0m");
    REQUIRE(line.starts_with("\033[30;107m"));
    REQUIRE(end != std::string::npos);
    std::vector<bool> upper, lower;
    for (std::size_t at = begin; at < end;) {
      const bool is_space = line[at] == ' ';
      const std::string block = line.substr(at, is_space ? 1 : 3);
      upper.push_back(block == "\u2580" || block == "\u2588");
      lower.push_back(block == "\u2584" || block == "\u2588");
      at += block.size();
    }
    rows.push_back(upper);
    rows.push_back(lower);
  }
  return rows;
}

}  // namespace

TEST_CASE("qr: what is drawn is the code, with its margin") {
  const std::string link = "https://example.org/join#" + std::string(65, 'A');
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(link.c_str(), 0, QR_ECLEVEL_M), &QRcode_free);
  REQUIRE(code);
  const auto rows = modules_of(draw_qr(link));
  const int size = code->width + 2 * kMargin;
  REQUIRE(rows.size() == static_cast<std::size_t>(size + size % 2));
  for (int row = 0; row < static_cast<int>(rows.size()); ++row) {
    REQUIRE(rows[row].size() == static_cast<std::size_t>(size));
    for (int column = 0; column < size; ++column) {
      const int y = row - kMargin, x = column - kMargin;
      const bool inside = y >= 0 && x >= 0 && y < code->width && x < code->width;
      const bool dark = inside && (code->data[y * code->width + x] & 1) != 0;
      REQUIRE(rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)] == dark);
    }
  }
}

TEST_CASE("qr: what is too long for a code is not drawn") {
  CHECK(draw_qr(std::string(3'000, 'A')).empty());
}

}  // namespace setu::cli
