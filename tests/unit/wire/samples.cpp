#include "samples.hpp"

#include <array>
#include <cstdio>
#include <string>

namespace setu::wire::samples {
namespace {

constexpr std::uint32_t kHour = 498'600;        // a day in November 2026
constexpr std::uint32_t kMonth = 56 * 12 + 10;  // November 2026
constexpr std::uint8_t kSeedByte = 0x5E;

constexpr std::array<const char*, 19> kWords = {
    "lorem",  "ipsum", "dolor",  "sit",     "amet",   "consectetur", "adipiscing",
    "elit",   "sed",   "do",     "eiusmod", "tempor", "incididunt",  "ut",
    "labore", "et",    "dolore", "magna",   "aliqua"};
constexpr std::array<const char*, 4> kStates = {"open", "closed", "waiting", "review"};
constexpr std::array<const char*, 4> kKinds = {"task", "note", "bill", "contact"};
constexpr std::array<const char*, 4> kOwners = {"alice", "bob", "carol", "dave"};

class Dice {
 public:
  std::uint32_t below(std::uint32_t bound) {
    std::array<std::byte, 4> raw;
    random_.fill(raw);
    std::uint32_t value = 0;
    std::memcpy(&value, raw.data(), raw.size());
    return value % bound;
  }
  template <std::size_t kSize>
  std::string one_of(const std::array<const char*, kSize>& words, std::uint32_t bound = kSize) {
    return words[below(bound)];
  }
  std::string word() { return one_of(kWords, 16); }

 private:
  crypto::SeededRandom random_{20261123};
};

SeededChange record(Dice& dice, std::uint32_t number, Stamp stamp) {
  char due[16];
  std::snprintf(due, sizeof due, "2026-%02u-%02u", 1 + dice.below(12), 1 + dice.below(28));
  const auto integer = [&](std::uint32_t bound) { return Value{std::int64_t{dice.below(bound)}}; };
  SeededChange made;
  made.seed = RecordSeed{{}, kMonth, number};
  made.seed->seed.fill(std::byte{kSeedByte});
  made.change.record = record_id(*made.seed);
  made.change.kind = 40;
  made.change.home = kHome;
  made.change.stamp = stamp;
  made.change.creates = true;
  const Value values[] = {
      dice.word() + ' ' + dice.word() + ' ' + std::to_string(number),
      dice.word() + ' ' + dice.word() + ' ' + dice.word() + ' ' + dice.word(),
      dice.one_of(kStates),
      dice.one_of(kKinds),
      integer(5),
      integer(65'536),
      integer(1'000'000),
      integer(2),
      std::string(due),
      1'760'000'000 + std::int64_t{dice.below(10'000'000)},
      dice.one_of(kOwners),
      dice.word(),
  };
  FieldTag field = 0;
  for (const Value& value : values)
    made.change.ops.push_back({++field, OpType::kWrite, {}, value, {}});
  return made;
}

Op op(FieldTag field, OpType type, std::string key, Value value, std::vector<Stamp> seen = {}) {
  return {field, type, std::move(key), std::move(value), std::move(seen)};
}

}  // namespace

crypto::Secret key(int number) { return crypto::Secret::copy_of(id<Hash>(number).view()); }

crypto::SignKeyPair signer(int number) { return crypto::sign_key_from_seed(key(number)); }

Bytes flipped(ByteView bytes, std::size_t bit) {
  Bytes copy = to_bytes(bytes);
  copy[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
  return copy;
}

std::vector<SeededChange> many_records(std::size_t count) {
  Dice dice;
  std::vector<SeededChange> changes;
  changes.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i)
    changes.push_back(record(dice, i, {kHour + i / 500, i % 500, kAuthor}));
  return changes;
}

BatchBody one_edit() {
  BatchBody body;
  body.tips = {{kOther, 12}};
  body.head_digest.emplace().fill(std::byte{0xEE});
  SeededChange edit;
  // As random as a record's id from elsewhere is.
  edit.change.record = record_id({{}, kMonth, 3});
  edit.change.kind = 2;
  edit.change.home = kHome;
  edit.change.stamp = {kHour, 4, kAuthor};
  edit.change.ops = {
      op(7, OpType::kWrite, {}, std::string("+880 1711 000000"), {{kHour - 30, 2, kOther}})};
  body.changes = {edit};
  return body;
}

BatchBody one_of_everything() {
  const Stamp mine{kHour - 5, 0, kAuthor};
  const Stamp theirs{kHour - 4, 7, kOther};
  const Stamp third{kHour + 90, 1, id<DeviceId>(0xD3)};
  BatchBody body;
  body.tips = {{kOther, 12}, {id<DeviceId>(0xD3), 1'000'000}};
  body.head_digest.emplace().fill(std::byte{0xEE});
  for (std::uint32_t number : {5u, 6u, 9u, 2u}) {
    SeededChange create;
    create.seed = RecordSeed{{}, kMonth, number};
    create.seed->seed.fill(std::byte{kSeedByte});
    create.change.record = record_id(*create.seed);
    create.change.kind = 2;
    create.change.home = kHome;
    create.change.stamp = {kHour, static_cast<std::uint32_t>(body.changes.size()), kAuthor};
    create.change.creates = true;
    create.change.ops = {
        op(1, OpType::kWrite, {}, std::string("নাম ") + std::to_string(number)),
        op(2, OpType::kWrite, {}, std::int64_t{number} - 5),
        op(3, OpType::kWrite, {}, {}),
        op(4, OpType::kAdd, number % 2 == 0 ? "testing" : "legal", {}),
        op(5, OpType::kIncrement, {}, std::int64_t{24}),
    };
    body.changes.push_back(create);
  }
  SeededChange edit;
  edit.change.record = id<RecordId>(0xA1);
  edit.change.kind = 900;
  edit.change.home = id<CircleId>(0xC2);
  edit.change.stamp = {kHour + 2, 70'000, kAuthor};
  edit.change.ops = {
      op(1, OpType::kWrite, {}, std::string("closed"), {mine, theirs}),
      op(1'023, OpType::kWrite, {}, INT64_MIN, {theirs}),
      op(9, OpType::kRemove, "legal", {}, {mine, theirs, third}),
      op(9, OpType::kAdd, "health", {}),
      op(10, OpType::kBase, "female", INT64_MAX, {theirs}),
      op(10, OpType::kIncrement, "male", std::int64_t{-3}),
      op(11, OpType::kAppend, {}, std::string("came back")),
      op(11, OpType::kAppend, {}, std::string("came back again")),
      op(12, OpType::kWrite, {}, std::string(as_text(id<RecordId>(0xFE).view()))),
  };
  body.changes.push_back(edit);
  edit.change.stamp.counter += 1;
  edit.change.record = id<RecordId>(0xA2);
  edit.change.ops = {op(kDeletedField, OpType::kWrite, {}, std::int64_t{1}, {mine, theirs})};
  body.changes.push_back(edit);
  return body;
}

}  // namespace setu::wire::samples
