#include "lock/passphrase.hpp"

#include <algorithm>
#include <bit>

#include "lock/fold.hpp"

namespace setu::lock {
namespace {

// Code points of well-formed UTF-8; bytes elsewhere.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// How many different characters, spaces aside; a sequence of bytes that begins one counts as one.
std::size_t different_in(std::string_view text) {
  std::vector<std::string_view> seen;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    const std::string_view one = text.substr(at, end - at);
    if (one != " " && std::ranges::find(seen, one) == seen.end()) seen.push_back(one);
    at = end;
  }
  return seen.size();
}

Status check_folded(std::string_view folded) {
  constexpr const char* kHint = "five short words are easy to keep in mind and hard to guess";
  if (length_of(folded) < kShortestPassphrase) {
    return fail(Code::kInvalidArgument, "set passphrase: shorter than 8 characters", kHint);
  }
  const bool is_pin =
      std::ranges::all_of(folded, [](char c) { return c == ' ' || (c >= '0' && c <= '9'); });
  if (is_pin) {
    return fail(Code::kInvalidArgument,
                "set passphrase: digits alone can be tried out by whoever has the device", kHint);
  }
  if (different_in(folded) < kFewestDifferent) {
    return fail(Code::kInvalidArgument,
                "set passphrase: the same few characters again and again are soon guessed", kHint);
  }
  return {};
}

// Evenly from [0, count), count a power of two.
std::size_t draw(std::size_t count, crypto::Random& random) {
  SETU_ASSERT(std::has_single_bit(count) && count <= 65'536);
  std::array<std::byte, 2> bytes;
  random.fill(bytes);
  const std::size_t number =
      std::to_integer<std::size_t>(bytes[0]) | std::to_integer<std::size_t>(bytes[1]) << 8;
  return number % count;
}

}  // namespace

Status check_passphrase(std::string_view passphrase) {
  std::string folded = fold(passphrase);
  Status checked = check_folded(folded);
  crypto::wipe(folded);
  return checked;
}

unsigned bits_of(const WordList& list) {
  return static_cast<unsigned>(std::bit_width(list.words.size()) - 1) *
         static_cast<unsigned>(list.words_drawn);
}

std::string generate_passphrase(const WordList& list, crypto::Random& random) {
  constexpr std::size_t kRoom = 200;
  std::string phrase;
  phrase.reserve(kRoom);  // no half-made copies left in memory
  for (std::size_t i = 0; i < list.words_drawn; ++i) {
    if (i > 0) phrase.push_back(' ');
    phrase += list.words[draw(list.words.size(), random)];
  }
  return phrase;
}

}  // namespace setu::lock
