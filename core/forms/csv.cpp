#include "forms/csv.hpp"

#include <algorithm>

namespace setu::forms {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Walks over one row. `at` never goes beyond the text; after a row it stands behind its line break.
struct Cursor {
  std::string_view text;
  std::size_t at = 0;
  std::size_t row_start = 0;
  std::size_t looked_at = 0;  // a row that failed was read up to here
  std::size_t lines = 0;      // line breaks passed

  [[nodiscard]] bool at_end() const { return at >= text.size(); }
  [[nodiscard]] char here() const { return text[at]; }
  [[nodiscard]] bool too_long() const { return at - row_start > limits::kCsvRowBytes; }

  // Length of the line break that begins here: LF, CRLF, or a CR that ends the file.
  [[nodiscard]] std::size_t line_break() const {
    if (at_end()) return 0;
    if (here() == '\n') return 1;
    if (here() != '\r') return 0;
    if (at + 1 == text.size()) return 1;
    return text[at + 1] == '\n' ? 2 : 0;
  }
  void pass_line_break() {
    at += line_break();
    ++lines;
  }
};

// Each gives null, or what is wrong.
const char* read_quoted(Cursor& cursor, std::string& cell) {
  for (++cursor.at; !cursor.at_end(); ++cursor.at) {
    if (cursor.too_long()) return "a quote that does not close within the longest row allowed";
    if (cursor.here() == '"') {
      const bool doubled = cursor.at + 1 < cursor.text.size() && cursor.text[cursor.at + 1] == '"';
      if (!doubled) {
        ++cursor.at;
        const bool ends = cursor.at_end() || cursor.here() == ',' || cursor.line_break() > 0;
        return ends ? nullptr : "text after a closing quote";
      }
      ++cursor.at;
    }
    if (cursor.here() == '\n') {
      if (cursor.at < cursor.looked_at) return "a quote that does not close on its line";
      ++cursor.lines;
    }
    cell += cursor.here();
  }
  return "a quote that never closes";
}

const char* read_plain(Cursor& cursor, std::string& cell) {
  const std::size_t start = cursor.at;
  while (!cursor.at_end() && cursor.here() != ',' && cursor.line_break() == 0) {
    if (cursor.too_long()) return "a row longer than allowed";
    ++cursor.at;
  }
  cell = cursor.text.substr(start, cursor.at - start);
  return nullptr;
}

const char* read_cells(Cursor& cursor, std::vector<std::string>& cells) {
  for (;;) {
    std::string& cell = cells.emplace_back();
    const bool quoted = !cursor.at_end() && cursor.here() == '"';
    if (const char* wrong = quoted ? read_quoted(cursor, cell) : read_plain(cursor, cell))
      return wrong;
    if (cursor.too_long()) return "a row longer than allowed";
    if (cursor.at_end() || cursor.here() != ',') return nullptr;
    ++cursor.at;
  }
}

}  // namespace

CsvReader::CsvReader(std::string_view text) : text_(text) {
  if (text_.starts_with(kByteOrderMark)) position_ = kByteOrderMark.size();
}

Result<std::optional<CsvRow>> CsvReader::next() {
  Cursor cursor{
      .text = text_, .at = position_, .row_start = position_, .looked_at = looked_at_, .lines = 0};
  while (cursor.line_break() > 0) cursor.pass_line_break();
  line_ += cursor.lines;
  position_ = cursor.at;
  if (cursor.at_end()) return std::optional<CsvRow>{};

  cursor.lines = 0;
  cursor.row_start = cursor.at;
  CsvRow row{line_, {}};
  const char* wrong = read_cells(cursor, row.cells);
  if (wrong != nullptr) {
    // The quote may be a slip of the pen: what follows the row's first line is looked at again, but
    // only once, line by line. Otherwise a file made to fail would be read from every line anew.
    looked_at_ = std::max(looked_at_, cursor.at);
    const std::size_t newline = std::min(text_.find('\n', position_), text_.size());
    cursor.at = std::min(newline + 1, text_.size());
    cursor.lines = 1;
  } else {
    const std::string_view raw = text_.substr(position_, cursor.at - position_);
    if (!is_utf8_text(raw)) wrong = "bytes that are not UTF-8";
    if (!cursor.at_end()) cursor.pass_line_break();
  }
  position_ = cursor.at;
  line_ += cursor.lines;
  if (wrong == nullptr) return std::optional<CsvRow>(std::move(row));
  failed_line_ = row.line;
  return fail(Code::kMalformed, "read csv: line " + std::to_string(row.line) + ": " + wrong);
}

}  // namespace setu::forms
