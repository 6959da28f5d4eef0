#pragma once
// A small programme under attack, and what must hold whatever the server or a member does.

#include <catch2/catch.hpp>

#include "liar.hpp"

namespace setu::testing {

// One org with a lead; `worker` and `second` share the caseload North, with everything synced.
struct Team {
  World world;
  std::unique_ptr<Device> coordinator, lead, worker, second;
  explicit Team(std::vector<forms::Form> added_forms = {});
  [[nodiscard]] std::vector<Device*> all() const;

  // A client in North, by her working name.
  std::string add(Device& device, const std::string& alias);
};

[[nodiscard]] bool shows(Device& device, const std::string& alias);
// A warning of status that contains this.
[[nodiscard]] bool warns(Device& device, std::string_view words);
// What `verify` finds contains this.
[[nodiscard]] bool reports(Device& device, std::string_view words);

// It goes on recording, whatever it was told, and shows what it recorded.
void check_records(Team& team, Device& device);
// Some rounds of syncs with an honest server; then nothing is open, and who shares the caseload
// shows the same.
void sync_all(Team& team);
void check_same(Team& team);
// No warning, no problem, nothing waiting.
void check_clean(Device& device);

}  // namespace setu::testing
