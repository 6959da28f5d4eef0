// Goal: names are given by those who answer for what they name, and to readers that exist.
// Method: a real programme with signed entries; each rule met, then broken in one point.

#include <catch2/catch.hpp>

#include "world.hpp"

namespace setu::roster::testing {
namespace {

wire::Label label(wire::Subject subject, ByteView id, const CircleId& reader) {
  return {.subject = subject,
          .id = to_bytes(id),
          .names = {{.circle = reader, .epoch = 1, .device = {}, .sealed = Bytes(72)}}};
}

}  // namespace

TEST_CASE("roster: a coordinator names the programme") {
  Network net;
  const wire::Label named = label(wire::Subject::kProgramme, {}, net.commons);
  CHECK(net.accepts(net.coordinator, named));
  CHECK(net.refuses(net.rose.lead, named));
  CHECK(net.refuses(net.pending, named));
  CHECK(net.refuses(net.coordinator,
                    label(wire::Subject::kProgramme, net.umbrella.view(), net.commons)));
  CHECK(net.roster.names(wire::Subject::kProgramme, {}).size() == 1);
}

TEST_CASE("roster: a coordinator or a lead of the org names it") {
  Network net;
  const wire::Label named = label(wire::Subject::kOrg, net.rose.org.view(), net.commons);
  CHECK(net.accepts(net.coordinator, named));
  CHECK(net.accepts(net.rose.lead, named));
  CHECK(net.refuses(net.lily.lead, named));
  CHECK(net.refuses(net.rose.worker, named));
  CHECK(net.refuses(net.pending, named));
  const OrgId unknown = crypto::random_id<OrgId>(net.random);
  CHECK(net.refuses(net.coordinator, label(wire::Subject::kOrg, unknown.view(), net.commons)));
  CHECK(net.refuses(net.coordinator, label(wire::Subject::kOrg, Bytes(3), net.commons)));
}

TEST_CASE("roster: a caseload's members name it") {
  Network net;
  const wire::Label named =
      label(wire::Subject::kCaseload, net.rose.caseload.view(), net.rose.caseload);
  CHECK(net.accepts(net.rose.lead, named));
  CHECK(net.refuses(net.rose.worker, named));
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.caseload, {net.rose.worker.id})));
  CHECK(net.say(net.rose.worker, named).verdict == Verdict::kAccepted);
  CHECK(net.refuses(net.coordinator, named));
  CHECK(net.refuses(net.rose.lead,
                    label(wire::Subject::kCaseload, net.rose.home.view(), net.rose.home)));
}

TEST_CASE("roster: a person is named by herself, her inviter or her approver") {
  Network net;
  const wire::Label worker = net.person_label(net.rose.worker.id, net.rose.home);
  CHECK(net.accepts(net.rose.worker, worker));
  CHECK(net.accepts(net.rose.lead, worker));  // invited her
  CHECK(net.refuses(net.coordinator, worker));
  CHECK(net.refuses(net.lily.lead, worker));

  const wire::Label lead = net.person_label(net.pending.id, net.rose.home);
  CHECK(net.refuses(net.rose.lead, lead));
  REQUIRE(net.accepts(net.rose.lead, wire::Approve{net.pending.id}));
  CHECK(net.accepts(net.rose.lead, net.person_label(net.pending.id, net.rose.facts)));
  CHECK(net.refuses(net.coordinator, net.person_label(net.stranger.id, net.commons)));
}

TEST_CASE("roster: who waits for approval names herself and nobody else") {
  Network net;
  wire::Label to_inviter = net.person_label(net.pending.id, {});
  to_inviter.names[0].epoch = 0;
  to_inviter.names[0].device = net.coordinator.id;
  CHECK(net.accepts(net.pending, to_inviter));
  CHECK(net.refuses(net.pending, net.person_label(net.rose.worker.id, net.rose.home)));
  CHECK(net.refuses(net.stranger, net.person_label(net.stranger.id, net.commons)));
}

TEST_CASE("roster: names are sealed to circles, epochs and devices of the roster") {
  Network net;
  wire::Label named = net.person_label(net.rose.worker.id, net.rose.home);
  named.names[0].epoch = 2;
  CHECK(net.refuses(net.rose.worker, named));
  named.names[0] = {.circle = crypto::random_id<CircleId>(net.random),
                    .epoch = 1,
                    .device = {},
                    .sealed = Bytes(72)};
  CHECK(net.refuses(net.rose.worker, named));
  named.names[0] = {.circle = {}, .epoch = 0, .device = net.stranger.id, .sealed = Bytes(72)};
  CHECK(net.refuses(net.rose.worker, named));
  named.names.clear();
  CHECK(net.refuses(net.rose.worker, named));
}

TEST_CASE("roster: all names of a subject are kept, in log order") {
  Network net;
  REQUIRE(net.accepts(net.rose.worker, net.person_label(net.rose.worker.id, net.rose.home)));
  REQUIRE(net.accepts(net.rose.lead, net.person_label(net.rose.worker.id, net.rose.leads)));
  const auto names = net.roster.names(wire::Subject::kPerson, net.rose.worker.id.view());
  REQUIRE(names.size() == 2);
  CHECK(names[0].circle == net.rose.home);
  CHECK(names[1].circle == net.rose.leads);
  CHECK(net.roster.names(wire::Subject::kPerson, net.rose.lead.id.view()).empty());
}

}  // namespace setu::roster::testing
