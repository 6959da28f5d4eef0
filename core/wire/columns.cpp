#include "wire/columns.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "setu/base/limits.hpp"

namespace setu::wire {
namespace {

constexpr std::uint8_t kPlain = 0;
constexpr std::uint8_t kDictionary = 1;
constexpr std::size_t kMaxDictionary = 255;

std::size_t bytes_for(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value)) + 7) / 8;
}

// Words in order of first use, or nothing when there are too many to be worth it.
std::optional<std::vector<std::string_view>> small_dictionary(
    const std::vector<std::string_view>& texts) {
  std::vector<std::string_view> words;
  std::map<std::string_view, bool> known;
  for (std::string_view text : texts) {
    if (!known.emplace(text, true).second) continue;
    words.push_back(text);
    if (words.size() > kMaxDictionary || words.size() * 2 > texts.size()) return std::nullopt;
  }
  return words;
}

}  // namespace

void write_ints(Writer& writer, const std::vector<std::int64_t>& ints) {
  writer.varint(ints.size());
  if (ints.empty()) return;
  const std::int64_t least = std::ranges::min(ints);
  const auto distance = [least](std::int64_t value) {
    return static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(least);
  };
  const std::size_t width = bytes_for(distance(std::ranges::max(ints)));
  writer.zigzag(least);
  writer.u8(static_cast<std::uint8_t>(width));
  for (std::size_t plane = 0; plane < width; ++plane) {
    for (std::int64_t value : ints)
      writer.u8(static_cast<std::uint8_t>(distance(value) >> (8 * plane)));
  }
}

std::optional<std::vector<std::int64_t>> read_ints(Reader& reader, std::size_t max_count) {
  const std::size_t count = reader.count(max_count, 0);
  std::vector<std::int64_t> ints;
  if (!reader.ok()) return std::nullopt;
  if (count == 0) return ints;
  const auto least = static_cast<std::uint64_t>(reader.zigzag());
  const std::size_t width = reader.u8();
  if (!reader.ok() || width > 8) return std::nullopt;
  std::vector<std::uint64_t> distances(count, 0);
  for (std::size_t plane = 0; plane < width; ++plane) {
    const ByteView bytes = reader.raw(count);
    if (!reader.ok()) return std::nullopt;
    for (std::size_t i = 0; i < count; ++i)
      distances[i] |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * plane);
  }
  ints.reserve(count);
  for (std::uint64_t distance : distances)
    ints.push_back(static_cast<std::int64_t>(least + distance));
  return ints;
}

void write_texts(Writer& writer, const std::vector<std::string_view>& texts) {
  const auto words = small_dictionary(texts);
  writer.varint(texts.size());
  if (texts.empty()) return;
  writer.u8(words ? kDictionary : kPlain);
  if (words) {
    std::map<std::string_view, std::uint8_t> number;
    writer.varint(words->size());
    for (std::string_view word : *words) {
      number.emplace(word, static_cast<std::uint8_t>(number.size()));
      writer.sized(word);
    }
    for (std::string_view text : texts) writer.u8(number.at(text));
    return;
  }
  for (std::string_view text : texts) writer.varint(text.size());
  for (std::string_view text : texts) writer.raw(as_bytes(text));
}

std::optional<std::vector<std::string_view>> read_texts(Reader& reader, std::size_t max_count,
                                                        std::size_t max_size) {
  const std::size_t count = reader.count(max_count, 1);
  std::vector<std::string_view> texts;
  if (!reader.ok()) return std::nullopt;
  if (count == 0) return texts;
  texts.reserve(count);
  const std::uint8_t mode = reader.u8();
  if (mode == kDictionary) {
    std::vector<std::string_view> words(reader.count(kMaxDictionary));
    for (std::string_view& word : words) word = as_text(reader.sized(max_size));
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint8_t number = reader.u8();
      if (!reader.ok() || number >= words.size()) return std::nullopt;
      texts.push_back(words[number]);
    }
    return texts;
  }
  if (mode != kPlain) return std::nullopt;
  std::vector<std::size_t> sizes(count);
  for (std::size_t& size : sizes) {
    const std::uint64_t given = reader.varint();
    if (!reader.ok() || given > max_size) return std::nullopt;
    size = static_cast<std::size_t>(given);
  }
  for (std::size_t size : sizes) texts.push_back(as_text(reader.raw(size)));
  return reader.ok() ? std::optional(std::move(texts)) : std::nullopt;
}

void ValueColumn::add(const Value& value) {
  types.push_back(static_cast<std::uint8_t>(value.index()));
  if (const auto* number = std::get_if<std::int64_t>(&value)) ints.push_back(*number);
  if (const auto* text = std::get_if<std::string>(&value)) texts.push_back(*text);
}

// All of one type, as nearly always: one byte says so.
void ValueColumn::write(Writer& writer) const {
  const bool uniform =
      std::ranges::adjacent_find(types, std::ranges::not_equal_to{}) == types.end();
  writer.varint(types.size());
  writer.u8(uniform ? 1 : 0);
  for (std::size_t i = 0; i < (uniform ? std::min<std::size_t>(1, types.size()) : types.size());
       ++i)
    writer.u8(types[i]);
  if (!ints.empty() || !uniform) write_ints(writer, ints);
  if (!texts.empty() || !uniform) write_texts(writer, texts);
}

std::optional<ValueSource> ValueSource::read(Reader& reader, std::size_t max_count) {
  ValueSource source;
  const std::size_t count = reader.count(max_count, 0);
  const std::uint8_t uniform = reader.u8();
  if (!reader.ok() || uniform > 1) return std::nullopt;
  if (uniform == 1) {
    source.types_.assign(count, count > 0 ? reader.u8() : std::uint8_t{0});
  } else {
    for (std::byte type : reader.raw(count))
      source.types_.push_back(std::to_integer<std::uint8_t>(type));
  }
  const auto count_of = [&](std::uint8_t type) {
    return static_cast<std::size_t>(std::ranges::count(source.types_, type));
  };
  const bool all_known =
      std::ranges::all_of(source.types_, [](std::uint8_t type) { return type <= 2; });
  if (!reader.ok() || !all_known) return std::nullopt;
  if (uniform == 0 || count_of(1) > 0) {
    auto ints = read_ints(reader, count);
    if (!ints) return std::nullopt;
    source.ints_ = std::move(*ints);
  }
  if (uniform == 0 || count_of(2) > 0) {
    auto texts = read_texts(reader, count, limits::kTextBytes);
    if (!texts) return std::nullopt;
    source.texts_ = std::move(*texts);
  }
  if (source.ints_.size() != count_of(1) || source.texts_.size() != count_of(2))
    return std::nullopt;
  return source;
}

std::optional<Value> ValueSource::next() {
  if (at_ == types_.size()) return std::nullopt;
  switch (types_[at_++]) {
    case 1: return Value{ints_[int_at_++]};
    case 2: return Value{std::string(texts_[text_at_++])};
    default: return Value{};
  }
}

}  // namespace setu::wire
