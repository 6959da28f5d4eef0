#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "forms/csv.hpp"

using namespace setu;
using namespace setu::forms;

namespace {

using Cells = std::vector<std::string>;

struct Reading {
  std::vector<CsvRow> rows;
  std::vector<std::size_t> failed_lines;
};

Reading read_all(std::string_view text) {
  Reading reading;
  CsvReader reader(text);
  std::size_t before = reader.position();
  for (;;) {
    const auto row = reader.next();
    REQUIRE(reader.position() <= text.size());
    if (row && !*row) break;
    REQUIRE(reader.position() > before);  // never stuck
    before = reader.position();
    if (row)
      reading.rows.push_back(**row);
    else {
      CHECK(row.error().code == Code::kMalformed);
      CHECK(row.error().message.find("line " + std::to_string(reader.failed_line()) + ":") !=
            std::string::npos);
      reading.failed_lines.push_back(reader.failed_line());
    }
  }
  CHECK(reader.position() == text.size());
  return reading;
}

std::vector<Cells> cells_of(std::string_view text) {
  const Reading reading = read_all(text);
  CHECK(reading.failed_lines.empty());
  std::vector<Cells> all;
  for (const CsvRow& row : reading.rows) all.push_back(row.cells);
  return all;
}

std::string quoted(const std::string& cell) {
  std::string out = "\"";
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace

TEST_CASE("csv: rows and cells as the file has them") {
  CHECK(cells_of("a,b\nc,d\n") == std::vector<Cells>{{"a", "b"}, {"c", "d"}});
  CHECK(cells_of("a,b\r\nc,d") == std::vector<Cells>{{"a", "b"}, {"c", "d"}});
  CHECK(cells_of("a,,\n,\n") == std::vector<Cells>{{"a", "", ""}, {"", ""}});
  CHECK(cells_of(" a , b ") == std::vector<Cells>{{" a ", " b "}});
  CHECK(cells_of("").empty());
  CHECK(cells_of("\"\"\n") == std::vector<Cells>{{""}});
}

TEST_CASE("csv: quoted cells hold commas, quotes and line breaks") {
  CHECK(cells_of("\"a,b\",\"say \"\"hi\"\"\"\n\"two\nlines\",x") ==
        std::vector<Cells>{{"a,b", "say \"hi\""}, {"two\nlines", "x"}});
  CHECK(cells_of("\"two\r\nlines\"\r\n") == std::vector<Cells>{{"two\r\nlines"}});
  CHECK(cells_of("5\" pipe,x") == std::vector<Cells>{{"5\" pipe", "x"}});
}

TEST_CASE("csv: a byte order mark and blank lines are not data") {
  CHECK(cells_of("\xEF\xBB\xBF"
                 "a,b\n\n\r\nc,d\n\n") == std::vector<Cells>{{"a", "b"}, {"c", "d"}});
  CHECK(cells_of("\xEF\xBB\xBF").empty());
  CHECK(cells_of("a\r") == std::vector<Cells>{{"a"}});
}

TEST_CASE("csv: each row knows the line where it starts") {
  const Reading reading = read_all("\na,\"x\ny\"\n\nb,c\n");
  REQUIRE(reading.rows.size() == 2);
  CHECK(reading.rows[0].line == 2);
  CHECK(reading.rows[1].line == 5);
}

TEST_CASE("csv: one bad row does not hide the rest") {
  SECTION("a quote that never closes") {
    const Reading reading = read_all("a,\"oops\nb,c\nd,e\n");
    CHECK(reading.failed_lines == std::vector<std::size_t>{1});
    REQUIRE(reading.rows.size() == 2);
    CHECK(reading.rows[0].line == 2);
    CHECK(reading.rows[1].cells == Cells{"d", "e"});
  }
  SECTION("text after a closing quote") {
    const Reading reading = read_all("\"a\"x,b\nc,d\n");
    CHECK(reading.failed_lines == std::vector<std::size_t>{1});
    CHECK(reading.rows.at(0).cells == Cells{"c", "d"});
  }
  SECTION("a stray quote before rows with quotes of their own") {
    const Reading reading = read_all("a,\"oops\nb,\"c\"\nd,\"e\nf\"\n");
    CHECK(reading.failed_lines == std::vector<std::size_t>{1});
    REQUIRE(reading.rows.size() == 2);
    CHECK(reading.rows[0].cells == Cells{"b", "c"});
    CHECK(reading.rows[1].cells == Cells{"d", "e\nf"});
  }
  SECTION("bytes that are not UTF-8") {
    const Reading reading = read_all("a,\xFF\nc,d\n");
    CHECK(reading.failed_lines == std::vector<std::size_t>{1});
    CHECK(reading.rows.at(0).cells == Cells{"c", "d"});
  }
  SECTION("a row that is too long") {
    const std::string longest(limits::kCsvRowBytes, 'x');
    CHECK(cells_of(longest + "\nc,d\n").size() == 2);
    const Reading reading = read_all(longest + "x\nc,d\n" + quoted(longest) + "\ne,f\n");
    CHECK(reading.failed_lines == std::vector<std::size_t>{1, 3});
    REQUIRE(reading.rows.size() == 2);
    CHECK(reading.rows[1].cells == Cells{"e", "f"});
  }
}

TEST_CASE("csv: a file made to fail on every line is not read from every line anew") {
  // Every line both closes a quote and opens the next, so a row that begins on any of them would
  // run to the limit. Only one in each such stretch may; the others are judged on their own line.
  std::string text;
  while (text.size() < 1024 * 1024) text += "a\",\"b\n";
  std::size_t to_the_limit = 0;
  std::size_t on_their_line = 0;
  CsvReader reader(text);
  for (auto row = reader.next(); !row || *row; row = reader.next()) {
    REQUIRE_FALSE(row);
    const bool own_line = row.error().message.find("on its line") != std::string::npos;
    ++(own_line ? on_their_line : to_the_limit);
  }
  CHECK(to_the_limit <= text.size() / limits::kCsvRowBytes + 1);
  CHECK(to_the_limit + on_their_line == text.size() / 6);
}

TEST_CASE("csv: what is written with quotes is read back the same") {
  CHECK(rc::check([] {
    const auto cell = rc::gen::container<std::string>(
        rc::gen::element<char>('a', ',', '"', '\n', '\r', ' ', '=', 'z'));
    const auto row = rc::gen::nonEmpty(rc::gen::container<Cells>(cell));
    const auto rows = *rc::gen::container<std::vector<Cells>>(row);
    const std::string line_break = *rc::gen::element<std::string>("\n", "\r\n");
    std::string text;
    for (const Cells& cells : rows) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        const bool plain = cells[i].find_first_of(",\"\r\n") == std::string::npos &&
                           !(cells.size() == 1 && cells[i].empty());
        text += (i > 0 ? "," : "") + (plain ? cells[i] : quoted(cells[i]));
      }
      text += line_break;
    }
    RC_ASSERT(cells_of(text) == rows);
  }));
}

TEST_CASE("csv: any bytes are read to the end and not beyond") {
  CHECK(rc::check([] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::element<char>('a', ',', '"', '\n', '\r', '\0', '\xEF', '\xC3', '\xA9'));
    // An exact copy on the heap: AddressSanitizer sees one byte too many.
    const std::vector<char> exact(text.begin(), text.end());
    (void)read_all({exact.data(), exact.size()});
  }));
}
