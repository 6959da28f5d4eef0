#pragma once
// Forms as text: lines of proto/vectors/forms.txt and tables of docs/forms.md.

#include "forms/form.hpp"

namespace setu::forms::testing {

[[nodiscard]] std::string vector_line(const Form& form, const Field& field);
[[nodiscard]] std::string markdown_table(const Form& form);

}  // namespace setu::forms::testing
