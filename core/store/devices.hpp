#pragma once
// The device numbers that merge blobs are written with.

#include "merge/pack.hpp"
#include "store/interned.hpp"

namespace setu::store {

// merge::pack cannot be told that the disk is full, so a failure to store a new number is kept
// here: number_of() then gives 0, which is nobody's number, and whatever writes next (a row, a
// commit) returns the failure instead.
class DeviceTable final : public merge::DeviceNumbers {
 public:
  explicit DeviceTable(Db& db) : ids_(db, "devices") {}

  std::uint32_t number_of(const DeviceId& device) override;
  Result<DeviceId> device_of(std::uint32_t number) const override;

  Interned<DeviceId>& ids() { return ids_; }
  [[nodiscard]] Status take_failure();  // tells it once
  void forget();

 private:
  mutable Interned<DeviceId> ids_;  // reading fills its cache
  std::optional<Error> failure_;
};

}  // namespace setu::store
