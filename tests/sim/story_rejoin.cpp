// Stories: a person whose phone was put back to an old copy has joined anew, and brings over what
// that copy kept.

#include "story.hpp"
#include "story_error.hpp"
#include "story_text.hpp"

namespace setu::sim {
namespace {

constexpr int kMostAttempts = 2'000;

}  // namespace

Status Story::carry_over(const Words& words) {
  SimDevice& old = who(words, "OTHER");
  SETU_TAKE(const CarryReport report, who(words).client().carry_over(old.client()));
  for (const auto* left : {&report.waiting, &report.staying}) {
    if (!left->empty()) return fail(Code::kInternal, "not all came: " + left->front().reason);
  }
  return {};
}

Status Story::carry_through_power_loss_of(const Words& words, SimDevice& dying) {
  for (int write = 1; write < kMostAttempts; ++write) {
    dying.disk().fail_power_after(static_cast<std::uint64_t>(write));
    const Status carried = carry_over(words);
    const bool struck = !dying.disk().has_power();
    if (!struck) {
      dying.disk().fail_power_after(kNever);
      if (write == 1) throw StoryError("carrying over wrote nothing");
      return carried;
    }
    revive();
  }
  throw StoryError("it never comes to an end");
}

Status Story::carry_over_through_power_loss(const Words& words) {
  return carry_through_power_loss_of(words, who(words));
}

Status Story::carry_over_through_others_power_loss(const Words& words) {
  return carry_through_power_loss_of(words, who(words, "OTHER"));
}

}  // namespace setu::sim
