// Goal: two phrases that look different are different, each list holds the bits that are promised,
// and its words can be typed.
// Method: every word of every list.

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <set>

#include "lock/fold.hpp"
#include "lock/passphrase.hpp"

namespace setu::lock {
namespace {

std::size_t letters_of(std::string_view word) {
  return static_cast<std::size_t>(std::count_if(word.begin(), word.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

TEST_CASE("words: there is a list in each language of the programme") {
  for (const char* code : {"en", "bn", "sw", "vi", "id", "pt", "fr", "ru"}) CHECK(word_list(code));
  CHECK(word_lists().size() == 8);
}

TEST_CASE("words: a generated passphrase is at least 50 bits in every language") {
  for (const WordList& list : word_lists()) {
    CAPTURE(list.code);
    CHECK(std::has_single_bit(list.words.size()));
    CHECK(bits_of(list) >= 50);
  }
}

TEST_CASE("words: no two of a list are one, however they are typed") {
  for (const WordList& list : word_lists()) {
    CAPTURE(list.code);
    std::set<std::string> folded;
    for (std::string_view word : list.words) folded.insert(fold(word));
    CHECK(folded.size() == list.words.size());
  }
}

TEST_CASE("words: none holds what separates words, so phrases of different words differ") {
  for (const WordList& list : word_lists()) {
    for (std::string_view word : list.words) {
      CAPTURE(list.code, word);
      const std::string folded = fold(word);
      CHECK(folded.find(' ') == std::string::npos);
      CHECK_FALSE(folded.empty());
    }
  }
}

TEST_CASE("words: short, and in Latin letters without marks where the language is written so") {
  for (const WordList& list : word_lists()) {
    const bool own_script = list.code == "bn" || list.code == "ru";
    const std::size_t shortest = list.code == "bn" ? 2 : 3;
    for (std::string_view word : list.words) {
      CAPTURE(list.code, word);
      CHECK(letters_of(word) >= shortest);
      CHECK(letters_of(word) <= 7);
      if (!own_script)
        CHECK(std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; }));
    }
  }
}

}  // namespace setu::lock
