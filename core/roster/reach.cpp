#include "roster/reach.hpp"

#include <algorithm>

namespace setu::roster {

void Reach::seal_to_device(const CircleId& circle, const DeviceId& device) {
  nodes_[circle].devices.insert(device);
  held_[device].insert(circle);
}

void Reach::seal_to_circle(const CircleId& circle, const CircleId& receiver) {
  nodes_[circle].receivers.insert(receiver);
  nodes_[receiver].opens.insert(circle);
}

bool Reach::reaches_directly(const CircleId& circle, const DeviceId& device) const {
  const auto node = nodes_.find(circle);
  return node != nodes_.end() && node->second.devices.contains(device);
}

std::vector<CircleId> Reach::receivers_of(const CircleId& circle) const {
  const auto node = nodes_.find(circle);
  if (node == nodes_.end()) return {};
  return {node->second.receivers.begin(), node->second.receivers.end()};
}

bool Reach::reaches(const CircleId& circle, const DeviceId& device) const {
  const auto node = nodes_.find(circle);
  if (node == nodes_.end()) return false;
  if (node->second.devices.contains(device)) return true;
  return std::ranges::any_of(node->second.receivers,
                             [&](const CircleId& receiver) { return reaches(receiver, device); });
}

std::vector<CircleId> Reach::circles_of(const DeviceId& device) const {
  std::set<CircleId> found;
  const auto held = held_.find(device);
  if (held != held_.end()) {
    for (const CircleId& circle : held->second) collect_opened(circle, found);
  }
  return {found.begin(), found.end()};
}

std::vector<DeviceId> Reach::devices_of(const CircleId& circle) const {
  std::set<DeviceId> found;
  collect_devices(circle, found);
  return {found.begin(), found.end()};
}

void Reach::collect_opened(const CircleId& circle, std::set<CircleId>& into) const {
  if (!into.insert(circle).second) return;
  const auto node = nodes_.find(circle);
  if (node == nodes_.end()) return;
  for (const CircleId& opened : node->second.opens) collect_opened(opened, into);
}

void Reach::collect_devices(const CircleId& circle, std::set<DeviceId>& into) const {
  const auto node = nodes_.find(circle);
  if (node == nodes_.end()) return;
  into.insert(node->second.devices.begin(), node->second.devices.end());
  for (const CircleId& receiver : node->second.receivers) collect_devices(receiver, into);
}

}  // namespace setu::roster
