#pragma once
// Reads proto/vectors/crypto.txt, whose head says what is in it.

#include <string>
#include <utility>
#include <vector>

#include "setu/base/bytes.hpp"

namespace setu::crypto {

struct VectorCase {
  std::string construction;  // "hash", "derive", ...
  std::string name;
  std::vector<std::pair<std::string, std::string>> values;  // as written, in the file's order

  // The one value of that word. Ends the program when there is none: a broken file must not pass.
  [[nodiscard]] std::string text(const std::string& word) const;
  [[nodiscard]] Bytes bytes(const std::string& word) const;
  [[nodiscard]] std::vector<Bytes> all(const std::string& word) const;
};

// The cases of one construction. Ends the program when there are none.
[[nodiscard]] std::vector<VectorCase> vector_cases(const std::string& construction);

}  // namespace setu::crypto
