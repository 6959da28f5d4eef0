#include "world.hpp"

#include <chrono>

#include "bench_record.hpp"
#include "crypto/cpu.hpp"
#include "must.hpp"
#include "stopwatch.hpp"
#include "sync/exchange.hpp"
#include "transport/http_link.hpp"

namespace setu::bench {
namespace {

constexpr int kMaxRounds = 8;

Ports ports() {
  return {[] {
            const auto now = std::chrono::system_clock::now().time_since_epoch();
            return Instant{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
          },
          nullptr};
}

}  // namespace

Device::Device(const std::filesystem::path& directory, const std::string& name)
    : path_(directory / (name + ".db")),
      key_(crypto::random_key(crypto::system_random())),
      fast_aes_(crypto::has_fast_aes()),
      client_(must(Client::create(path_, key_, fast_aes_, ports(), {bench_form()}))) {}

void Device::reopen() {
  client_.reset();
  client_ = must(Client::open(path_, key_, fast_aes_, ports(), {bench_form()}));
}

Traffic Device::sync() {
  const Stopwatch watch;
  must(client_->prepare_sync());
  transport::HttpLink link = must(transport::HttpLink::open(client_->me().server_url, {}));
  sync::Exchange exchange(client_->replica(), {}, crypto::system_random());
  const sync::Report report = must(transport::run_exchange(exchange, link));
  must(client_->tend());
  return {report.requests, link.bytes_up(), link.bytes_down(), watch.ms()};
}

void Device::sync_until_settled() {
  for (int round = 0; round < kMaxRounds; ++round) {
    must(client_->tend());
    sync();
    if (must(client_->settled())) return;
  }
  throw std::runtime_error("set up: the server and a device do not come to an end");
}

std::uint64_t Device::disk_bytes() {
  client_.reset();
  const std::uint64_t bytes = std::filesystem::file_size(path_);
  client_ = must(Client::open(path_, key_, fast_aes_, ports(), {bench_form()}));
  return bytes;
}

World::World(const std::filesystem::path& directory, const ServerProcess& server)
    : a(directory, "a"),
      b(directory, "b"),
      coordinator_(directory, "coordinator"),
      lead_(directory, "lead") {
  must(coordinator_.client().begin_programme(
      {"Programme", "Umbrella", "Coordinator", server.url(), server.make_token()}));
  coordinator_.sync_until_settled();
  must(coordinator_.client().add_org(kOrg));
  coordinator_.sync_until_settled();
  join(lead_, coordinator_, "lead");
  coordinator_.sync_until_settled();
  lead_.sync_until_settled();
  const Client::Me lead = lead_.client().me();
  must(coordinator_.client().approve(lead.device, lead.digits));
  coordinator_.sync_until_settled();
  lead_.sync_until_settled();
  lead_.sync_until_settled();
  join(a, lead_, "worker");
  join(b, lead_, "worker");
  for (Device* device : {&lead_, &a, &b, &a}) device->sync_until_settled();
}

void World::join(Device& device, Device& inviter, const char* role) {
  const Client::InviteResult invite = must(inviter.client().invite({kOrg, role, ""}));
  inviter.sync_until_settled();
  must(device.client().begin_join(invite.link, role));
  device.sync_until_settled();
}

}  // namespace setu::bench
