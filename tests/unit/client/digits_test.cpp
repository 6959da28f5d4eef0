// Six digits between who invites and who joins: no approval without them, and no device in the
// joiner's place.
#include "world.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

struct Invited {
  World world;
  std::unique_ptr<Device> coordinator = world.found();
  std::string link;

  Invited() {
    must((*coordinator)->add_org("Alpha"));
    coordinator->sync();
    link = must((*coordinator)->invite({"Alpha", "lead", ""})).link;
    coordinator->sync();
  }
  std::unique_ptr<Device> join(const std::string& name) {
    auto joiner = world.device(name);
    must((*joiner)->begin_join(link, name));
    joiner->sync();
    return joiner;
  }
};

std::string id_of(Device& device) { return device->me().device; }
std::string digits_of(Device& device) { return device->me().digits; }

}  // namespace

TEST_CASE("digits: nobody is approved without them, or with others") {
  Invited invited;
  const auto lead = invited.join("Lead");
  Device& coordinator = *invited.coordinator;
  CHECK(digits_of(*lead).empty());
  CHECK(coordinator->approve(id_of(*lead)).error().code == Code::kNotFound);
  coordinator.sync();
  CHECK(coordinator->approve(id_of(*lead)).error().code == Code::kMissingRequired);
  lead->sync();
  const std::string digits = digits_of(*lead);
  REQUIRE(digits.size() == 6);
  std::string others = digits;
  others.back() = others.back() == '9' ? '0' : '9';
  CHECK(coordinator->approve(id_of(*lead), others).error().code == Code::kRefused);
  CHECK(coordinator->approve(id_of(*lead), digits.substr(1)).error().code == Code::kRefused);
  coordinator.sync();
  lead->sync();
  CHECK((*lead)->me().state == "pending");
  must(coordinator->approve(id_of(*lead), digits.substr(0, 3) + " " + digits.substr(3)));
  coordinator.sync();
  lead->sync();
  CHECK((*lead)->me().state == "active");
  CHECK(digits_of(*lead).empty());
}

TEST_CASE("digits: they are not there before the inviter has seen who came") {
  Invited invited;
  const auto other = invited.world.lead(*invited.coordinator, "Beta");
  const std::string link = must((*other)->invite({"", "lead", ""})).link;
  other->sync();
  auto second = invited.world.device("second");
  must((*second)->begin_join(link, "Second"));
  second->sync();
  invited.coordinator->sync();  // who may approve her too, and has not invited her
  CHECK((*invited.coordinator)->approve(id_of(*second), "123456").error().code == Code::kNotYet);
  second->sync();
  CHECK(digits_of(*second).empty());
  other->sync();
  second->sync();
  invited.coordinator->sync();
  must((*invited.coordinator)->approve(id_of(*second), digits_of(*second)));
}

TEST_CASE("digits: a server that was put back is given one joiner, and no second reveal") {
  Invited invited;
  const std::string before_anybody = invited.world.save_log();
  const auto first = invited.join("First");
  invited.coordinator->sync();
  first->sync();
  REQUIRE(digits_of(*first).size() == 6);

  // The server forgets her and lets another in with the same link.
  invited.world.put_back_log(before_anybody, World::By::kHand);
  auto second = invited.world.device("second");
  must((*second)->begin_join(invited.link, "Second"));
  [[maybe_unused]] const Status joined = second->try_sync();
  for (int round = 0; round < 3; ++round) {
    [[maybe_unused]] const Status told = invited.coordinator->try_sync();
    [[maybe_unused]] const Status again = second->try_sync();
  }
  CHECK(digits_of(*second).empty());
  CHECK_FALSE((*invited.coordinator)->approve(id_of(*second), "000000"));
}
