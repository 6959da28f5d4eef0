#include <rapidcheck.h>
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <limits>

#include "forms/input.hpp"
#include "forms/kinds/codes.hpp"

using namespace setu;
using namespace setu::forms;

namespace {

std::string any_code() {
  std::array<std::byte, 8> random{};
  for (std::byte& byte : random) byte = static_cast<std::byte>(*rc::gen::inRange(0, 256));
  return referral_code(random);
}

// Whatever a referral code may contain, as the code itself shows.
std::string alphabet() {
  std::string letters;
  for (char c = '0'; c <= 'Z'; ++c) {
    for (char check = '0'; check <= 'Z'; ++check) {
      const std::string code = "2222222" + std::string(1, check);
      std::string other = code;
      other[0] = c;
      if (is_referral_code(other)) {
        letters += c;
        break;
      }
    }
  }
  return letters;
}

bool holds(const std::vector<Choice>& choices, std::string_view code) {
  return std::ranges::find(choices, code, &Choice::code) != choices.end();
}

}  // namespace

TEST_CASE("forms: an age band is the year's, at the time of writing") {
  const CivilDate today{2026, 11, 23};
  CHECK(age_band(2016, today) == "10-14");
  CHECK(age_band(2017, today) == "");
  CHECK(age_band(2006, today) == "20-24");
  CHECK(age_band(2002, today) == "20-24");
  CHECK(age_band(2001, today) == "25-29");
  CHECK(age_band(1977, today) == "45-49");
  CHECK(age_band(1976, today) == "50+");
  CHECK(age_band(1906, today) == "50+");
  CHECK(age_band(1905, today) == "");
  CHECK(age_band(std::numeric_limits<std::int64_t>::min(), today) == "");
  CHECK(age_band(std::numeric_limits<std::int64_t>::max(), today) == "");
}

TEST_CASE("forms: every age band that is derived can also be entered") {
  for (int year = 1800; year <= 2100; ++year) {
    const std::string band = age_band(year, {2026, 1, 1});
    if (!band.empty()) CHECK(holds(kinds::age_bands(), band));
  }
}

TEST_CASE("forms: what would tell a result is called clinical outside the home") {
  for (const char* service : {"hiv_test", "self_test", "art_support", "prep", "sti_treatment"}) {
    CHECK(shown_service(service) == "clinical");
  }
  CHECK(shown_service("condoms") == "condoms");
  CHECK(shown_services({"art_support", "condoms", "prep"}) ==
        std::vector<std::string>{"clinical", "condoms"});
  CHECK(shown_services({}).empty());
  for (const Choice& service : kinds::services()) {
    CHECK(holds(kinds::shown_services(), shown_service(service.code)));
    CHECK(shown_service(shown_service(service.code)) == shown_service(service.code));
  }
}

TEST_CASE("forms: months and quarters follow from days") {
  CHECK(month_of("2026-11-23") == "2026-11");
  CHECK(quarter_of({2026, 1, 1}) == "2026-Q1");
  CHECK(quarter_of({2026, 3, 31}) == "2026-Q1");
  CHECK(quarter_of({2026, 4, 1}) == "2026-Q2");
  CHECK(quarter_of({2026, 12, 31}) == "2026-Q4");
}

TEST_CASE("forms: a referral code can be written and read by hand") {
  const std::string letters = alphabet();
  CHECK(letters.size() == 29);
  CHECK(letters.find_first_of("0O1ILUZ") == std::string::npos);
  CHECK(rc::check([&] {
    const std::string code = any_code();
    RC_ASSERT(code.size() == 8u);
    RC_ASSERT(code.find_first_not_of(letters) == std::string::npos);
    RC_ASSERT(is_referral_code(code));
    RC_ASSERT(read_referral_code(code) == code);
  }));
  for (const char* text : {"", "2222222", "222222222", "2222222O", "        "}) {
    CHECK_FALSE(is_referral_code(text));
  }
}

TEST_CASE("forms: different randomness, different codes") {
  CHECK(rc::check([] {
    const std::string a = any_code();
    const std::string b = any_code();
    RC_PRE(a != b);
    RC_ASSERT(a.substr(0, 7) != b.substr(0, 7));  // the check character follows from the others
  }));
  std::array<std::byte, 8> first{};
  std::array<std::byte, 8> second{};
  second[7] = std::byte{1};
  CHECK(referral_code(first) != referral_code(second));
}

TEST_CASE("forms: any one wrong character of a referral code shows") {
  const std::string letters = alphabet();
  CHECK(rc::check([&] {
    const std::string code = any_code();
    for (std::size_t i = 0; i < code.size(); ++i) {
      for (const char c : letters) {
        std::string wrong = code;
        wrong[i] = c;
        RC_ASSERT(is_referral_code(wrong) == (c == code[i]));
      }
    }
  }));
}

TEST_CASE("forms: any two swapped characters of a referral code show") {
  CHECK(rc::check([&] {
    const std::string code = any_code();
    for (std::size_t i = 0; i < code.size(); ++i) {
      for (std::size_t j = i + 1; j < code.size(); ++j) {
        std::string wrong = code;
        std::swap(wrong[i], wrong[j]);
        RC_ASSERT(is_referral_code(wrong) == (code[i] == code[j]));
      }
    }
  }));
}
