// docs/forms.md says what the code does, or this fails. `test_forms "[print]"` prints the tables
// and the lines of proto/vectors/forms.txt as they should be.

#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

#include "form_tables.hpp"

using namespace setu::forms;

namespace {

std::string document() {
  std::ifstream file(SETU_DOCS_DIR "/forms.md");
  REQUIRE(file.is_open());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// From a heading to the next of its level.
std::string section(const std::string& text, const std::string& heading) {
  const std::size_t start = text.find("\n## " + heading + "\n");
  REQUIRE(start != std::string::npos);
  return text.substr(start, text.find("\n## ", start + 1) - start);
}

// Does some table have a row that begins with this name?
bool has_row(const std::string& text, std::string_view name) {
  return text.find("\n| `" + std::string(name) + "` |") != std::string::npos;
}

template <class Enum>
void check_rows(const std::string& text, int last) {
  for (int number = 1; number <= last; ++number) {
    const std::string_view name = name_of(static_cast<Enum>(number));
    CAPTURE(number, name);
    CHECK_FALSE(name.empty());
    CHECK(has_row(text, name));
  }
  CHECK(name_of(static_cast<Enum>(last + 1)).empty());
}

}  // namespace

TEST_CASE("docs/forms.md: the table of each kind is what the code says") {
  const std::string text = document();
  for (const Form& form : built_in_forms()) {
    const std::string table = testing::markdown_table(form);
    INFO("expected for " << form.name << ":\n" << table);
    CHECK(text.find("\n### " + form.name + "\n") != std::string::npos);
    CHECK(text.find("\n\n" + table + "\n") != std::string::npos);
  }
}

TEST_CASE("docs/forms.md: every type, audience, rule and derivation is explained") {
  const std::string text = document();
  check_rows<FieldType>(section(text, "Types"), 14);
  check_rows<Audience>(section(text, "Who reads a field"), 6);
  check_rows<HomeType>(section(text, "Who reads a field"), 3);
  check_rows<setu::merge::Rule>(section(text, "How a field merges"), 8);
  check_rows<Derivation>(section(text, "Fields that follow from others"), 7);
}

TEST_CASE("docs/forms.md: print what it should say", "[.][print]") {
  for (const Form& form : built_in_forms()) {
    std::cout << "\n### " << form.name << "\n\n" << testing::markdown_table(form);
  }
  std::cout << "\n";
  for (const Form& form : built_in_forms()) {
    for (const Field& field : form.fields) {
      std::cout << testing::vector_line(form, field) << "\n";
    }
  }
}
