#pragma once
// Which circle a field's audience means for a record's home, and which homes a member may write to.
// Pure functions of the roster.

#include "client/context.hpp"

namespace setu::client {

// The audience that the parts found in a circle have. Nothing for the coordinators circle, which
// holds keys only.
[[nodiscard]] std::optional<Audience> audience_of(roster::CircleType type);

// The circle that holds a part of records of this home. kNotFound: the roster has none (yet).
[[nodiscard]] Result<CircleId> circle_for(const roster::Roster& roster, const CircleId& home,
                                          Audience audience);

// Holds the home and its facts: the two grants of a newcomer may come apart.
[[nodiscard]] bool may_use(const roster::Roster& roster, const DeviceId& device,
                           const roster::Circle& home);

// Homes that this device may make records of this type in, ascending.
[[nodiscard]] std::vector<CircleId> homes_of(const roster::Roster& roster, const DeviceId& device,
                                             forms::HomeType type);

// May records of this home type live in this circle?
[[nodiscard]] bool is_home_for(const roster::Circle& circle, forms::HomeType type);

}  // namespace setu::client
