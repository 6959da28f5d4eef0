#pragma once
// A mistake in the story itself, which nothing that it expects can excuse: a name that nobody
// bears, a number that is none.

#include <stdexcept>

namespace setu::sim {

class StoryError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace setu::sim
