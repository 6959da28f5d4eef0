#include "forms/number.hpp"

#include <algorithm>
#include <charconv>

namespace setu::forms {
namespace {

constexpr std::size_t kDecimalPlaces = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool are_digits(std::string_view text) { return std::ranges::all_of(text, is_digit); }

// Sign, whole digits, fraction digits. Nothing unless there is a whole digit and only these.
struct Parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
};
std::optional<Parts> split_number(std::string_view text) {
  Parts parts;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    parts.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  parts.whole = text.substr(0, point);
  if (point < text.size()) parts.fraction = text.substr(point + 1);
  const bool bare_point = point < text.size() && parts.fraction.empty();
  if (parts.whole.empty() || bare_point || !are_digits(parts.whole) || !are_digits(parts.fraction))
    return std::nullopt;
  return parts;
}

std::optional<std::int64_t> to_int64(bool negative, std::string_view digits) {
  const std::string text = (negative ? "-" : "") + std::string(digits);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string with_point(std::string digits, std::size_t places) {
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - places, ".");
  return digits;
}

std::optional<std::string> read_degrees(std::string_view text, std::int64_t limit, int decimals) {
  constexpr std::size_t kMostDigits = 24;  // what any map gives, and little enough to look at
  const auto parts = split_number(text);
  if (!parts || text.size() > kMostDigits) return std::nullopt;
  const auto whole = to_int64(false, parts->whole);
  const bool on_the_edge = std::ranges::all_of(parts->fraction, [](char c) { return c == '0'; });
  if (!whole || *whole > limit || (*whole == limit && !on_the_edge)) return std::nullopt;

  const auto places = static_cast<std::size_t>(decimals);
  std::string fraction(parts->fraction);
  fraction.resize(std::max(fraction.size(), places + 1), '0');
  auto scaled = to_int64(false, std::string(parts->whole) + fraction.substr(0, places));
  if (!scaled) return std::nullopt;
  if (fraction[places] >= '5') ++*scaled;
  const bool negative = parts->negative && *scaled != 0;
  return (negative ? "-" : "") + with_point(std::to_string(*scaled), places);
}

}  // namespace

std::optional<std::int64_t> read_integer(std::string_view text) {
  const auto parts = split_number(text);
  if (!parts || !parts->fraction.empty()) return std::nullopt;
  return to_int64(parts->negative, parts->whole);
}

std::optional<std::int64_t> read_decimal(std::string_view text) {
  const auto parts = split_number(text);
  if (!parts || parts->fraction.size() > kDecimalPlaces) return std::nullopt;
  std::string digits(parts->whole);
  digits += parts->fraction;
  digits.append(kDecimalPlaces - parts->fraction.size(), '0');
  return to_int64(parts->negative, digits);
}

std::string decimal_text(std::int64_t ten_thousandths) {
  std::string digits = std::to_string(ten_thousandths);
  const bool negative = digits.front() == '-';
  if (negative) digits.erase(0, 1);
  digits = with_point(std::move(digits), kDecimalPlaces);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return (negative ? "-" : "") + digits;
}

std::optional<std::string> read_location(std::string_view text, int decimals) {
  const std::size_t end = std::min(text.find_first_of(" ,"), text.size());
  std::string_view between = text.substr(end);
  const std::size_t start = std::min(between.find_first_not_of(" ,"), between.size());
  const std::string_view second = between.substr(start);
  between = between.substr(0, start);
  if (std::ranges::count(between, ',') > 1) return std::nullopt;
  const auto latitude = read_degrees(text.substr(0, end), 90, decimals);
  const auto longitude = read_degrees(second, 180, decimals);
  if (!latitude || !longitude) return std::nullopt;
  return *latitude + " " + *longitude;
}

}  // namespace setu::forms
