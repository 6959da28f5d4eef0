#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace setu::sim {
namespace {

constexpr int kMostOrgs = 12;

// Off in half of all worlds; else anywhere up to `most`, small values as likely as large ones.
double draw(Random& random, double most) {
  if (random.chance(0.5)) return 0;
  return most * std::pow(10.0, -2.0 * random.unit());
}

int draw_days(Random& random) {
  if (random.chance(0.02)) return random.range(20, 60);
  if (random.chance(0.2)) return random.range(4, 12);
  return random.range(1, 4);
}

// A few large worlds among many small ones: a small one fails with a story that one can follow.
void draw_size(Random& random, Options& options) {
  if (random.chance(0.02)) {
    options.orgs = random.range(2, 4);
    options.workers_per_org = random.range(3, 8);
  } else {
    options.orgs = random.chance(0.3) ? 2 : 1;
    options.workers_per_org = random.range(1, 3);
  }
}

// `devices` in all: a coordinator, and orgs of a lead and up to nine workers each.
void fit_size(int devices, Options& options) {
  constexpr int kOrgSize = 10;
  options.orgs = std::min(kMostOrgs, std::max(1, (devices - 1) / kOrgSize));
  options.workers_per_org = std::max(1, (devices - 1) / options.orgs - 1);
}

}  // namespace

Options draw_options(std::uint64_t seed, const Wish& wish) {
  Random random(seed);
  Options options;
  options.seed = seed;
  options.copied_start = !random.chance(0.03);
  options.days = draw_days(random);
  draw_size(random, options);
  if (wish.days) options.days = *wish.days;
  if (wish.devices) fit_size(*wish.devices, options);
  options.shared_caseloads = random.range(0, 1);
  options.newcomers = random.chance(0.3) ? random.range(1, 2) : 0;

  options.actions = 1 + 6 * random.unit();
  options.fresh_records = 0.05 + 0.3 * random.unit();
  options.stale_reads = 0.6 * random.unit();
  options.deletes = draw(random, 0.15);
  options.resolves = random.unit();
  options.twice = draw(random, 0.2);
  options.contacts = 0.3 + 2.2 * random.unit();

  options.lost_requests = draw(random, 0.4);
  options.cut_requests = draw(random, 0.5);
  options.cut_answers = draw(random, 0.5);
  options.repeats = draw(random, 0.4);
  options.slow_links = draw(random, 0.9);

  options.device_crashes = draw(random, 1.0);
  options.device_disk_full = draw(random, 0.3);
  options.server_crashes = draw(random, 3.0);
  options.server_disk_full = draw(random, 0.5);
  options.server_restores = random.chance(0.5) ? 0 : draw(random, 0.3);
  options.proper_restores = random.unit();
  options.device_restores = random.chance(0.7) ? 0 : draw(random, 0.3);

  options.wrong_clocks = draw(random, 1.0);
  options.broken_clocks = draw(random, 0.3);
  options.clock_jumps = draw(random, 0.3);
  options.hand_overs = random.chance(0.3) ? 0 : 0.5 * random.unit();
  options.removals = draw(random, 0.8);
  options.wipe_orders = random.unit();
  options.rotations = random.chance(0.3) ? 0 : draw(random, 1.5);
  // An old copy that is shown an old log cannot find out what it is, and writes where others wrote.
  if (options.device_restores == 0) options.other_logs = random.chance(0.6) ? 0 : draw(random, 1.0);
  options.shown_other = random.unit();
  options.withholding = random.chance(0.6) ? 0 : draw(random, 0.8);
  options.withheld = random.unit();
  options.history_cuts = random.chance(0.4) ? 0 : random.unit();
  return options;
}

std::string describe(const Options& o) {
  char text[1024];
  std::snprintf(
      text, sizeof text,
      "%d days, %d orgs of %d workers, %d on shared caseloads, %d newcomers; actions "
      "%.2f (new %.2f, stale "
      "%.2f, delete %.3f, resolve %.2f, twice %.3f, hand over %.3f), contacts %.2f; lost "
      "%.3f, cut up "
      "%.3f, cut down %.3f, "
      "repeated %.3f, slow %.3f; crashes %.3f, full %.3f; server: crashes %.3f, full "
      "%.3f, restores %.3f "
      "(by command %.2f); old homes %.4f; clocks wrong %.3f, broken %.3f, jumping %.3f; taken "
      "out %.3f (wiped %.2f), keys renewed %.3f (history cut %.2f); other logs %.3f (shown %.2f), "
      "withholding %.3f "
      "(of %.2f)",
      o.days, o.orgs, o.workers_per_org, o.shared_caseloads, o.newcomers, o.actions,
      o.fresh_records, o.stale_reads, o.deletes, o.resolves, o.twice, o.hand_overs, o.contacts,
      o.lost_requests, o.cut_requests, o.cut_answers, o.repeats, o.slow_links, o.device_crashes,
      o.device_disk_full, o.server_crashes, o.server_disk_full, o.server_restores,
      o.proper_restores, o.device_restores, o.wrong_clocks, o.broken_clocks, o.clock_jumps,
      o.removals, o.wipe_orders, o.rotations, o.history_cuts, o.other_logs, o.shown_other,
      o.withholding, o.withheld);
  return text;
}

}  // namespace setu::sim
