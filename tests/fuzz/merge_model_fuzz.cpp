// Merging held against a model that is too simple to be wrong: the bytes are a story of two to four
// devices (merge_scenario.hpp).

#include <cstdint>
#include <cstdio>

#include "merge_scenario.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto wrong = setu::model::play(std::as_bytes(std::span(data, size)));
  if (wrong) std::fprintf(stderr, "%s\n", wrong->c_str());
  SETU_ASSERT(!wrong);
  return 0;
}
