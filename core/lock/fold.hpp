#pragma once
// What counts in a passphrase, so that a phone's keyboard cannot lock anybody out.
//
// Folded away: upper and lower case (Latin, Cyrillic); marks on letters, whether typed as one
// character or two (e with acute is e, the Russian short i is i, Vietnamese loses its tones);
// invisible characters. One space stands between words, for whatever was typed there: spaces,
// hyphens, commas, full stops (two spaces on a phone make one). Bengali vowel signs and dotted
// letters are written in one of their two ways; Bengali digits become 0 to 9. Everything else stays
// as it is, bytes that are no UTF-8 included.
//
// The result goes into the key: never change what this does to a text; a new rule is a new key file
// version. Golden cases: proto/vectors/key-file.txt. Wipe the result (crypto::wipe).

#include <string>
#include <string_view>

namespace setu::lock {

[[nodiscard]] std::string fold(std::string_view typed);

}  // namespace setu::lock
