// Goal: a whole sync over a real socket. Method: the replica and server of the sync tests, joined
// by loopback HTTP.

#include <catch2/catch.hpp>

#include "fake_server.hpp"
#include "loopback_server.hpp"
#include "transport/http_link.hpp"

namespace setu::transport::testing {
namespace {

struct World {
  crypto::SeededRandom random{1};
  sync::testing::FakeServer server;
  sync::testing::FakeReplica replica{server.key.public_key};
  World() {
    SETU_ASSERT(crypto::init());
    server.circles = replica.circles;
    replica.record(replica.circles[0], random);
    for (int i = 0; i < 4; ++i) server.log_batch(replica.circles[1], random);
    server.items_per_answer = 3;
  }
  std::string answer(Connection& c) {
    const std::string request = c.read_request();
    const std::size_t body = request.find("\r\n\r\n") + 4;
    return std::string(as_text(server.answer(as_bytes(std::string_view(request).substr(body)))));
  }
};

}  // namespace

TEST_CASE("transport: a whole exchange over one connection") {
  World w;
  LoopbackServer server({[&](Connection& c) {
    for (int i = 0; i < 2; ++i) c.write(ok_answer(w.answer(c)));
  }});
  auto link = HttpLink::open(server.url(), {});
  REQUIRE(link);
  sync::Exchange exchange(w.replica, {}, w.random);
  const auto report = run_exchange(exchange, *link);
  REQUIRE(report);
  CHECK(report->requests == 2);
  CHECK(report->pushed_batches == 1);
  CHECK(report->pulled_batches == 4);
  CHECK(report->body_bytes_up < link->bytes_up());
  CHECK(report->body_bytes_down < link->bytes_down());
}

TEST_CASE(
    "transport: a cut in the second answer keeps the first, and the next sync brings the rest") {
  World w;
  const Script cut_second = [&](Connection& c) {
    c.write(ok_answer(w.answer(c)));
    const std::string answer = ok_answer(w.answer(c));
    c.write(std::string_view(answer).substr(0, answer.size() - 10));
  };
  LoopbackServer server({cut_second, [&](Connection& c) { c.write(ok_answer(w.answer(c))); }});
  const auto sync_over_link = [&] {
    auto link = HttpLink::open(server.url(), {});
    REQUIRE(link);
    sync::Exchange exchange(w.replica, {}, w.random);
    return run_exchange(exchange, *link);
  };
  const auto cut = sync_over_link();
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == Code::kNoLink);
  CHECK(w.replica.kept.pulled.size() == 3);
  CHECK(w.replica.kept == w.replica.unsealed);
  REQUIRE(sync_over_link());
  server.wait();
  CHECK(w.replica.kept.pulled.size() == 4);
  CHECK(w.server.taken[w.replica.circles[0]].size() == 1);
}

}  // namespace setu::transport::testing
