// SECURITY: "server adds members or swaps keys", "server chooses parameters", "wipe order forged by
// the server". Whoever signed nothing is believed nothing; a real client, a server with its real
// key.

#include <algorithm>

#include "team.hpp"

using namespace setu;
using namespace setu::testing;

namespace {

struct Stranger {
  crypto::SignKeyPair sign;
  crypto::BoxKeyPair box;
  explicit Stranger(crypto::Random& random)
      : sign(crypto::sign_key_from_seed(crypto::random_key(random))),
        box(crypto::box_key_from_seed(crypto::random_key(random))) {}
  [[nodiscard]] wire::DeviceKeys keys() const { return {sign.public_key, box.public_key}; }
  [[nodiscard]] DeviceId id() const { return wire::device_id(keys()); }
};

ProgrammeId programme_of(Team& team) { return must(team.world.log->programmes()).front(); }

DeviceId id_of(Device& device) { return must(DeviceId::from(must(from_hex(device->me().device)))); }

bool has_member(Device& device, const DeviceId& id) {
  return std::ranges::any_of(must(device->members()),
                             [&](const MemberView& member) { return member.device == id.hex(); });
}

// From the next answer that serves the log on, an entry more stands behind what it holds.
void append_entry_once(World& world, Device& device, const Bytes& bytes) {
  lie_to(world, device, [bytes, done = false](Tale& tale) mutable {
    if (done || !all<wire::Challenge>(tale).empty()) return;
    done = true;
    auto* seal = tale.back().as<wire::Seal>();
    ++seal->point.position;
    add_to_log(tale, told(wire::PulledEntry{seal->point.position, {}}, bytes));
  });
}

// The invites of the log that nobody used yet.
wire::Invite open_invite(Team& team) {
  roster::Roster roster;
  const ProgrammeId programme = programme_of(team);
  for (const auto& stored : must(team.world.log->entries(programme, {0, kMuch}, kMuch)))
    roster.apply(
        must(wire::parse_entry(stored.bytes, roster.has_genesis() ? programme : ProgrammeId{})));
  for (const auto& [id, state] : roster.invites()) {
    if (!state.used_by) return state.invite;
  }
  FAIL("no open invite");
  return {};
}

}  // namespace

TEST_CASE("hostile server: adds a member without an invite: she is nobody, and gets no key") {
  Team team;
  const Stranger stranger(team.world.random);
  const wire::Entry joined =
      wire::make_entry(wire::DeviceEntry{stranger.keys(), InviteId{}, crypto::Signature{}},
                       stranger.sign, stranger.id(), {}, programme_of(team));
  append_entry_once(team.world, *team.lead, joined.bytes);
  team.lead->sync();
  CHECK_FALSE(has_member(*team.lead, stranger.id()));
  CHECK(warns(*team.lead, "a statement about members that the rules refuse"));
  check_records(team, *team.lead);
  sync_all(team);
  check_same(team);
  for (Device* device : team.all()) CHECK_FALSE(has_member(*device, stranger.id()));
}

TEST_CASE("hostile server: adds a member in the name of an open invite: nothing of that is taken") {
  Team team;
  const std::string link = must((*team.lead)->invite({"", "worker", "North"})).link;
  team.lead->sync();
  const Stranger stranger(team.world.random);
  const wire::Entry joined = wire::make_entry(
      wire::DeviceEntry{stranger.keys(), wire::invite_id(open_invite(team).keys.sign),
                        crypto::sign(stranger.sign, crypto::Domain{"setu/invite-use/1"}, {})},
      stranger.sign, stranger.id(), {}, programme_of(team));
  append_entry_once(team.world, *team.lead, joined.bytes);
  CHECK(team.lead->try_sync().error().code == Code::kForged);
  CHECK_FALSE(has_member(*team.lead, stranger.id()));
  check_records(team, *team.lead);
  sync_all(team);
  check_same(team);
  for (Device* device : team.all()) check_clean(*device);

  // The invite is still good for whom it is for.
  auto invited = team.world.device("worker");
  must((*invited)->begin_join(link, "Invited"));
  invited->sync();
  CHECK((*invited)->me().state == "active");
}

TEST_CASE("hostile server: swaps a key of somebody who joins: nothing is taken, nothing sealed") {
  Team team;
  const std::string link = must((*team.lead)->invite({"", "worker", "North"})).link;
  team.lead->sync();
  auto joiner = team.world.device("worker");
  must((*joiner)->begin_join(link, "Joiner"));
  joiner->sync();
  const DeviceId joined = id_of(*joiner);
  const Stranger stranger(team.world.random);
  const bool sign_too = GENERATE(false, true);

  lie_to(team.world, *team.lead, [&](Tale& tale) {
    for (Told* entry : all<wire::PulledEntry>(tale)) {
      const wire::Entry parsed = must(wire::parse_entry(entry->held, programme_of(team)));
      const auto* device = std::get_if<wire::DeviceEntry>(&parsed.content);
      if (device == nullptr || parsed.author != joined) continue;
      wire::DeviceEntry swapped = *device;
      swapped.keys.box = stranger.keys().box;
      if (sign_too) swapped.keys.sign = stranger.keys().sign;
      entry->held = wire::make_entry(swapped, stranger.sign, joined, {}, programme_of(team)).bytes;
    }
  });
  const Status lied = team.lead->try_sync();
  REQUIRE_FALSE(lied);
  CHECK(lied.error().code == Code::kForged);
  CHECK(lied.error().message.find("nobody signed who may") != std::string::npos);
  CHECK_FALSE(has_member(*team.lead, joined));
  check_records(team, *team.lead);

  sync_all(team);
  joiner->sync();
  CHECK(has_member(*team.lead, joined));
  check_same(team);
  for (Device* device : team.all()) check_clean(*device);
}

TEST_CASE(
    "hostile server: signs for a lead (a new epoch, an approval, an order to wipe): refused") {
  Team team;
  const Stranger stranger(team.world.random);
  const DeviceId lead = id_of(*team.lead);
  const DeviceId worker = id_of(*team.worker);
  wire::EntryContent content;
  SECTION("wipe") { content = wire::Remove{worker, {}, true}; }
  SECTION("approve") { content = wire::Approve{stranger.id()}; }
  SECTION("org") { content = wire::OrgEntry{*OrgId::from(Bytes(16, std::byte{9}))}; }
  SECTION("a circle of parameters of its own") {
    content = wire::CircleEntry{.id = *CircleId::from(Bytes(16, std::byte{7})),
                                .type = wire::CircleType::kLeads,
                                .org = *OrgId::from(Bytes(16, std::byte{9})),
                                .twin = {},
                                .commitment = {},
                                .inbox = stranger.keys().box};
  }
  const wire::Entry forged = wire::make_entry(content, stranger.sign, lead, {}, programme_of(team));
  append_entry_once(team.world, *team.worker, forged.bytes);
  const Status lied = team.worker->try_sync();
  REQUIRE_FALSE(lied);
  CHECK(lied.error().code == Code::kForged);
  CHECK((*team.worker)->me().state == "active");
  check_records(team, *team.worker);
  sync_all(team);
  check_same(team);
  for (Device* device : team.all()) check_clean(*device);
}

TEST_CASE("hostile server: shows who joins another programme, suite or server key: refused") {
  Team team;
  const std::string link = must((*team.lead)->invite({"", "worker", "North"})).link;
  team.lead->sync();
  auto joiner = team.world.device("worker");
  must((*joiner)->begin_join(link, "Joiner"));
  const Stranger stranger(team.world.random);
  wire::Genesis genesis{.suite = 1,
                        .salt = {},
                        .server_key = team.world.server_key.public_key,
                        .umbrella = *OrgId::from(Bytes(16, std::byte{9})),
                        .coordinator = stranger.keys()};
  SECTION("another programme") {}
  SECTION("another suite") { genesis.suite = 2; }
  SECTION("another server key") { genesis.server_key = stranger.keys().sign; }
  const wire::Entry other =
      wire::make_entry(genesis, stranger.sign, stranger.id(), {}, ProgrammeId{});
  lie_to(team.world, *joiner, [&](Tale& tale) {
    const auto entries = all<wire::PulledEntry>(tale);
    if (!entries.empty()) entries.front()->held = other.bytes;
  });
  const Status lied = joiner->try_sync();
  REQUIRE_FALSE(lied);
  if (genesis.suite == 1) {
    CHECK(lied.error().code == Code::kForged);
    CHECK(lied.error().message.find("not the one that the invite names") != std::string::npos);
  } else {
    CHECK(lied.error().code == Code::kMalformed);  // this version can read no other
  }
  CHECK((*joiner)->me().state == "new");

  be_honest_to(*joiner);
  joiner->sync();
  CHECK((*joiner)->me().state == "active");
}

TEST_CASE("hostile server: another server's key, later on, is refused and nothing is sent to it") {
  Team team;
  const crypto::SignKeyPair other =
      crypto::sign_key_from_seed(crypto::random_key(team.world.random));
  team.worker->answered_by = [&](const Bytes& request) {
    Tale tale = take_apart(team.world.answer(*team.world.service, request));
    tale.insert(tale.begin(), told(wire::Challenge{{}, false, other.public_key}));
    return put_together(other, request, tale);
  };
  const Status lied = team.worker->try_sync();
  REQUIRE_FALSE(lied);
  CHECK(lied.error().code == Code::kForged);
  check_records(team, *team.worker);
  sync_all(team);
  check_same(team);
  for (Device* device : team.all()) check_clean(*device);
}

TEST_CASE("hostile server: puts a device of its own in a lead's place: her digits never come") {
  Team team;
  const std::string link = must((*team.lead)->invite({"", "lead", ""})).link;
  team.lead->sync();
  // It saw the invite: its own device joins in the real log, she in another one.
  OtherLog hers(team.world);
  auto second_lead = team.world.device("second lead");
  hers.serve(*second_lead);
  must((*second_lead)->begin_join(link, "Second lead"));
  second_lead->sync();
  CHECK((*second_lead)->me().state == "pending");
  auto intruder = team.world.device("intruder");
  must((*intruder)->begin_join(link, "Second lead"));
  intruder->sync();
  team.lead->sync();  // it reveals, for whom it has seen
  intruder->sync();
  const std::string seen_there = (*intruder)->me().digits;
  REQUIRE(seen_there.size() == 6);
  // Given what the real log says since, she takes the reveal for what it is: another's.
  hers.follow_without(must(DeviceId::from(must(from_hex((*intruder)->me().device)))));
  [[maybe_unused]] const Status told = second_lead->try_sync();
  CHECK((*second_lead)->me().digits.empty());
  CHECK((*second_lead)->me().state == "pending");
  // Her own device cannot be approved in the intruder's place, whatever is typed.
  CHECK_FALSE((*team.lead)->approve((*second_lead)->me().device, seen_there));
  CHECK((*team.lead)->approve((*intruder)->me().device, "").error().code == Code::kMissingRequired);
}
