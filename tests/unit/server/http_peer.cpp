#include "http_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>

namespace setu::server::testing {

HttpPeer::HttpPeer(std::uint16_t port, Over over)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  REQUIRE(socket_ >= 0);
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  if (over == Over::kPlain) return;
  context_.reset(SSL_CTX_new(TLS_client_method()));
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_fd(ssl_.get(), socket_);
  REQUIRE(SSL_connect(ssl_.get()) == 1);
}

HttpPeer::~HttpPeer() {
  ssl_.reset();
  ::close(socket_);
}

crypto::SignPublicKey HttpPeer::server_key() const {
  crypto::SignPublicKey key;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      SSL_get1_peer_certificate(ssl_.get()), &X509_free);
  std::size_t size = key.bytes.size();
  REQUIRE(EVP_PKEY_get_raw_public_key(X509_get0_pubkey(certificate.get()),
                                      reinterpret_cast<unsigned char*>(key.bytes.data()),
                                      &size) == 1);
  return key;
}

std::string HttpPeer::tls_version() const { return SSL_get_version(ssl_.get()); }

bool HttpPeer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                              : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool HttpPeer::more() {
  std::array<char, 16 * 1024> piece;
  const ssize_t got = ssl_ ? SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()))
                           : ::recv(socket_, piece.data(), piece.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) timed_out_ = true;
  if (got <= 0) return false;
  unread_.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

std::optional<HttpAnswer> HttpPeer::read_answer() {
  HttpAnswer answer;
  std::size_t end = 0;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) return std::nullopt;
  }
  answer.head = unread_.substr(0, end + 4);
  answer.size = answer.head.size();
  unread_.erase(0, end + 4);
  answer.status = std::stoi(answer.head.substr(9, 3));
  if (answer.head.find("Transfer-Encoding: chunked") != std::string::npos) {
    if (!read_chunks(answer)) return std::nullopt;
    return answer;
  }
  const auto length_at = answer.head.find("Content-Length: ");
  REQUIRE(length_at != std::string::npos);
  const std::size_t length = std::stoul(answer.head.substr(length_at + 16));
  while (unread_.size() < length) {
    if (!more()) return std::nullopt;
  }
  answer.body = unread_.substr(0, length);
  answer.size += length;
  unread_.erase(0, length);
  return answer;
}

bool HttpPeer::read_chunks(HttpAnswer& answer) {
  for (;;) {
    std::size_t line = 0;
    while ((line = unread_.find("\r\n")) == std::string::npos) {
      if (!more()) return false;
    }
    const std::size_t size = std::stoul(unread_.substr(0, line), nullptr, 16);
    while (unread_.size() < line + 2 + size + 2) {
      if (!more()) return false;
    }
    answer.body += unread_.substr(line + 2, size);
    answer.size += line + 2 + size + 2;
    unread_.erase(0, line + 2 + size + 2);
    if (size == 0) return true;
  }
}

bool HttpPeer::is_closed() { return unread_.empty() && !more() && !timed_out_; }

}  // namespace setu::server::testing
