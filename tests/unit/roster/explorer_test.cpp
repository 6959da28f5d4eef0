// Goal: no order of entries, honest or not, gives authority to who has none, lets a removed device
// back in, or leaves nobody who can act. Method: everything that everybody could say, six entries
// deep, in every order; states that were met before are not entered again. The checks look at the
// roster from outside and share nothing with its rules.

#include <algorithm>
#include <catch2/catch.hpp>
#include <unordered_set>
#include <vector>

#include "world.hpp"

namespace setu::roster::testing {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kDepth = 4;  // ten times slower
#else
constexpr int kDepth = 6;
#endif

struct Move {
  const Device* author;
  wire::EntryContent content;
  wire::Entry entry;
};

class Explorer {
 public:
  explicit Explorer(Network& net) : net_(net) {}

  void add_device(const Device& device) { devices_.push_back(&device); }
  // Everybody says it.
  void everybody_says(const wire::EntryContent& content) {
    for (const Device* author : devices_) says(*author, content);
  }
  void says(const Device& author, const wire::EntryContent& content) {
    moves_.push_back({&author, content, net_.entry(author, content)});
  }

  // Breadth first: each state is met on its shortest path, and left by every move.
  void explore() {
    std::vector<Path> frontier = {{}};
    for (int depth = 0; depth < kDepth; ++depth) {
      std::vector<Path> next;
      for (const Path& path : frontier) leave(path, next);
      frontier = std::move(next);
    }
  }
  [[nodiscard]] std::size_t states() const { return seen_.size(); }

 private:
  using Path = std::vector<const Move*>;

  void leave(const Path& path, std::vector<Path>& next) {
    Roster roster = net_.roster;
    for (const Move* move : path) roster.apply(move->entry, Check::kSignaturesDone);
    for (const Move& move : moves_) {
      if (roster.contains(move.entry.hash)) continue;
      if (roster.judge(move.entry, {}, Check::kSignaturesDone).verdict != Verdict::kAccepted)
        continue;
      Roster after = roster;
      after.apply(move.entry, Check::kSignaturesDone);
      path_ = path;
      path_.push_back(&move);
      check_step(roster, after, move);
      if (!seen_.insert(fingerprint(after)).second) continue;
      check_state(after);
      next.push_back(path_);
    }
  }

  // What decides what may be said next: standings, signatures, keys, and what was said already.
  [[nodiscard]] std::string fingerprint(const Roster& roster) const {
    std::string print;
    const auto add = [&](ByteView bytes) { print += as_text(bytes); };
    for (const Device* device : devices_) {
      print += static_cast<char>(state_of(roster, *device));
      for (const auto type : {Motion::Type::kApprove, Motion::Type::kRemove}) {
        if (const auto* signers = roster.signatures({type, to_bytes(device->id.view())})) {
          for (const DeviceId& signer : *signers) add(signer.view());
        }
      }
      print += '|';
    }
    for (const Move& move : moves_) print += roster.contains(move.entry.hash) ? '1' : '0';
    return print;
  }

  [[nodiscard]] static MemberState state_of(const Roster& roster, const Device& device) {
    const Member* member = roster.member(device.id);
    return member == nullptr ? MemberState::kPending : member->state;
  }

  static std::size_t coordinators_of(const Roster& roster) {
    return static_cast<std::size_t>(std::ranges::count_if(roster.members(), [](const auto& entry) {
      return entry.second.role == Role::kCoordinator && entry.second.state == MemberState::kActive;
    }));
  }

  // Distinct active authors on the path who said this of the subject, the last of them included.
  template <class Content>
  [[nodiscard]] std::size_t signers_on_path(const Roster& before, const DeviceId& subject) const {
    std::unordered_set<DeviceId> signers;
    for (const Move* move : path_) {
      const auto* content = std::get_if<Content>(&move->content);
      if (content != nullptr && content->device == subject &&
          state_of(before, *move->author) == MemberState::kActive)
        signers.insert(move->author->id);
    }
    return signers.size();
  }

  void check_step(const Roster& before, const Roster& after, const Move& move) {
    const Member* author = before.member(move.author->id);
    if (author == nullptr) {
      CHECK(std::holds_alternative<wire::DeviceEntry>(move.content));
      return;
    }
    CHECK(author->state != MemberState::kRemoved);
    for (const Device* device : devices_) {
      const MemberState was = state_of(before, *device), is = state_of(after, *device);
      if (was == is) continue;
      CHECK(was != MemberState::kRemoved);
      const Member& subject = *after.member(device->id);
      const bool by_herself = move.author == device;
      if (by_herself) {
        CHECK(is == MemberState::kRemoved);
        continue;
      }
      CHECK(author->state == MemberState::kActive);
      CHECK(author->role != Role::kWorker);
      CHECK((author->role == Role::kCoordinator || author->org == subject.org));
      CHECK((author->role == Role::kCoordinator || subject.role != Role::kCoordinator));
      const std::size_t signers = is == MemberState::kRemoved
                                      ? signers_on_path<wire::Remove>(before, device->id)
                                      : signers_on_path<wire::Approve>(before, device->id);
      const std::size_t needed =
          subject.role != Role::kWorker && coordinators_of(before) >= 3 ? 2 : 1;
      CHECK(signers >= needed);
    }
    check_keys(before, move);
  }

  // Nothing is sealed to who was removed, nor to an inbox whose key she had.
  void check_keys(const Roster& before, const Move& move) {
    const std::vector<wire::Recipient>* recipients = nullptr;
    if (const auto* grant = std::get_if<wire::Grant>(&move.content))
      recipients = &grant->recipients;
    if (const auto* epoch = std::get_if<wire::EpochEntry>(&move.content))
      recipients = &epoch->recipients;
    if (recipients == nullptr) return;
    for (const wire::Recipient& to : *recipients) {
      if (to.type == wire::RecipientType::kDevice) {
        CHECK(before.member(to.device)->state == MemberState::kActive);
      } else {
        CHECK(to.epoch == before.circle(to.circle)->epochs.back().number);
      }
    }
  }

  // One door for one device, which is open or shut for good.
  static void check_invites(const Roster& roster) {
    for (const auto& [id, invite] : roster.invites()) {
      const auto came = std::ranges::count_if(
          roster.members(), [&](const auto& entry) { return entry.second.invite == id; });
      CHECK(came == (invite.used_by ? 1 : 0));
      CHECK_FALSE((invite.used_by && invite.withdrawn));
    }
  }

  void check_state(const Roster& roster) {
    check_invites(roster);
    const std::size_t coordinators = coordinators_of(roster);
    CHECK(coordinators >= 1);
    for (const Device* device : devices_) {
      if (state_of(roster, *device) == MemberState::kActive) continue;
      CHECK(roster.circles_of(device->id).empty());
    }
    if (seen_.size() % 64 == 1) check_way_out(roster);
    if (seen_.size() % 64 == 2) check_replay(roster);
  }

  // Whoever is left can still let a lead into an org, and she can begin.
  void check_way_out(const Roster& roster) {
    Roster next = roster;
    const Device heir = net_.new_device();
    const Invitation invite = net_.invitation(net_.rose.org, Role::kLead);
    const auto say = [&](const Device& author, const wire::EntryContent& content) {
      return next.apply(net_.entry(author, content), Check::kSignaturesDone).verdict ==
             Verdict::kAccepted;
    };
    const Device* inviter = nullptr;
    for (const Device* device : devices_) {
      const Member* member = next.member(device->id);
      if (inviter == nullptr && member != nullptr && member->role == Role::kCoordinator &&
          member->state == MemberState::kActive && say(*device, invite.content))
        inviter = device;
    }
    REQUIRE(inviter != nullptr);
    CHECK(say(heir, net_.use(invite, heir)));
    CHECK(say(*inviter, World::reveal(heir, next)));
    for (const Device* device : devices_) {
      const Member* member = next.member(device->id);
      if (member != nullptr && member->role == Role::kCoordinator)
        say(*device, wire::Approve{heir.id});
    }
    CHECK(next.member(heir.id)->state == MemberState::kActive);
    if (next.members_of(net_.rose.leads).empty()) {
      wire::EpochEntry begun = net_.next_epoch(net_.rose.leads, {heir.id});
      begun.number = next.circle(net_.rose.leads)->newest().number + 1;
      CHECK(say(heir, begun));
    }
  }

  // A client that reads the log later, checking every signature, and the server that logged it.
  void check_replay(const Roster& roster) {
    Roster client, server;
    const auto apply = [&](const wire::Entry& entry) {
      client.apply(entry);
      if (server.judge(entry, kNow).verdict == Verdict::kAccepted)
        server.apply(entry, Check::kSignaturesDone, kNow);
    };
    for (const wire::Entry& entry : net_.log) apply(entry);
    for (const Move* move : path_) apply(move->entry);
    CHECK(dump(client) == dump(roster));
    CHECK(dump(server) == dump(roster));
  }

  static constexpr std::uint32_t kNow = 500'000;

  Network& net_;
  std::vector<const Device*> devices_;
  std::vector<Move> moves_;
  Path path_;  // to the state that is looked at
  std::unordered_set<std::string> seen_;
};

}  // namespace

TEST_CASE("roster explorer: three coordinators and one who waits") {
  Network net;
  const Device second = net.enrol(net.coordinator, Role::kCoordinator, net.umbrella);
  const Device third = net.enrol(net.coordinator, Role::kCoordinator, net.umbrella);
  const Device waiting = net.join(net.coordinator, Role::kCoordinator, net.umbrella);
  REQUIRE(net.accepts(net.coordinator, net.grant(net.coordinators, {second.id, third.id})));
  Explorer explorer(net);
  const std::vector<const Device*> all = {&net.coordinator, &second, &third, &waiting};
  for (const Device* device : all) explorer.add_device(*device);
  for (const Device* subject : all) explorer.everybody_says(wire::Remove{subject->id, {}, false});
  explorer.everybody_says(wire::Approve{waiting.id});
  explorer.everybody_says(net.grant(net.coordinators, {waiting.id}));
  explorer.says(second, net.next_epoch(net.coordinators, {net.coordinator.id, second.id}));
  explorer.explore();
  INFO(explorer.states() << " states");
  CHECK(explorer.states() > 500);
}

TEST_CASE("roster explorer: a coordinator, two leads of an org, a worker and a new lead") {
  Network net;
  const Device second = net.enrol(net.coordinator, Role::kLead, net.rose.org);
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.leads, {second.id})));
  REQUIRE(net.accepts(net.rose.lead, net.grant(net.rose.home, {second.id, net.rose.worker.id})));
  REQUIRE(net.accepts(net.rose.lead,
                      net.grant(net.rose.caseload, {net.rose.worker.id}, {net.rose.leads})));
  Explorer explorer(net);
  const std::vector<const Device*> all = {&net.coordinator, &net.rose.lead, &second,
                                          &net.rose.worker, &net.pending};
  for (const Device* device : all) explorer.add_device(*device);
  for (const Device* subject : all) explorer.everybody_says(wire::Remove{subject->id, {}, false});
  explorer.everybody_says(wire::Approve{net.pending.id});
  explorer.everybody_says(net.grant(net.rose.leads, {net.pending.id}));
  explorer.everybody_says(net.grant(net.rose.caseload, {net.pending.id}));
  explorer.says(second, net.next_epoch(net.rose.leads, {second.id}));
  explorer.says(second,
                net.next_epoch(net.rose.caseload, {}, {net.rose.leads}, {net.rose.worker.id}));
  explorer.explore();
  INFO(explorer.states() << " states");
  CHECK(explorer.states() > 500);
}

TEST_CASE("roster explorer: an invite, two who have its link, and everybody who may shut it") {
  Network net;
  const Device second = net.enrol(net.coordinator, Role::kLead, net.rose.org);
  const Invitation invite = net.invitation(net.rose.org, Role::kLead);
  const Device first = net.new_device(), other = net.new_device();
  Explorer explorer(net);
  const std::vector<const Device*> all = {&net.coordinator, &net.rose.lead, &second,
                                          &net.rose.worker, &first,         &other};
  for (const Device* device : all) explorer.add_device(*device);
  explorer.says(net.rose.lead, invite.content);
  explorer.everybody_says(wire::Withdrawal{invite.id});
  explorer.everybody_says(wire::CopyNotice{});
  explorer.everybody_says(wire::Remove{net.rose.lead.id, {}, false});
  Roster joined = net.roster;
  joined.apply(net.entry(net.rose.lead, invite.content));
  for (const Device* joiner : {&first, &other}) {
    const wire::DeviceEntry use = net.use(invite, *joiner);
    explorer.says(*joiner, use);
    Roster seen = joined;
    seen.apply(net.entry(*joiner, use));
    explorer.everybody_says(World::reveal(*joiner, seen));
    explorer.everybody_says(wire::Approve{joiner->id});
    explorer.everybody_says(wire::Remove{joiner->id, {}, false});
  }
  explorer.explore();
  INFO(explorer.states() << " states");
  CHECK(explorer.states() > 200);
}

}  // namespace setu::roster::testing
