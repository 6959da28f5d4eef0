#pragma once
// The kind of record that simulated people write: one field of every merge rule in the home part,
// and the same again in the facts part, so that every rule meets every fault in every circle.

#include <string>
#include <vector>

#include "forms/form.hpp"

namespace setu::sim {

inline constexpr std::string_view kProbeKind = "probe";

enum class Style {
  kRegister,
  kCodes,
  kLadder,
  kCautious,
  kSet,
  kConsent,
  kCounter,
  kCounters,
  kLog,
  kTrail
};

// A field as the simulator sees it; the form is made from these, the model reads nothing else.
struct ProbeField {
  std::string name;
  Style style{};
  bool facts = false;
};

[[nodiscard]] const std::vector<ProbeField>& probe_fields();
[[nodiscard]] const ProbeField* probe_field(std::string_view name);
// Codes of choices, elements and keys, in the order of their rungs (0 the lowest).
[[nodiscard]] const std::vector<std::string>& codes_of(Style style);
// Rung of a code; two codes share the top one. Empty and unknown values stand below all.
[[nodiscard]] int rung_of(Style style, std::string_view code);

// Every write of a probe record leaves its number in the trail of each part that it touched: so
// that a reader of the record knows which writes a replica holds, without asking the code under
// test for its own account of it.
[[nodiscard]] std::string trail_name(bool facts);

[[nodiscard]] forms::Form probe_form();

}  // namespace setu::sim
