#pragma once
// A small programme to try the roster's rules in: real keys and signatures from a seed, sealed keys
// as stand-in bytes (the roster never opens one). Whatever a World is given is applied to its
// roster and kept as its log.

#include <string>
#include <vector>

#include "crypto/crypto.hpp"
#include "roster/roster.hpp"

namespace setu::roster::testing {

// A device with its keys. Move-only, like the keys.
struct Device {
  crypto::SignKeyPair sign;
  wire::DeviceKeys keys;
  DeviceId id;
};

struct Invitation {
  wire::InviteKeys keys;
  wire::Invite content;
  InviteId id;
};

// One org with all its circles, one lead and one worker.
struct Team {
  OrgId org;
  Device lead;
  Device worker;
  CircleId home, facts, leads, caseload, caseload_facts;
};

class World {
 public:
  explicit World(std::uint64_t seed = 1);  // with a genesis by `coordinator`

  // Made, not applied.
  [[nodiscard]] Device new_device();
  [[nodiscard]] wire::Entry entry(const Device& author, const wire::EntryContent& content,
                                  const std::vector<Hash>& conditions = {}) const;
  [[nodiscard]] wire::CircleEntry circle(CircleType type, const OrgId& org,
                                         const CircleId& twin = {});
  // Of the newest epoch.
  [[nodiscard]] wire::Grant grant(const CircleId& circle, std::vector<DeviceId> devices,
                                  std::vector<CircleId> receivers = {}) const;
  // The circle's next epoch, for these and no others; `ended` wrote nothing that counts.
  [[nodiscard]] wire::EpochEntry next_epoch(const CircleId& circle, std::vector<DeviceId> devices,
                                            std::vector<CircleId> receivers = {},
                                            std::vector<DeviceId> ended = {});
  [[nodiscard]] Invitation invitation(const OrgId& org, Role role,
                                      std::vector<CircleId> grants = {},
                                      const CircleId& caseload = {});
  [[nodiscard]] wire::Label person_label(const DeviceId& subject, const CircleId& reader) const;
  [[nodiscard]] wire::DeviceEntry use(const Invitation& invitation, const Device& joiner) const;
  // Of her digits: every invite here that wants an approval commits to one nonce.
  [[nodiscard]] wire::Reveal reveal(const Device& joiner) const;
  [[nodiscard]] static wire::Reveal reveal(const Device& joiner, const Roster& seen);

  // Applied and logged.
  Judgement apply(const wire::Entry& entry, std::optional<std::uint32_t> now_hour = {});
  Judgement say(const Device& author, const wire::EntryContent& content,
                const std::vector<Hash>& conditions = {});
  Judgement say_at(std::uint32_t now_hour, const Device& author, const wire::EntryContent& content);

  // Applied; the test fails when a rule is against it.
  OrgId add_org();
  CircleId add_circle(const Device& author, CircleType type, const OrgId& org,
                      const CircleId& twin = {});  // granted to its author
  Device join(const Device& inviter, Role role,
              const OrgId& org);  // workers active, others pending, digits revealed
  Device enrol(const Device& inviter, Role role, const OrgId& org);  // active whatever the role
  Team add_team();

  // As above, and checks what must be so: an accepted entry is in force, a refused one changed
  // nothing.
  [[nodiscard]] bool accepts(const Device& author, const wire::EntryContent& content);
  [[nodiscard]] bool refuses(const Device& author, const wire::EntryContent& content);

  crypto::SeededRandom random;
  Roster roster;
  std::vector<wire::Entry> log;
  OrgId umbrella;
  Device coordinator;
};

// A World whose programme-wide circles and two orgs are set up as real ones are.
class Network : public World {
 public:
  explicit Network(std::uint64_t seed = 1);
  CircleId commons, alerts, programme, coordinators;
  Team rose, lily;
  Device pending;   // a lead of rose, not approved
  Device stranger;  // on no roster
};

// Everything the roster says about its state, in a fixed order; not the chain, which refused
// entries move too.
[[nodiscard]] std::string dump(const Roster& roster);

}  // namespace setu::roster::testing
