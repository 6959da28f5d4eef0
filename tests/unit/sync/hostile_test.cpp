// Goal: whoever answers, only what the programme's server sealed for this request is believed, and
// no answer can keep a phone asking. Method: scripted answers.

#include <catch2/catch.hpp>

#include "fake_server.hpp"

namespace setu::sync::testing {
namespace {

// One request made, its answer to be scripted.
struct Opened {
  crypto::SeededRandom random{1};
  crypto::SignKeyPair server_key = make_key(1);
  FakeReplica replica{server_key.public_key};
  std::unique_ptr<Exchange> exchange;
  Bytes body;

  explicit Opened(const std::function<void(Opened&)>& prepare = [](Opened&) {}) {
    SETU_ASSERT(crypto::init());
    prepare(*this);
    open();
  }
  void open() {
    exchange = std::make_unique<Exchange>(replica, Options{}, random);
    next_request();
  }
  void next_request() {
    auto made = exchange->make_request();
    SETU_ASSERT(made);
    body = *made;
  }
  AnswerScript script() { return AnswerScript(server_key, body); }
  Status finish(const AnswerScript& answer) {
    SETU_TRY(exchange->feed(answer.bytes));
    return exchange->end_of_answer();
  }
  // The code of finish(), which must fail and leave nothing unsealed behind.
  Code refused(const AnswerScript& answer) {
    const Status status = finish(answer);
    REQUIRE_FALSE(status);
    CHECK_FALSE(exchange->wants_request());
    CHECK(replica.kept == replica.unsealed);
    return status.error().code;
  }
};

void start_at(Opened& w, std::uint64_t position) {
  w.replica.set([&](FakeState& s) { s.cursor = {2, position}; });
}

wire::PulledEntry entry_at(std::uint64_t position) { return {position, as_bytes("an entry")}; }

Bytes ref(const CircleId& circle) { return to_bytes(circle.view().first(4)); }

}  // namespace

TEST_CASE("sync: a seal by another key is refused") {
  Opened w;
  const crypto::SignKeyPair other = make_key(2);
  AnswerScript answer(other, w.body);
  answer.add(entry_at(1));
  answer.seal({1, 1}, false, true);
  CHECK(w.refused(answer) == Code::kForged);
  CHECK(w.replica.kept.pulled.empty());
}

TEST_CASE("sync: an answer to another request is refused, even of the same device") {
  Opened w;
  AnswerScript earlier = w.script();
  earlier.add(entry_at(1));
  earlier.seal({1, 1}, false, true);
  w.exchange->link_cut();
  w.open();
  CHECK(w.refused(earlier) == Code::kForged);
}

TEST_CASE("sync: leaving out, adding or exchanging frames breaks the seal") {
  Opened w;
  AnswerScript honest = w.script();
  for (std::uint64_t position = 1; position <= 3; ++position) honest.add(entry_at(position));
  honest.seal({1, 3}, false, true);
  const auto frame = [&](std::size_t index) {
    const std::size_t begin = index == 0 ? 0 : honest.frame_ends[index - 1];
    return ByteView(honest.bytes).subspan(begin, honest.frame_ends[index] - begin);
  };
  const std::vector<std::vector<std::size_t>> orders{{0, 2, 3},    {1, 2, 3},       {0, 1, 3},
                                                     {0, 2, 1, 3}, {0, 0, 1, 2, 3}, {3}};
  for (const auto& order : orders) {
    w.exchange->link_cut();
    crypto::SeededRandom same(1);  // the same request again, so that only the frames differ
    w.exchange = std::make_unique<Exchange>(w.replica, Options{}, same);
    w.next_request();
    AnswerScript answer = w.script();
    for (const std::size_t index : order) append(answer.bytes, frame(index));
    const Code code = w.refused(answer);
    CHECK((code == Code::kForged || code == Code::kMalformed));
    CHECK(w.replica.kept.pulled.empty());
  }
}

TEST_CASE("sync: with any byte changed, only what was sealed before it is kept") {
  std::size_t size = 1;
  for (std::size_t at = 0; at < size; ++at) {
    INFO("byte " << at);
    Opened w;
    AnswerScript answer = w.script();
    answer.add(entry_at(1));
    answer.add(entry_at(2));
    answer.seal({1, 2}, false, false);
    answer.add(entry_at(3));
    answer.seal({1, 3}, false, true);
    size = answer.bytes.size();
    answer.bytes[at] ^= std::byte{0x41};
    const Status status = w.finish(answer);
    const std::vector<std::uint64_t> kept = w.replica.kept.pulled;
    CHECK(w.replica.kept == w.replica.unsealed);
    if (at < answer.frame_ends[1]) {
      CHECK_FALSE(status);
      CHECK(kept.empty());
    } else if (at >= answer.frame_ends[2] && at < answer.frame_ends[3]) {
      CHECK_FALSE(status);
      CHECK(kept.size() == 2);
    } else {  // in a seal: refused, or a change that leaves what it says as it is
      CHECK((kept.empty() || kept.size() == 2 || kept.size() == 3));
      CHECK(static_cast<bool>(status) == (kept.size() == 3));
    }
  }
}

TEST_CASE("sync: a challenge that names another key than the pinned one is refused") {
  Opened w;
  const crypto::SignKeyPair other = make_key(2);
  AnswerScript answer(other, w.body);
  answer.add(wire::Challenge{make_nonce(4), true, other.public_key});
  CHECK(w.refused(answer) == Code::kForged);
  CHECK(w.replica.kept.nonce == make_nonce(1));
}

TEST_CASE("sync: a server that calls every nonce stale is given up on after two") {
  Opened w;
  AnswerScript first = w.script();
  first.add(wire::Challenge{make_nonce(4), true, {}});
  first.seal({1, 0}, false, true);
  REQUIRE(w.finish(first));
  REQUIRE(w.exchange->wants_request());
  w.next_request();
  AnswerScript second = w.script();
  second.add(wire::Challenge{make_nonce(5), true, {}});
  second.seal({1, 0}, false, true);
  CHECK(w.refused(second) == Code::kRefused);
}

TEST_CASE("sync: a server that says more for ever but serves nothing is given up on") {
  Opened w;
  AnswerScript answer = w.script();
  answer.seal({1, 0}, true, true);
  CHECK(w.refused(answer) == Code::kRefused);
  CHECK(w.exchange->report().requests == 1);
}

TEST_CASE("sync: a server that neither takes nor refuses what is pushed is given up on") {
  Opened w([](Opened& o) { o.replica.record(o.replica.circles[0], o.random); });
  AnswerScript answer = w.script();
  answer.seal({1, 0}, false, true);
  CHECK(w.refused(answer) == Code::kRefused);
}

TEST_CASE("sync: acks that settle nothing new are no reason to go on") {
  Opened w;
  AnswerScript answer = w.script();
  answer.add(wire::Ack{ref(w.replica.circles[0]), 5});
  answer.seal({1, 0}, true, true);
  CHECK(w.refused(answer) == Code::kRefused);
}

TEST_CASE("sync: only pushed things can be refused or acknowledged") {
  Opened w;
  AnswerScript answer = w.script();
  SECTION("a batch") {
    answer.add(wire::Refusal{wire::RefusalCode::kConflictingSeq, ref(w.replica.circles[0]), 1, {}});
  }
  SECTION("an entry") { answer.add(wire::Refusal{wire::RefusalCode::kRule, {}, 0, Bytes(32)}); }
  SECTION("an entry's ack") { answer.add(wire::EntryAck{{}, 1}); }
  answer.seal({1, 0}, false, true);
  CHECK(w.refused(answer) == Code::kMalformed);
  CHECK(w.replica.kept.refusals.empty());
}

TEST_CASE("sync: positions rise strictly, from beyond the cursor") {
  Opened w([](Opened& o) { start_at(o, 10); });
  AnswerScript answer = w.script();
  SECTION("at the cursor") { answer.add(entry_at(10)); }
  SECTION("twice the same") {
    answer.add(entry_at(11));
    answer.add(entry_at(11));
  }
  SECTION("falling") {
    answer.add(entry_at(12));
    answer.add(entry_at(11));
  }
  SECTION("covered by an earlier seal") {
    answer.seal({2, 15}, false, false);
    answer.add(entry_at(15));
  }
  SECTION("an own mark that was not asked for") {
    answer.add(wire::OwnBatch{4, ref(w.replica.circles[0]), 1});
  }
  answer.seal({2, 20}, false, true);
  CHECK(w.refused(answer) == Code::kMalformed);
}

TEST_CASE("sync: back-fills stay within what was asked") {
  Opened w([](Opened& o) {
    start_at(o, 10);
    o.replica.set([&](FakeState& s) { s.backfills = {{ref(o.replica.circles[0]), 2, 8}}; });
  });
  AnswerScript answer = w.script();
  SECTION("before the range") { answer.add(wire::OwnBatch{2, ref(w.replica.circles[0]), 1}); }
  SECTION("after the range") { answer.add(wire::OwnBatch{9, ref(w.replica.circles[0]), 1}); }
  SECTION("another circle") { answer.add(wire::OwnBatch{5, ref(w.replica.circles[1]), 1}); }
  SECTION("falling") {
    answer.add(wire::OwnBatch{5, ref(w.replica.circles[0]), 1});
    answer.add(wire::OwnBatch{4, ref(w.replica.circles[0]), 2});
  }
  SECTION("after the log has begun") {
    answer.add(entry_at(11));
    answer.add(wire::OwnBatch{5, ref(w.replica.circles[0]), 1});
  }
  answer.seal({2, 20}, false, true);
  CHECK(w.refused(answer) == Code::kMalformed);
}

TEST_CASE("sync: a seal must not fall behind what was sealed or served") {
  Opened w([](Opened& o) { start_at(o, 10); });
  AnswerScript answer = w.script();
  SECTION("below the cursor") {
    answer.seal({2, 9}, false, true);
    CHECK(w.refused(answer) == Code::kDiverged);
  }
  SECTION("of an earlier generation") {
    answer.seal({1, 50}, false, true);
    CHECK(w.refused(answer) == Code::kDiverged);
  }
  SECTION("below an earlier seal of the answer") {
    answer.seal({2, 15}, false, false);
    answer.seal({2, 14}, false, true);
    CHECK(w.refused(answer) == Code::kDiverged);
    CHECK(w.replica.kept.cursor == wire::LogPoint{2, 15});
  }
  SECTION("below what it served") {
    answer.add(entry_at(12));
    answer.seal({2, 11}, false, true);
    CHECK(w.refused(answer) == Code::kMalformed);
  }
  SECTION("of a later generation that was not begun") {
    answer.seal({3, 40}, false, true);
    CHECK(w.refused(answer) == Code::kMalformed);
  }
}

TEST_CASE("sync: with a stale nonce nothing may be served and the cursor stays") {
  Opened w;
  AnswerScript answer = w.script();
  answer.add(wire::Challenge{make_nonce(4), true, {}});
  SECTION("served") { answer.add(entry_at(1)); }
  SECTION("moved") { answer.seal({1, 5}, false, true); }
  answer.seal({1, 0}, false, true);
  CHECK(w.refused(answer) == Code::kMalformed);
}

TEST_CASE("sync: frames keep their order, and nothing follows the last seal") {
  Opened w([](Opened& o) { o.replica.record(o.replica.circles[0], o.random); });
  AnswerScript answer = w.script();
  SECTION("a late challenge") {
    answer.add(entry_at(1));
    answer.add(wire::Challenge{make_nonce(4), false, {}});
    answer.seal({1, 1}, false, true);
  }
  SECTION("a late ack") {
    answer.add(entry_at(1));
    answer.add(wire::Ack{ref(w.replica.circles[0]), 1});
    answer.seal({1, 1}, false, true);
  }
  SECTION("a frame after the last seal") {
    answer.seal({1, 0}, false, true);
    answer.add(entry_at(1));
  }
  SECTION("half a frame after the last seal") {
    answer.seal({1, 0}, false, true);
    answer.bytes.push_back(std::byte{40});
  }
  CHECK(w.refused(answer) == Code::kMalformed);
}

TEST_CASE("sync: a request refused as a whole ends with words for a person") {
  struct Case {
    wire::RefusalCode code;
    Code expected;
  };
  const std::vector<Case> cases{
      {wire::RefusalCode::kBusy, Code::kBusy},
      {wire::RefusalCode::kUnknownDevice, Code::kNotAllowed},
      {wire::RefusalCode::kBadToken, Code::kNotAllowed},
      {wire::RefusalCode::kUnknownProgramme, Code::kRefused},
      {wire::RefusalCode::kNewerFormat, Code::kNewerFormat},
      {wire::RefusalCode::kMalformed, Code::kRefused},
  };
  for (const Case& c : cases) {
    for (const bool sealed : {false, true}) {
      Opened w([](Opened& o) { o.replica.record(o.replica.circles[0], o.random); });
      AnswerScript answer = w.script();
      answer.add(wire::Refusal{c.code, {}, 0, {}});
      if (sealed) answer.seal({1, 0}, false, true);
      const Status status = w.finish(answer);
      REQUIRE_FALSE(status);
      CHECK(status.error().code == c.expected);
      CHECK_FALSE(status.error().hint.empty());
      CHECK_FALSE(w.exchange->wants_request());
      CHECK(w.replica.kept.refusals.empty());  // nothing of it is about a batch
    }
  }
}

TEST_CASE("sync: a refusal cannot be followed by anything but its seal") {
  Opened w;
  AnswerScript answer = w.script();
  answer.add(wire::Refusal{wire::RefusalCode::kBusy, {}, 0, {}});
  answer.add(entry_at(1));
  answer.seal({1, 1}, false, true);
  CHECK(w.refused(answer) == Code::kMalformed);
}

TEST_CASE("sync: an endless answer is cut off") {
  Opened w;
  const Bytes entry(limits::kEntryBytes - 64, std::byte{1});
  Status status;
  std::uint64_t position = 0;
  while (status && position < 2'000) {
    status = w.exchange->feed(
        wire::encode_frame(wire::AnswerFrame(wire::PulledEntry{++position, entry})));
  }
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Code::kMalformed);
  CHECK(position < 1'100);
}

TEST_CASE("sync: feeding or asking out of turn is an error, not a crash") {
  Opened w;
  CHECK_FALSE(w.exchange->make_request());
  w.exchange->link_cut();
  CHECK_FALSE(w.exchange->feed(as_bytes("x")));
  CHECK_FALSE(w.exchange->end_of_answer());
  CHECK_FALSE(w.exchange->make_request());
}

}  // namespace setu::sync::testing
