#pragma once
// What a run of the simulator does: drawn from its seed, probabilities included ("swarm"), so that
// some worlds are all cuts and no crashes and others the other way round. All are printed.

#include <cstdint>
#include <optional>
#include <string>

#include "random.hpp"

namespace setu::sim {

struct Options {
  std::uint64_t seed = 1;

  // The world.
  bool copied_start = false;  // everybody joined before, in another world
  int orgs = 1;
  int workers_per_org = 2;
  int shared_caseloads = 1;  // of each org's workers, this many are two on one caseload
  int newcomers = 0;         // who join in the middle
  double removals = 0;       // workers' devices taken out, or leaving, per org and day
  double wipe_orders = 0;    // of removals
  double rotations = 0;      // a lead or coordinator renews all keys, per day
  double history_cuts = 0;   // of these: and cuts the history
  int days = 3;

  // People, per device and day.
  double actions = 4;
  double fresh_records = 0.25;  // of actions
  double stale_reads = 0.3;     // edits that go by what was on the screen some time ago
  double deletes = 0.03;
  double resolves = 0.2;  // of actions where there is something to resolve
  double twice = 0.05;    // the same entry typed again
  double hand_overs = 0;  // of a lead's actions: a record goes to another caseload
  double contacts = 1.5;

  // The link.
  double lost_requests = 0;
  double cut_requests = 0;  // after any byte
  double cut_answers = 0;
  double repeats = 0;     // a request arrives again, later
  double slow_links = 0;  // so slow that other things happen meanwhile, and windows close

  // Machines.
  double device_crashes = 0;  // per device and day, at any write
  double device_disk_full = 0;
  double server_crashes = 0;  // per day
  double server_disk_full = 0;
  double server_restores = 0;    // put back to an old copy, per day
  double proper_restores = 0.5;  // of them, by the command; else by hand
  double device_restores = 0;    // put back to an old copy of its home, per device and day

  // A server that lies: for some time, to some, with another log (a copy of its own that goes its
  // own way); or by keeping back a part of what it has for a device.
  double other_logs = 0;   // begun per day
  double shown_other = 0;  // of contacts as long as there is one
  double withholding = 0;  // of contacts
  double withheld = 0;     // of what such a contact would be served

  // Clocks.
  double wrong_clocks = 0;   // devices that are hours or days off
  double broken_clocks = 0;  // 1970, or 2100
  double clock_jumps = 0;    // per device and day
};

// `days` and `devices` replace what the seed draws.
struct Wish {
  std::optional<int> days;
  std::optional<int> devices;
};
[[nodiscard]] Options draw_options(std::uint64_t seed, const Wish& wish);
[[nodiscard]] std::string describe(const Options& options);

}  // namespace setu::sim
