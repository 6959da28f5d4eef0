// Goal: HTTP answers are read right however they arrive, and nothing hostile gets further than an
// error.

#include "transport/http_answer.hpp"

#include <catch2/catch.hpp>

#include "transport/http_status.hpp"

namespace setu::transport {
namespace {

struct Read {
  Status status;
  std::string body;
  HttpAnswer answer;
};

Read read_all(std::string_view text, std::size_t step = 1'000'000) {
  Read read;
  const auto on_body = [&](ByteView piece) -> Status {
    read.body += as_text(piece);
    return {};
  };
  for (std::size_t at = 0; at < text.size() && read.status; at += step) {
    read.status = read.answer.feed(as_bytes(text.substr(at, step)), on_body);
  }
  return read;
}

const std::string kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n7;x=y\r\n, "
    "world\r\n0\r\nTrailer: 1\r\n\r\n";

}  // namespace

TEST_CASE("http: a body by length, in any pieces") {
  for (const std::size_t step : {1U, 2U, 7U, 1'000U}) {
    const Read read = read_all("HTTP/1.1 200 OK\r\ncontent-length:  5 \r\n\r\nHello", step);
    REQUIRE(read.status);
    CHECK(read.body == "Hello");
    CHECK(read.answer.complete());
    CHECK(read.answer.keeps_alive());
  }
}

TEST_CASE("http: a chunked body, in any pieces") {
  for (const std::size_t step : {1U, 3U, 1'000U}) {
    const Read read = read_all(kChunked, step);
    REQUIRE(read.status);
    CHECK(read.body == "Hello, world");
    CHECK(read.answer.complete());
  }
}

TEST_CASE("http: every shorter answer is not complete, and its end is a cut link") {
  for (std::size_t size = 0; size < kChunked.size(); ++size) {
    Read read = read_all(std::string_view(kChunked).substr(0, size));
    REQUIRE(read.status);
    CHECK_FALSE(read.answer.complete());
    const Status end = read.answer.end_of_stream();
    REQUIRE_FALSE(end);
    CHECK(end.error().code == Code::kNoLink);
  }
}

TEST_CASE("http: without a length the body ends with the connection") {
  Read read = read_all("HTTP/1.0 200 OK\r\n\r\nHello");
  REQUIRE(read.status);
  CHECK_FALSE(read.answer.complete());
  REQUIRE(read.answer.end_of_stream());
  CHECK(read.answer.complete());
  CHECK_FALSE(read.answer.keeps_alive());
}

TEST_CASE("http: interim answers are passed over, other bodies are not given out") {
  const Read read = read_all(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After: 12\r\nContent-Length: "
      "4\r\n\r\noops");
  REQUIRE(read.status);
  CHECK(read.answer.status() == 503);
  CHECK(read.answer.retry_after_s() == 12U);
  CHECK(read.body.empty());
}

TEST_CASE("http: what is not a well-formed answer is refused") {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::vector<std::string> bad{
      "SSH-2.0-OpenSSH\r\n",
      "HTTP/1.1 2x0 OK\r\n",
      "HTTP/2 200\r\n",
      ok + "no colon\r\n",
      ok + " folded: x\r\n",
      ok + "Content-Length: -1\r\n",
      ok + "Content-Length: 5\r\nContent-Length: 6\r\n",
      ok + "Content-Length: 99999999999999999999\r\n",
      ok + "Transfer-Encoding: gzip\r\n",
      ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      ok + "Content-Length: 1\r\n\r\nab",
      ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
      ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
      "HTTP/1.1 101 Switching\r\n\r\n",
      ok + "X: " + std::string(HttpAnswer::kHeadBytes, 'x'),
  };
  for (const std::string& text : bad) {
    INFO(text.substr(0, 80));
    const Read read = read_all(text);
    REQUIRE_FALSE(read.status);
    CHECK(read.status.error().code == Code::kMalformed);
  }
}

TEST_CASE("http: statuses become words and codes for who syncs") {
  CHECK(error_of_status(503, 30, "h:1").code == Code::kBusy);
  CHECK(error_of_status(503, 30, "h:1").hint.find("30 seconds") != std::string::npos);
  CHECK(error_of_status(413, {}, "h:1").code == Code::kTooLarge);
  CHECK(error_of_status(502, {}, "h:1").code == Code::kNoLink);
  for (const int status : {204, 302, 400, 403, 404, 500}) {
    const Error error = error_of_status(status, {}, "h:1");
    CHECK(error.code == Code::kRefused);
    CHECK(error.message.find("h:1") != std::string::npos);
    CHECK_FALSE(error.hint.empty());
  }
}

}  // namespace setu::transport
