// No two purposes share a name: else what was signed or derived for one would hold for the other.
// Reads the sources, so that a domain in any module counts.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace setu {
namespace {

TEST_CASE("domains: every purpose has a name of its own, with a version") {
  const std::regex domain(R"re(\{\s*"(setu/[^"]*)"\s*\})re");
  const std::regex form("setu/[a-z-]+/[0-9]+");
  std::set<std::string> names;
  for (const char* part : {"core", "sync-server", "apps", "bindings"}) {
    const auto folder = std::filesystem::path(SETU_SOURCE_DIR) / part;
    if (!std::filesystem::exists(folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".hpp" && entry.path().extension() != ".cpp") continue;
      std::ifstream file(entry.path());
      const std::string source{std::istreambuf_iterator<char>(file), {}};
      for (std::sregex_iterator at(source.begin(), source.end(), domain), end; at != end; ++at) {
        const std::string name = (*at)[1];
        CAPTURE(entry.path().string(), name);
        CHECK(name.size() <= 40);
        CHECK(std::regex_match(name, form));
        CHECK(names.insert(name).second);
      }
    }
  }
  CHECK(names.size() >= 27);
}

}  // namespace
}  // namespace setu
