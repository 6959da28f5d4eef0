// A server whose log was put back to an old copy begins a new generation: the answer says so first,
// and goes on from what is left. Nothing else may change the generation.

#include <catch2/catch.hpp>

#include "fake_server.hpp"

namespace setu::sync::testing {
namespace {

struct Opened {
  crypto::SeededRandom random{1};
  crypto::SignKeyPair server_key = make_key(1);
  FakeReplica replica{server_key.public_key};
  std::unique_ptr<Exchange> exchange;
  Received asked;
  Bytes body;

  Opened() {
    SETU_ASSERT(crypto::init());
    replica.set([](FakeState& s) {
      s.cursor = {2, 10};
      s.pulled = {4, 9, 10};
    });
    exchange = std::make_unique<Exchange>(replica, Options{}, random);
    next_request();
  }
  void next_request() {
    auto made = exchange->make_request();
    SETU_ASSERT(made);
    body = *made;
    asked = read_request(body);
  }
  AnswerScript script() { return AnswerScript(server_key, body); }
  Status finish(const AnswerScript& answer) {
    SETU_TRY(exchange->feed(answer.bytes));
    return exchange->end_of_answer();
  }
  Status ask_for_proof() {
    AnswerScript answer = script();
    answer.add(wire::Refusal{wire::RefusalCode::kProveLog, {}, 0, {}, {}});
    answer.seal({2, 10}, false, true);
    return finish(answer);
  }
};

wire::PulledEntry entry_at(std::uint64_t position) { return {position, as_bytes("an entry")}; }

}  // namespace

TEST_CASE("generation: what lies beyond what is kept is void, and comes again") {
  Opened w;
  AnswerScript answer = w.script();
  answer.add(wire::Generation{4, 6});
  answer.add(entry_at(7));
  answer.seal({4, 8}, false, true);
  REQUIRE(w.finish(answer));
  CHECK(w.replica.kept.kept_by_generations == std::vector<std::uint64_t>{6});
  CHECK(w.replica.kept.pulled == std::vector<std::uint64_t>{4, 7});
  CHECK(w.replica.kept.cursor == wire::LogPoint{4, 8});
}

TEST_CASE(
    "generation: what was pushed with an old cursor is sent again, as nothing was said of it") {
  Opened w;
  w.exchange.reset();
  w.replica.record(w.replica.circles[0], w.random);
  w.exchange = std::make_unique<Exchange>(w.replica, Options{}, w.random);
  w.next_request();
  REQUIRE(w.asked.batches.size() == 1);
  AnswerScript answer = w.script();
  answer.add(wire::Generation{3, 10});
  answer.seal({3, 10}, false, true);
  REQUIRE(w.finish(answer));
  REQUIRE(w.exchange->wants_request());
  w.next_request();
  CHECK(w.asked.hello.cursor == wire::LogPoint{3, 10});
  CHECK(w.asked.batches.size() == 1);
}

TEST_CASE(
    "generation: it comes once, first, above the known one, and keeps no more than is known") {
  Opened w;
  AnswerScript answer = w.script();
  SECTION("twice") {
    answer.add(wire::Generation{3, 6});
    answer.add(wire::Generation{4, 5});
  }
  SECTION("after something was served") {
    answer.add(entry_at(11));
    answer.add(wire::Generation{3, 6});
  }
  SECTION("the same generation") { answer.add(wire::Generation{2, 6}); }
  SECTION("an older one") { answer.add(wire::Generation{1, 6}); }
  SECTION("more kept than this device has") { answer.add(wire::Generation{3, 11}); }
  SECTION("with a stale nonce") {
    answer.add(wire::Challenge{make_nonce(4), true, {}});
    answer.add(wire::Generation{3, 6});
  }
  answer.seal({3, 20}, false, true);
  const Status status = w.finish(answer);
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Code::kMalformed);
  CHECK(w.replica.kept.kept_by_generations.empty());
  CHECK(w.replica.kept.cursor == wire::LogPoint{2, 10});
}

TEST_CASE("generation: a seal of another generation than the one begun is refused") {
  Opened w;
  AnswerScript answer = w.script();
  answer.add(wire::Generation{3, 6});
  answer.seal({4, 20}, false, true);
  CHECK(w.finish(answer).error().code == Code::kMalformed);
}

TEST_CASE("generation: a server that asks gets the last seal as it signed it, once") {
  Opened w;
  AnswerScript answer = w.script();
  answer.add(entry_at(12));
  answer.seal({2, 12}, true, true);
  REQUIRE(w.finish(answer));
  w.next_request();
  CHECK_FALSE(w.asked.hello.proof);
  CHECK(w.asked.hello.tag != wire::LogTag{});

  REQUIRE(w.ask_for_proof());
  REQUIRE(w.exchange->wants_request());
  w.next_request();
  REQUIRE(w.asked.hello.proof);
  const wire::LogProof& proof = *w.asked.hello.proof;
  const Hash covered =
      wire::seal_hash(w.replica.programme_id, proof.request, proof.answer, proof.seal);
  CHECK(proof.seal.point == wire::LogPoint{2, 12});
  CHECK(crypto::verify(w.server_key.public_key, wire::kSealSignature, covered.view(),
                       proof.seal.signature));

  CHECK(w.ask_for_proof().error().code == Code::kDiverged);
  CHECK_FALSE(w.exchange->wants_request());
}

TEST_CASE("generation: who has no seal to show stops where the server contradicts itself") {
  Opened w;
  CHECK(w.ask_for_proof().error().code == Code::kDiverged);
}

TEST_CASE("generation: another's batch goes under its author's name, and is settled by it") {
  Opened w;
  w.exchange.reset();
  DeviceId author;
  author.bytes.fill(std::byte{6});
  const CircleId circle = w.replica.circles[0];
  w.replica.out_batches.push_back(
      {circle, 1, make_batch(make_key(8), author, circle, 1, w.random), author});
  w.exchange = std::make_unique<Exchange>(w.replica, Options{}, w.random);
  w.next_request();
  REQUIRE(w.asked.authors == std::vector<DeviceId>{author});
  AnswerScript answer = w.script();
  SECTION("an ack of the own chain does not") {
    answer.add(wire::Ack{to_bytes(circle.view().first(4)), 1, {}});
    answer.seal({2, 10}, false, true);
    REQUIRE(w.finish(answer));
    CHECK(w.exchange->report().pushed_batches == 0);
  }
  SECTION("an ack of its author's chain does") {
    w.replica.out_batches.clear();
    answer.add(wire::Ack{to_bytes(circle.view().first(4)), 1, author});
    answer.seal({2, 10}, false, true);
    REQUIRE(w.finish(answer));
    CHECK(w.exchange->report().pushed_batches == 1);
  }
}

}  // namespace setu::sync::testing
