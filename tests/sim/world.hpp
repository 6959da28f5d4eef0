#pragma once
// A programme's life in one process: devices, people, a server, links between them, and all that
// goes wrong, in an order that follows from the seed alone.
//
// run() goes in two phases. First safety: days with faults, every record that anybody looks at
// judged at once. Then liveness: the faults stop (wrong clocks stay wrong), and after a bounded
// number of contacts each everybody must hold everything, the same, and have nothing more to say.

#include <map>
#include <memory>

#include "contact.hpp"
#include "options.hpp"
#include "people.hpp"

namespace setu::sim {

struct FaultCounts {
  ContactCounts links;
  std::uint64_t contacts = 0, failed_contacts = 0;
  std::uint64_t device_crashes = 0, server_crashes = 0;
  std::uint64_t full_disks = 0, server_full_disks = 0;
  std::uint64_t server_restores = 0, device_restores = 0;
  std::uint64_t clock_jumps = 0, wrong_clocks = 0;
  std::uint64_t newcomers = 0, carried = 0;
  std::uint64_t removals = 0, wipes = 0, adoptions = 0, drops = 0, rotations = 0;
  std::uint64_t history_cuts = 0;
  std::uint64_t other_logs = 0, other_shown = 0, kept_short = 0;
};

struct Outline {  // of a run, for people
  std::vector<std::string> violations;
  std::uint64_t trace = 0;
  std::uint64_t devices = 0, device_days = 0, writes = 0, records = 0, sights = 0, hand_overs = 0;
  FaultCounts faults;
};

// A programme as it stands when everybody has joined: worlds of one shape begin with copies of it,
// because enrolling is most of what a small world would cost.
struct Founding {
  struct Member {
    std::string name;
    Person person;
    Disk disk;
  };
  Disk server;
  std::vector<Member> members;
  std::map<int, std::vector<std::string>> caseloads;
  std::vector<std::string> violations;
};

// Made when first asked for; the same however often.
const Founding& founding_of(int orgs, int workers_per_org, int shared_caseloads);

class World {
 public:
  World(const Options& options, bool aloud);
  ~World();
  Outline run();

 private:
  friend class Story;
  enum class Deed {
    kDay,
    kAct,
    kGlance,
    kContact,
    kContactStep,
    kRepeat,
    kArmCrash,
    kReopen,
    kFillDisk,
    kFreeDisk,
    kJump,
    kNewcomer,
    kRemoval,
    kRotation,
    kOtherLog,
    kOneLog,
    kServerArmCrash,
    kServerStart,
    kServerFill,
    kServerFree,
    kServerCopy,
    kServerRestore,
    kDeviceCopy,
    kDeviceRestore
  };
  struct Event {
    Deed deed{};
    int device = -1;
    Bytes request;  // kRepeat
  };

  // --- building
  void build();
  void found();
  void take_over(const Founding& founding);
  [[nodiscard]] Founding founding();
  friend const Founding& founding_of(int orgs, int workers_per_org, int shared_caseloads);
  SimDevice& new_device(const std::string& name, const Person& person);
  void found_org(int org);
  void join(SimDevice& inviter, SimDevice& joiner, const char* role, const std::string& caseload);
  void draw_clock(SimDevice& device);
  Status sync_fully(SimDevice& device);
  void must(const std::string& what, const Status& status);
  void add_newcomer();
  void invite_newcomer(int org, const std::string& caseload);
  [[nodiscard]] bool would_make_again(SimDevice& lead, const std::string& caseload);
  // What she then finds: that she is in, or, as a lead, who came.
  void after_good_contact(SimDevice& device);

  // --- days
  void at(std::int64_t ms, Event event);
  void plan_day();
  void plan_device_day(SimDevice& device, std::int64_t begin);
  void happen(Event& event);
  void act(SimDevice& device, bool only_looks);
  void begin_contact(SimDevice& device);
  void step_contact(SimDevice& device);
  void after_contact(SimDevice& device);
  void look_for_dead_machines();
  void device_died(SimDevice& device);
  void server_died();
  void drop_contact(SimDevice& device);
  void jump_clock(SimDevice& device);
  void put_server_back();
  void put_device_back(SimDevice& device);

  // --- a server that lies (world_lies.cpp)
  void begin_other_log();
  void end_other_log();
  // The one that a device meets now, which may be the other log, or keep something back.
  std::unique_ptr<Contact> meet_server(SimDevice& device, const LinkFaults& link);
  bool note_lies(SimDevice& device, const Contact& contact);  // true: there were any
  // That there were two histories stays true.
  [[nodiscard]] bool is_of_other_log(const std::string& warning) const;
  [[nodiscard]] bool has_lied() const { return counts_.other_shown + counts_.kept_short > 0; }
  [[nodiscard]] bool may_have_lost() const {  // what was acknowledged
    return counts_.server_restores + counts_.other_logs > 0;
  }

  // --- removals
  void take_somebody_out();
  void take_out(SimDevice& device);
  void doubt_late_writes(SimDevice& device);
  void renew_keys();
  void settle_quarantine(SimDevice& lead);
  void obey_wipe_order(SimDevice& device);
  void check_refuses_recording(SimDevice& device);
  // By the log alone, entry by entry, and by the keys on the devices' disks.
  void check_removals();
  void check_removed(const DeviceId& removed, std::uint64_t place,
                     const std::vector<wire::Entry>& log);
  // Nobody counts what lies beyond where the log ends a chain.
  void check_ends(const std::vector<wire::Entry>& log);
  [[nodiscard]] SimDevice* device_with(const std::string& id);
  // Who joined after a history was cut has no key from before it (world_cuts.cpp).
  void check_cuts(const std::vector<wire::Entry>& log);

  // --- copies come back (world_rejoin.cpp)
  void bring_copies_back();
  void rejoin(SimDevice& old, SimDevice& lead);
  // Power fails on either phone in the middle, and it is done again until it is through.
  std::optional<CarryReport> carry_over(SimDevice& old, SimDevice& anew);

  // --- the end
  void heal();
  void excuse_copy(SimDevice& device);
  void check_copy_is_known(SimDevice& device);
  void check_quiet(SimDevice& device);
  void check_device(SimDevice& device);
  void check_server();
  [[nodiscard]] bool may_be_unknown(const SimDevice& device) const;
  [[nodiscard]] bool takes_part(const SimDevice& device) const;
  [[nodiscard]] SimDevice& lead_of(int org);

  Options options_;
  Random dice_;
  Trace trace_;
  Checker checker_;
  People people_;
  SimServer server_, other_log_;  // the second under the first one's key, while it lies
  std::int64_t now_ms_ = 0;
  std::vector<std::unique_ptr<SimDevice>> devices_;
  std::map<int, std::unique_ptr<Contact>> contacts_;
  std::map<int, std::vector<std::string>> caseloads_;  // of each org
  std::multimap<std::int64_t, Event> queue_;
  FaultCounts counts_;
  bool heal_phase_ = false;
};

}  // namespace setu::sim
