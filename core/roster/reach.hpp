#pragma once
// Which devices the sealed copies of circle keys reach: directly, or through a circle whose inbox a
// key was sealed to.
//
// A graph without judgement: roster.hpp decides which edges are allowed (allowed.hpp keeps it two
// levels deep and free of rings) and which devices are active. Nothing fails. Not thread-safe;
// const calls may run at the same time. Cost: each edge is stored once in each direction and found
// in logarithmic time; nothing is computed ahead, so that taking a device out later is forgetting
// its edges.

#include <map>
#include <set>
#include <vector>

#include "setu/base/ids.hpp"

namespace setu::roster {

class Reach {
 public:
  void seal_to_device(const CircleId& circle, const DeviceId& device);
  void seal_to_circle(const CircleId& circle, const CircleId& receiver);

  [[nodiscard]] bool reaches(const CircleId& circle, const DeviceId& device) const;
  [[nodiscard]] std::vector<CircleId> circles_of(const DeviceId& device) const;  // ascending
  [[nodiscard]] std::vector<DeviceId> devices_of(const CircleId& circle) const;  // ascending
  [[nodiscard]] bool reaches_directly(const CircleId& circle, const DeviceId& device) const;
  [[nodiscard]] std::vector<CircleId> receivers_of(const CircleId& circle) const;  // ascending

 private:
  struct Node {
    std::set<DeviceId> devices;    // that the key was sealed to
    std::set<CircleId> receivers;  // circles whose inbox the key was sealed to
    std::set<CircleId> opens;      // circles whose keys were sealed to this one's inbox
  };
  void collect_opened(const CircleId& circle, std::set<CircleId>& into) const;
  void collect_devices(const CircleId& circle, std::set<DeviceId>& into) const;

  std::map<CircleId, Node> nodes_;
  std::map<DeviceId, std::set<CircleId>> held_;  // directly
};

}  // namespace setu::roster
