#pragma once
// A member who lies: her device's real keys and chain, and a program of her own that seals whatever
// she likes. Her honest program then sends it.

#include "../unit/client/world.hpp"
#include "roster/roster.hpp"
#include "store/store.hpp"
#include "wire/body.hpp"

namespace setu::testing {

class Traitor {
 public:
  explicit Traitor(Device& device);

  // A change under her own stamp; the fields that matter are the caller's to fill.
  [[nodiscard]] Change change_at(std::uint32_t hour) const;
  // The next batch of her chain there, sealed as it should be around these changes.
  void seal(const CircleId& circle, const std::vector<Change>& changes);
  // The same around any bytes at all.
  void seal_bytes(const CircleId& circle, ByteView plain);

  // Of her org, or the programme's.
  [[nodiscard]] CircleId circle(roster::CircleType type) const;
  [[nodiscard]] const DeviceId& id() const { return id_; }
  // Before the device's files are copied or replaced; nothing else may be called afterwards.
  void close() { store_.reset(); }

 private:
  Device* device_;
  std::optional<store::Store> store_;
  crypto::SignKeyPair sign_;
  DeviceId id_;
  roster::Roster roster_;
  crypto::SeededRandom random_{7};
};

}  // namespace setu::testing
