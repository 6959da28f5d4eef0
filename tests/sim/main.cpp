// setu-sim: tries to break Setu, one world after another. See docs/testing.md.
//
//   setu-sim --seed 17              one world, told line by line
//   setu-sim --first 1 --count 400  worlds by their seeds
//   setu-sim --minutes 30           worlds from a fresh seed on, for so long
//   setu-sim --story FILE...        what is told in files (stories/README.md)
//
// Ends with 1 at the first world in which something was wrong, and says how to see it again.

#include <sys/wait.h>
#include <unistd.h>

#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "story.hpp"
#include "totals.hpp"

namespace setu::sim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSayEvery_s = 20;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Wanted {
  std::optional<std::uint64_t> seed;
  std::uint64_t first = 0, count = 0;
  double minutes = 0;
  std::vector<std::string> stories;
  Wish wish;
  unsigned jobs = 1;
};

std::string replay_line(std::uint64_t seed, const Wish& wish) {
  const char* commit = std::getenv("SETU_COMMIT");
  std::string line = "replay: ./dev sim --seed " + std::to_string(seed);
  if (wish.days) line += " --days " + std::to_string(*wish.days);
  if (wish.devices) line += " --devices " + std::to_string(*wish.devices);
  return commit == nullptr ? line : line + "   (at commit " + commit + ")";
}

bool run_one(std::uint64_t seed, const Wish& wish, bool aloud, Totals& totals) {
  const auto began = Clock::now();
  const Options options = draw_options(seed, wish);
  if (aloud)
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed),
                describe(options).c_str());
  World world(options, aloud);
  const Outline outline = world.run();
  totals.add(seed, outline, seconds_since(began));
  if (aloud) std::printf("trace %016llx\n", static_cast<unsigned long long>(outline.trace));
  if (outline.violations.empty()) return true;
  std::string text = "\nseed " + std::to_string(seed) + ": " + describe(options) + "\n";
  for (const std::string& violation : outline.violations) text += "  " + violation + "\n";
  std::printf("%s%s\n", text.c_str(), replay_line(seed, wish).c_str());
  std::fflush(stdout);
  return false;
}

// Every `jobs`-th seed from the `job`-th on. False: something was wrong in one of them.
bool run_share(const Wanted& wanted, unsigned job, Clock::time_point start, Totals& totals) {
  double said_s = 0;
  for (std::uint64_t i = job;; i += wanted.jobs) {
    if (wanted.count > 0 ? i >= wanted.count : seconds_since(start) > wanted.minutes * 60)
      return true;
    if (!run_one(wanted.first + i, wanted.wish, false, totals)) return false;
    const double now_s = seconds_since(start);
    if (job > 0 || now_s - said_s < kSayEvery_s) continue;
    said_s = now_s;
    std::printf("  %llu worlds, %llu device-days\n",
                static_cast<unsigned long long>(totals.worlds * wanted.jobs),
                static_cast<unsigned long long>(totals.device_days * wanted.jobs));
    std::fflush(stdout);
  }
}

// Each job is a process of its own, which hands its totals back through a pipe.
bool run_all(const Wanted& wanted) {
  const auto start = Clock::now();
  std::printf("seeds from %llu on\n", static_cast<unsigned long long>(wanted.first));
  std::fflush(stdout);
  std::vector<std::pair<pid_t, int>> children;
  for (unsigned job = 0; job < wanted.jobs; ++job) {
    int ends[2];
    if (pipe(ends) != 0) return false;
    const pid_t child = fork();
    if (child < 0) return false;
    if (child == 0) {
      Totals totals;
      const bool good = run_share(wanted, job, start, totals);
      const bool told = write(ends[1], &totals, sizeof totals) == sizeof totals;
      _exit(good && told ? 0 : 1);
    }
    close(ends[1]);
    children.emplace_back(child, ends[0]);
  }
  Totals totals;
  bool good = true;
  for (const auto& [child, end] : children) {
    Totals share;
    int status = 0;
    if (read(end, &share, sizeof share) == sizeof share) totals.add(share);
    waitpid(child, &status, 0);
    close(end);
    if (WIFSIGNALED(status)) std::printf("a job died of signal %d\n", WTERMSIG(status));
    good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  std::printf("%s", summary(totals, seconds_since(start)).c_str());
  return good;
}

}  // namespace
}  // namespace setu::sim

int main(int argc, char** argv) {
  using namespace setu::sim;
  spdlog::set_level(spdlog::level::off);  // what the server would tell its operator
  Wanted wanted;
  CLI::App app("Simulates worlds of devices, people and a server, and everything that goes wrong");
  app.add_option("--seed", wanted.seed, "one world, told line by line");
  app.add_option("--first", wanted.first, "the first seed of many; otherwise a fresh one");
  app.add_option("--count", wanted.count, "how many seeds");
  app.add_option("--minutes", wanted.minutes, "for how long, without --count (default 1)");
  app.add_option("--days", wanted.wish.days, "days of every world, instead of what its seed draws")
      ->check(CLI::Range(1, 400));
  app.add_option("--devices", wanted.wish.devices, "devices of every world")
      ->check(CLI::Range(3, 400));
  app.add_option("--jobs", wanted.jobs, "processes side by side")->check(CLI::Range(1, 64));
  app.add_option("--story", wanted.stories, "files with stories to play, and nothing else");
  CLI11_PARSE(app, argc, argv);
  if (!wanted.stories.empty()) return play_stories(wanted.stories) ? 0 : 1;
  if (wanted.seed) {
    Totals totals;
    return run_one(*wanted.seed, wanted.wish, true, totals) ? 0 : 1;
  }
  if (wanted.minutes <= 0) wanted.minutes = 1;
  if (wanted.first == 0) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    wanted.first =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count()) *
        1'000'000;
  }
  return run_all(wanted) ? 0 : 1;
}
