#include "lock/words/words.hpp"

#include "lock/passphrase.hpp"

namespace setu::lock {

std::span<const WordList> word_lists() {
  static const WordList kLists[] = {
      {"en", "English", 5, words::kEnglish},       {"bn", "Bengali", 6, words::kBengali},
      {"sw", "Swahili", 6, words::kSwahili},       {"vi", "Vietnamese", 6, words::kVietnamese},
      {"id", "Indonesian", 5, words::kIndonesian}, {"pt", "Portuguese", 5, words::kPortuguese},
      {"fr", "French", 5, words::kFrench},         {"ru", "Russian", 5, words::kRussian},
  };
  return kLists;
}

Result<const WordList*> word_list(std::string_view language) {
  std::string known;
  for (const WordList& list : word_lists()) {
    if (list.code == language) return &list;
    known += (known.empty() ? "" : ", ") + std::string(list.code);
  }
  return fail(Code::kNotFound, "make passphrase: there are no words in that language",
              "choose one of: " + known);
}

}  // namespace setu::lock
