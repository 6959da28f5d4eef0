// Numbers, places, dates and codes as people type them, against slower and more obvious readers.

#include <cstdint>

#include "forms/input.hpp"
#include "forms/number.hpp"
#include "forms/value_text.hpp"

namespace {

using namespace setu;
using namespace setu::forms;

__extension__ typedef __int128 Wide;

// A sign, digits, and at most `places` digits after a point, in units of the last place.
std::optional<std::int64_t> read_slowly(std::string_view text, std::size_t places) {
  bool negative = false;
  bool digit_seen = false;
  std::optional<std::size_t> after_point;
  Wide value = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 0 && (c == '-' || c == '+')) {
      negative = c == '-';
    } else if (c == '.' && digit_seen && !after_point && places > 0) {
      after_point = 0;
    } else if (c >= '0' && c <= '9') {
      digit_seen = true;
      value = std::min<Wide>(value * 10 + (c - '0'), Wide{1} << 100);
      if (after_point && ++*after_point > places) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  if (!digit_seen || after_point == 0) return std::nullopt;
  for (std::size_t i = after_point.value_or(0); i < places; ++i) value *= 10;
  if (negative) value = -value;
  const auto narrow = static_cast<std::int64_t>(value);
  return narrow == value ? std::optional(narrow) : std::nullopt;
}

void numbers(std::string_view text) {
  SETU_ASSERT(read_integer(text) == read_slowly(text, 0));
  const auto decimal = read_decimal(text);
  SETU_ASSERT(decimal == read_slowly(text, 4));
  if (decimal) SETU_ASSERT(read_decimal(decimal_text(*decimal)) == decimal);
}

void places(std::string_view text) {
  for (int decimals = 0; decimals <= 6; ++decimals) {
    const auto location = read_location(text, decimals);
    if (!location) continue;
    SETU_ASSERT(read_location(*location, decimals) == location);
    SETU_ASSERT(location->size() <= 32);
  }
}

void dates(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t count) {
    return static_cast<int>(read_integer(text.substr(at, count)).value());
  };
  if (is_date(text)) {
    const CivilDate date{number(0, 4), static_cast<unsigned>(number(5, 2)),
                         static_cast<unsigned>(number(8, 2))};
    SETU_ASSERT(is_valid_date(date.year, date.month, date.day) && iso_date(date) == text);
    SETU_ASSERT(is_month(month_of(text)) && is_quarter(quarter_of(date)));
  }
  if (is_month(text)) SETU_ASSERT(is_date(std::string(text) + "-28") && !is_date(text));
  if (is_quarter(text)) SETU_ASSERT(text.size() == 7 && text[5] == 'Q');
}

void codes(std::string_view text) {
  const std::string code = read_referral_code(text);
  SETU_ASSERT(code.empty() || (is_referral_code(code) && read_referral_code(code) == code));
  if (is_referral_code(text)) SETU_ASSERT(code == text);
  if (is_key(text)) SETU_ASSERT(is_word(text) && text.find_first_of(",=") == text.npos);
  SETU_ASSERT(trimmed(trimmed(text)) == trimmed(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
  numbers(text);
  places(text);
  dates(text);
  codes(text);
  return 0;
}
