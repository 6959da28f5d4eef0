#include "cli/syncing.hpp"

#include "crypto/crypto.hpp"
#include "sync/exchange.hpp"
#include "transport/http_link.hpp"

namespace setu::cli {
namespace {

constexpr int kMaxRounds = 8;  // founding takes three; more means that two sides do not agree

Status one_exchange(Client& client, transport::HttpLink& link, SyncResult& result) {
  SETU_TRY(client.prepare_sync());
  // A server taken on trust must turn out to be the one that token or genesis name before anything
  // but a hello is sent.
  const bool first_contact = !client.replica().server_key();
  sync::Exchange exchange(client.replica(),
                          {.max_requests = first_contact ? 1 : sync::Options{}.max_requests},
                          crypto::system_random());
  const auto ran = transport::run_exchange(exchange, link);
  const sync::Report& report = exchange.report();
  result.pushed += report.pushed_batches;
  result.pulled += report.pulled_batches;
  result.requests += report.requests;
  if (!ran) return fail(ran.error());
  if (const auto key = client.replica().server_key()) SETU_TRY(link.confirm_peer(*key));
  return client.tend();
}

}  // namespace

Result<SyncResult> sync_until_settled(Client& client, const std::string& home) {
  SETU_TAKE(const SyncLock lock, SyncLock::take(home));
  transport::Options options;
  options.pinned_key = client.replica().server_key();
  SETU_TRY(client.tend());
  SETU_TAKE(transport::HttpLink link, transport::HttpLink::open(client.me().server_url, options));
  SyncResult result;
  for (int round = 0; round < kMaxRounds; ++round) {
    SETU_TRY(one_exchange(client, link, result));
    SETU_TAKE(const bool settled, client.settled());
    if (settled) break;
  }
  result.bytes_up = link.bytes_up();
  result.bytes_down = link.bytes_down();
  result.refusals = client.take_refusals();
  client.note_sync_done();
  return result;
}

}  // namespace setu::cli
