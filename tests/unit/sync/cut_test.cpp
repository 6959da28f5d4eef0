// Goal: a link may end anywhere, and nothing is lost, doubled or believed too early. Method: one
// rich answer, cut at every byte; then a second sync over a good link must end where the uncut one
// ends.

#include <catch2/catch.hpp>

#include "fake_server.hpp"

namespace setu::sync::testing {
namespace {

struct World {
  crypto::SeededRandom random{1};
  FakeServer server;
  FakeReplica replica{server.key.public_key};
  // Three batches to push; seven things to pull, sealed after every second.
  World() {
    SETU_ASSERT(crypto::init());
    server.circles = replica.circles;
    server.items_per_seal = 2;
    for (int i = 0; i < 3; ++i) replica.record(replica.circles[0], random);
    for (int i = 0; i < 5; ++i) server.log_batch(replica.circles[1], random);
    server.log_entry();
    server.log.push_back({FakeServer::Item::What::kOwn, replica.circles[0], {}, 1});
  }
};

const std::vector<std::uint64_t> kAll{1, 2, 3, 4, 5, 6, 7};

}  // namespace

TEST_CASE(
    "sync: cut at any byte, it keeps what was sealed, and the next sync brings the rest once") {
  std::size_t answer_size = 1;
  for (std::size_t cut = 0; cut < answer_size; ++cut) {
    World w;
    INFO("cut after " << cut << " bytes");
    Exchange exchange(w.replica, {}, w.random);
    auto body = exchange.make_request();
    REQUIRE(body);
    const Bytes answer = w.server.answer(*body);
    answer_size = answer.size();
    REQUIRE(exchange.feed(ByteView(answer).first(cut)));
    const Status ended = exchange.end_of_answer();
    REQUIRE_FALSE(ended);
    CHECK(ended.error().code == Code::kNoLink);
    CHECK_FALSE(ended.error().hint.empty());
    CHECK_FALSE(exchange.wants_request());

    // Sealed after 2, 4 and 6: nothing between is believed.
    CHECK(w.replica.kept == w.replica.unsealed);
    CHECK(w.replica.kept.pulled.size() % 2 == 0);
    CHECK(w.replica.kept.cursor.position == w.replica.kept.pulled.size());
    CHECK(exchange.report().pulled_batches + exchange.report().pulled_entries ==
          w.replica.kept.pulled.size());
    const bool anything_sealed = w.replica.kept.cursor.position > 0;
    CHECK(w.replica.kept.in_doubt == !anything_sealed);

    const Synced rest = sync_once(w.replica, w.server);
    REQUIRE(rest.status);
    CHECK(w.server.requests[1].hello.probe == !anything_sealed);
    CHECK(w.server.requests[1].batches.empty());
    CHECK(w.replica.kept.pulled == kAll);
    CHECK(w.replica.kept.cursor == wire::LogPoint{1, 7});
    CHECK(w.replica.kept.acked[w.replica.circles[0]] == 3);
    CHECK(w.server.taken[w.replica.circles[0]].size() == 3);
    CHECK(rest.report.requests == 1);
  }
  CHECK(answer_size > 1'000);
}

TEST_CASE("sync: one byte at a time gives what the whole answer gives") {
  World whole;
  World bytewise;
  const Synced a = sync_once(whole.replica, whole.server);
  const Synced b = sync_once(bytewise.replica, bytewise.server, {}, 1);
  REQUIRE(a.status);
  REQUIRE(b.status);
  CHECK(whole.replica.kept == bytewise.replica.kept);
  CHECK(a.report.body_bytes_down == b.report.body_bytes_down);
  CHECK(a.report.pulled_batches == 5);
  CHECK(b.report.pulled_batches == 5);
}

TEST_CASE("sync: an exchange dropped in the middle of an answer leaves nothing half-taken") {
  World w;
  {
    Exchange exchange(w.replica, {}, w.random);
    auto body = exchange.make_request();
    REQUIRE(body);
    const Bytes answer = w.server.answer(*body);
    REQUIRE(exchange.feed(ByteView(answer).first(answer.size() - 1)));
    CHECK_FALSE(w.replica.kept == w.replica.unsealed);
  }
  CHECK(w.replica.kept == w.replica.unsealed);
}

TEST_CASE("sync: an error of the replica ends the exchange and keeps what was sealed") {
  World w;
  w.replica.on_take_batch = Error{Code::kDiskFull, "store batch: no room", "Make room."};
  const Synced synced = sync_once(w.replica, w.server);
  REQUIRE_FALSE(synced.status);
  CHECK(synced.status.error().code == Code::kDiskFull);
  CHECK(w.replica.kept == w.replica.unsealed);
  CHECK(w.replica.kept.pulled.empty());
  CHECK(w.replica.kept.in_doubt);
}

}  // namespace setu::sync::testing
