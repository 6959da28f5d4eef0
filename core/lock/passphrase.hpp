#pragma once
// Passphrases: which are refused, and how to make one that people can keep in mind.
//
// Everything is judged after folding (fold.hpp): case, marks and what stands between words do not
// count. Thread rule: pure functions.

#include <span>

#include "crypto/crypto.hpp"
#include "setu/base/result.hpp"

namespace setu::lock {

inline constexpr std::size_t kShortestPassphrase = 8;  // characters, folded
inline constexpr std::size_t kFewestDifferent = 5;     // characters that differ, spaces aside

// The rule in words: at least eight characters, of which five differ; not digits alone (a PIN can
// be tried out: ten thousand are an afternoon). kInvalidArgument, with what is missing.
[[nodiscard]] Status check_passphrase(std::string_view passphrase);

// A language of the word lists.
struct WordList {
  std::string_view code;                    // "en", "bn", ...
  std::string_view name;                    // in English
  std::size_t words_drawn = 0;              // for one passphrase
  std::span<const std::string_view> words;  // as shown; folded they are all different
};
[[nodiscard]] std::span<const WordList> word_lists();
// By its code. kNotFound, naming those there are.
[[nodiscard]] Result<const WordList*> word_list(std::string_view language);

// Whole bits of what there is to guess in a generated passphrase: at least 50 in each language.
[[nodiscard]] unsigned bits_of(const WordList& list);

// Words drawn evenly, with a space between them. Wipe it when it has been shown.
[[nodiscard]] std::string generate_passphrase(const WordList& list, crypto::Random& random);

}  // namespace setu::lock
