#include "client/circles.hpp"

namespace setu::client {

using roster::CircleType;

std::optional<Audience> audience_of(CircleType type) {
  switch (type) {
    case CircleType::kCommons: return Audience::kCommons;
    case CircleType::kAlerts: return Audience::kAlerts;
    case CircleType::kProgramme: return Audience::kProgramme;
    case CircleType::kCoordinators: return std::nullopt;
    case CircleType::kOrg:
    case CircleType::kCaseload: return Audience::kHome;
    case CircleType::kOrgFacts:
    case CircleType::kCaseloadFacts: return Audience::kFacts;
    case CircleType::kLeads: return Audience::kLeads;
  }
  return std::nullopt;
}

Result<CircleId> circle_for(const roster::Roster& roster, const CircleId& home, Audience audience) {
  const roster::Circle* circle = roster.circle(home);
  CircleId found;
  if (circle != nullptr) {
    const roster::Org* org = roster.org(circle->org);
    switch (audience) {
      case Audience::kHome: found = home; break;
      case Audience::kFacts: found = circle->twin; break;
      case Audience::kLeads: found = org != nullptr ? org->leads : CircleId{}; break;
      case Audience::kProgramme: found = roster.programme_circle(CircleType::kProgramme); break;
      case Audience::kCommons: found = roster.programme_circle(CircleType::kCommons); break;
      case Audience::kAlerts: found = roster.programme_circle(CircleType::kAlerts); break;
    }
  }
  if (found.is_nil()) {
    return fail(Code::kNotFound, "find circle: the programme has none for this audience yet",
                "sync, then try again");
  }
  return found;
}

bool is_home_for(const roster::Circle& circle, forms::HomeType type) {
  switch (type) {
    case forms::HomeType::kCaseload: return circle.type == CircleType::kCaseload;
    case forms::HomeType::kOrg: return circle.type == CircleType::kOrg;
    case forms::HomeType::kCommons: return circle.type == CircleType::kCommons;
  }
  return false;
}

bool may_use(const roster::Roster& roster, const DeviceId& device, const roster::Circle& home) {
  return roster.is_member(device, home.id) &&
         (home.twin.is_nil() || roster.is_member(device, home.twin));
}

std::vector<CircleId> homes_of(const roster::Roster& roster, const DeviceId& device,
                               forms::HomeType type) {
  std::vector<CircleId> homes;
  for (const CircleId& id : roster.circles_of(device)) {
    const roster::Circle* circle = roster.circle(id);
    if (circle != nullptr && is_home_for(*circle, type) && may_use(roster, device, *circle))
      homes.push_back(id);
  }
  return homes;
}

}  // namespace setu::client
