#pragma once
// A connection to one server: HTTP/1.1 POSTs over TCP or TLS 1.3, one after another. Calls look
// synchronous and end by their deadlines.
//
// Trust (https). What travels is sealed and signed whatever the link; TLS hides who talks and how
// much. A server is taken when its certificate carries the pinned Ed25519 identity key (self-made
// certificates use that key itself), or when its chain verifies against this system's roots for the
// host's name. With a pinned key and neither: kForged. Before first contact nothing is pinned; then
// an unverified server is taken tentatively: peer_verified() is false, and once the caller knows
// the server's key (from the token, or from genesis) it must call confirm_peer() before it sends
// anything secret. A reconnect within one link must show the key that the first connection showed.
//
// Errors: kInvalidArgument (the URL), kNoLink (unreachable, cut, silent for too long: names
// host:port), kForged (TLS), kBusy (HTTP 503, 429), kTooLarge (413), kRefused (other statuses),
// kMalformed (not HTTP), kInternal, and what on_piece returns. No exception leaves. Not
// thread-safe. The system's name resolver cannot be interrupted: a silent name server can hold
// open() beyond its deadline. Memory: the request once more, and 16 KiB.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "crypto/crypto.hpp"
#include "sync/exchange.hpp"
#include "transport/endpoint.hpp"

namespace setu::transport {

struct Options {
  std::chrono::milliseconds connect{15'000};  // until TCP and TLS stand
  std::chrono::milliseconds idle{60'000};     // without one byte sent or received
  std::chrono::milliseconds total{30 *
                                  60'000};  // one request with its answer: 16 MiB down at 64 kbit/s
  std::optional<crypto::SignPublicKey> pinned_key;
};

class HttpLink {
 public:
  using OnPiece = std::function<Status(ByteView piece)>;

  [[nodiscard]] static Result<HttpLink> open(std::string_view url, const Options& options);
  HttpLink(HttpLink&&) noexcept;
  HttpLink& operator=(HttpLink&&) noexcept;
  ~HttpLink();

  // Gives the answer's body to `on_piece` as it arrives. A kept connection that turns out to be
  // closed before the first byte of an answer is opened again, once, and the request sent again:
  // what is sent must bear that.
  [[nodiscard]] Status post(std::string_view path, ByteView body, const OnPiece& on_piece);

  [[nodiscard]] const Endpoint& endpoint() const;
  // Application bytes with HTTP heads, before TLS.
  [[nodiscard]] std::uint64_t bytes_up() const;
  [[nodiscard]] std::uint64_t bytes_down() const;

  [[nodiscard]] std::optional<crypto::SignPublicKey> peer_ed25519_key()
      const;                                 // nothing for http and other key types
  [[nodiscard]] bool peer_verified() const;  // by the pinned key or the chain; never for http
  // For a link opened before the key was known. kForged: the server was taken tentatively and shows
  // another key; the link is closed for good. Always ok for http and for a verified chain.
  [[nodiscard]] Status confirm_peer(const crypto::SignPublicKey& key);

 private:
  struct Impl;
  explicit HttpLink(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Runs a whole exchange over the link: POST /v1/sync until it wants no more. On an error everything
// that was sealed or acknowledged before is kept, and exchange.report() says how far it came.
[[nodiscard]] Result<sync::Report> run_exchange(sync::Exchange& exchange, HttpLink& link);

}  // namespace setu::transport
