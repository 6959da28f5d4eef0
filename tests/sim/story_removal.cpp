// Stories: who is taken out, or leaves, and what becomes of what came too late.

#include "story.hpp"
#include "story_error.hpp"

namespace setu::sim {
namespace {

Status revoke(SimDevice& by, SimDevice& device, bool wipe) {
  device.person.out = true;
  return by.client().revoke(device.id.empty() ? device.client().me().device : device.id, wipe);
}

Result<std::vector<QuarantineView>> late(SimDevice& device) {
  SETU_TAKE(std::vector<QuarantineView> views, device.client().quarantine());
  if (views.empty()) throw StoryError("nothing came too late");
  return views;
}

}  // namespace

Status Story::take_out(const Words& words) { return revoke(who(words), who(words, "WHOM"), false); }
Status Story::take_out_and_wipe(const Words& words) {
  return revoke(who(words), who(words, "WHOM"), true);
}
Status Story::leave(const Words& words) { return revoke(who(words), who(words), false); }

Status Story::adopt_late(const Words& words) {
  SETU_TAKE(const std::vector<QuarantineView> views, late(who(words)));
  for (const QuarantineView& view : views) {
    const auto adopted = who(words).client().adopt_quarantined(view.id);
    if (!adopted) return fail(adopted.error());
  }
  return {};
}

Status Story::drop_late(const Words& words) {
  SETU_TAKE(const std::vector<QuarantineView> views, late(who(words)));
  for (const QuarantineView& view : views) SETU_TRY(who(words).client().drop_quarantined(view.id));
  return {};
}

Status Story::renew_keys(const Words& words) {
  const auto renewed = who(words).client().rotate();
  return renewed ? Status{} : fail(renewed.error());
}

Status Story::cut_history(const Words& words) {
  const auto cut = who(words).client().cut_history();
  return cut ? Status{} : fail(cut.error());
}

Status Story::cut_history_of(const Words& words) {
  const auto cut = who(words).client().cut_history(words.at("CASELOAD"));
  return cut ? Status{} : fail(cut.error());
}

Status Story::is_taken_out(const Words& words) {
  const std::string state = who(words).client().me().state;
  return state == "removed" ? Status{} : fail(Code::kInternal, "it is " + state);
}

Status Story::is_wiped(const Words& words) {
  return who(words).wiped ? Status{} : fail(Code::kInternal, "it holds what it held");
}

Status Story::has_set_aside(const Words& words) {
  SETU_TAKE(const StatusView status, who(words).client().status());
  return status.quarantined > 0 ? Status{} : fail(Code::kInternal, "nothing is set aside");
}

}  // namespace setu::sim
