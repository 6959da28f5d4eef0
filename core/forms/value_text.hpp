#pragma once
// One value as text, by type: what is accepted, what an error says is accepted, how it is printed.

#include "forms/form.hpp"

namespace setu::forms {

[[nodiscard]] std::string_view trimmed(std::string_view text);  // without spaces and tabs around it

// Text forms that are stored as they are typed.
[[nodiscard]] bool is_date(std::string_view text);     // 2026-11-23, a day that exists
[[nodiscard]] bool is_month(std::string_view text);    // 2026-11
[[nodiscard]] bool is_quarter(std::string_view text);  // 2026-Q4

// A code, an element of a set, or a key of a counter: 1 to limits::kWordBytes bytes of UTF-8
// without comma; a key also without equals sign.
[[nodiscard]] bool is_word(std::string_view text);
[[nodiscard]] bool is_key(std::string_view text);

[[nodiscard]] bool is_listed(const Field& field, std::string_view code);
[[nodiscard]] std::string listed_codes(const Field& field);  // "woman, man, hijra"

// The value that a trimmed, non-empty text stands for in a field of one value that is neither text
// nor log. Nothing where the field cannot hold it.
[[nodiscard]] std::optional<Value> read_value(const Field& field, std::string_view text);
// What read_value() accepts there, for errors: "a whole number from 1 to 5".
[[nodiscard]] std::string expected_text(const Field& field);

}  // namespace setu::forms
