#include "removal.hpp"

#include <cstdio>
#include <string>
#include <vector>

#include "bench_record.hpp"
#include "must.hpp"
#include "stopwatch.hpp"

namespace setu::bench {
namespace {

constexpr int kMaxSyncs = 8;
constexpr std::size_t kInvitesAtOnce = 50;

void add(Traffic& total, const Traffic& one) {
  total.requests += one.requests;
  total.up += one.up;
  total.down += one.down;
  total.ms += one.ms;
}

// Workers join and are gone: what is measured needs them on the roster, and one of them at hand.
void enrol(World& world, const std::filesystem::path& directory, std::size_t count) {
  for (std::size_t at = 0; at < count; at += kInvitesAtOnce) {
    std::vector<std::string> links;
    for (std::size_t i = at; i < count && i < at + kInvitesAtOnce; ++i)
      links.push_back(must(world.lead().client().invite({kOrg, "worker", ""})).link);
    world.lead().sync_until_settled();
    for (std::size_t i = 0; i < links.size(); ++i) {
      Device joiner(directory, "joiner-" + std::to_string(at + i));
      must(joiner.client().begin_join(links[i], "worker"));
      joiner.sync_until_settled();
    }
    std::fprintf(stderr, "\r  %zu of %zu have joined", at + links.size(), count);
  }
  if (count > 0) std::fprintf(stderr, "\n");
  world.lead().sync_until_settled();
}

void record(Device& device, std::size_t records) {
  std::vector<Client::Assignments> all;
  for (std::size_t i = 0; i < records; ++i) all.push_back(as_assignments(bench_record(i)));
  if (!all.empty()) must(device.client().add_many(kBenchKind, all));
  device.sync_until_settled();
}

}  // namespace

RemovalCost measure_removal(const std::filesystem::path& directory, const ServerProcess& server,
                            std::size_t members, std::size_t records) {
  std::filesystem::create_directories(directory);
  World world(directory, server);
  constexpr std::size_t kThereAlready = 3;  // the lead, a and b
  enrol(world, directory, members - kThereAlready);
  record(world.a, records);
  for (Device* device : {&world.lead(), &world.b}) device->sync_until_settled();

  RemovalCost cost{members, records, {}, {}};
  const Stopwatch watch;
  must(world.lead().client().revoke(world.a.client().me().device));
  for (int i = 0; i < kMaxSyncs; ++i) {
    must(world.lead().client().tend());
    add(cost.lead, world.lead().sync());
    if (must(world.lead().client().settled())) break;
  }
  cost.lead.ms = watch.ms();
  cost.member = world.b.sync();
  return cost;
}

void print_removals(const std::vector<RemovalCost>& costs) {
  std::printf("%8s %8s | %9s %9s %9s %9s | %9s %9s %9s\n", "members", "records", "lead up", "down",
              "requests", "ms", "member up", "down", "ms");
  for (const RemovalCost& cost : costs) {
    std::printf("%8zu %8zu | %9llu %9llu %9llu %9.1f | %9llu %9llu %9.1f\n", cost.members,
                cost.records, static_cast<unsigned long long>(cost.lead.up),
                static_cast<unsigned long long>(cost.lead.down),
                static_cast<unsigned long long>(cost.lead.requests), cost.lead.ms,
                static_cast<unsigned long long>(cost.member.up),
                static_cast<unsigned long long>(cost.member.down), cost.member.ms);
  }
}

}  // namespace setu::bench
