// Invites that are over: withdrawn by a person or by the time, nobody comes in by them any more,
// and the keys that lay in them are renewed.
#include "world.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

constexpr std::int64_t kOneDay = 24ll * 3'600'000;

struct Invited {
  World world;
  std::unique_ptr<Device> coordinator = world.found();
  std::unique_ptr<Device> lead = world.lead(*coordinator, "Alpha");
  Client::InviteResult invite = must((*lead)->invite({"", "worker", "North"}));

  Invited() { lead->sync(); }
  // How the sync of somebody who got the link ends.
  Status join_late() {
    auto late = world.device("late");
    must((*late)->begin_join(invite.link, "Late"));
    return late->try_sync();
  }
  std::size_t open_invites() {
    std::size_t open = 0;
    for (const MemberView& view : must((*lead)->members())) open += view.state == "invited" ? 1 : 0;
    return open;
  }
  std::size_t told(const std::string& event) {
    std::size_t count = 0;
    for (const AuditView& view : must((*lead)->audit())) count += view.event == event ? 1 : 0;
    return count;
  }
};

}  // namespace

TEST_CASE("withdrawal: nobody joins by a withdrawn invite, and its keys are renewed") {
  Invited invited;
  Device& lead = *invited.lead;
  CHECK(invited.open_invites() == 1);
  const std::size_t keys_before = invited.told("new_key");
  SECTION("named by its link") { must(lead->withdraw_invite(invited.invite.link)); }
  SECTION("named by its id") { must(lead->withdraw_invite(invited.invite.id.substr(0, 6))); }
  lead.sync();
  CHECK(invited.open_invites() == 0);
  CHECK_FALSE(invited.join_late());
  CHECK(invited.told("invite_withdrawn") == 1);
  // Organisation and caseload with their facts at once; the commons and alerts are not hers.
  CHECK(invited.told("new_key") == keys_before + 4);
  invited.coordinator->sync();
  CHECK(must((*invited.coordinator)->verify()).empty());
  CHECK(lead->withdraw_invite(invited.invite.id).error().code == Code::kInvalidArgument);
}

TEST_CASE("withdrawal: by who made the invite, or who may take out whom it lets in") {
  Invited invited;
  const auto other = invited.world.lead(*invited.coordinator, "Beta");
  other->sync();
  CHECK((*other)->withdraw_invite(invited.invite.id).error().code == Code::kNotAllowed);
  CHECK((*other)->withdraw_invite("beef").error().code == Code::kNotFound);
  CHECK((*other)->withdraw_invite("").error().code == Code::kNotFound);
  invited.coordinator->sync();
  must((*invited.coordinator)->withdraw_invite(invited.invite.id));
  invited.coordinator->sync();
  CHECK_FALSE(invited.join_late());
}

TEST_CASE("withdrawal: of a used invite it names the device that came") {
  Invited invited;
  REQUIRE(invited.join_late());
  invited.lead->sync();
  const Status refused = (*invited.lead)->withdraw_invite(invited.invite.id);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::kInvalidArgument);
  CHECK(refused.error().hint.find("setu revoke ") != std::string::npos);
}

TEST_CASE("withdrawal: when its time is over the inviter's device closes an invite by itself") {
  Invited invited;
  invited.world.now_ms += 2 * kOneDay;
  invited.lead->sync();
  CHECK(invited.told("invite_withdrawn") == 0);
  invited.world.now_ms += 2 * kOneDay;
  invited.lead->sync();
  CHECK(invited.told("invite_withdrawn") == 1);
  CHECK((*invited.lead)->take_refusals().empty());

  // A server that does not look at the time any more: put back to before the hour was over.
  invited.world.now_ms -= 3 * kOneDay;
  CHECK_FALSE(invited.join_late());
}

TEST_CASE("withdrawal: a clock that is years ahead closes nothing") {
  Invited invited;
  invited.lead->clock_error_hours = 74ll * 365 * 24;
  invited.lead->sync();
  CHECK(invited.told("invite_withdrawn") == 0);
  invited.lead->clock_error_hours = 0;
  CHECK(invited.join_late());
}
