#include "listener.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "http_peer.hpp"
#include "office.hpp"

// The listener over real loopback sockets. The server runs on a thread of its own; the tests touch
// its office only before it starts and after it stopped.

namespace setu::server::testing {
namespace {

using Over = HttpPeer::Over;
using std::chrono::milliseconds;

ListenerOptions options_for(Over over) {
  ListenerOptions options;
  options.plain = over == Over::kPlain;
  return options;
}

class Running {
 public:
  explicit Running(Service& service, const ListenerOptions& options = options_for(Over::kPlain))
      : listener_(Listener::open(service, options).value()),
        thread_([this] { listener_->run(false); }) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { stop(); }

  void stop() {
    if (!thread_.joinable()) return;
    listener_->stop();
    thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const { return listener_->port(); }

 private:
  std::unique_ptr<Listener> listener_;
  std::thread thread_;
};

// The listener reads the real clock, so nonces must be of today.
void use_todays_nonces(Office& office) {
  const auto today =
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  office.now.ms = today.count();
  for (Device* device : {&office.coordinator, &office.lead, &office.worker}) {
    device->nonce = office.service->nonces.issue(device->id, hour_of(office.now));
  }
}

std::string post(ByteView body, const std::string& more_fields = {}) {
  return "POST /v1/sync HTTP/1.1\r\nHost: x\r\n" + more_fields +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(as_text(body));
}

// What the server says to one request on a connection of its own.
int status_of(std::uint16_t port, const std::string& request) {
  HttpPeer peer(port, Over::kPlain);
  REQUIRE(peer.send(request));
  const auto answer = peer.read_answer();
  REQUIRE(answer);
  return answer->status;
}

}  // namespace

TEST_CASE(
    "listener: nothing new costs at most 150 bytes, head included, and the connection is kept") {
  const Over over = GENERATE(Over::kPlain, Over::kTls);
  Office office;
  office.found();
  use_todays_nonces(office);
  Request request = office.hello(office.worker);
  request.hello.cursor = office.store->end_of(office.programme)->value();
  const Bytes body = request.bytes();
  const Running server(*office.service, options_for(over));
  HttpPeer peer(server.port(), over);
  for (int round = 0; round < 3; ++round) {
    REQUIRE(peer.send(post(body)));
    const auto answer = peer.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->size <= 150);
    for (const char* field : {"Date", "Server", "Content-Type"})
      CHECK(answer->head.find(field) == std::string::npos);
  }
}

TEST_CASE("listener: without files its certificate is the identity key itself, over TLS 1.3") {
  Office office;
  const Running server(*office.service, options_for(Over::kTls));
  const HttpPeer peer(server.port(), Over::kTls);
  CHECK(peer.server_key() == office.server_key.public_key);
  CHECK(peer.tls_version() == "TLSv1.3");
}

TEST_CASE("listener: a long answer comes in chunks and is the responder's, byte for byte") {
  Office office;
  office.found();
  for (int batch = 0; batch < 16; ++batch)
    office.push_batch(office.worker, office.commons, 16 * 1024);
  use_todays_nonces(office);
  const Request request = office.hello(office.lead);
  const Answer expected = office.ask(request);
  const Running server(*office.service);
  HttpPeer peer(server.port(), Over::kPlain);
  for (int round = 0; round < 2; ++round) {  // the second on the same connection
    REQUIRE(peer.send(post(request.bytes())));
    const auto answer = peer.read_answer();
    REQUIRE(answer);
    CHECK(answer->body == as_text(expected.bytes));
  }
}

TEST_CASE("listener: a body cut by the link leaves what came whole in the log") {
  Office office;
  office.found();
  use_todays_nonces(office);
  Request request = office.hello(office.worker);
  for (int batch = 0; batch < 3; ++batch) request.batch(office.seal(office.worker, office.commons));
  const std::string whole = post(request.bytes());
  Running server(*office.service);
  {
    HttpPeer peer(server.port(), Over::kPlain);
    REQUIRE(peer.send(whole.substr(0, whole.size() - 10)));
  }
  // The server works through the first connection before it answers on a second.
  CHECK(status_of(server.port(), "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") == 200);
  server.stop();
  CHECK(office.store->chain_head(office.programme, office.worker.id, office.commons)->seq == 2);
}

TEST_CASE("listener: heads that are wrong, too big, or could be read in two ways are refused") {
  Office office;
  const Running server(*office.service);
  const std::uint16_t port = server.port();
  const std::string start = "POST /v1/sync HTTP/1.1\r\nHost: x\r\n";
  CHECK(status_of(port, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") == 200);
  CHECK(status_of(port, "GET /v1/sync HTTP/1.1\r\nHost: x\r\n\r\n") == 405);
  CHECK(status_of(port, "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n") == 405);
  CHECK(status_of(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n") == 404);
  CHECK(status_of(port, start + "\r\n") == 411);
  CHECK(status_of(port, start + "Content-Length: 99999999\r\n\r\n") == 413);
  CHECK(status_of(port, start + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc") == 400);
  CHECK(status_of(port, start + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd") == 400);
  CHECK(status_of(port, start + "Host: y\r\nContent-Length: 3\r\n\r\nabc") == 400);
  CHECK(status_of(port, "POST /v1/sync HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc") == 400);
  CHECK(status_of(port, start + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == 400);
  CHECK(status_of(port, start + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc") ==
        400);
  CHECK(status_of(port, "POST /v1/sync HTTP/1.0\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc") ==
        400);
  CHECK(status_of(port, "rubbish\r\n\r\n") == 400);
  CHECK(status_of(port, start + "X: " + std::string(9'000, 'x') + "\r\n\r\n") == 431);
  std::string many = start;
  for (int field = 0; field < 60; ++field) many += "X: 1\r\n";
  CHECK(status_of(port, many + "Content-Length: 3\r\n\r\nabc") == 431);
}

TEST_CASE("listener: a body that is no request is answered, sealed, with 200") {
  Office office;
  const Running server(*office.service);
  CHECK(status_of(server.port(), post(as_bytes("no such frames"))) == 200);
  CHECK(status_of(server.port(), post({})) == 200);
}

TEST_CASE("listener: whoever is slow on purpose is cut off") {
  Office office;
  ListenerOptions options = options_for(Over::kPlain);
  options.limits.header = milliseconds(60);
  options.limits.idle = milliseconds(60);
  options.limits.body = {
      .grace = milliseconds(60), .bytes_per_second = 1'000'000, .longest = milliseconds(120)};
  const Running server(*office.service, options);

  HttpPeer silent(server.port(), Over::kPlain);
  CHECK(silent.is_closed());
  HttpPeer half_head(server.port(), Over::kPlain);
  REQUIRE(half_head.send("POST /v1/sync HTTP/1.1\r\nHo"));
  CHECK(half_head.is_closed());
  HttpPeer half_body(server.port(), Over::kPlain);
  REQUIRE(half_body.send("POST /v1/sync HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"));
  CHECK(half_body.is_closed());
  HttpPeer idle(server.port(), Over::kPlain);
  REQUIRE(idle.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(idle.read_answer());
  CHECK(idle.is_closed());
}

TEST_CASE("listener: a peer that never finishes its TLS handshake is cut off") {
  Office office;
  ListenerOptions options = options_for(Over::kTls);
  options.limits.handshake = milliseconds(60);
  const Running server(*office.service, options);
  HttpPeer mute(server.port(), Over::kPlain);
  CHECK(mute.is_closed());
}

TEST_CASE("listener: beyond its memory budget it says when to come back") {
  Office office;
  ListenerOptions options = options_for(Over::kPlain);
  options.limits.bytes_in_flight = 300 * 1024;  // one request
  const Running server(*office.service, options);
  HttpPeer first(server.port(), Over::kPlain);
  REQUIRE(first.send("POST /v1/sync HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\n\r\nno such"));
  // A health check on a connection made after it: by then the first request is being read.
  CHECK(status_of(server.port(), "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") == 200);

  HttpPeer second(server.port(), Over::kPlain);
  REQUIRE(second.send(post(as_bytes("no such frames"))));
  const auto answer = second.read_answer();
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(answer->head.find("Retry-After: ") != std::string::npos);

  REQUIRE(first.send(" frames"));
  REQUIRE(first.read_answer());
  CHECK(status_of(server.port(), post(as_bytes("no such frames"))) == 200);
}

TEST_CASE("listener: beyond its connections it takes no more") {
  Office office;
  ListenerOptions options = options_for(Over::kPlain);
  options.limits.connections = 1;
  const Running server(*office.service, options);
  HttpPeer first(server.port(), Over::kPlain);
  REQUIRE(first.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(first.read_answer());
  HttpPeer second(server.port(), Over::kPlain);
  CHECK(second.is_closed());
}

TEST_CASE("listener: asked to stop, it closes idle connections and lets a running request finish") {
  Office office;
  Running server(*office.service);
  HttpPeer idle(server.port(), Over::kPlain);
  HttpPeer busy(server.port(), Over::kPlain);
  REQUIRE(busy.send("POST /v1/sync HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\n\r\nno such"));
  REQUIRE(idle.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(idle.read_answer());
  std::thread stopper([&] { server.stop(); });
  CHECK(idle.is_closed());
  REQUIRE(busy.send(" frames"));
  const auto answer = busy.read_answer();
  stopper.join();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->head.find("Connection: close") != std::string::npos);
}

TEST_CASE("listener: plain is refused on an address that others can reach") {
  Office office;
  ListenerOptions options = options_for(Over::kPlain);
  options.host = "0.0.0.0";
  CHECK(Listener::open(*office.service, options).error().code == Code::kNotAllowed);
}

TEST_CASE(
    "listener: a port in use, a host that is none and a missing certificate are errors with what "
    "to do") {
  Office office;
  const Running server(*office.service);
  ListenerOptions taken = options_for(Over::kPlain);
  taken.port = server.port();
  ListenerOptions nowhere = options_for(Over::kPlain);
  nowhere.host = "not a host";
  ListenerOptions no_file = options_for(Over::kTls);
  no_file.tls_certificate = no_file.tls_key = office.scratch.path() + "/none.pem";
  for (const auto& options : {taken, nowhere, no_file}) {
    const auto opened = Listener::open(*office.service, options);
    REQUIRE_FALSE(opened);
    CHECK_FALSE(opened.error().hint.empty());
  }
}

}  // namespace setu::server::testing
