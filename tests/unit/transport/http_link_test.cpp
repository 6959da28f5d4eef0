// Goal: requests over a real socket end right, whatever the other side does. Method: scripted
// servers on loopback.

#include "transport/http_link.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "loopback_server.hpp"

namespace setu::transport::testing {
namespace {

using namespace std::chrono_literals;

struct Answered {
  Status status;
  std::string body;
};

Answered post(HttpLink& link, std::string_view body = "request") {
  Answered answered;
  answered.status = link.post("/v1/sync", as_bytes(body), [&](ByteView piece) -> Status {
    answered.body += as_text(piece);
    return {};
  });
  return answered;
}

HttpLink open_link(const LoopbackServer& server, Options options = {}) {
  auto link = HttpLink::open(server.url(), options);
  if (!link) FAIL(link.error().message);
  return std::move(*link);
}

Script answer_once(std::string text) {
  return [text = std::move(text)](Connection& c) {
    (void)c.read_request();
    c.write(text);
  };
}

// Makes OpenSSL trust one certificate as this system's only root, while it lives.
class TrustedRoot {
 public:
  explicit TrustedRoot(const Identity& identity) {
    const std::string pem = identity.certificate_pem();
    const int fd = mkstemp(path_.data());
    std::FILE* const file = fdopen(fd, "w");
    std::fwrite(pem.data(), 1, pem.size(), file);
    std::fclose(file);
    setenv("SSL_CERT_FILE", path_.c_str(), 1);
  }
  ~TrustedRoot() {
    unsetenv("SSL_CERT_FILE");
    std::remove(path_.c_str());
  }
  TrustedRoot(const TrustedRoot&) = delete;
  TrustedRoot& operator=(const TrustedRoot&) = delete;

 private:
  std::string path_ = "/tmp/setu-root-XXXXXX";
};

}  // namespace

TEST_CASE("transport: one request, one answer, and the bytes counted exactly") {
  std::string seen;
  LoopbackServer server({[&](Connection& c) {
    seen = c.read_request();
    c.write(ok_answer("hello"));
  }});
  {
    HttpLink link = open_link(server);
    const Answered answered = post(link);
    REQUIRE(answered.status);
    CHECK(answered.body == "hello");
    CHECK(link.bytes_down() == ok_answer("hello").size());
    CHECK(link.bytes_up() > 7);
    CHECK_FALSE(link.peer_ed25519_key());
    CHECK_FALSE(link.peer_verified());
    const std::string head =
        "POST /v1/sync HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
        "\r\nContent-Length: 7\r\n\r\n";
    CHECK(head.size() <= 80);
    CHECK(link.bytes_up() == head.size() + 7);
    server.wait();
    CHECK(seen == head + "request");
  }
}

TEST_CASE(
    "transport: the connection is kept for the next request, and opened again when it was closed") {
  LoopbackServer server({[](Connection& c) {
                           (void)c.read_request();
                           c.write(ok_answer("one"));
                           (void)c.read_request();
                           c.write(ok_answer("two"));
                         },
                         answer_once(ok_answer("three"))});
  HttpLink link = open_link(server);
  CHECK(post(link).body == "one");
  CHECK(post(link).body == "two");
  const Answered third = post(link);
  REQUIRE(third.status);
  CHECK(third.body == "three");
}

TEST_CASE("transport: Connection: close is obeyed") {
  LoopbackServer server(
      {answer_once("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na"),
       answer_once(ok_answer("b"))});
  HttpLink link = open_link(server);
  CHECK(post(link).body == "a");
  CHECK(post(link).body == "b");
}

TEST_CASE("transport: pieces are given out as they arrive") {
  std::string so_far;
  LoopbackServer server({[](Connection& c) {
    (void)c.read_request();
    c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
    c.wait_for_close();  // the rest never comes: the client must have had the first part by then
  }});
  HttpLink link = open_link(server);
  const Status status = link.post("/v1/sync", {}, [&](ByteView piece) -> Status {
    so_far += as_text(piece);
    return fail(Code::kForged, "enough");
  });
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Code::kForged);
  CHECK(so_far == "first");
}

TEST_CASE("transport: a large request and a large answer pass whole") {
  const std::string large(3'000'000, 'x');
  std::size_t received = 0;
  LoopbackServer server({[&](Connection& c) {
    received = c.read_request().size();
    c.write(ok_answer(large));
  }});
  HttpLink link = open_link(server);
  const Answered answered = post(link, large);
  REQUIRE(answered.status);
  CHECK(answered.body == large);
  server.wait();
  CHECK(received == link.bytes_up());
}

TEST_CASE("transport: an answer cut in the middle is no link, and what came was given out") {
  LoopbackServer server({answer_once("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")});
  HttpLink link = open_link(server);
  const Answered answered = post(link);
  REQUIRE_FALSE(answered.status);
  CHECK(answered.status.error().code == Code::kNoLink);
  CHECK(answered.body == "half");
}

TEST_CASE("transport: nobody listening is no link, and the message names host and port") {
  const std::string authority = "127.0.0.1:" + std::to_string(closed_port());
  const auto link = HttpLink::open("http://" + authority, {});
  REQUIRE_FALSE(link);
  CHECK(link.error().code == Code::kNoLink);
  CHECK(link.error().message.find(authority) != std::string::npos);
  CHECK(link.error().hint.find("kept") != std::string::npos);
}

TEST_CASE("transport: a server that says nothing is given up on") {
  const Script silent = [](Connection& c) { c.wait_for_close(); };
  SECTION("after the request") {
    LoopbackServer server({silent});
    Options options;
    options.idle = 50ms;
    HttpLink link = open_link(server, options);
    const Answered answered = post(link);
    REQUIRE_FALSE(answered.status);
    CHECK(answered.status.error().code == Code::kNoLink);
  }
  SECTION("in the TLS handshake") {
    LoopbackServer server({silent});
    Options options;
    options.connect = 50ms;
    const auto link = HttpLink::open("https://127.0.0.1:" + std::to_string(server.port()), options);
    REQUIRE_FALSE(link);
    CHECK(link.error().code == Code::kNoLink);
  }
  SECTION("dripping for ever, by the total deadline") {
    LoopbackServer server({[](Connection& c) {
      (void)c.read_request();
      c.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx");
      c.wait_for_close();
    }});
    Options options;
    options.total = 50ms;
    HttpLink link = open_link(server, options);
    const Answered answered = post(link);
    REQUIRE_FALSE(answered.status);
    CHECK(answered.status.error().code == Code::kNoLink);
    CHECK(answered.body == "x");
  }
}

TEST_CASE("transport: a server that is busy says when to come back") {
  LoopbackServer server(
      {answer_once("HTTP/1.1 503 Busy\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n")});
  HttpLink link = open_link(server);
  const Answered answered = post(link);
  REQUIRE_FALSE(answered.status);
  CHECK(answered.status.error().code == Code::kBusy);
  CHECK(answered.status.error().hint.find("9 seconds") != std::string::npos);
}

TEST_CASE("transport: the pinned key alone makes a self-made certificate trusted") {
  const Identity identity(1);
  LoopbackServer server({answer_once(ok_answer("hello"))}, &identity);
  Options options;
  options.pinned_key = identity.public_key;
  HttpLink link = open_link(server, options);
  CHECK(link.peer_verified());
  CHECK(link.peer_ed25519_key() == identity.public_key);
  const Answered answered = post(link);
  REQUIRE(answered.status);
  CHECK(answered.body == "hello");
  CHECK(link.bytes_down() == ok_answer("hello").size());
}

TEST_CASE("transport: another key than the pinned one is refused before anything is sent") {
  const Identity identity(1);
  std::string seen = "nothing yet";
  LoopbackServer server({[&](Connection& c) { seen = c.read_request(); }}, &identity);
  Options options;
  options.pinned_key = Identity(2).public_key;
  const auto link = HttpLink::open(server.url(), options);
  REQUIRE_FALSE(link);
  CHECK(link.error().code == Code::kForged);
  server.wait();
  CHECK(seen.empty());
}

TEST_CASE(
    "transport: with nothing pinned an unknown server is taken tentatively, until its key is "
    "known") {
  const Identity identity(1);
  LoopbackServer server({answer_once(ok_answer("hello"))}, &identity);
  HttpLink link = open_link(server);
  CHECK_FALSE(link.peer_verified());
  CHECK(link.peer_ed25519_key() == identity.public_key);
  SECTION("it is the right one") {
    REQUIRE(link.confirm_peer(identity.public_key));
    CHECK(link.peer_verified());
    CHECK(post(link).body == "hello");
  }
  SECTION("it is not: nothing more is sent over this link") {
    const Status confirmed = link.confirm_peer(Identity(2).public_key);
    REQUIRE_FALSE(confirmed);
    CHECK(confirmed.error().code == Code::kForged);
    CHECK(post(link).status.error().code == Code::kForged);
    CHECK(link.bytes_up() == 0);
  }
}

TEST_CASE("transport: a tentative server must stay the same when it is connected to again") {
  const Identity first(1);
  const Identity second(2);
  std::uint16_t port = 0;
  auto server = std::make_unique<LoopbackServer>(
      std::vector<Script>{
          answer_once("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")},
      &first);
  port = server->port();
  HttpLink link = open_link(*server);
  REQUIRE(post(link).status);
  server.reset();
  LoopbackServer impostor({answer_once(ok_answer("hello"))}, &second, port);
  const Answered answered = post(link);
  REQUIRE_FALSE(answered.status);
  CHECK(answered.status.error().code == Code::kForged);
}

TEST_CASE("transport: a chain of this system's roots is trusted for its own names only") {
  const Identity identity(1);
  const TrustedRoot root(identity);
  LoopbackServer server({[](Connection& c) { c.wait_for_close(); }}, &identity);
  SECTION("the address in the certificate") {
    Options options;
    options.pinned_key =
        Identity(2).public_key;  // a proxy with a certificate of its own before the server
    CHECK(open_link(server, options).peer_verified());
  }
  SECTION("a name that is not in it") {
    auto link = HttpLink::open("https://localhost:" + std::to_string(server.port()), {});
    REQUIRE(link);
    CHECK_FALSE(link->peer_verified());
  }
}

TEST_CASE("transport: TLS below 1.3 is not spoken") {
  const Identity identity(1);
  LoopbackServer server({[](Connection& c) { c.wait_for_close(); }}, &identity, 0, TLS1_2_VERSION);
  const auto link = HttpLink::open(server.url(), {});
  REQUIRE_FALSE(link);
  CHECK(link.error().code == Code::kNoLink);
}

}  // namespace setu::transport::testing
