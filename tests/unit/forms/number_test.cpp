#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <limits>

#include "forms/number.hpp"

using namespace setu::forms;

TEST_CASE("forms: whole numbers are read whole or not at all") {
  CHECK(read_integer("0") == 0);
  CHECK(read_integer("+7") == 7);
  CHECK(read_integer("-42") == -42);
  CHECK(read_integer("007") == 7);
  CHECK(read_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(read_integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  for (const char* text : {"", "-", "+", "1 ", " 1", "1.0", "1.", "0x10", "1e3", "--1", "٣",
                           "9223372036854775808", "-9223372036854775809"}) {
    CAPTURE(text);
    CHECK_FALSE(read_integer(text));
  }
}

TEST_CASE("forms: decimals are exact to the ten-thousandth") {
  CHECK(read_decimal("12.5") == 125'000);
  CHECK(read_decimal("-0.0001") == -1);
  CHECK(read_decimal("3") == 30'000);
  CHECK(read_decimal("0.1") == 1'000);
  CHECK(read_decimal("922337203685477.5807") == std::numeric_limits<std::int64_t>::max());
  for (const char* text : {"", ".", ".5", "5.", "1.00001", "1,5", "1.2.3", "-", "1e1", "nan",
                           "922337203685477.5808"}) {
    CAPTURE(text);
    CHECK_FALSE(read_decimal(text));
  }
}

TEST_CASE("forms: any decimal that is printed is read back the same") {
  CHECK(decimal_text(125'000) == "12.5");
  CHECK(decimal_text(-1) == "-0.0001");
  CHECK(decimal_text(0) == "0");
  CHECK(decimal_text(1'000'000) == "100");
  CHECK(rc::check(
      [](std::int64_t number) { RC_ASSERT(read_decimal(decimal_text(number)) == number); }));
  const auto least = std::numeric_limits<std::int64_t>::min();
  CHECK(read_decimal(decimal_text(least)) == least);
}

TEST_CASE("forms: a place is rounded where it is entered") {
  CHECK(read_location("23.8103 90.4125", 2) == "23.81 90.41");
  CHECK(read_location("23.8103,90.4125", 2) == "23.81 90.41");
  CHECK(read_location("23.8103, 90.4125", 5) == "23.81030 90.41250");
  CHECK(read_location("-1.286 +36.817", 1) == "-1.3 36.8");
  CHECK(read_location("0.005 -0.005", 2) == "0.01 -0.01");
  CHECK(read_location("-0.001 9.999", 2) == "0.00 10.00");
  CHECK(read_location("90 -180.000", 0) == "90 -180");
  for (const char* text :
       {"", " ", "23.81", "90.01 0", "0 180.5", "a b", "1 2 3", "1,,2", ",1,2", "1,2,",
        "23.81;90.41", "1e1 2", "nan nan", "0.00000000000000000000000001 2"}) {
    CAPTURE(text);
    CHECK_FALSE(read_location(text, 2));
  }
}

TEST_CASE("forms: rounding a rounded place changes nothing") {
  CHECK(rc::check([] {
    const auto degrees = [](int limit) {
      const int whole = *rc::gen::inRange(1 - limit, limit);
      return std::to_string(whole) + "." + std::to_string(*rc::gen::inRange(0, 1'000'000'000));
    };
    const int decimals = *rc::gen::inRange(0, 7);
    const auto once = read_location(degrees(90) + " " + degrees(180), decimals);
    RC_ASSERT(once.has_value());
    RC_ASSERT(read_location(*once, decimals) == once);
  }));
}
