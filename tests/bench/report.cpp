#include "report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bench_record.hpp"

namespace setu::bench {
namespace {

// Measured once with each system's own benchmark over the same shape of records, on another machine
// in another state: bytes and ratios compare, times only roughly. Write: transactions of 100,
// against plain SQLite (WAL, NORMAL: 132 ms) there.
struct Peer {
  const char* name;
  const char* write;       // 10,000 records, x plain SQLite NORMAL
  const char* first_push;  // MB up
  const char* first_pull;  // MB down
  const char* first_ms;    // both together
  const char* edit;        // B up/down
  const char* nothing_new;
  const char* disk;  // x plain SQLite
};
constexpr std::array<Peer, 7> kPeers = {{
    {"PouchDB 9", "4.8", "4.5", "1.5", "9836", "2275/2118", "1796/3462", "2.6"},
    {"sqlite-sync 1.1", "18", "2.2", "2.2", "3165", "318/132", "209/132", "8.7"},
    {"cr-sqlite 0.16", "6.7-20", "1.51", "1.51", "4379", "338/132", "203/132", "3.9"},
    {"Evolu 8 (e2e)", "26-54", "2.53", "2.54", "5018", "152/152 live", "311/22", "16.9"},
    {"Jazz 0.20 (e2e)", "41", "16.8", "15.4", "11640", "603/595 live", "1.46M/1.43M", "14.5"},
    {"Automerge 3.5", "35", "1.27", "1.27", "6358", "496/488 live", "586/300", "0.7"},
    {"Yjs 13.6 (memory)", "3.6", "3.34", "6.67", "1947", "303/186", "282/158", "-"},
}};

double ratio(double value, double of) { return of > 0 ? value / of : 0; }
double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }
double as_double(std::uint64_t number) { return static_cast<double>(number); }

void print_peers() {
  std::printf(
      "\nPeers, the same shape of records (measured on another machine in another state)\n");
  std::printf("%-18s %7s %8s %8s %9s %13s %12s %6s\n", "", "write x", "MB up", "MB down",
              "both, ms", "one edit, B", "nothing, B", "disk x");
  for (const Peer& peer : kPeers) {
    std::printf("%-18s %7s %8s %8s %9s %13s %12s %6s\n", peer.name, peer.write, peer.first_push,
                peer.first_pull, peer.first_ms, peer.edit, peer.nothing_new, peer.disk);
  }
}

}  // namespace

std::vector<Figure> figures_of(const Measurement& m) {
  return {
      {"nothing new, cold: requests", "", as_double(m.nothing_new.requests), 1},
      {"nothing new, cold: up", "B", as_double(m.nothing_new.up), 250},
      {"nothing new, cold: down", "B", as_double(m.nothing_new.down), 150},
      {"one edit, its author's sync: requests", "", as_double(m.edit_push.requests), 0},
      {"one edit, its author's sync: up", "B", as_double(m.edit_push.up), 600},
      {"one edit, its author's sync: down", "B", as_double(m.edit_push.down), 200},
      {"one edit, the other's sync: up", "B", as_double(m.edit_pull.up), 0},
      {"one edit, the other's sync: down", "B", as_double(m.edit_pull.down), 0},
      {"first sync, push: requests", "", as_double(m.push.requests), 0},
      {"first sync, push: up", "MB", megabytes(m.push.up), 0.6},
      {"first sync, pull: requests", "", as_double(m.pull.requests), 0},
      {"first sync, pull: down", "MB", megabytes(m.pull.down), 0.6},
      {"first sync, push", "ms", m.push.ms, 0},
      {"first sync, pull", "ms", m.pull.ms, 0},
      {"first sync, both", "ms", m.push.ms + m.pull.ms, 1000},
      {"disk after the push, of plain SQLite", "x",
       ratio(as_double(m.writer_disk), as_double(m.plain_disk)), 1.6},
      {"disk after the pull, of plain SQLite", "x",
       ratio(as_double(m.reader_disk), as_double(m.plain_disk)), 1.6},
      {"write in 100s, of plain SQLite (FULL)", "x", ratio(m.batched_ms, m.plain_full_batched_ms),
       2},
      {"write in 100s, of plain SQLite (NORMAL)", "x",
       ratio(m.batched_ms, m.plain_normal_batched_ms), 0},
      {"write one by one, of plain SQLite (FULL)", "x",
       ratio(m.singles_ms, m.plain_full_singles_ms), 0},
      {"write one by one, of plain SQLite (NORMAL)", "x",
       ratio(m.singles_ms, m.plain_normal_singles_ms), 0},
      {"write 10,000 in 100s", "ms", m.batched_ms, 0},
      {"  in 100s, plain SQLite FULL", "ms", m.plain_full_batched_ms, 0},
      {"  in 100s, plain SQLite NORMAL", "ms", m.plain_normal_batched_ms, 0},
      {"write 1,000 one by one", "ms", m.singles_ms, 0},
      {"  one by one, plain SQLite FULL", "ms", m.plain_full_singles_ms, 0},
      {"  one by one, plain SQLite NORMAL", "ms", m.plain_normal_singles_ms, 0},
  };
}

std::vector<Figure> medians_of(const std::vector<Measurement>& runs) {
  std::vector<std::vector<Figure>> all;
  for (const Measurement& run : runs) all.push_back(figures_of(run));
  std::vector<Figure> middle = all.front();
  for (std::size_t i = 0; i < middle.size(); ++i) {
    std::vector<double> values;
    for (const std::vector<Figure>& figures : all) values.push_back(figures[i].value);
    std::ranges::sort(values);
    middle[i].value = values[values.size() / 2];
  }
  return middle;
}

void print_table(const std::vector<Figure>& figures, int runs) {
  std::printf(
      "Setu, %zu records of %zu fields, loopback without TLS, bytes with HTTP heads; medians of "
      "%d\n",
      kRecords, kFieldCount, runs);
  std::printf("%-44s %10s %-3s %8s\n", "", "measured", "", "target");
  for (const Figure& figure : figures) {
    const bool is_whole = figure.unit == "B" || figure.unit.empty() || figure.unit == "ms";
    std::printf("%-44s %10.*f%s%s", figure.name.c_str(), is_whole ? 0 : 2, figure.value,
                figure.unit.empty() ? "" : " ", figure.unit.c_str());
    if (figure.target > 0) {
      const int gap = 3 - static_cast<int>(figure.unit.size()) + (figure.unit.empty() ? 1 : 0);
      std::printf("%*s %8g %s", gap, "", figure.target, figure.within() ? "ok" : "OVER");
    }
    std::printf("\n");
  }
  print_peers();
}

void print_json(const std::vector<Figure>& figures, int runs) {
  nlohmann::ordered_json document{
      {"records", kRecords}, {"runs", runs}, {"figures", nlohmann::json::array()}};
  for (const Figure& figure : figures) {
    nlohmann::ordered_json entry{
        {"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}};
    if (figure.target > 0) {
      entry["target"] = figure.target;
      entry["within"] = figure.within();
    }
    document["figures"].push_back(std::move(entry));
  }
  std::printf("%s\n", document.dump(2).c_str());
}

}  // namespace setu::bench
