// Belonging: who may invite whom, single use, approval, who holds which keys.

#include "world.hpp"

using namespace setu;
using namespace setu::testing;

TEST_CASE("client: an invite is good for one device") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  const std::string link = must((*lead)->invite({"", "worker", "North"})).link;
  lead->sync();
  auto first = world.device("worker");
  auto second = world.device("worker");
  must((*first)->begin_join(link, "First"));
  must((*second)->begin_join(link, "Second"));
  first->sync();
  CHECK((*first)->me().state == "active");
  CHECK_FALSE(second->try_sync().has_value());
  CHECK((*second)->me().state != "active");
}

TEST_CASE("client: a lead who joined sees nothing until she is approved") {
  World world;
  auto coordinator = world.found();
  must((*coordinator)->add_org("Alpha"));
  coordinator->sync();
  const std::string link = must((*coordinator)->invite({"Alpha", "lead", ""})).link;
  coordinator->sync();
  auto lead = world.device("lead");
  must((*lead)->begin_join(link, "Lead"));
  lead->sync();
  CHECK((*lead)->me().state == "pending");
  CHECK((*lead)->add("facility", {"name=Clinic"}).error().code == Code::kNotAllowed);
  coordinator->sync();
  World::approve(*coordinator, *lead);
  coordinator->sync();
  lead->sync();
  CHECK((*lead)->me().state == "active");
  must((*lead)->add("facility", {"name=Clinic"}));
}

TEST_CASE("client: only those whose role allows it change the roster") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  auto worker = world.worker(*lead, "North");
  const auto code = [](const auto& result) { return result.error().code; };
  CHECK(code((*worker)->add_org("Beta")) == Code::kNotAllowed);
  CHECK(code((*lead)->add_org("Beta")) == Code::kNotAllowed);
  CHECK(code((*worker)->invite({"", "worker", "North"})) == Code::kNotAllowed);
  CHECK(code((*worker)->add_caseload("West", "")) == Code::kNotAllowed);
  CHECK(code((*coordinator)->invite({"Alpha", "worker", ""})) == Code::kNotAllowed);
  CHECK(code((*lead)->invite({"Umbrella", "coordinator", ""})) == Code::kNotAllowed);
  CHECK(code((*lead)->invite({"Nowhere", "worker", ""})) == Code::kNotFound);
  CHECK(code((*lead)->invite({"", "captain", ""})) == Code::kInvalidArgument);
  CHECK(code((*worker)->approve((*lead)->me().device)) == Code::kNotAllowed);
}

TEST_CASE(
    "client: a second lead gets the org's keys from an existing lead, and everything recorded "
    "before") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  auto worker = world.worker(*lead, "North");
  const std::string id = must((*worker)->add("client", {"alias=Moon"}));
  worker->sync();
  const std::string link = must((*lead)->invite({"", "lead", ""})).link;
  lead->sync();
  auto second = world.device("lead");
  must((*second)->begin_join(link, "Second lead"));
  second->sync();
  CHECK((*second)->show(id).error().code == Code::kNotFound);
  lead->sync();
  World::approve(*lead, *second);
  lead->sync();
  second->sync();
  CHECK(field(must((*second)->show(id)), "alias") == "Moon");
  CHECK(must((*second)->caseloads()).size() == 1);
}

TEST_CASE("client: a caseload that was made offline is not made a second time") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  must((*lead)->invite({"", "worker", "South"}));
  CHECK((*lead)->invite({"", "worker", "South"}).error().code == Code::kNotYet);
  CHECK((*lead)->add_caseload("South", "").error().code == Code::kNotYet);
  must((*lead)->add_caseload("East", ""));
  lead->sync();
  must((*lead)->invite({"", "worker", "South"}));
  CHECK((*lead)->add_caseload("South", "").error().code == Code::kInvalidArgument);
  lead->sync();
  CHECK(must((*lead)->caseloads()).size() == 2);
}

TEST_CASE("client: an existing caseload's key follows only when the inviter has seen who came") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  auto first = world.worker(*lead, "North");
  const std::string id = must((*first)->add("client", {"alias=Moon"}));
  first->sync();
  lead->sync();
  const std::string link = must((*lead)->invite({"", "worker", "North"})).link;
  lead->sync();
  auto second = world.device("worker");
  must((*second)->begin_join(link, "Second"));
  second->sync();
  CHECK((*second)->me().state == "active");
  CHECK((*second)->show(id).error().code == Code::kNotFound);
  lead->sync();
  World::approve(*lead, *second);
  lead->sync();
  second->sync();
  CHECK(field(must((*second)->show(id)), "alias") == "Moon");
}

TEST_CASE("client: names are shown to those who may read them, others see role and device") {
  World world;
  auto coordinator = world.found();
  auto lead = world.lead(*coordinator, "Alpha");
  auto worker = world.worker(*lead, "North");
  coordinator->sync();
  lead->sync();
  const auto person_seen_by = [](Device& viewer, Device& seen) {
    for (const MemberView& member : must(viewer->members())) {
      if (member.device == seen->me().device) return member.person;
    }
    return std::string();
  };
  CHECK(person_seen_by(*lead, *worker) == "Worker of North");
  CHECK(person_seen_by(*coordinator, *lead) == "Lead of Alpha");
  CHECK(person_seen_by(*coordinator, *worker) == "worker " + (*worker)->me().device.substr(0, 8));
}
