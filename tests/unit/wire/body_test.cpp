// What is inside a batch: it comes back as it went in, in as few bytes as it can, and as much of it
// as fits.
#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "samples.hpp"
#include "wire/body_code.hpp"
#include "wire/change_rules.hpp"

namespace setu::wire {
namespace {

using samples::kAuthor;
using samples::kHome;
using samples::kOther;

Result<BatchBody> unpack(ByteView plain) { return unpack_body(plain, kAuthor, kHome); }

PackedBody pack(const BatchBody& body) { return pack_body(body, kAuthor, kHome).value(); }

// As `random` as a text can be: nothing compresses it by more than its alphabet.
std::string noise(crypto::Random& random, std::size_t size) {
  Bytes bytes(size);
  random.fill(bytes);
  return to_hex(bytes).substr(0, size);
}

rc::Gen<Value> any_value() {
  return rc::gen::oneOf(rc::gen::just(Value{}),
                        rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                                     [](std::int64_t number) { return Value{number}; }),
                        rc::gen::element(Value{std::string("open")}, Value{std::string("closed")},
                                         Value{std::string("স্বাস্থ্য")}, Value{std::string()}));
}

std::vector<Stamp> any_seen() {
  auto stamps = *rc::gen::container<std::vector<Stamp>>(
      *rc::gen::inRange<std::size_t>(0, 4),
      rc::gen::build<Stamp>(
          rc::gen::set(&Stamp::hour, rc::gen::inRange<std::uint32_t>(498'000, 499'000)),
          rc::gen::set(&Stamp::counter, rc::gen::inRange<std::uint32_t>(0, 3)),
          rc::gen::set(&Stamp::device, rc::gen::element(kAuthor, kOther))));
  std::ranges::sort(stamps);
  stamps.erase(std::ranges::unique(stamps).begin(), stamps.end());
  return stamps;
}

Op any_op(FieldTag field) {
  const auto text = [] { return *rc::gen::element<std::string>("a", "b", "legal aid"); };
  switch (*rc::gen::inRange(0, 6)) {
    case 0: return {field, OpType::kWrite, {}, *any_value(), any_seen()};
    case 1: return {field, OpType::kAdd, text(), {}, any_seen()};
    case 2: return {field, OpType::kRemove, text(), {}, any_seen()};
    case 3: return {field, OpType::kBase, text(), *rc::gen::arbitrary<std::int64_t>(), any_seen()};
    case 4: return {field, OpType::kIncrement, {}, *rc::gen::arbitrary<std::int64_t>(), {}};
    default: return {field, OpType::kAppend, {}, text(), {}};
  }
}

SeededChange any_change(Stamp stamp) {
  SeededChange made;
  if (*rc::gen::arbitrary<bool>()) {
    made.seed = RecordSeed{{}, *rc::gen::inRange(0u, 2u), *rc::gen::arbitrary<std::uint32_t>()};
    made.change.record = record_id(*made.seed);
  } else {
    made.change.record = samples::id<RecordId>(*rc::gen::inRange(0, 256));
  }
  made.change.kind = *rc::gen::element<KindTag>(1, 2, 65'535);
  made.change.home = *rc::gen::element(kHome, samples::id<CircleId>(2), samples::id<CircleId>(3));
  made.change.creates = *rc::gen::arbitrary<bool>();
  made.change.stamp = stamp;
  const int ops = *rc::gen::inRange(0, 5);
  for (int i = 0; i < ops; ++i) made.change.ops.push_back(any_op(static_cast<FieldTag>(i * 7)));
  return made;
}

BatchBody any_body() {
  BatchBody body;
  StampClock clock{kAuthor};
  std::int64_t hour = *rc::gen::inRange(0, 500'000);
  const int count = *rc::gen::inRange(0, 12);
  for (int i = 0; i < count; ++i) {
    hour += *rc::gen::element(0, 0, 0, 1, 400);
    body.changes.push_back(any_change(clock.next(Instant{hour * kHourMs})));
  }
  if (*rc::gen::arbitrary<bool>()) body.head_digest.emplace().fill(std::byte{9});
  if (*rc::gen::arbitrary<bool>())
    body.tips.push_back({kOther, *rc::gen::arbitrary<std::uint64_t>()});
  return body;
}

TEST_CASE("body: whatever is packed is unpacked") {
  rc::prop("for all bodies", [] {
    const BatchBody body = any_body();
    const PackedBody packed = pack(body);
    RC_ASSERT(packed.taken == body.changes.size());
    RC_ASSERT(unpack(packed.padded_plain).value() == body);
  });
}

TEST_CASE("body: a change on its own reads back, and is as long as foretold") {
  rc::prop("for all changes", [] {
    const SeededChange change = any_change({*rc::gen::arbitrary<std::uint32_t>(), 5, kAuthor});
    const Bytes bytes = encode_change(change);
    RC_ASSERT(decode_change(bytes).value() == change);
    RC_ASSERT(encoded_size(change) == bytes.size());
  });
}

TEST_CASE("body: every type of operation and value goes through") {
  const BatchBody body = samples::one_of_everything();
  CHECK(unpack(pack(body).padded_plain).value() == body);
  for (const SeededChange& change : body.changes) {
    CHECK(decode_change(encode_change(change)).value() == change);
    CHECK(encoded_size(change) == encode_change(change).size());
  }
}

TEST_CASE("body: changes of the circle's own home read as another's under another circle") {
  // The home is implied, not repeated: the envelope binds the circle.
  const Bytes plain = pack(samples::one_edit()).padded_plain;
  const auto elsewhere = unpack_body(plain, kAuthor, samples::id<CircleId>(7)).value();
  CHECK(elsewhere.changes[0].change.home == samples::id<CircleId>(7));
}

TEST_CASE("body: a record's id costs its number, not its sixteen bytes") {
  const RecordSeed seed{{}, 682, 5};
  const std::string uuid = to_uuid(record_id(seed));
  CHECK(uuid.substr(0, 13) == "01a19467-e800");  // 2026-11-01T00:00Z
  CHECK(record_id(seed) == record_id(seed));
  CHECK(record_id({seed.seed, 682, 6}) != record_id(seed));
  CHECK(record_id({seed.seed, 683, 5}) != record_id(seed));
  BatchBody hundred;
  hundred.changes = samples::many_records(100);
  BatchBody whole_ids = hundred;
  for (SeededChange& change : whole_ids.changes) change.seed.reset();
  const std::size_t seeded = encode_body(hundred, 100, kAuthor, kHome).size();
  CHECK(encode_body(whole_ids, 100, kAuthor, kHome).size() > seeded + 100 * 14);
}

TEST_CASE("body: one edit stays in the smallest size there is") {
  CHECK(pack(samples::one_edit()).padded_plain.size() == 192);
  CHECK(pack({}).padded_plain.size() == 192);
}

// Padme: at most 12 % more, and few enough sizes that they say little.
TEST_CASE("body: sizes are rounded up to those of Padme, from 192 on") {
  const std::pair<std::size_t, std::size_t> table[] = {
      {0, 192},       {1, 192},       {192, 192},     {193, 208},       {208, 208},
      {209, 224},     {255, 256},     {256, 256},     {257, 272},       {1'000, 1'024},
      {1'025, 1'088}, {4'097, 4'352}, {9'000, 9'216}, {16'385, 17'408}, {31'744, 31'744}};
  for (const auto& [size, padded] : table) {
    CAPTURE(size);
    CHECK(padded_size(size) == padded);
  }
  for (std::size_t size = 193; size < 40'000; size += 7) {
    const std::size_t padded = padded_size(size);
    CHECK((padded >= size && padded * 100 <= size * 112 && padded_size(padded) == padded));
  }
}

TEST_CASE("body: ten thousand records travel in little more than they say") {
  BatchBody body;
  body.changes = samples::many_records(10'000);
  const std::vector<SeededChange> all = body.changes;
  std::size_t sealed_bytes = 0;
  std::size_t batches = 0;
  std::vector<SeededChange> arrived;
  while (!body.changes.empty()) {
    const PackedBody packed = pack(body);
    REQUIRE(packed.taken > 0);
    BatchHeader header;
    header.seq = header.epoch = 1;
    crypto::SeededRandom random(batches);
    const auto sealed =
        seal_batch(header, samples::key(1), samples::signer(2), packed.padded_plain, random);
    sealed_bytes += sealed.value().size();
    ++batches;
    BatchBody unpacked = unpack(packed.padded_plain).value();
    std::ranges::move(unpacked.changes, std::back_inserter(arrived));
    body.changes.erase(body.changes.begin(),
                       body.changes.begin() + static_cast<std::ptrdiff_t>(packed.taken));
  }
  CHECK((arrived == all));
  CHECK(sealed_bytes <= 550'000);
  WARN("10,000 records of 12 fields: " << sealed_bytes << " sealed bytes in " << batches
                                       << " batches");
}

// A search by proportion alone never found that the first of these fits: batches of the circle
// would never have been sealed again.
TEST_CASE("body: what fits is found however unevenly the bytes are spread") {
  crypto::SeededRandom random(11);
  BatchBody body;
  StampClock clock{kAuthor};
  const auto add = [&](std::size_t texts, std::size_t size) {
    SeededChange change;
    change.change.record = crypto::random_id<RecordId>(random);
    change.change.kind = 1;
    change.change.home = kHome;
    change.change.stamp = clock.next(Instant{0});
    for (std::size_t i = 0; i < texts; ++i)
      change.change.ops.push_back(
          {static_cast<FieldTag>(i + 1), OpType::kWrite, {}, noise(random, size), {}});
    body.changes.push_back(std::move(change));
  };
  for (int i = 0; i < 5; ++i) add(4, 3'900);
  for (int i = 0; i < 3'000; ++i) add(0, 0);
  std::size_t packed_changes = 0;
  for (int batch = 0; batch < 20 && !body.changes.empty(); ++batch) {
    const PackedBody packed = pack(body);
    REQUIRE(packed.taken > 0);
    packed_changes += packed.taken;
    CHECK(unpack(packed.padded_plain).value().changes.size() == packed.taken);
    body.changes.erase(body.changes.begin(),
                       body.changes.begin() + static_cast<std::ptrdiff_t>(packed.taken));
  }
  CHECK(packed_changes == 3'005);
}

TEST_CASE("body: nothing is sealed that others would refuse") {
  const auto refused = [](const BatchBody& body) {
    const auto packed = pack_body(body, kAuthor, kHome);
    return !packed && packed.error().code == Code::kInternal;
  };
  BatchBody body = samples::one_of_everything();
  REQUIRE_FALSE(refused(body));
  BatchBody foreign = body;
  foreign.changes[1].change.stamp.device = kOther;
  CHECK(refused(foreign));
  BatchBody falling = body;
  std::swap(falling.changes[0].change.stamp, falling.changes[1].change.stamp);
  CHECK(refused(falling));
  BatchBody many_tips = body;
  many_tips.tips.resize(limits::kTipsPerBatch + 1);
  CHECK(refused(many_tips));
  BatchBody unsorted = body;
  std::ranges::reverse(unsorted.changes[4].change.ops[0].seen);
  CHECK(refused(unsorted));
  BatchBody long_text = body;
  long_text.changes[0].change.ops[0].value = std::string(limits::kTextBytes + 1, 'x');
  CHECK(refused(long_text));
}

}  // namespace
}  // namespace setu::wire
