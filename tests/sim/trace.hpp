#pragma once
// What happened, in order: a running hash, so that two runs of one seed can be compared in one
// number; and, if asked for, the lines themselves.

#include <cstdint>
#include <string>
#include <string_view>

namespace setu::sim {

class Trace {
 public:
  explicit Trace(bool aloud = false) : aloud_(aloud) {}
  void set_time(std::int64_t now_ms) { now_ms_ = now_ms; }
  void note(std::string_view who, std::string_view what);
  void note_number(std::uint64_t number);
  [[nodiscard]] std::uint64_t hash() const { return hash_; }

 private:
  void mix(std::string_view text);
  bool aloud_;
  std::int64_t now_ms_ = 0;
  std::uint64_t hash_ = 0xcbf29ce484222325u;  // FNV-1a, 64 bits
};

}  // namespace setu::sim
