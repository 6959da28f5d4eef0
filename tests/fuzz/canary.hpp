#pragma once
// Errors never repeat what somebody typed or sent: a name in a log file is a name in the wrong
// hands. A target plants the canary in what it gives, and looks for it in what it is told.

#include <algorithm>

#include "setu/base/result.hpp"

namespace setu::fuzz {

inline constexpr std::string_view kCanary = "Zq7canary";

// The text with the canary somewhere in it; `where` is any number.
inline std::string with_canary(std::string_view text, std::size_t where) {
  std::string planted(text);
  return planted.insert(where % (text.size() + 1), kCanary);
}

template <class T>
void does_not_repeat(const Result<T>& result) {
  if (result) return;
  SETU_ASSERT(result.error().message.find(kCanary) == std::string::npos);
  SETU_ASSERT(result.error().hint.find(kCanary) == std::string::npos);
}

}  // namespace setu::fuzz
