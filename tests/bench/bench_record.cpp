#include "bench_record.hpp"

#include <cstdio>

#include "crypto/crypto.hpp"

namespace setu::bench {
namespace {

constexpr crypto::Domain kDomain{"setu/bench-record/1"};
constexpr KindTag kKindTag = 0x8001;
constexpr std::array<const char*, 16> kWords = {
    "lorem", "ipsum", "dolor",   "sit",    "amet",       "consectetur", "adipiscing", "elit",
    "sed",   "do",    "eiusmod", "tempor", "incididunt", "ut",          "labore",     "magna"};
constexpr std::array<const char*, 4> kStatuses = {"open", "closed", "waiting", "review"};
constexpr std::array<const char*, 4> kKinds = {"task", "note", "bill", "contact"};
constexpr std::array<const char*, 4> kOwners = {"alice", "bob", "carol", "dave"};

Hash digest(const char* what, std::size_t number) {
  return crypto::hash(kDomain, {as_bytes(what), as_bytes(std::to_string(number))});
}

std::int64_t little_endian(const Hash& hash, std::size_t at, std::size_t size) {
  std::int64_t number = 0;
  for (std::size_t i = size; i-- > 0;)
    number = number << 8 | std::to_integer<std::int64_t>(hash.bytes[at + i]);
  return number;
}

std::vector<forms::Choice> choices(const std::array<const char*, 4>& codes) {
  std::vector<forms::Choice> all;
  for (const char* code : codes) all.push_back({code, code, 0});
  return all;
}

}  // namespace

BenchRecord bench_record(std::size_t number) {
  const Hash hash = digest("record", number);
  const auto byte = [&](std::size_t at) { return std::to_integer<std::size_t>(hash.bytes[at]); };
  const auto word = [&](std::size_t at) { return std::string(kWords[byte(at) % kWords.size()]); };
  char due[16];
  std::snprintf(due, sizeof(due), "2026-%02zu-%02zu", 1 + byte(16) % 12, 1 + byte(17) % 28);
  return {Value{word(0) + " " + word(1) + " " + std::to_string(number)},
          Value{word(2) + " " + word(3) + " " + word(4) + " " + word(5)},
          Value{std::string(kStatuses[byte(6) % 4])},
          Value{std::string(kKinds[byte(7) % 4])},
          Value{static_cast<std::int64_t>(byte(8) % 5)},
          Value{little_endian(hash, 9, 2)},
          Value{little_endian(hash, 11, 4) % 1'000'000},
          Value{static_cast<std::int64_t>(byte(15) % 2)},
          Value{std::string(due)},
          Value{1'760'000'000 + little_endian(hash, 18, 4) % 10'000'000},
          Value{std::string(kOwners[byte(22) % 4])},
          Value{word(23)}};
}

std::string bench_id(std::size_t number) { return digest("id", number).hex().substr(0, 32); }

Client::Assignments as_assignments(const BenchRecord& record) {
  Client::Assignments assignments;
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const auto* text = std::get_if<std::string>(&record[i]);
    assignments.push_back(
        std::string(kFieldNames[i]) + "=" +
        (text != nullptr ? *text : std::to_string(std::get<std::int64_t>(record[i]))));
  }
  return assignments;
}

forms::Form bench_form() {
  using forms::FieldType;
  constexpr std::array<FieldType, kFieldCount> kTypes = {
      FieldType::kText,    FieldType::kText,    FieldType::kChoice,  FieldType::kChoice,
      FieldType::kInteger, FieldType::kInteger, FieldType::kInteger, FieldType::kBoolean,
      FieldType::kDate,    FieldType::kInteger, FieldType::kText,    FieldType::kText};
  forms::Form form{kKindTag, kBenchKind, "Bench item", forms::HomeType::kOrg, {}, {}};
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    forms::Field field;
    field.tag = static_cast<FieldTag>(i + 1);
    field.name = kFieldNames[i];
    field.type = kTypes[i];
    field.audience = forms::Audience::kFacts;
    field.rule.rule = merge::Rule::kRegister;
    field.label = kFieldNames[i];
    form.fields.push_back(std::move(field));
  }
  form.fields[2].choices = choices(kStatuses);
  form.fields[3].choices = choices(kKinds);
  return form;
}

}  // namespace setu::bench
