// Packed merge state: small for what is common, whole for everything, safe for any bytes.
// The golden vectors pin format version 1: proto/vectors/merge-blob.txt.

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>
#include <fstream>
#include <functional>

#include "history.hpp"

using namespace setu;
using namespace setu::merge;
using namespace setu::merge::testing;

namespace {

Bytes packed(const Part& part) {
  FewDevices devices;
  return pack(part, fields(), devices);
}

Part there_and_back(const Part& part) {
  FewDevices devices;
  const Bytes blob = pack(part, fields(), devices);
  const Result<Part> back = unpack(blob, fields(), columns_of(part, fields()), devices);
  if (!back) {
    UNSCOPED_INFO(back.error().message << " in " << to_hex(blob));
    return {};
  }
  return *back;
}

Part made_by(const std::vector<Change>& changes) {
  Replica replica;
  for (const Change& one : changes) replica.receive(one);
  return replica.part;
}

const Stamp kA = stamp(498'000, 1, 3);
const Stamp kB = stamp(498'031, 2, 0);
const Stamp kC = stamp(497'990, 3, 200);

Part fresh_part() {
  return made_by({change(
      kA, {write(kName, text("Mina")), write(kStatus, text("made")), write(kSafeNow, text("yes")),
           add(kTopics, "legal"), add(kTopics, "testing"), base(kVisits, 4),
           base(kCondoms, 24, {}, "male"), base(kCondoms, 2, {}, "female")})});
}

struct GoldenCase {
  const char* name;
  std::function<Part()> make;
};
// The parts of the golden vectors, which describe them in words. Add cases, never change one.
const std::vector<GoldenCase>& golden_cases() {
  static const std::vector<GoldenCase> cases = {
      {"empty", [] { return Part{}; }},
      {"fresh", fresh_part},
      {"one-later-edit",
       [] {
         Part part = fresh_part();
         part.apply(change(kB, {write(kName, text("Meena"), {kA})}), tips_of({change(kA, {})}));
         return part;
       }},
      {"conflict",
       [] {
         return made_by({change(kA, {write(kName, text("Mina")), write(kSafeNow, text("yes"))}),
                         change(kB, {write(kName, number(-5))}),
                         change(kC, {write(kName, text("Mena"))})});
       }},
      {"dead-stamps",
       [] {
         return made_by({change(kA, {write(kName, text("Mina"), {kC, kB})}),
                         change(kC, {write(kName, text("old"))})});
       }},
      {"set-with-remove",
       [] {
         return made_by({change(kA, {add(kConsent, "contact"), add(kConsent, "share")}),
                         change(kB, {remove(kConsent, "share", {kA})})});
       }},
      {"element-with-comma",
       [] {
         return made_by({change(kA, {add(kTopics, "a,b"), add(kTopics, "c")})});
       }},
      {"counters",
       [] {
         return made_by({change(kA, {base(kVisits, 20), increment(kCondoms, 24, "male")}),
                         change(kB, {increment(kVisits, 6), increment(kCondoms, -4, "male")})});
       }},
      {"log",
       [] {
         return made_by(
             {change(kA, {append(kNotes, "first")}), change(kB, {append(kNotes, "second")})});
       }},
      {"cleared",
       [] {
         return made_by({change(kA, {write(kName, text("Mina")), write(kStatus, text("made"))}),
                         change(kB, {write(kName, {}, {kA})})});
       }},
      {"deleted",
       [] {
         return made_by({change(kA, {write(kName, text("Mina"))}),
                         change(kC, {append(kNotes, "n")}),
                         change(kB, {write(kDeletedField, number(1), {kC, kA})})});
       }},
      {"unknown-field",
       [] {
         return made_by({change(kA, {write(kUnknown, text("later")), write(kName, text("Mina"))})});
       }},
  };
  return cases;
}

// "case NAME" starts a case, "hex ..." is its blob; other lines describe.
std::map<std::string, std::string> read_vectors() {
  std::ifstream file(SETU_VECTORS_DIR "/merge-blob.txt");
  std::map<std::string, std::string> vectors;
  std::string line;
  std::string name;
  while (std::getline(file, line)) {
    if (line.rfind("case ", 0) == 0) name = line.substr(5);
    if (line.rfind("hex ", 0) == 0) vectors[name] = line.substr(4);
  }
  return vectors;
}

rc::Gen<std::vector<Step>> any_steps(std::size_t count) {
  return rc::gen::container<std::vector<Step>>(
      count, rc::gen::build<Step>(
                 rc::gen::set(&Step::device, rc::gen::inRange(0, 4)),
                 rc::gen::set(&Step::what, rc::gen::inRange(0, 6)),
                 rc::gen::set(&Step::from, rc::gen::inRange(0, 4)),
                 rc::gen::set(&Step::slot, rc::gen::inRange(0, 15)),
                 rc::gen::set(&Step::ops, rc::gen::inRange(1, 12)),
                 rc::gen::set(&Step::stride, rc::gen::inRange(0, 3)),
                 rc::gen::set(&Step::value, rc::gen::inRange(0, 12)),
                 rc::gen::set(&Step::sight,
                              rc::gen::element(Sight::kScreen, Sight::kAnySubset, Sight::kNothing)),
                 rc::gen::set(&Step::subset, rc::gen::arbitrary<std::uint32_t>()),
                 rc::gen::set(&Step::hour,
                              rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(498'000, 498'100),
                                             rc::gen::arbitrary<std::uint32_t>()))));
}

Part any_part() {
  const History history = play(*any_steps(*rc::gen::inRange<std::size_t>(0, 40)), 4, 20);
  Replica replica;
  for (std::size_t i = history.size(); i-- > 0;) {
    for (const Change& one : history[i]) replica.receive(one);
  }
  return *rc::gen::arbitrary<bool>() ? replica.pruned() : replica.part;
}

}  // namespace

TEST_CASE("merge blob: the golden vectors of version 1 are written and read as they were") {
  const auto vectors = read_vectors();
  CHECK(vectors.size() == golden_cases().size());
  for (const GoldenCase& golden : golden_cases()) {
    INFO(golden.name);
    const Part part = golden.make();
    FewDevices devices;
    devices.number_of(device(1));
    devices.number_of(device(2));
    devices.number_of(device(3));
    CHECK(to_hex(pack(part, fields(), devices)) ==
          (vectors.contains(golden.name) ? vectors.at(golden.name) : "none"));
    if (!vectors.contains(golden.name)) continue;
    const Result<Bytes> blob = from_hex(vectors.at(golden.name));
    REQUIRE(blob);
    const Result<Part> back = unpack(*blob, fields(), columns_of(part, fields()), devices);
    REQUIRE(back);
    CHECK(*back == part);
  }
}

TEST_CASE("merge blob: a fresh part of twelve fields takes at most twelve bytes") {
  PartFields twelve;
  Change create = change(kA, {});
  for (FieldTag tag = 1; tag <= 12; ++tag) {
    twelve.push_back({tag, {}});
    create.ops.push_back(write(tag, text("value of some length " + std::to_string(tag))));
  }
  FewDevices devices;
  CHECK(pack(made_by({create}), twelve, devices).size() <= 12);
  CHECK(packed(fresh_part()).size() <= 12);  // sets and counters too
}

TEST_CASE("merge blob: fields that were never written stay unwritten") {
  const Part part = made_by({change(kA, {write(kName, text("Mina"))})});
  CHECK(there_and_back(part).slots().size() == 1);
}

TEST_CASE("merge blob: one later edit costs a few bytes, not its text again") {
  Part part = fresh_part();
  const std::size_t fresh = packed(part).size();
  part.apply(change(kB, {write(kName, text(std::string(3000, 'x')), {kA})}),
             tips_of({change(kA, {})}));
  CHECK(packed(part).size() <= fresh + 12);
  CHECK(there_and_back(part) == part);
}

TEST_CASE("merge blob: an empty text is not left to the column") {
  const Part part = made_by({change(kA, {write(kName, text("")), write(kStatus, text("made"))})});
  FewDevices devices;
  const Bytes blob = pack(part, fields(), devices);
  const ColumnReader no_empty_texts = [](FieldTag field) {
    return field == kStatus ? text("made") : Value{};
  };
  const Result<Part> back = unpack(blob, fields(), no_empty_texts, devices);
  REQUIRE(back);
  CHECK(*back == part);
}

TEST_CASE("merge blob: elements and keys that a joined column would garble come back whole") {
  const Part part = made_by({change(
      kA, {add(kTopics, "a,b"), add(kTopics, "a"), add(kTopics, ""), base(kCondoms, 5, {}, "k=1"),
           base(kCondoms, 6, {}, "k,1=2"), base(kCondoms, 7, {}, "")})});
  CHECK(there_and_back(part) == part);
}

TEST_CASE(
    "merge blob: a field that the form does not know survives, and still does once the form knows "
    "it") {
  Op keyed = write(kUnknown, text("by key"));
  keyed.key = "key";
  const Part part =
      made_by({change(kA, {write(kName, text("Mina")), write(kUnknown, text("later")), keyed}),
               change(kB, {write(kUnknown, number(4))})});
  CHECK(there_and_back(part) == part);
  FewDevices devices;
  const Bytes blob = pack(part, fields(), devices);
  PartFields grown = fields();
  grown.push_back({kUnknown, {}});
  const Result<Part> back = unpack(blob, grown, columns_of(part, fields()), devices);
  REQUIRE(back);
  CHECK(*back == part);
}

TEST_CASE("merge blob: pack then unpack is the identity") {
  rc::prop("any merged part", [] {
    const Part part = any_part();
    RC_ASSERT(there_and_back(part) == part);
  });
}

TEST_CASE("merge blob: the same part packs to the same bytes") {
  rc::prop("any merged part", [] {
    const Part part = any_part();
    FewDevices devices;
    const Bytes once = pack(part, fields(), devices);
    RC_ASSERT(pack(part, fields(), devices) == once);
    const Result<Part> back = unpack(once, fields(), columns_of(part, fields()), devices);
    RC_ASSERT(back.has_value());
    RC_ASSERT(pack(*back, fields(), devices) == once);
  });
}

TEST_CASE("merge blob: a blob that was cut short or has bytes added is corrupt") {
  for (const GoldenCase& golden : golden_cases()) {
    INFO(golden.name);
    const Part part = golden.make();
    FewDevices devices;
    Bytes blob = pack(part, fields(), devices);
    const ColumnReader columns = columns_of(part, fields());
    for (std::size_t size = 0; size < blob.size(); ++size) {
      const Result<Part> back = unpack(ByteView(blob).first(size), fields(), columns, devices);
      REQUIRE_FALSE(back);
      CHECK(back.error().code == Code::kCorrupt);
    }
    blob.push_back(std::byte{0});
    CHECK_FALSE(unpack(blob, fields(), columns, devices));
  }
}

TEST_CASE("merge blob: one that does not fit its columns or devices is corrupt") {
  FewDevices devices;
  const Bytes blob = pack(fresh_part(), fields(), devices);
  const ColumnReader good = columns_of(fresh_part(), fields());
  const auto with = [&](FieldTag changed, Value value) {
    return ColumnReader([=](FieldTag field) { return field == changed ? value : good(field); });
  };
  CHECK(unpack(blob, fields(), good, devices));
  CHECK_FALSE(unpack(blob, fields(), good, FewDevices{}));
  CHECK_FALSE(unpack(blob, fields(), with(kTopics, number(1)), devices));
  CHECK_FALSE(unpack(blob, fields(), with(kTopics, text("a,,b")), devices));
  CHECK_FALSE(unpack(blob, fields(), with(kVisits, text("many")), devices));
  CHECK_FALSE(unpack(blob, fields(), with(kCondoms, text("male")), devices));
  CHECK_FALSE(unpack(blob, fields(), with(kCondoms, text("male=9x")), devices));
  CHECK_FALSE(unpack(blob, fields(), with(kCondoms, text("male=99999999999999999999")), devices));
  CHECK_FALSE(unpack(packed(Part{}), fields(), good, devices));  // values without a stamp
}

TEST_CASE("merge blob: any bytes are refused or understood, never worse") {
  const auto survives = [](const Bytes& bytes, const ColumnReader& columns, FewDevices& devices) {
    const Result<Part> part = unpack(bytes, fields(), columns, devices);
    if (!part) {
      RC_ASSERT(part.error().code == Code::kCorrupt);
      return;
    }
    RC_ASSERT(there_and_back(*part) == *part);
  };
  rc::prop("random bytes behind a good version", [&](std::vector<std::uint8_t> tail) {
    FewDevices devices;
    const Part part = fresh_part();
    static_cast<void>(pack(part, fields(), devices));
    Bytes bytes = {std::byte{1}};
    for (const std::uint8_t byte : tail) bytes.push_back(static_cast<std::byte>(byte));
    survives(bytes, columns_of(part, fields()), devices);
  });
  rc::prop("good blobs with some bytes changed, taken out or put in", [&] {
    FewDevices devices;
    const Part part = any_part();
    Bytes blob = pack(part, fields(), devices);
    const ColumnReader columns = columns_of(part, fields());
    for (int i = 0; i < 40; ++i) {
      Bytes broken = blob;
      for (int j = *rc::gen::inRange(1, 4); j > 0 && !broken.empty(); --j) {
        const auto at = broken.begin() + *rc::gen::inRange<std::ptrdiff_t>(
                                             0, static_cast<std::ptrdiff_t>(broken.size()));
        const auto byte = static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>());
        const int how = *rc::gen::inRange(0, 3);
        if (how == 0) *at = byte;
        if (how == 1) broken.erase(at);
        if (how == 2) broken.insert(at, byte);
      }
      survives(broken, columns, devices);
    }
  });
}
