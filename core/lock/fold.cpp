#include "lock/fold.hpp"

#include <cstdint>
#include <iterator>
#include <optional>

#include "crypto/secret.hpp"

namespace setu::lock {
namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t size = 1;
};

// Nothing where the bytes are no UTF-8.
std::optional<CodePoint> read(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return CodePoint{first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return std::nullopt;
  char32_t value = first & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  return CodePoint{value, size};
}

void write(std::string& out, char32_t value) {
  const auto tail = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | ((value >> shift) & 0x3F)));
  };
  if (value < 0x80) {
    out.push_back(static_cast<char>(value));
  } else if (value < 0x800) {
    out.push_back(static_cast<char>(0xC0 | value >> 6));
    tail(0);
  } else if (value < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | value >> 12));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | value >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

struct Range {
  char32_t first, last;
  bool has(char32_t c) const { return first <= c && c <= last; }
};

bool is_invisible(char32_t c) {
  constexpr Range kInvisible[] = {{0x00AD, 0x00AD}, {0x0300, 0x036F}, {0x200B, 0x200F},
                                  {0x202A, 0x202E}, {0x2060, 0x2060}, {0xFE00, 0xFE0F},
                                  {0xFEFF, 0xFEFF}};
  for (const Range& range : kInvisible) {
    if (range.has(c)) return true;
  }
  return false;
}

bool is_separator(char32_t c) {
  constexpr Range kSeparators[] = {{0x09, 0x0D},     {0x20, 0x20},     {0x2C, 0x2E},
                                   {0x00A0, 0x00A0}, {0x2000, 0x200A}, {0x2010, 0x2014},
                                   {0x202F, 0x202F}, {0x3000, 0x3000}};
  for (const Range& range : kSeparators) {
    if (range.has(c)) return true;
  }
  return false;
}

// Letters that are others with a mark, in either case.
struct Marked {
  Range range;
  char base;
};
constexpr Marked kMarked[] = {
    {{0xC0, 0xC5}, 'a'},     {{0xC7, 0xC7}, 'c'},     {{0xC8, 0xCB}, 'e'},
    {{0xCC, 0xCF}, 'i'},     {{0xD1, 0xD1}, 'n'},     {{0xD2, 0xD6}, 'o'},
    {{0xD9, 0xDC}, 'u'},     {{0xDD, 0xDD}, 'y'},     {{0xE0, 0xE5}, 'a'},
    {{0xE7, 0xE7}, 'c'},     {{0xE8, 0xEB}, 'e'},     {{0xEC, 0xEF}, 'i'},
    {{0xF1, 0xF1}, 'n'},     {{0xF2, 0xF6}, 'o'},     {{0xF9, 0xFC}, 'u'},
    {{0xFD, 0xFD}, 'y'},     {{0xFF, 0xFF}, 'y'},     {{0x102, 0x103}, 'a'},
    {{0x110, 0x111}, 'd'},   {{0x128, 0x129}, 'i'},   {{0x168, 0x169}, 'u'},
    {{0x178, 0x178}, 'y'},   {{0x1A0, 0x1A1}, 'o'},   {{0x1AF, 0x1B0}, 'u'},
    {{0x1EA0, 0x1EB7}, 'a'}, {{0x1EB8, 0x1EC7}, 'e'}, {{0x1EC8, 0x1ECB}, 'i'},
    {{0x1ECC, 0x1EE3}, 'o'}, {{0x1EE4, 0x1EF1}, 'u'}, {{0x1EF2, 0x1EF9}, 'y'},
};

char32_t lower_cyrillic(char32_t c) {
  if (Range{0x410, 0x42F}.has(c)) c += 0x20;
  if (Range{0x400, 0x40F}.has(c)) c += 0x50;
  if (c == 0x450 || c == 0x451) return 0x435;  // io and its like are ie
  if (c == 0x439 || c == 0x45D) return 0x438;  // short i is i
  return c;
}

char32_t plain_letter(char32_t c) {
  if (Range{'A', 'Z'}.has(c)) return c + 0x20;
  if (c < 0x80) return c;
  for (const Marked& marked : kMarked) {
    if (marked.range.has(c)) return static_cast<char32_t>(marked.base);
  }
  if (Range{0x400, 0x45F}.has(c)) return lower_cyrillic(c);
  if (Range{0x9E6, 0x9EF}.has(c)) return c - 0x9E6 + '0';  // Bengali digits
  return c;
}

// Bengali signs that may be typed as one character or two. What ends in `last` and goes on with
// `next`.
char32_t joined_bengali(char32_t last, char32_t next) {
  if (last == 0x9C7 && next == 0x9BE) return 0x9CB;
  if (last == 0x9C7 && next == 0x9D7) return 0x9CC;
  if (last == 0x9A1 && next == 0x9BC) return 0x9DC;
  if (last == 0x9A2 && next == 0x9BC) return 0x9DD;
  if (last == 0x9AF && next == 0x9BC) return 0x9DF;
  return 0;
}

}  // namespace

std::string fold(std::string_view typed) {
  std::string out;
  out.reserve(typed.size() + 1);  // nothing below writes more than it reads: no copies left behind
  bool space_due = false;
  char32_t last = 0;
  std::size_t last_at = 0;
  while (!typed.empty()) {
    const std::optional<CodePoint> read_one = read(typed);
    const std::size_t size = read_one ? read_one->size : 1;
    const char raw = typed.front();
    typed.remove_prefix(size);
    if (read_one && is_invisible(read_one->value)) continue;
    if (read_one && is_separator(read_one->value)) {
      space_due = !out.empty();
      continue;
    }
    if (space_due) out.push_back(' ');
    const char32_t before = space_due ? 0 : last;
    space_due = false;
    if (!read_one) {
      out.push_back(raw);
      last = 0;
      continue;
    }
    char32_t next = plain_letter(read_one->value);
    if (const char32_t joined = joined_bengali(before, next); joined != 0) {
      out.resize(last_at);
      next = joined;
    }
    last = next;
    last_at = out.size();
    write(out, next);
  }
  return out;
}

}  // namespace setu::lock
