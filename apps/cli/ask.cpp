#include "cli/ask.hpp"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "crypto/crypto.hpp"
#include "lock/passphrase.hpp"

namespace setu::cli {
namespace {

constexpr const char* kEnglish = "en";
constexpr std::size_t kLongestKeyFile = 4096;

bool on_a_terminal() { return isatty(STDIN_FILENO) != 0; }

std::string read_without_echo(std::string_view prompt) {
  std::cerr << prompt << std::flush;
  termios before{};
  const bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  if (terminal) tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  std::string line;
  std::getline(std::cin, line);
  if (terminal) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::cerr << "\n";
  return line;
}

// The first two letters of what the terminal is set to, where there are words in it.
std::string language_here() {
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    const std::string code = std::string(value).substr(0, 2);
    return lock::word_list(code) ? code : kEnglish;
  }
  return kEnglish;
}

// Empty: the source has none of the first two.
Result<std::string> given(const PassphraseSource& source) {
  if (const char* value = std::getenv(source.variable); value != nullptr && *value != '\0')
    return std::string(value);
  if (source.file.empty()) return std::string();
  std::ifstream file(source.file);
  std::string line;
  if (!std::getline(file, line) || line.empty()) {
    return fail(Code::kLocked, "read passphrase: the file cannot be read or is empty",
                "check " + source.option);
  }
  return line;
}

tl::unexpected<Error> none(const PassphraseSource& source) {
  return fail(Code::kLocked, "read passphrase: there is none",
              "set " + std::string(source.variable) + ", or use " + source.option +
                  " FILE, or run it on a terminal");
}

}  // namespace

Result<std::string> ask_passphrase(const PassphraseSource& source) {
  SETU_TAKE(std::string passphrase, given(source));
  if (passphrase.empty() && on_a_terminal()) passphrase = read_without_echo(source.prompt + ": ");
  if (passphrase.empty()) return none(source);
  return passphrase;
}

Result<std::string> ask_new_passphrase(const PassphraseSource& source,
                                       const std::string& language) {
  SETU_TAKE(std::string passphrase, given(source));
  if (passphrase.empty() && on_a_terminal()) {
    SETU_TAKE(std::string words, draw_words(language));
    std::cerr << "words that nobody used before, if you like them: " << words << "\n";
    crypto::wipe(words);
    passphrase = read_without_echo(source.prompt + ": ");
    std::string again = read_without_echo("Once more: ");
    const bool same = passphrase == again;
    crypto::wipe(again);
    if (!same) {
      crypto::wipe(passphrase);
      return fail(Code::kInvalidArgument, "set passphrase: the two were not the same", "try again");
    }
  }
  if (passphrase.empty()) return none(source);
  Status good = lock::check_passphrase(passphrase);
  if (!good) {
    crypto::wipe(passphrase);
    return fail(std::move(good).error());
  }
  return passphrase;
}

Result<std::string> ask_recovery_key(const std::string& file, int lines) {
  std::string key;
  if (!file.empty()) {
    std::ifstream stream(file, std::ios::binary);
    key.resize(kLongestKeyFile + 1);
    stream.read(key.data(), static_cast<std::streamsize>(key.size()));
    key.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  } else if (on_a_terminal()) {
    std::cerr << "the recovery key, as the sheet says it; what is typed is not shown\n";
    key.reserve(kLongestKeyFile);  // once: growing would leave copies behind
    for (int line = 1; line <= lines; ++line) {
      std::string typed = read_without_echo("Line " + std::to_string(line) + ": ");
      key += typed + "\n";
      crypto::wipe(typed);
    }
  }
  if (key.size() > kLongestKeyFile) {
    crypto::wipe(key);
    return fail(Code::kInvalidArgument, "read recovery key: the file is no key",
                "check --key-file; it holds the sheet's link, or its first two lines");
  }
  if (key.find_first_not_of(" \t\r\n") == std::string::npos) {
    return fail(Code::kLocked, "read recovery key: there is none",
                "use --key-file FILE, or run it on a terminal and type what the sheet says");
  }
  return key;
}

Result<std::string> draw_words(const std::string& language) {
  SETU_TRY(crypto::init());
  SETU_TAKE(const lock::WordList* list,
            lock::word_list(language.empty() ? language_here() : language));
  return lock::generate_passphrase(*list, crypto::system_random());
}

std::string ask_line(const std::string& prompt) {
  std::string typed;
  if (!on_a_terminal()) return typed;
  std::cerr << prompt << std::flush;
  std::getline(std::cin, typed);
  return typed;
}

Status confirm(const std::string& question, const std::string& word, bool yes) {
  if (yes) return {};
  if (on_a_terminal()) {
    if (ask_line(question + "\ntype `" + word + "` to go on: ") == word) return {};
    return fail(Code::kInvalidArgument, word + ": not confirmed; nothing was changed");
  }
  return fail(Code::kInvalidArgument, word + ": " + question + "; nothing was changed",
              "run it on a terminal, or add --yes if you are sure");
}

}  // namespace setu::cli
