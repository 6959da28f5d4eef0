#pragma once
// Whose signatures an act on a member needs, and whether they are together: letting a lead or
// coordinator in, taking anybody out, printing an org's recovery key (docs/roster-rules.md).
//
// Each signature is an entry of its author's own; the one that completes the quorum takes effect.
// Pure functions of the roster. Nothing fails. Safe from any thread while nobody applies entries.

#include <optional>

#include "roster/allowed.hpp"

namespace setu::roster {

[[nodiscard]] Motion motion_of(const wire::Approve& approve);
[[nodiscard]] Motion motion_of(const wire::Remove& removal);
[[nodiscard]] Motion motion_of(const wire::RecoveryEntry& recovery);

// The authority that an id signs with: an active member's place, or that of a printed recovery key:
// a coordinator's for the umbrella, a lead's for its org. Nothing for anybody else.
[[nodiscard]] std::optional<Place> authority_of(const Roster& roster, const DeviceId& signer);

// The role that an org's recovery key signs with, and whose signatures printing it needs.
[[nodiscard]] Role recovery_role(const Roster& roster, const OrgId& org);

// Signatures for what concerns leads and coordinators: 1 while there are one or two coordinators, 2
// from three on.
[[nodiscard]] std::size_t quorum(const Roster& roster);

// May this id sign for what concerns a member in this place, be it to let her in or to take her
// out? `subject` is never a signer of what concerns herself.
[[nodiscard]] bool may_sign_for(const Roster& roster, const DeviceId& signer, const Place& subject);

enum class Count : std::uint8_t { kNotEntitled, kSignedBefore, kOneMore, kCarried };
// What one more signature by `signer` makes of the motion.
[[nodiscard]] Count count_with(const Roster& roster, const Motion& motion, const DeviceId& signer,
                               const Place& subject);

}  // namespace setu::roster
