#pragma once
// Templates of world.hpp.

#include <catch2/catch.hpp>

namespace setu::testing {

template <class T>
T must(Result<T> result) {
  if (!result)
    FAIL(code_name(result.error().code)
         << ": " << result.error().message << " / " << result.error().hint);
  return std::move(*result);
}

}  // namespace setu::testing
