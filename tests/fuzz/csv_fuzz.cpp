// Any bytes as a CSV file: read to the end, not beyond, every row accounted for.

#include <cstdint>
#include <string_view>

#include "forms/csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  setu::forms::CsvReader reader({reinterpret_cast<const char*>(data), size});
  std::size_t line = 0;
  for (;;) {
    const std::size_t before = reader.position();
    const auto row = reader.next();
    SETU_ASSERT(reader.position() <= size);
    if (row && !*row) break;
    SETU_ASSERT(reader.position() > before);
    const std::size_t this_line = row ? (*row)->line : reader.failed_line();
    SETU_ASSERT(this_line > line);
    line = this_line;
    if (!row) continue;
    SETU_ASSERT(!(*row)->cells.empty());
    for (const std::string& cell : (*row)->cells) {
      SETU_ASSERT(setu::is_utf8_text(cell));
      SETU_ASSERT(cell.size() <= setu::limits::kCsvRowBytes);
    }
  }
  SETU_ASSERT(reader.position() == size);
  return 0;
}
