// setu-sim: tries to break Setu, one world after another. See docs/testing.md.

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "world.hpp"

namespace setu::sim {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Wanted {
  std::uint64_t first = 1, count = 0;
  double minutes = 0;
  std::optional<int> days, devices;
  bool aloud = false;
};

struct Totals {
  std::uint64_t worlds = 0;
  Outline sum;
  double slowest_s = 0;
  std::uint64_t slowest = 0;
};

void add(Totals& totals, const Outline& outline) {
  ++totals.worlds;
  Outline& sum = totals.sum;
  sum.devices += outline.devices;
  sum.device_days += outline.device_days;
  sum.writes += outline.writes;
  sum.records += outline.records;
  sum.sights += outline.sights;
}

int run(const Wanted& wanted) {
  const auto start = Clock::now();
  Totals totals;
  for (std::uint64_t seed = wanted.first;; ++seed) {
    if (wanted.count > 0 && seed >= wanted.first + wanted.count) break;
    if (wanted.count == 0 && seconds_since(start) > wanted.minutes * 60) break;
    const auto began = Clock::now();
    const Options options = draw_options(seed, {wanted.days, wanted.devices});
    if (wanted.aloud) std::printf("%s\n", describe(options).c_str());
    World world(options, wanted.aloud);
    const Outline outline = world.run();
    add(totals, outline);
    if (const double took = seconds_since(began); took > totals.slowest_s) {
      totals.slowest_s = took;
      totals.slowest = seed;
    }
    if (!outline.violations.empty()) {
      std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed),
                  describe(options).c_str());
      for (const std::string& violation : outline.violations)
        std::printf("  %s\n", violation.c_str());
      return 1;
    }
    if (wanted.aloud)
      std::printf("trace %016llx\n", static_cast<unsigned long long>(outline.trace));
  }
  const double took = seconds_since(start);
  std::printf(
      "%llu worlds, %llu device-days, %llu writes, %llu looks, %.1f s: %.0f device-days/s; slowest "
      "seed %llu (%.2f s)\n",
      static_cast<unsigned long long>(totals.worlds),
      static_cast<unsigned long long>(totals.sum.device_days),
      static_cast<unsigned long long>(totals.sum.writes),
      static_cast<unsigned long long>(totals.sum.sights), took,
      static_cast<double>(totals.sum.device_days) / took,
      static_cast<unsigned long long>(totals.slowest), totals.slowest_s);
  return 0;
}

}  // namespace
}  // namespace setu::sim

int main(int argc, char** argv) {
  setu::sim::Wanted wanted;
  CLI::App app("Simulates worlds of devices, people and a server, and everything that goes wrong");
  app.add_option("--first", wanted.first);
  app.add_option("--count", wanted.count);
  app.add_option("--minutes", wanted.minutes);
  app.add_option("--days", wanted.days);
  app.add_option("--devices", wanted.devices);
  app.add_flag("--trace", wanted.aloud);
  CLI11_PARSE(app, argc, argv);
  return setu::sim::run(wanted);
}
