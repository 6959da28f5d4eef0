#pragma once
// What is measured, once through. Bytes are the same on every machine; times are only good as
// ratios within one run.

#include "world.hpp"

namespace setu::bench {

struct Measurement {
  // Writing kRecords records in transactions of 100, and kSingles one by one.
  double batched_ms = 0, plain_full_batched_ms = 0, plain_normal_batched_ms = 0;
  double singles_ms = 0, plain_full_singles_ms = 0, plain_normal_singles_ms = 0;
  // The first sync of all records: pushed by one device, pulled by a new one.
  Traffic push, pull;
  // One field of one record changed by one device, synced, pulled by the other.
  Traffic edit_push, edit_pull;
  Traffic nothing_new;  // cold: freshly opened, new connection
  std::uint64_t writer_disk = 0, reader_disk = 0, plain_disk = 0;
};

inline constexpr std::size_t kPerTransaction = 100;
inline constexpr std::size_t kSingles = 1'000;

[[nodiscard]] Measurement measure(const std::filesystem::path& directory,
                                  const ServerProcess& server);

}  // namespace setu::bench
