#include "loopback_server.hpp"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace setu::transport::testing {
namespace {

int listen_on_loopback(std::uint16_t& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  SETU_ASSERT(fd >= 0 && bind(fd, generic, size) == 0 && listen(fd, 8) == 0);
  SETU_ASSERT(getsockname(fd, generic, &size) == 0);
  port = ntohs(address.sin_port);
  return fd;
}

std::size_t body_length(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  const std::size_t at = head.find(kName);
  return at == std::string_view::npos ? 0
                                      : std::strtoul(head.data() + at + kName.size(), nullptr, 10);
}

}  // namespace

Identity::Identity(std::uint8_t number)
    : key(nullptr, &EVP_PKEY_free), certificate(X509_new(), &X509_free) {
  std::array<unsigned char, 32> seed{};
  seed[0] = number;
  key.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  std::size_t size = public_key.bytes.size();
  EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(public_key.bytes.data()),
                              &size);

  X509* const cert = certificate.get();
  X509_set_version(cert, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), number);
  X509_gmtime_adj(X509_getm_notBefore(cert), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(cert), 3'600);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(cert, X509_get_subject_name(cert));
  X509_set_pubkey(cert, key.get());
  X509_EXTENSION* const name =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(cert, name, -1);
  X509_EXTENSION_free(name);
  SETU_ASSERT(X509_sign(cert, key.get(), nullptr) > 0);
}

std::string Identity::certificate_pem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(bio.get(), certificate.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Connection::Connection(int fd, SSL_CTX* tls) : fd_(fd), ssl_(nullptr, &SSL_free) {
  if (tls == nullptr) return;
  ssl_.reset(SSL_new(tls));
  SSL_set_fd(ssl_.get(), fd);
  SSL_accept(ssl_.get());  // a failure shows as an empty request
}

Connection::~Connection() {
  if (ssl_) SSL_shutdown(ssl_.get());
  close(fd_);
}

std::string Connection::read_some() {
  std::array<char, 4'096> buffer{};
  const auto size = ssl_ ? static_cast<ssize_t>(
                               SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size())))
                         : recv(fd_, buffer.data(), buffer.size(), 0);
  return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

std::string Connection::read_request() {
  std::string request;
  while (true) {
    const std::size_t head = request.find("\r\n\r\n");
    if (head != std::string::npos && request.size() >= head + 4 + body_length(request))
      return request;
    const std::string more = read_some();
    if (more.empty()) return request;
    request += more;
  }
}

void Connection::write(std::string_view text) {
  if (ssl_) {
    SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    return;
  }
  while (!text.empty()) {
    const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Connection::wait_for_close() {
  while (!read_some().empty()) {
  }
}

LoopbackServer::LoopbackServer(std::vector<Script> scripts, const Identity* identity,
                               std::uint16_t port, int highest_tls)
    : port_(port), listener_(listen_on_loopback(port_)), tls_(nullptr, &SSL_CTX_free) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to a socket that the client may have closed
  if (identity != nullptr) {
    tls_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(tls_.get(), identity->certificate.get());
    SSL_CTX_set_max_proto_version(tls_.get(), highest_tls);
    SSL_CTX_use_PrivateKey(tls_.get(), identity->key.get());
  }
  thread_ = std::thread([this, scripts = std::move(scripts)] {
    for (const Script& script : scripts) {
      const int fd = accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      Connection connection(fd, tls_.get());
      script(connection);
    }
  });
}

LoopbackServer::~LoopbackServer() {
  shutdown(listener_, SHUT_RDWR);  // ends an accept that nobody comes to
  wait();
  close(listener_);
}

std::string LoopbackServer::url() const {
  return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_);
}

void LoopbackServer::wait() {
  if (thread_.joinable()) thread_.join();
}

std::uint16_t closed_port() {
  std::uint16_t port = 0;
  close(listen_on_loopback(port));
  return port;
}

std::string ok_answer(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

}  // namespace setu::transport::testing
