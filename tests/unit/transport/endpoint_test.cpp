// Goal: server addresses as people write them.

#include "transport/endpoint.hpp"

#include <catch2/catch.hpp>

namespace setu::transport {

TEST_CASE("transport: addresses are read, with their usual ports") {
  const auto read = [](std::string_view url) {
    auto endpoint = parse_url(url);
    REQUIRE(endpoint);
    return *endpoint;
  };
  CHECK(read("https://sync.example.org") == Endpoint{"sync.example.org", 443, true});
  CHECK(read("https://sync.example.org:8443/") == Endpoint{"sync.example.org", 8443, true});
  CHECK(read("http://127.0.0.1:80") == Endpoint{"127.0.0.1", 80, false});
  CHECK(read("https://[::1]:7000") == Endpoint{"::1", 7000, true});
  CHECK(read("https://[::1]:7000").authority() == "[::1]:7000");
  CHECK(read("http://host").authority() == "host:80");
}

TEST_CASE("transport: anything else is refused with what to write instead") {
  for (const std::string_view url :
       {"", "sync.example.org", "ftp://host", "https://", "https://:1",
        "https://host:", "https://host:0", "https://host:65536", "https://host:1x",
        "https://user@host", "https://host/path", "https://host?x", "https://[::1",
        "https://[::1]x", "https://ho st", "https://host\r\nX: y"}) {
    INFO(url);
    const auto endpoint = parse_url(url);
    REQUIRE_FALSE(endpoint);
    CHECK(endpoint.error().code == Code::kInvalidArgument);
    CHECK_FALSE(endpoint.error().hint.empty());
  }
}

}  // namespace setu::transport
