#pragma once
// What a circle's type allows: who may ever hold its key, and which other circles its key may be
// sealed to. These are the walls of docs/roster-rules.md; grants move within them. Pure functions
// of what the log fixed for good (role, org, type), so that no later entry can make an accepted
// grant wrong. Nothing fails. Safe from any thread.

#include "roster/roster.hpp"

namespace setu::roster {

[[nodiscard]] inline Place place_of(const Member& member) { return {member.org, member.role}; }
[[nodiscard]] inline Place place_of(const wire::Invite& invite) {
  return {invite.org, invite.role};
}

// The umbrella's coordinators count as its leads: they belong to no other org (an invite for one
// names the umbrella).
[[nodiscard]] bool leads(const Member& member, const OrgId& org);
[[nodiscard]] bool leads(const Place& place, const OrgId& org);
[[nodiscard]] bool coordinates(const Member& member);

[[nodiscard]] bool is_programme_wide(CircleType type);
[[nodiscard]] bool is_facts(CircleType type);

// Whether someone in this place may hold the circle's key at all.
[[nodiscard]] bool may_hold(const Place& place, const Circle& circle);

// Whether the circle's key may be sealed to the receiver's inbox. Whoever may hold the receiver's
// key may hold this one's too, so following such seals never leads outside may_hold; and no
// receiver's own key is ever sealed to a third circle, so they form no rings.
[[nodiscard]] bool may_be_sealed_to(const Circle& circle, const Circle& receiver);

// Whether someone in this place begins the circle's epochs, and so says what those who come later
// start from: leads in the circles of their org, coordinators in those of the programme.
[[nodiscard]] bool may_begin_epochs(const Place& place, const Circle& circle);

// Whether devices that are no members may write to the circle, sealed to its inbox.
[[nodiscard]] bool takes_inbox(CircleType type);

}  // namespace setu::roster
