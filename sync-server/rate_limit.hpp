#pragma once
// A token bucket per device: a phone that loops must not starve the others. Generous, because a
// lead's commands sync one after the other. Not thread-safe. Memory: one small record per device
// seen lately, at most kMostBuckets.

#include <unordered_map>

#include "setu/base/ids.hpp"
#include "setu/base/instant.hpp"

namespace setu::server {

class RateLimit {
 public:
  struct Rate {
    double burst = 600;      // requests at once
    double per_second = 10;  // requests in the long run
  };
  static constexpr std::size_t kMostBuckets = 65'536;

  explicit RateLimit(Rate rate) : rate_(rate) {}

  // Takes one request from the device's bucket; false when it is empty.
  [[nodiscard]] bool take(const DeviceId& device, Instant now);

 private:
  struct Bucket {
    double left = 0;
    Instant at;
  };
  [[nodiscard]] Bucket refilled(const Bucket& bucket, Instant now) const;
  void drop_full(Instant now);

  Rate rate_;
  std::unordered_map<DeviceId, Bucket> buckets_;
};

}  // namespace setu::server
