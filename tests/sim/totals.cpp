#include "totals.hpp"

#include <cstdio>
#include <initializer_list>
#include <utility>

namespace setu::sim {
namespace {

// Every count of the faults, with its name: summed and printed from one list.
struct NamedCount {
  const char* name;
  std::uint64_t FaultCounts::*own;
  std::uint64_t ContactCounts::*link;
};
constexpr NamedCount kCounts[] = {
    {"contacts", &FaultCounts::contacts, nullptr},
    {"contacts that failed", &FaultCounts::failed_contacts, nullptr},
    {"requests", nullptr, &ContactCounts::requests},
    {"requests lost", nullptr, &ContactCounts::lost},
    {"requests cut", nullptr, &ContactCounts::cut_up},
    {"answers cut", nullptr, &ContactCounts::cut_down},
    {"requests repeated", nullptr, &ContactCounts::repeated},
    {"windows closed", nullptr, &ContactCounts::closed_windows},
    {"devices without power", &FaultCounts::device_crashes, nullptr},
    {"device disks full", &FaultCounts::full_disks, nullptr},
    {"devices put back", &FaultCounts::device_restores, nullptr},
    {"server without power", &FaultCounts::server_crashes, nullptr},
    {"server disk full", &FaultCounts::server_full_disks, nullptr},
    {"server put back", &FaultCounts::server_restores, nullptr},
    {"wrong clocks", &FaultCounts::wrong_clocks, nullptr},
    {"clock jumps", &FaultCounts::clock_jumps, nullptr},
    {"newcomers", &FaultCounts::newcomers, nullptr},
    {"copied phones come back", &FaultCounts::carried, nullptr},
    {"devices taken out", &FaultCounts::removals, nullptr},
    {"devices wiped", &FaultCounts::wipes, nullptr},
    {"late batches adopted", &FaultCounts::adoptions, nullptr},
    {"late batches dropped", &FaultCounts::drops, nullptr},
    {"keys renewed", &FaultCounts::rotations, nullptr},
    {"histories cut", &FaultCounts::history_cuts, nullptr},
    {"other logs", &FaultCounts::other_logs, nullptr},
    {"shown another log", &FaultCounts::other_shown, nullptr},
    {"answers kept short", &FaultCounts::kept_short, nullptr},
};

std::uint64_t& count_of(FaultCounts& faults, const NamedCount& count) {
  return count.own != nullptr ? faults.*count.own : faults.links.*count.link;
}

}  // namespace

void Totals::add(std::uint64_t seed, const Outline& outline, double took_s) {
  Totals one;
  one.worlds = 1;
  one.devices = outline.devices;
  one.device_days = outline.device_days;
  one.writes = outline.writes;
  one.records = outline.records;
  one.sights = outline.sights;
  one.hand_overs = outline.hand_overs;
  one.faults = outline.faults;
  one.slowest_seed = seed;
  one.slowest_s = took_s;
  add(one);
}

void Totals::add(const Totals& other) {
  worlds += other.worlds;
  devices += other.devices;
  device_days += other.device_days;
  writes += other.writes;
  records += other.records;
  sights += other.sights;
  hand_overs += other.hand_overs;
  FaultCounts more = other.faults;
  for (const NamedCount& count : kCounts) count_of(faults, count) += count_of(more, count);
  if (other.slowest_s <= slowest_s) return;
  slowest_s = other.slowest_s;
  slowest_seed = other.slowest_seed;
}

std::string summary(const Totals& totals, double took_s) {
  char line[160];
  std::string text;
  const auto print = [&](const char* name, std::uint64_t value) {
    std::snprintf(line, sizeof line, "  %-24s %12llu\n", name,
                  static_cast<unsigned long long>(value));
    text += line;
  };
  print("worlds", totals.worlds);
  print("device-days", totals.device_days);
  print("records", totals.records);
  print("writes", totals.writes);
  print("looks, each judged", totals.sights);
  print("records handed over", totals.hand_overs);
  FaultCounts faults = totals.faults;
  for (const NamedCount& count : kCounts) print(count.name, count_of(faults, count));
  std::snprintf(line, sizeof line,
                "  %.0f s, %.0f device-days a second; slowest seed %llu, %.1f s\n", took_s,
                static_cast<double>(totals.device_days) / took_s,
                static_cast<unsigned long long>(totals.slowest_seed), totals.slowest_s);
  return text + line;
}

}  // namespace setu::sim
