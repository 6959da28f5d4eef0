// Goal: orgs and circles come to be by those who answer for them, and once.
// Method: a real programme with signed entries; each rule met, then broken in one point.

#include <catch2/catch.hpp>

#include "world.hpp"

namespace setu::roster::testing {

TEST_CASE("roster: only a coordinator adds orgs, each with its own id") {
  Network net;
  const OrgId org = crypto::random_id<OrgId>(net.random);
  CHECK(net.refuses(net.rose.lead, wire::OrgEntry{org}));
  CHECK(net.refuses(net.pending, wire::OrgEntry{org}));
  CHECK(net.accepts(net.coordinator, wire::OrgEntry{org}));
  CHECK_FALSE(net.roster.org(org)->umbrella);
  const Device second = net.enrol(net.coordinator, Role::kCoordinator, net.umbrella);
  CHECK(net.refuses(second, wire::OrgEntry{org}));
  CHECK(net.refuses(net.coordinator, wire::OrgEntry{net.umbrella}));
  CHECK(net.refuses(net.coordinator, wire::OrgEntry{}));
}

TEST_CASE("roster: the programme has one circle of each wide type, made by a coordinator") {
  const CircleType type = GENERATE(CircleType::kCommons, CircleType::kAlerts,
                                   CircleType::kProgramme, CircleType::kCoordinators);
  World world;
  const Team team = world.add_team();
  CHECK(world.roster.programme_circle(type).is_nil());
  CHECK(world.refuses(team.lead, world.circle(type, world.umbrella)));
  CHECK(world.refuses(team.lead, world.circle(type, team.org)));
  CHECK(world.refuses(world.coordinator, world.circle(type, team.org)));
  CHECK(world.refuses(world.coordinator, world.circle(type, world.umbrella, team.home)));
  const wire::CircleEntry made = world.circle(type, world.umbrella);
  CHECK(world.accepts(world.coordinator, made));
  CHECK(world.roster.programme_circle(type) == made.id);
  CHECK(world.refuses(world.coordinator, world.circle(type, world.umbrella)));
  CHECK(world.roster.programme_circle(type) == made.id);
}

TEST_CASE("roster: an org's circles are made once each, by its leads alone") {
  const CircleType type = GENERATE(CircleType::kOrg, CircleType::kLeads);
  Network net;
  const OrgId org = net.add_org();
  const Device lead = net.enrol(net.coordinator, Role::kLead, org);
  const Device worker = net.enrol(lead, Role::kWorker, org);
  CHECK(net.refuses(net.coordinator, net.circle(type, org)));
  CHECK(net.refuses(net.rose.lead, net.circle(type, org)));
  CHECK(net.refuses(worker, net.circle(type, org)));
  const wire::CircleEntry made = net.circle(type, org);
  CHECK(net.accepts(lead, made));
  CHECK(net.refuses(lead, net.circle(type, org)));
  const Org* state = net.roster.org(org);
  CHECK((type == CircleType::kOrg ? state->home : state->leads) == made.id);
}

TEST_CASE("roster: of two org circles made at once the first of the log stands") {
  Network net;
  const OrgId org = net.add_org();
  const Device one = net.enrol(net.coordinator, Role::kLead, org);
  const Device other = net.enrol(net.coordinator, Role::kLead, org);
  const wire::CircleEntry first = net.circle(CircleType::kOrg, org);
  const wire::CircleEntry raced = net.circle(CircleType::kOrg, org);
  CHECK(net.accepts(other, first));
  CHECK(net.refuses(one, raced));
  CHECK(net.refuses(one, net.grant(raced.id, {one.id})));
  CHECK(net.roster.org(org)->home == first.id);
}

TEST_CASE("roster: the coordinators are the umbrella's leads") {
  Network net;
  const CircleId home = net.add_circle(net.coordinator, CircleType::kOrg, net.umbrella);
  net.add_circle(net.coordinator, CircleType::kLeads, net.umbrella);
  net.add_circle(net.coordinator, CircleType::kOrgFacts, net.umbrella, home);
  net.add_circle(net.coordinator, CircleType::kCaseload, net.umbrella);
  CHECK(net.roster.org(net.umbrella)->home == home);
  CHECK(net.refuses(net.rose.lead, net.circle(CircleType::kCaseload, net.umbrella)));
}

TEST_CASE("roster: an org has as many caseloads as its leads make") {
  Network net;
  CHECK(net.accepts(net.rose.lead, net.circle(CircleType::kCaseload, net.rose.org)));
  CHECK(net.accepts(net.rose.lead, net.circle(CircleType::kCaseload, net.rose.org)));
  CHECK(net.refuses(net.rose.worker, net.circle(CircleType::kCaseload, net.rose.org)));
  CHECK(net.refuses(net.lily.lead, net.circle(CircleType::kCaseload, net.rose.org)));
  CHECK(net.refuses(net.coordinator, net.circle(CircleType::kCaseload, net.rose.org)));
  const OrgId unknown = crypto::random_id<OrgId>(net.random);
  CHECK(net.refuses(net.rose.lead, net.circle(CircleType::kCaseload, unknown)));
}

TEST_CASE("roster: a facts circle belongs to one home circle of its org and kind") {
  Network net;
  const auto facts_of = [&](const CircleId& home) {
    return net.circle(CircleType::kCaseloadFacts, net.rose.org, home);
  };
  const CircleId caseload = net.add_circle(net.rose.lead, CircleType::kCaseload, net.rose.org);
  const CircleId foreign = net.add_circle(net.lily.lead, CircleType::kCaseload, net.lily.org);
  CHECK(net.refuses(net.rose.lead, facts_of({})));
  CHECK(net.refuses(net.rose.lead, facts_of(crypto::random_id<CircleId>(net.random))));
  CHECK(net.refuses(net.rose.lead, facts_of(net.rose.home)));
  CHECK(net.refuses(net.rose.lead, facts_of(net.rose.caseload_facts)));
  CHECK(net.refuses(net.rose.lead, facts_of(foreign)));
  CHECK(net.refuses(net.lily.lead, facts_of(caseload)));

  const wire::CircleEntry facts = facts_of(caseload);
  CHECK(net.accepts(net.rose.lead, facts));
  CHECK(net.roster.circle(caseload)->twin == facts.id);
  CHECK(net.roster.circle(facts.id)->twin == caseload);
  CHECK(net.refuses(net.rose.lead, facts_of(caseload)));  // one each
}

TEST_CASE("roster: an org's facts circle comes after its home circle, once") {
  Network net;
  const OrgId org = net.add_org();
  const Device lead = net.enrol(net.coordinator, Role::kLead, org);
  CHECK(net.refuses(lead, net.circle(CircleType::kOrgFacts, org)));
  CHECK(net.refuses(lead, net.circle(CircleType::kOrgFacts, org, net.rose.home)));
  const CircleId home = net.add_circle(lead, CircleType::kOrg, org);
  const wire::CircleEntry facts = net.circle(CircleType::kOrgFacts, org, home);
  CHECK(net.accepts(lead, facts));
  CHECK(net.roster.org(org)->facts == facts.id);
  CHECK(net.refuses(lead, net.circle(CircleType::kOrgFacts, org, home)));
}

TEST_CASE("roster: only facts circles have a home") {
  const CircleType type = GENERATE(CircleType::kOrg, CircleType::kLeads, CircleType::kCaseload);
  Network net;
  const OrgId org = net.add_org();
  const Device lead = net.enrol(net.coordinator, Role::kLead, org);
  const CircleId home = net.add_circle(lead, CircleType::kCaseload, org);
  CHECK(net.refuses(lead, net.circle(type, org, home)));
  CHECK(net.accepts(lead, net.circle(type, org)));
}

TEST_CASE("roster: a circle's id is its own") {
  Network net;
  wire::CircleEntry nameless = net.circle(CircleType::kCaseload, net.rose.org);
  nameless.id = {};
  CHECK(net.refuses(net.rose.lead, nameless));
  wire::CircleEntry taken = net.circle(CircleType::kCaseload, net.rose.org);
  taken.id = net.lily.caseload;
  CHECK(net.refuses(net.rose.lead, taken));
  CHECK(net.roster.circle(net.lily.caseload)->org == net.lily.org);
}

TEST_CASE("roster: a new circle has one epoch, its author and no members") {
  Network net;
  const wire::CircleEntry made = net.circle(CircleType::kCaseload, net.rose.org);
  REQUIRE(net.accepts(net.rose.lead, made));
  const Circle* circle = net.roster.circle(made.id);
  REQUIRE(circle->epochs.size() == 1);
  CHECK(circle->newest().number == 1);
  CHECK(circle->newest().commitment == made.commitment);
  CHECK(circle->newest().inbox == made.inbox);
  CHECK(circle->author == net.rose.lead.id);
  CHECK(net.roster.members_of(made.id).empty());
  CHECK_FALSE(net.roster.is_member(net.rose.lead.id, made.id));
}

TEST_CASE("roster: records imply the home of the circle they are found in") {
  Network net;
  const auto home_of = [&](const CircleId& circle) {
    return implied_home(*net.roster.circle(circle));
  };
  CHECK(home_of(net.rose.home) == net.rose.home);
  CHECK(home_of(net.rose.caseload) == net.rose.caseload);
  CHECK(home_of(net.rose.facts) == net.rose.home);
  CHECK(home_of(net.rose.caseload_facts) == net.rose.caseload);
  CHECK(home_of(net.rose.leads).is_nil());
  CHECK(home_of(net.commons) == net.commons);
  CHECK(home_of(net.alerts) == net.alerts);
  CHECK(home_of(net.programme) == net.programme);
  CHECK(home_of(net.coordinators) == net.coordinators);
}

TEST_CASE("roster: circle ids are listed in ascending order") {
  Network net;
  const std::vector<CircleId> ids = net.roster.circle_ids();
  CHECK(ids.size() == net.roster.circles().size());
  CHECK(std::is_sorted(ids.begin(), ids.end()));
}

}  // namespace setu::roster::testing
