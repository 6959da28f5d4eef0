// Runs a fuzz target without libFuzzer, so that `ctest` exercises it with any compiler.
//
//   fuzz_<name> [--runs N] [--seed S] [--first R] [FILE | DIRECTORY] ...
//
// First every file given, then N mutations of them. Run R of seed S always gets the same bytes, so
// a crash, which prints both and leaves its input in ./crash-S-R, is replayed by `--seed S --first
// R --runs 1` with the same files. A directory that does not exist counts as empty.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*)());

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t kMaxInputBytes = 64 * 1024;
constexpr std::uint64_t kDefaultSeed = 20260101;

struct Options {
  std::uint64_t seed = kDefaultSeed;
  std::uint64_t first = 0;
  std::uint64_t runs = 1000;
  std::vector<std::filesystem::path> paths;
};

// What a signal handler may look at: which bytes are being run, and how to name them.
struct Current {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
  std::array<char, 512> name{};
};
Current current;

// SplitMix64 (Steele, Lea, Flood 2014): one word of state, the same numbers on every platform.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(next()); }

 private:
  std::uint64_t state_;
};

void save_crasher() {
  static volatile std::sig_atomic_t saved = 0;
  if (saved != 0) return;
  saved = 1;
  const auto put = [](int file, const void* data, std::size_t size) {
    if (write(file, data, size) < 0) _exit(1);
  };
  put(STDERR_FILENO, "\ncrashed: ", 10);
  put(STDERR_FILENO, current.name.data(), std::strlen(current.name.data()));
  put(STDERR_FILENO, "\n", 1);
  if (std::strncmp(current.name.data(), "crash-", 6) != 0) return;  // a file that is there already
  const int file = open(current.name.data(), O_CREAT | O_WRONLY | O_TRUNC, 0644);
  if (file >= 0) put(file, current.data, current.size);
}

void on_signal(int signal) {
  save_crasher();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const Input& input, const std::string& name) {
  // An exact copy on the heap: a read past the end is then a read past an allocation.
  const std::vector<std::uint8_t> exact(input.begin(), input.end());
  current.data = exact.data();
  current.size = exact.size();
  std::snprintf(current.name.data(), current.name.size(), "%s", name.c_str());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void mutate_once(Input& input, const std::vector<Input>& seeds, Random& random) {
  constexpr std::array<std::uint8_t, 8> kTelling = {0x00, 0x01, 0x7F, 0x80, 0x81, 0xFE, 0xFF, 0x40};
  const std::size_t at = input.empty() ? 0 : random.below(input.size());
  const std::size_t length =
      input.empty() ? 0 : std::min<std::size_t>(1 + random.below(16), input.size() - at);
  const auto from = input.begin() + static_cast<std::ptrdiff_t>(at);
  const auto to = from + static_cast<std::ptrdiff_t>(length);
  switch (random.below(8)) {
    case 0:
      if (!input.empty()) *from = static_cast<std::uint8_t>(*from ^ (1u << random.below(8)));
      break;
    case 1:
      if (!input.empty()) *from = kTelling[random.below(kTelling.size())];
      break;
    case 2:
      if (!input.empty()) *from = random.byte();
      break;
    case 3: input.insert(from, kTelling[random.below(kTelling.size())]); break;
    case 4: input.erase(from, to); break;
    case 5: {
      const Input piece(from, to);
      input.insert(from, piece.begin(), piece.end());
      break;
    }
    case 6: input.resize(at); break;
    default: {
      const Input& other = seeds[random.below(seeds.size())];
      if (other.empty()) break;
      const auto tail = other.begin() + static_cast<std::ptrdiff_t>(random.below(other.size()));
      input.erase(from, input.end());
      input.insert(input.end(), tail, other.end());
    }
  }
  if (input.size() > kMaxInputBytes) input.resize(kMaxInputBytes);
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    std::uint64_t* number = nullptr;
    if (word == "--seed") number = &options.seed;
    if (word == "--first") number = &options.first;
    if (word == "--runs") number = &options.runs;
    if (number == nullptr) {
      options.paths.emplace_back(word);
    } else if (++i < argc) {
      *number = std::strtoull(argv[i], nullptr, 10);
    } else {
      std::fprintf(stderr, "%s: a number must follow\n", argv[i - 1]);
      std::exit(2);
    }
  }
  return options;
}

std::vector<std::filesystem::path> files_in(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : paths) {
    if (std::filesystem::is_regular_file(path)) files.push_back(path);
    if (!std::filesystem::is_directory(path)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

Input read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  for (int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, on_signal);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(save_crasher);

  std::vector<Input> seeds = {{}};
  run(seeds.front(), "the empty input");
  for (const auto& path : files_in(options.paths)) {
    seeds.push_back(read(path));
    run(seeds.back(), path.string());
  }
  const std::size_t files = seeds.size() - 1;
  for (std::uint64_t at = options.first; at < options.first + options.runs; ++at) {
    Random random(options.seed ^ (at * 0xD1342543DE82EF95u));
    Input input = seeds[random.below(seeds.size())];
    for (std::size_t left = 1 + random.below(8); left > 0; --left)
      mutate_once(input, seeds, random);
    run(input, "crash-" + std::to_string(options.seed) + "-" + std::to_string(at));
  }
  std::printf("%zu files, %llu mutations from seed %llu: no crash\n", files,
              static_cast<unsigned long long>(options.runs),
              static_cast<unsigned long long>(options.seed));
  return 0;
}
