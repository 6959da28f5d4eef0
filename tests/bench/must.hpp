#pragma once
// A benchmark that cannot go on says why and stops: errors become exceptions here, and main()
// prints them.

#include <stdexcept>

#include "setu/base/result.hpp"

namespace setu::bench {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + " (" + result.error().hint + ")");
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace setu::bench
