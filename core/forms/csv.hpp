#pragma once
// RFC 4180 CSV with the liberties that real files take: LF or CRLF, a byte order mark, blank lines,
// spaces kept.

#include <optional>
#include <string>
#include <vector>

#include "setu/base/bytes.hpp"
#include "setu/base/limits.hpp"

namespace setu::forms {

struct CsvRow {
  std::size_t line = 0;  // where it starts, from 1
  std::vector<std::string> cells;
};

// Reads rows one by one from borrowed text. Errors are kMalformed with the line: a quote that never
// closes, text after a closing quote, bytes that are not UTF-8, a row beyond limits::kCsvRowBytes.
// After an error next() goes on with the line after the one where the row began, so that one bad
// row does not hide the rest; up to where the bad row was read, rows are then of one line each,
// which keeps the work proportional to the text.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text);
  // Nothing at the end. `line` of a failed row is in the error's message and in failed_line().
  [[nodiscard]] Result<std::optional<CsvRow>> next();
  [[nodiscard]] std::size_t failed_line() const { return failed_line_; }
  [[nodiscard]] std::size_t position() const { return position_; }  // bytes read: for progress

 private:
  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
  std::size_t failed_line_ = 0;
  std::size_t looked_at_ = 0;  // how far the rows that failed were read
};

}  // namespace setu::forms
