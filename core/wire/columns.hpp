#pragma once
// Values of one field of one kind, one after the other: the columns of a batch's body. Internal to
// wire.
//
// Integers are stored as their distance from the smallest, byte plane by byte plane; texts as their
// lengths and their bytes, or as a dictionary where few words repeat. Like beside like is what zstd
// compresses.

#include <optional>

#include "setu/base/codec.hpp"
#include "setu/base/value.hpp"

namespace setu::wire {

void write_ints(Writer& writer, const std::vector<std::int64_t>& ints);
[[nodiscard]] std::optional<std::vector<std::int64_t>> read_ints(Reader& reader,
                                                                 std::size_t max_count);

void write_texts(Writer& writer, const std::vector<std::string_view>& texts);
// `max_size`: of one text. Texts borrow from the reader's bytes.
[[nodiscard]] std::optional<std::vector<std::string_view>> read_texts(Reader& reader,
                                                                      std::size_t max_count,
                                                                      std::size_t max_size);

// Values of any type: a type each, then the integers, then the texts.
struct ValueColumn {
  std::vector<std::uint8_t> types;  // 0 empty, 1 integer, 2 text
  std::vector<std::int64_t> ints;
  std::vector<std::string_view> texts;

  void add(const Value& value);  // borrows a text
  void write(Writer& writer) const;
};
// Gives the values back in order.
class ValueSource {
 public:
  [[nodiscard]] static std::optional<ValueSource> read(Reader& reader, std::size_t max_count);
  [[nodiscard]] std::optional<Value> next();

 private:
  std::vector<std::uint8_t> types_;
  std::vector<std::int64_t> ints_;
  std::vector<std::string_view> texts_;
  std::size_t at_ = 0, int_at_ = 0, text_at_ = 0;
};

}  // namespace setu::wire
