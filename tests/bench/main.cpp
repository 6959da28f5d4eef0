// setu-bench: writes, syncs and stores the same 10,000 records that the peers were measured with.

#include <stdlib.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>

#include "must.hpp"
#include "removal.hpp"
#include "report.hpp"

namespace setu::bench {
namespace {

constexpr int kDefaultRuns = 3;
constexpr std::pair<std::size_t, std::size_t> kRemovals[] = {  // members, records
    {10, 0},
    {10, 10'000},
    {100, 0},
    {100, 10'000},
    {1'000, 0}};

struct Options {
  int runs = kDefaultRuns;
  bool json = false;
  bool removals = false;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) {
      options.json = true;
    } else if (std::strcmp(argv[i], "--removals") == 0) {
      options.removals = true;
    } else if (std::strcmp(argv[i], "--runs") == 0 && i + 1 < argc && std::atoi(argv[i + 1]) > 0) {
      options.runs = std::atoi(argv[++i]);
    } else {
      throw std::runtime_error("usage: setu-bench [--runs N] [--json] | --removals");
    }
  }
  return options;
}

class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string pattern = std::filesystem::temp_directory_path() / "setu-bench-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error("make a scratch directory: failed");
    path_ = pattern;
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void run(const Options& options) {
  must(crypto::init());
  const std::filesystem::path programs =
      std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const ScratchDirectory scratch;
  const ServerProcess server(programs / "setu-server", scratch.path() / "server");
  if (options.removals) {
    std::vector<RemovalCost> costs;
    for (const auto& [members, records] : kRemovals) {
      std::fprintf(stderr, "%zu members, %zu records\n", members, records);
      const std::string name = std::to_string(members) + "-" + std::to_string(records);
      costs.push_back(measure_removal(scratch.path() / name, server, members, records));
    }
    print_removals(costs);
    return;
  }
  std::vector<Measurement> all;
  for (int i = 1; i <= options.runs; ++i) {
    std::fprintf(stderr, "run %d of %d\n", i, options.runs);
    all.push_back(measure(scratch.path() / ("run-" + std::to_string(i)), server));
  }
  const std::vector<Figure> figures = medians_of(all);
  options.json ? print_json(figures, options.runs) : print_table(figures, options.runs);
}

}  // namespace
}  // namespace setu::bench

int main(int argc, char** argv) {
  try {
    setu::bench::run(setu::bench::parse(argc, argv));
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "setu-bench: %s\n", problem.what());
    return 1;
  }
}
