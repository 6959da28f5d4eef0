#include "rate_limit.hpp"

#include <algorithm>

namespace setu::server {

bool RateLimit::take(const DeviceId& device, Instant now) {
  if (buckets_.size() >= kMostBuckets) drop_full(now);
  Bucket& bucket = buckets_.try_emplace(device, Bucket{rate_.burst, now}).first->second;
  bucket = refilled(bucket, now);
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}

RateLimit::Bucket RateLimit::refilled(const Bucket& bucket, Instant now) const {
  const double seconds =
      static_cast<double>(std::max<std::int64_t>(now.ms - bucket.at.ms, 0)) / 1000.0;
  return {std::min(rate_.burst, bucket.left + seconds * rate_.per_second), now};
}

// A full bucket says no more than none.
void RateLimit::drop_full(Instant now) {
  std::erase_if(buckets_,
                [&](const auto& item) { return refilled(item.second, now).left >= rate_.burst; });
  if (buckets_.size() >= kMostBuckets) buckets_.clear();
}

}  // namespace setu::server
