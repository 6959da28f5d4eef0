#include "transport/http_link.hpp"

namespace setu::transport {

Result<sync::Report> run_exchange(sync::Exchange& exchange, HttpLink& link) {
  while (exchange.wants_request()) {
    SETU_TAKE(const Bytes body, exchange.make_request());
    const auto on_piece = [&exchange](ByteView piece) { return exchange.feed(piece); };
    if (Status posted = link.post("/v1/sync", body, on_piece); !posted) {
      exchange.link_cut();
      return fail(std::move(posted).error());
    }
    SETU_TRY(exchange.end_of_answer());
  }
  return exchange.report();
}

}  // namespace setu::transport
