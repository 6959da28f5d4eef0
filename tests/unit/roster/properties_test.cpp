// Goal: whatever anybody says in whatever order, the walls hold, and replicas that saw one log
// agree. Method: random entries by random authors, honestly signed, mostly nonsense, thrown at a
// programme that is set up. The walls are written out here again, from DESIGN's table of audiences,
// not taken from the code under test.

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>

#include "world.hpp"

namespace setu::roster::testing {
namespace {

constexpr int kEntries = 60;

// Says random things in a Network. Everyone it makes up may also be an author later, joined or not.
class Babble {
 public:
  explicit Babble(std::uint64_t seed) : net(seed) {
    people.push_back(&net.coordinator);
    for (Team* team : {&net.rose, &net.lily}) {
      people.push_back(&team->lead);
      people.push_back(&team->worker);
    }
    people.push_back(&net.pending);
    people.push_back(&net.stranger);
  }

  [[nodiscard]] wire::Entry next() {
    switch (draw(13)) {
      case 0: return say(net.coordinator, wire::OrgEntry{crypto::random_id<OrgId>(net.random)});
      case 1:
      case 2: return circle_entry();
      case 3:
      case 4:
      case 5: return grant();
      case 6: return invite();
      case 7: return join();
      case 8: return say(leader_of(org()), wire::Approve{pick(people)->id});
      case 9: return reveal();
      case 10: return withdraw();
      case 11: return tell_of_copy();
      default: return label();
    }
  }

  Network net;
  std::vector<const Device*> people;

 private:
  std::size_t draw(std::size_t below) {
    std::array<std::byte, 4> raw{};
    net.random.fill(raw);
    std::uint32_t value = 0;
    std::memcpy(&value, raw.data(), sizeof value);
    return value % below;
  }
  template <class List>
  const typename List::value_type& pick(const List& list) {
    return list[draw(list.size())];
  }
  bool seldom() { return draw(6) == 0; }
  OrgId org() {
    const auto& orgs = net.roster.orgs();
    return std::next(orgs.begin(), static_cast<std::ptrdiff_t>(draw(orgs.size())))->first;
  }
  CircleId circle() { return pick(net.roster.circle_ids()); }

  // Someone whom `fits` wants, where there is one.
  template <class Fits>
  const Device& person_who(Fits fits) {
    std::vector<const Device*> fitting;
    std::ranges::copy_if(people, std::back_inserter(fitting),
                         [&](const Device* device) { return fits(device->id); });
    return fitting.empty() ? *pick(people) : *pick(fitting);
  }
  const Device& leader_of(const OrgId& org) {
    return person_who([&](const DeviceId& id) {
      const Member* member = net.roster.member(id);
      return member != nullptr && member->org == org && member->role != Role::kWorker;
    });
  }
  const Device& holder_of(const CircleId& circle) {
    return person_who([&](const DeviceId& id) { return net.roster.is_member(id, circle); });
  }

  // By the one who should say it, or by anybody.
  wire::Entry say(const Device& fitting, const wire::EntryContent& content) {
    std::vector<Hash> conditions;
    if (seldom()) conditions.push_back(pick(net.log).hash);
    return net.entry(seldom() ? *pick(people) : fitting, content, conditions);
  }

  wire::Entry circle_entry() {
    const OrgId of = org();
    const auto type = static_cast<CircleType>(1 + draw(9));
    const bool facts = type == CircleType::kOrgFacts || type == CircleType::kCaseloadFacts;
    wire::CircleEntry made = net.circle(type, of, facts != seldom() ? circle() : CircleId{});
    if (seldom()) made.id = circle();
    return say(leader_of(of), made);
  }

  wire::Grant grant_of(const CircleId& circle_to_grant) {
    std::vector<DeviceId> devices;
    std::vector<CircleId> receivers;
    for (std::size_t i = draw(3); i > 0; --i) devices.push_back(pick(people)->id);
    if (devices.empty() || seldom()) receivers.push_back(circle());
    return net.grant(circle_to_grant, devices, receivers);
  }
  wire::Entry grant() {
    const CircleId granted = circle();
    return say(holder_of(granted), grant_of(granted));
  }

  wire::Entry invite() {
    const auto role = static_cast<Role>(1 + draw(3));
    const OrgId of = role == Role::kCoordinator && !seldom() ? net.umbrella : org();
    const Device& author = leader_of(of);
    std::vector<CircleId> grants;
    const std::vector<CircleId> held = net.roster.circles_of(author.id);
    if (!held.empty() && draw(3) == 0) grants.push_back(pick(held));
    if (seldom()) grants.push_back(circle());
    invitations.push_back(net.invitation(of, role, grants, seldom() ? circle() : CircleId{}));
    wire::Invite& content = invitations.back().content;
    if (seldom()) content.preapproved = !content.preapproved;
    return say(author, content);
  }

  wire::Entry join() {
    if (invitations.empty()) return invite();
    const Device* joiner = pick(people);
    if (!seldom()) {
      newcomers.push_back(net.new_device());
      joiner = &newcomers.back();
      people.push_back(joiner);
    }
    return net.entry(*joiner, net.use(pick(invitations), *joiner));
  }

  // Whoever waits for her digits, as a rule.
  wire::Entry reveal() {
    const Device& joiner = person_who([&](const DeviceId& id) {
      const Member* member = net.roster.member(id);
      return member != nullptr && member->state == MemberState::kPending && member->nonce.is_nil();
    });
    const Member* member = net.roster.member(joiner.id);
    if (member == nullptr) return label();
    wire::Reveal told = net.reveal(joiner);
    if (seldom()) told.nonce.bytes[0] ^= std::byte{1};
    if (seldom()) told.joined = pick(net.log).hash;
    return say(person_who([&](const DeviceId& id) { return id == member->inviter; }), told);
  }

  wire::Entry withdraw() {
    if (invitations.empty()) return invite();
    const InviteId id = pick(invitations).id;
    const InviteState* known = net.roster.invite(id);
    const auto made_it = [&](const DeviceId& device) {
      return known != nullptr && known->author == device;
    };
    return say(draw(2) == 0 ? person_who(made_it) : leader_of(org()), wire::Withdrawal{id});
  }

  wire::Entry tell_of_copy() {
    return say(person_who([](const DeviceId&) { return true; }), wire::CopyNotice{});
  }

  wire::Entry label() {
    const Device& subject = *pick(people);
    wire::Label made = net.person_label(subject.id, circle());
    if (draw(2) == 0)
      made.names[0] = {.circle = {}, .epoch = 0, .device = subject.id, .sealed = Bytes(72)};
    const CircleId caseload = circle();
    switch (draw(3)) {
      case 0: return say(subject, made);
      case 1:
        made.subject = wire::Subject::kOrg;
        made.id = to_bytes(org().view());
        return say(net.coordinator, made);
      default:
        made.subject = wire::Subject::kCaseload;
        made.id = to_bytes(caseload.view());
        return say(holder_of(caseload), made);
    }
  }

  std::deque<Device> newcomers;
  std::deque<Invitation> invitations;
};

// DESIGN, "Who can read what": the members of each circle.
bool belongs(const Member& member, const Circle& circle) {
  const bool own = member.org == circle.org;
  const bool coordinator = member.role == Role::kCoordinator;
  switch (circle.type) {
    case CircleType::kCommons:
    case CircleType::kAlerts: return true;
    case CircleType::kProgramme: return member.role != Role::kWorker;
    case CircleType::kCoordinators: return coordinator;
    case CircleType::kOrg:
    case CircleType::kCaseload: return own;
    case CircleType::kOrgFacts:
    case CircleType::kCaseloadFacts: return own || coordinator;
    case CircleType::kLeads: return own && member.role != Role::kWorker;
  }
  return false;
}

void check_walls(const Babble& babble) {
  const Roster& roster = babble.net.roster;
  for (const auto& [id, circle] : roster.circles()) {
    const std::vector<DeviceId> members = roster.members_of(id);
    for (const DeviceId& device : members) {
      const Member* member = roster.member(device);
      RC_ASSERT(member != nullptr);
      RC_ASSERT(member->state == MemberState::kActive);
      RC_ASSERT(belongs(*member, circle));
    }
    for (const Device* device : babble.people) {
      const std::vector<CircleId> held = roster.circles_of(device->id);
      const bool listed = std::ranges::binary_search(members, device->id);
      RC_ASSERT(roster.is_member(device->id, id) == listed);
      RC_ASSERT(std::ranges::binary_search(held, id) == listed);
    }
  }
}

// What each org and each facts circle points at points back.
void check_structure(const Roster& roster) {
  for (const auto& [id, circle] : roster.circles()) {
    RC_ASSERT(roster.org(circle.org) != nullptr);
    RC_ASSERT(!circle.epochs.empty());
    if (circle.twin.is_nil()) continue;
    const Circle* twin = roster.circle(circle.twin);
    RC_ASSERT(twin != nullptr);
    RC_ASSERT(twin->twin == id);
    RC_ASSERT(twin->org == circle.org);
  }
  for (const auto& [id, member] : roster.members()) {
    RC_ASSERT(roster.org(member.org) != nullptr);
    RC_ASSERT(member.role != Role::kCoordinator || member.org == roster.umbrella());
    RC_ASSERT(member.standing.is_nil() == (member.state == MemberState::kPending));
  }
}

}  // namespace

TEST_CASE("roster: whatever is said, keys stay within the walls and refusals change nothing") {
  int said = 0;
  int accepted = 0;
  const bool held = rc::check("random entries by random authors", [&](std::uint64_t seed) {
    Babble babble(seed);
    std::string state = dump(babble.net.roster);
    for (int i = 0; i < kEntries; ++i) {
      const Verdict verdict = babble.net.apply(babble.next()).verdict;
      std::string after = dump(babble.net.roster);
      const bool changed = after != state;
      RC_ASSERT(changed == (verdict == Verdict::kAccepted));
      ++said;
      accepted += verdict == Verdict::kAccepted ? 1 : 0;
      state = std::move(after);
    }
    check_walls(babble);
    check_structure(babble.net.roster);
  });
  CHECK(held);
  CHECK(accepted > said / 10);  // or there would be little to find
}

TEST_CASE("roster: replicas that apply one log agree, whatever else they were asked") {
  const bool held = rc::check("replay", [](std::uint64_t seed) {
    Babble babble(seed);
    for (int i = 0; i < kEntries; ++i) babble.net.apply(babble.next());

    Roster from_bytes;  // parsed again from what a log keeps
    Roster distracted;  // copied, and asked about entries out of turn
    Roster trusting;    // a replica's own copy
    const std::vector<wire::Entry>& log = babble.net.log;
    for (std::size_t i = 0; i < log.size(); ++i) {
      const auto parsed = wire::parse_entry(log[i].bytes, from_bytes.programme());
      RC_ASSERT(parsed.has_value());
      RC_ASSERT(parsed->hash == log[i].hash);
      from_bytes.apply(*parsed);
      (void)distracted.judge(log[(i * 7) % log.size()]);
      Roster copy = distracted;
      distracted = std::move(copy);
      distracted.apply(log[i]);
      trusting.apply(log[i], Check::kSignaturesDone);
    }
    const std::string state = dump(babble.net.roster);
    for (const Roster* other : {&from_bytes, &distracted, &trusting}) {
      const bool agrees = dump(*other) == state;  // a dump is too long to be printed
      RC_ASSERT(agrees);
      RC_ASSERT(other->head() == babble.net.roster.head());
      RC_ASSERT(other->entry_count() == babble.net.roster.entry_count());
    }
  });
  CHECK(held);
}

}  // namespace setu::roster::testing
