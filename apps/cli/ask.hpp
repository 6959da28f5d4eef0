#pragma once
// What is asked of the person: passphrases, from the environment, a file or the terminal; a line; a
// yes.

#include <string>

#include "setu/base/result.hpp"

namespace setu::cli {

// Where one passphrase comes from; the first of these that is there.
struct PassphraseSource {
  const char* variable;  // of the environment
  std::string file;      // its first line; empty: none
  std::string option;    // that names the file, for messages
  std::string prompt;    // on a terminal
};

// Wipe both when they have been used (crypto::wipe). kLocked: none of the sources has one.
[[nodiscard]] Result<std::string> ask_passphrase(const PassphraseSource& source);
// On a terminal it is asked for twice, and five words are offered. kInvalidArgument: too easy to
// guess (lock/passphrase.hpp), or the two differ. `language`: of the words; empty: the terminal's.
[[nodiscard]] Result<std::string> ask_new_passphrase(const PassphraseSource& source,
                                                     const std::string& language = {});

// A printed recovery key: from the file, or so many lines of the sheet on a terminal. Wipe it when
// it has been used. kLocked: neither. kInvalidArgument: more than a key can be.
[[nodiscard]] Result<std::string> ask_recovery_key(const std::string& file, int lines);

// Words that nobody used before. kNotFound: there are none in that language, and which there are.
[[nodiscard]] Result<std::string> draw_words(const std::string& language);

// What is typed on the terminal. Empty: there is none.
[[nodiscard]] std::string ask_line(const std::string& prompt);

// Before what cannot be undone: on a terminal `word` has to be typed, elsewhere `yes` says it.
// kInvalidArgument: neither; the hint names the option --yes.
[[nodiscard]] Status confirm(const std::string& question, const std::string& word, bool yes);

}  // namespace setu::cli
