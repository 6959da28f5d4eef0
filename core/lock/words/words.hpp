#pragma once
// The word lists, a file each. Written for this purpose: everyday words that are easy to say, to
// remember and to type, none of them about anything that one would not like to be heard saying.
//
// A list may be changed at any time: nothing on disk refers to it. Its size is a power of two.
// tests/unit/lock/words_test.cpp says what must hold.

#include <span>
#include <string_view>

namespace setu::lock::words {

using List = std::span<const std::string_view>;

extern const List kBengali, kEnglish, kFrench, kIndonesian, kPortuguese, kRussian, kSwahili,
    kVietnamese;

}  // namespace setu::lock::words
