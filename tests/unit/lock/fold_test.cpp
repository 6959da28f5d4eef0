// Goal: a passphrase typed on another keyboard is the same passphrase.
// Method: pairs that must fold alike, pairs that must not, and laws on any bytes.

#include "lock/fold.hpp"

#include <rapidcheck.h>
#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

namespace setu::lock {

TEST_CASE("fold: case, marks and what stands between words do not count") {
  CHECK(fold("River  LAMP") == "river lamp");
  CHECK(fold(" river-lamp. Onion,\tseven ") == "river lamp onion seven");
  CHECK(fold("Éléphant") == "elephant");
  CHECK(fold("e\u0301le\u0301phant") == "elephant");
  CHECK(fold("Đường phố") == "duong pho");
  CHECK(fold("Ёж ЙОД") == "еж иод");
  CHECK(fold("и\u0306од") == "иод");
  CHECK(fold("coração") == "coracao");
  CHECK(fold("ri\u200Dver\u00A0lamp") == "river lamp");
}

TEST_CASE("fold: Bengali signs and dotted letters in their two ways are the same") {
  CHECK(fold("\u0995\u09C7\u09BE\u09A3") == fold("\u0995\u09CB\u09A3"));
  CHECK(fold("\u09AE\u09C7\u09D7") == fold("\u09AE\u09CC"));
  CHECK(fold("\u09A8\u09AF\u09BC") == fold("\u09A8\u09DF"));
  CHECK(fold("\u09AC\u09A1\u09BC") == fold("\u09AC\u09DC"));
  CHECK(fold("১২৩৪") == "1234");
}

TEST_CASE("fold: words that differ stay different") {
  CHECK(fold("river lamp") != fold("riverlamp"));
  CHECK(fold("кот") != fold("кит"));
  CHECK(fold("\u0995\u09C7 \u09BE") != fold("\u0995\u09CB"));
  CHECK(fold("p4ss!") == "p4ss!");
}

TEST_CASE("fold: nothing in particular is nothing") {
  CHECK(fold("").empty());
  CHECK(fold(" \t- ").empty());
}

namespace {

// Texts of everything that folding looks at.
std::string any_text() {
  const auto pieces =
      *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
          "A",      "z",      "7",      "é",       "e\u0301", " ", "-",      ". ",
          "\u00A0", "\u200D", "Ё",      "и\u0306", "Đ",       "ớ", "\u0995", "\u09C7",
          "\u09BE", "\u09AF", "\u09BC", "৩",       "\xFF",    "😀"}));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  return text;
}

}  // namespace

TEST_CASE("fold: laws that hold for any text") {
  rc::prop("folding twice is folding once", [] {
    const std::string typed = any_text();
    RC_ASSERT(fold(fold(typed)) == fold(typed));
  });
  rc::prop("spaces around and between do not count", [] {
    const std::string a = any_text();
    const std::string b = any_text();
    RC_ASSERT(fold(" " + a + "  " + b + "\n") == fold(a + " " + b));
  });
  rc::prop("it never grows, whatever the bytes",
           [](const std::string& typed) { RC_ASSERT(fold(typed).size() <= typed.size()); });
}

}  // namespace setu::lock
