#include "store/devices.hpp"

#include <limits>
#include <utility>

namespace setu::store {

std::uint32_t DeviceTable::number_of(const DeviceId& device) {
  const Result<std::int64_t> number = ids_.number_of(device);
  if (!number) {
    if (!failure_) failure_ = number.error();
    return 0;
  }
  SETU_ASSERT(*number > 0 && *number <= std::numeric_limits<std::uint32_t>::max());
  return static_cast<std::uint32_t>(*number);
}

Result<DeviceId> DeviceTable::device_of(std::uint32_t number) const { return ids_.id_of(number); }

Status DeviceTable::take_failure() {
  if (!failure_) return {};
  Error failure = *std::exchange(failure_, std::nullopt);
  return fail(std::move(failure));
}

void DeviceTable::forget() {
  ids_.forget();
  failure_.reset();
}

}  // namespace setu::store
