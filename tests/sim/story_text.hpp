#pragma once
// Values and numbers as stories write them.

#include "setu/records.hpp"
#include "story_grammar.hpp"

namespace setu::sim {

// Operations of a disk, until power fails.
inline constexpr std::uint64_t kNever = ~std::uint64_t{0};

// Sets ascending with ',' between; counters by key as key:3; entries of a log with '|' between.
[[nodiscard]] std::string plain_text(const FieldValue& value);
// Of a field that is not there: empty.
[[nodiscard]] std::string plain_field(const RecordView& record, std::string_view field);
// "3" or "3rd". A StoryError if it is none.
[[nodiscard]] int number_in(const Words& words, const char* name);
// minutes, hours, days, weeks, in milliseconds
[[nodiscard]] std::int64_t span_ms(const Words& words);

}  // namespace setu::sim
