#pragma once
// Adoption: what a removed device wrote too late is taken in after all, because a lead says so. The
// lead's own change brings it, as a moved part of the very circle that it was written in: with its
// original stamps, so that two leads who adopt the same do it once, and history says who wrote it.

#include "client/context.hpp"

namespace setu::client {

// What a batch's reason says once it was adopted.
inline constexpr std::string_view kAdopted = "adopted";

// What a moved part of an adoption looks like: entries of the circle that it comes to, and no claim
// that anything else there is superseded.
[[nodiscard]] bool is_adoption(const MovedPart& moved, const CircleId& circle);

// Leads adopt in the circles of their organisation, coordinators in those of the programme.
[[nodiscard]] bool may_adopt(const roster::Circle& circle, const roster::Place& author);

// Takes in one batch from quarantine, by at least 4 digits of its id: all of it or nothing.
// kNotFound, kAmbiguous. kNotAllowed: not a lead there. kRefused: it is no member's writing, or
// holds what this version or its author's role does not allow; it stays where it is.
Result<AdoptionReport> adopt_quarantined(Context& context, std::string_view id);

}  // namespace setu::client
