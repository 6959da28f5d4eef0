// Goal: what a sync costs and achieves with an honest server. Method: a replica and a server in
// memory.

#include <catch2/catch.hpp>

#include "fake_server.hpp"

namespace setu::sync::testing {
namespace {

struct World {
  crypto::SeededRandom random{1};
  FakeServer server;
  FakeReplica replica{server.key.public_key};
  World() {
    SETU_ASSERT(crypto::init());
    server.circles = replica.circles;
  }
  CircleId circle(std::size_t number) { return replica.circles[number]; }
};

Hash entry_hash(std::uint8_t number) {
  Hash hash;
  hash.bytes.fill(std::byte{number});
  return hash;
}

// A test's entry is its own hash: the exchange does not look inside.
OutgoingEntry make_outgoing_entry(std::uint8_t number) {
  return {entry_hash(number), to_bytes(entry_hash(number).view())};
}

}  // namespace

TEST_CASE("sync: nothing new is exactly one request") {
  World w;
  const Synced synced = sync_once(w.replica, w.server);
  REQUIRE(synced.status);
  CHECK(synced.report.requests == 1);
  CHECK(w.replica.pushing_calls == 0);
  CHECK_FALSE(w.server.requests[0].hello.probe);
}

TEST_CASE("sync: what nothing new and one edit cost in bytes, HTTP heads included") {
  constexpr std::size_t kRequestHead = 80;
  constexpr std::size_t kAnswerHead = 40;
  World w;
  w.replica.set([](FakeState& s) {
    s.cursor = {3, 1'000'000};
    s.tag.fill(std::byte{7});
  });
  w.server.generation = 3;
  w.server.log.resize(1'000'000);
  SECTION("nothing new") {
    const Synced synced = sync_once(w.replica, w.server);
    REQUIRE(synced.status);
    CHECK(synced.report.body_bytes_up + kRequestHead <= 250);
    CHECK(synced.report.body_bytes_down + kAnswerHead <= 150);
  }
  SECTION("one edit in one circle") {
    w.replica.record(w.circle(0), w.random);
    const Synced synced = sync_once(w.replica, w.server);
    REQUIRE(synced.status);
    CHECK(synced.report.body_bytes_up + kRequestHead <= 600);
    CHECK(synced.report.body_bytes_down + kAnswerHead <= 200);
  }
}

TEST_CASE("sync: the hello is signed by the device over all it says") {
  World w;
  REQUIRE(sync_once(w.replica, w.server).status);
  const wire::Hello& hello = w.server.requests[0].hello;
  CHECK(crypto::verify(w.replica.key.public_key, wire::kHelloSignature,
                       wire::hello_hash(hello).view(), hello.signature));
  CHECK(hello.cursor == wire::LogPoint{1, 0});
  CHECK_FALSE(hello.sign_key);
}

TEST_CASE("sync: one edit is pushed and what is new is pulled in the same request") {
  World w;
  w.replica.record(w.circle(0), w.random);
  w.server.log_batch(w.circle(1), w.random);
  w.server.log_entry();
  const Synced synced = sync_once(w.replica, w.server);
  REQUIRE(synced.status);
  CHECK(synced.report.requests == 1);
  CHECK(synced.report.pushed_batches == 1);
  CHECK(synced.report.pulled_batches == 1);
  CHECK(synced.report.pulled_entries == 1);
  CHECK(w.replica.kept.pulled == std::vector<std::uint64_t>{1, 2});
  CHECK(w.replica.kept.cursor == wire::LogPoint{1, 2});
  CHECK(w.replica.kept.acked[w.circle(0)] == 1);
}

TEST_CASE("sync: a pushed batch is rebuilt by the server byte for byte") {
  World w;
  w.replica.record(w.circle(0), w.random);
  REQUIRE(sync_once(w.replica, w.server).status);
  auto compact = wire::parse_compact(w.server.taken[w.circle(0)].at(0));
  REQUIRE(compact);
  CHECK(compact->circle_ref.size() == 4);
  CHECK(wire::expand_batch(*compact, {}, w.circle(0), w.replica.device_id, {}) ==
        w.replica.out_batches[0].bytes);
}

TEST_CASE("sync: entries go before batches, and batches wait until all entries fit") {
  World w;
  for (std::uint8_t number = 1; number <= 3; ++number)
    w.replica.out_entries.push_back(make_outgoing_entry(number));
  w.replica.record(w.circle(0), w.random);
  Options options;
  options.max_request_bytes = 260;  // the hello and about three entries, no batch
  const Synced synced = sync_once(w.replica, w.server, options);
  REQUIRE(synced.status);
  CHECK(synced.report.pushed_entries == 3);
  CHECK(synced.report.pushed_batches == 1);
  CHECK(w.server.requests.front().batches.empty());
  CHECK(w.server.requests.back().batches.size() == 1);
}

TEST_CASE("sync: more than one request's worth is pushed in several") {
  World w;
  for (int i = 0; i < 40; ++i)
    w.replica.record(w.circle(static_cast<std::size_t>(i % 3)), w.random);
  Options options;
  options.max_request_bytes = 2'000;
  const Synced synced = sync_once(w.replica, w.server, options);
  REQUIRE(synced.status);
  CHECK(synced.report.pushed_batches == 40);
  CHECK(synced.report.requests > 3);
  for (int c = 0; c < 3; ++c)
    CHECK(w.server.taken[w.circle(static_cast<std::size_t>(c))].size() >= 13);
}

TEST_CASE("sync: a batch larger than the request limit is still sent, alone") {
  World w;
  w.replica.record(w.circle(0), w.random, 8'192);
  w.replica.record(w.circle(0), w.random);
  Options options;
  options.max_request_bytes = 1'000;
  const Synced synced = sync_once(w.replica, w.server, options);
  REQUIRE(synced.status);
  CHECK(synced.report.pushed_batches == 2);
  CHECK(w.server.requests[0].batches.size() == 1);
}

TEST_CASE("sync: without a nonce nothing is pushed, and the second request does it all") {
  World w;
  w.replica.set([](FakeState& s) { s.nonce = {}; });
  w.replica.record(w.circle(0), w.random);
  const Synced synced = sync_once(w.replica, w.server);
  REQUIRE(synced.status);
  CHECK(synced.report.requests == 2);
  CHECK(w.server.requests[0].batches.empty());
  CHECK(w.server.requests[1].batches.size() == 1);
  CHECK(w.replica.kept.nonce == w.server.nonce);
}

TEST_CASE("sync: a stale nonce costs exactly one more request, and what was pushed is kept") {
  World w;
  w.replica.set([](FakeState& s) { s.nonce = make_nonce(2); });
  w.replica.record(w.circle(0), w.random);
  w.server.log_entry();
  const Synced synced = sync_once(w.replica, w.server);
  REQUIRE(synced.status);
  CHECK(synced.report.requests == 2);
  CHECK(w.server.requests[0].batches.size() == 1);
  CHECK(w.server.requests[1].batches.empty());
  CHECK(synced.report.pushed_batches == 1);
  CHECK(synced.report.pulled_entries == 1);
  CHECK_FALSE(w.replica.kept.in_doubt);
}

TEST_CASE("sync: when the budget is used up it asks again until everything is there") {
  World w;
  for (int i = 0; i < 10; ++i) w.server.log_batch(w.circle(1), w.random);
  w.server.items_per_answer = 4;
  const Synced synced = sync_once(w.replica, w.server);
  REQUIRE(synced.status);
  CHECK(synced.report.requests == 3);
  CHECK(w.replica.kept.pulled.size() == 10);
  CHECK_FALSE(synced.report.unfinished);
}

TEST_CASE("sync: it stops at its most requests and says that there is more") {
  World w;
  for (int i = 0; i < 10; ++i) w.server.log_batch(w.circle(1), w.random);
  w.server.items_per_answer = 1;
  Options options;
  options.max_requests = 4;
  const Synced synced = sync_once(w.replica, w.server, options);
  REQUIRE(synced.status);
  CHECK(synced.report.requests == 4);
  CHECK(synced.report.unfinished);
  CHECK(w.replica.kept.pulled.size() == 4);
}

TEST_CASE("sync: what was refused is reported once and holds up nothing else") {
  World w;
  for (int i = 0; i < 5; ++i) w.replica.record(w.circle(0), w.random);
  for (int i = 0; i < 5; ++i) w.replica.record(w.circle(1), w.random);
  w.server.refuses = {{w.circle(0), 2}};
  Options options;
  options.max_request_bytes =
      1'100;  // two or three batches: the refused chain fills more than one request
  const Synced synced = sync_once(w.replica, w.server, options);
  REQUIRE(synced.status);
  CHECK(w.replica.kept.acked[w.circle(0)] == 1);
  CHECK(w.replica.kept.acked[w.circle(1)] == 5);
  CHECK(synced.report.pushed_batches == 6);
  CHECK(std::ranges::count(w.replica.kept.refusals, wire::RefusalCode::kRule) == 1);
  CHECK(synced.report.requests <= 6);
}

TEST_CASE("sync: a whole refused backlog is sent once") {
  World w;
  for (int i = 0; i < 3; ++i) w.replica.record(w.circle(0), w.random);
  w.server.refuses = {{w.circle(0), 1}, {w.circle(0), 2}, {w.circle(0), 3}};
  const Synced synced = sync_once(w.replica, w.server);
  REQUIRE(synced.status);
  CHECK(synced.report.requests == 1);
  CHECK(synced.report.refused == 3);
}

TEST_CASE("sync: a chain refused for a gap goes on in the same sync once the gap is filled") {
  World w;
  for (int i = 0; i < 3; ++i) w.replica.record(w.circle(0), w.random);
  // The server was put back from an old backup: it lacks batch 1, which it had acknowledged. The
  // replica offers 2 and 3, learns of the gap, and offers 1 again.
  w.replica.set([&](FakeState& s) { s.acked[w.circle(0)] = 1; });
  Options options;
  crypto::SeededRandom random(3);
  Exchange exchange(w.replica, options, random);
  auto body = exchange.make_request();
  REQUIRE(body);
  REQUIRE(exchange.feed(w.server.answer(*body)));
  w.replica.set([&](FakeState& s) { s.acked.clear(); });
  REQUIRE(exchange.end_of_answer());
  int requests = 1;
  while (exchange.wants_request()) {
    body = exchange.make_request();
    REQUIRE(body);
    REQUIRE(exchange.feed(w.server.answer(*body)));
    REQUIRE(exchange.end_of_answer());
    REQUIRE(++requests < 6);
  }
  CHECK(w.server.taken[w.circle(0)].size() == 3);
  CHECK(w.replica.kept.acked[w.circle(0)] == 3);
}

TEST_CASE("sync: back-filled batches come before the log, and are not asked for again") {
  World w;
  w.server.log_batch(w.circle(1), w.random);
  w.server.log_batch(w.circle(2), w.random);
  w.server.log_batch(w.circle(1), w.random);
  w.server.log_entry();
  w.replica.set([&](FakeState& s) {
    s.cursor = {1, 3};
    s.backfills = {{to_bytes(w.circle(1).view().first(4)), 0, 3}};
  });
  const Synced synced = sync_once(w.replica, w.server);
  REQUIRE(synced.status);
  CHECK(synced.report.requests == 1);
  CHECK(w.replica.kept.pulled == std::vector<std::uint64_t>{1, 3, 4});
  CHECK(w.replica.kept.backfills.empty());
}

TEST_CASE("sync: after a push without an answer it probes first, and sends only what is missing") {
  World w;
  for (int i = 0; i < 3; ++i) w.replica.record(w.circle(0), w.random);
  {  // the request arrives, the answer does not
    Exchange exchange(w.replica, {}, w.random);
    auto body = exchange.make_request();
    REQUIRE(body);
    (void)w.server.answer(*body);
    exchange.link_cut();
    CHECK_FALSE(exchange.wants_request());
  }
  REQUIRE(w.replica.kept.in_doubt);
  w.replica.record(w.circle(0), w.random);
  const Synced synced = sync_once(w.replica, w.server);
  REQUIRE(synced.status);
  CHECK(synced.report.requests == 2);
  CHECK(w.server.requests[1].hello.probe);
  CHECK(w.server.requests[1].batches.empty());
  CHECK(w.server.requests[2].batches.size() == 1);
  CHECK(w.replica.kept.acked[w.circle(0)] == 4);
}

TEST_CASE("sync: a probe with a stale nonce is repeated before anything is pushed") {
  World w;
  w.replica.record(w.circle(0), w.random);
  w.replica.set([](FakeState& s) {
    s.nonce = make_nonce(2);
    s.in_doubt = true;
  });
  REQUIRE(sync_once(w.replica, w.server).status);
  REQUIRE(w.server.requests.size() == 3);
  CHECK(w.server.requests[0].hello.probe);
  CHECK(w.server.requests[1].hello.probe);
  CHECK(w.server.requests[1].batches.empty());
  CHECK(w.server.requests[2].batches.size() == 1);
}

TEST_CASE("sync: a differing digest is shown, and everything is taken all the same") {
  World w;
  Exchange exchange(w.replica, {}, w.random);
  auto body = exchange.make_request();
  REQUIRE(body);
  AnswerScript answer(w.server.key, *body);
  answer.add(wire::PulledEntry{1, as_bytes("entry")});
  wire::Seal seal;
  seal.point = {1, 1};
  seal.last = true;
  seal.digest.fill(std::byte{0xee});
  answer.seal_with(seal);
  REQUIRE(exchange.feed(answer.bytes));
  REQUIRE(exchange.end_of_answer());
  CHECK(exchange.report().diverged);
  CHECK(w.replica.kept.pulled == std::vector<std::uint64_t>{1});
}

TEST_CASE("sync: before first contact it learns the server's key, and keeps the token to itself") {
  World w;
  const Bytes token(16, std::byte{0x77});
  w.server.shows_key = true;
  w.replica.set([](FakeState& s) {
    s.nonce = {};
    s.server_key.reset();
  });
  w.replica.is_enrolled = false;
  w.replica.token = token;

  SECTION("asking only for the key is one request") {
    w.replica.programme_id = {};
    const Synced synced = sync_once(w.replica, w.server);
    REQUIRE(synced.status);
    CHECK(synced.report.requests == 1);
    CHECK(w.server.requests[0].hello.token_secret.empty());
    CHECK(w.server.requests[0].hello.sign_key == w.replica.key.public_key);
  }
  SECTION("the token goes out once the key is known") {
    const Synced synced = sync_once(w.replica, w.server);
    REQUIRE(synced.status);
    REQUIRE(synced.report.requests == 2);
    CHECK(w.server.requests[0].hello.token_secret.empty());
    CHECK(w.server.requests[1].hello.token_secret == token);
  }
}

TEST_CASE("sync: who was invited shows it, bound to this hello") {
  World w;
  w.replica.is_enrolled = false;
  w.replica.invite_key = make_key(3);
  REQUIRE(sync_once(w.replica, w.server).status);
  const wire::Hello& hello = w.server.requests[0].hello;
  REQUIRE(hello.invite);
  REQUIRE(hello.invite_signature);
  const Hash hash = wire::hello_hash(hello);
  CHECK(crypto::verify(w.replica.invite_key->public_key, wire::kHelloSignature, hash.view(),
                       *hello.invite_signature));
  CHECK(crypto::verify(w.replica.key.public_key, wire::kHelloSignature, hash.view(),
                       hello.signature));
}

TEST_CASE(
    "sync: a nonce kept without the server's key is not used: the seal could not be verified") {
  World w;
  w.server.shows_key = true;
  w.replica.set([](FakeState& s) { s.server_key.reset(); });
  const Synced synced = sync_once(w.replica, w.server);
  REQUIRE(synced.status);
  CHECK(w.server.requests[0].hello.nonce == wire::RequestNonce{});
  CHECK(w.replica.kept.server_key == w.server.key.public_key);
}

}  // namespace setu::sync::testing
