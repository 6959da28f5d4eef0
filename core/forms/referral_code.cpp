// The check character closes a weighted sum modulo the size of the alphabet, a prime: as in
// ISBN-10. With a prime no product of two non-zero numbers is zero, so a wrong character (its
// weight times the difference) and a swap (the difference of weights times the difference) always
// show.

#include "forms/input.hpp"

namespace setu::forms {
namespace {

// Without 0 O, 1 I L, U (a V by hand) and Z (a 2 by hand).
constexpr std::string_view kAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXY";
constexpr std::size_t kBase = kAlphabet.size();
constexpr std::size_t kLength = 8;
static_assert(kBase == 29, "a prime: see above");

// Weights kLength down to 1, all different and none a multiple of kBase.
constexpr std::size_t weight(std::size_t position) { return kLength - position; }

}  // namespace

std::string referral_code(std::span<const std::byte, 8> random) {
  std::uint64_t number = 0;
  for (const std::byte byte : random) number = number << 8 | std::to_integer<std::uint64_t>(byte);
  std::string code;
  std::size_t sum = 0;
  for (std::size_t i = 0; i + 1 < kLength; ++i) {
    const std::size_t digit = number % kBase;
    number /= kBase;
    sum += weight(i) * digit;
    code += kAlphabet[digit];
  }
  code += kAlphabet[(kBase - sum % kBase) % kBase];  // its weight is 1
  return code;
}

bool is_referral_code(std::string_view code) {
  if (code.size() != kLength) return false;
  std::size_t sum = 0;
  for (std::size_t i = 0; i < kLength; ++i) {
    const std::size_t digit = kAlphabet.find(code[i]);
    if (digit == std::string_view::npos) return false;
    sum += weight(i) * digit;
  }
  return sum % kBase == 0;
}

std::string read_referral_code(std::string_view text) {
  std::string code;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return is_referral_code(code) ? code : std::string();
}

}  // namespace setu::forms
