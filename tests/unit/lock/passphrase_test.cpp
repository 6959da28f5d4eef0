// Goal: what can be tried out in an afternoon is refused; what is generated is drawn evenly.
// Method: passphrases on both sides of the rule; a long run of draws.

#include "lock/passphrase.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "lock/fold.hpp"

namespace setu::lock {

TEST_CASE("passphrase: a PIN alone is refused in any digits, however long") {
  for (const char* pin : {"1234", "12345678", "1234 5678 9012", "১২৩৪৫৬৭৮৯", "2026-11-23"}) {
    const Status checked = check_passphrase(pin);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == Code::kInvalidArgument);
    CHECK_FALSE(checked.error().hint.empty());
  }
}

TEST_CASE("passphrase: too short and too much of the same are refused") {
  for (const char* weak : {"", "short", "seven77", "aaaaaaaaaaaa", "abababababab", "É É É É É É É"})
    CHECK_FALSE(check_passphrase(weak));
}

TEST_CASE("passphrase: words are taken, in any script") {
  for (const char* good : {"river lamp onion", "river42lamp", "нос луна мост", "আকাশ আলো নদী ফুল"})
    CHECK(check_passphrase(good));
}

TEST_CASE("passphrase: what is generated passes, has its words, and differs each time") {
  crypto::SeededRandom random(1);
  for (const WordList& list : word_lists()) {
    const std::string one = generate_passphrase(list, random);
    CHECK(one != generate_passphrase(list, random));
    CHECK(check_passphrase(one));
    const auto spaces = static_cast<std::size_t>(std::count(one.begin(), one.end(), ' '));
    CHECK(spaces + 1 == list.words_drawn);
  }
}

TEST_CASE("passphrase: every word is drawn about equally often") {
  crypto::SeededRandom random(2);
  const auto list = word_list("en");
  REQUIRE(list);
  std::map<std::string, int> drawn;
  constexpr int kPhrases = 4'096;  // twenty draws a word
  for (int i = 0; i < kPhrases; ++i) {
    const std::string phrase = generate_passphrase(**list, random) + " ";
    for (std::size_t at = 0; at < phrase.size();) {
      const std::size_t end = phrase.find(' ', at);
      ++drawn[phrase.substr(at, end - at)];
      at = end + 1;
    }
  }
  CHECK(drawn.size() == (*list)->words.size());
  for (const auto& [word, times] : drawn) CHECK(times < 50);
}

TEST_CASE("passphrase: a language that is not there is refused with those that are") {
  const auto none = word_list("xx");
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Code::kNotFound);
  CHECK(none.error().hint.find("sw") != std::string::npos);
}

}  // namespace setu::lock
