#pragma once
// What every part of the client works on: the open store, the roster as last read, this device's
// keys, and the forms with their tables. One per Client; passed by reference; owns everything in
// it.

#include <map>
#include <set>

#include "forms/form.hpp"
#include "forms/input.hpp"
#include "merge/pack.hpp"
#include "roster/roster.hpp"
#include "setu/client.hpp"
#include "store/store.hpp"

namespace setu::client {

using forms::Audience;

// One kind: its form, its table, and how they correspond.
struct Kind {
  const forms::Form* form = nullptr;
  store::TableSpec table;
  std::map<Audience, merge::PartFields> parts;  // the fields of each part, by tag
  std::map<FieldTag, std::size_t>
      column_of;  // index into Row::columns; logs have a column too (always empty)

  [[nodiscard]] const forms::Field* field(FieldTag tag) const { return form->find(tag); }
  // The parts that every record of this kind has: home and facts, or commons, where the form has
  // fields for them.
  [[nodiscard]] std::vector<Audience> basic_parts() const;
};

struct DeviceIdentity {
  DeviceId id;
  crypto::SignKeyPair sign;
  crypto::BoxKeyPair box;
  [[nodiscard]] wire::DeviceKeys public_keys() const { return {sign.public_key, box.public_key}; }
};

// The roster's head after each entry, as the log has them, for one state of the roster.
struct RosterHeads {
  std::uint32_t generation = 0;
  Hash of;                                         // the state
  std::vector<std::pair<std::uint64_t, Hash>> at;  // by position
};

struct Context {
  Context(store::Store opened, Ports given) : store(std::move(opened)), ports(std::move(given)) {}

  store::Store store;
  Ports ports;
  DeviceIdentity self;
  std::vector<forms::Form> forms;
  std::map<KindTag, Kind> kinds;
  roster::Roster roster;
  std::map<std::pair<CircleId, std::uint32_t>, crypto::Secret> key_cache;
  RosterHeads roster_heads;  // client/gossip
  // Records whose home is to be decided when a replay is through (client/homes); nothing: at once.
  std::optional<std::set<std::pair<KindTag, RecordId>>> unsettled;
  // This is no device of a member but a printed recovery key itself, of this programme
  // (client/recovery_use); nothing of it outlives the client.
  std::optional<ProgrammeId> bearer_of;
  // Homes to which records came back that this device had given up: to be replayed.
  std::set<CircleId> revived;

  [[nodiscard]] Instant now() const { return ports.now(); }
  [[nodiscard]] crypto::Random& random() const { return *ports.random; }
  [[nodiscard]] const Kind* kind(KindTag tag) const;
  [[nodiscard]] Result<const Kind*> kind_named(
      std::string_view name) const;  // kNotFound, listing the kinds
  [[nodiscard]] const roster::Member* me() const { return roster.member(self.id); }
};

// Named small values of the store (Store::put_note). One place, so that no two uses share a name.
namespace notes {
inline constexpr std::string_view kClock = "clock";    // StampClock: last hour, counter
inline constexpr std::string_view kCursor = "cursor";  // LogPoint
inline constexpr std::string_view kNonce = "nonce";    // RequestNonce
inline constexpr std::string_view kServerKey = "server_key";
inline constexpr std::string_view kServerUrl = "server_url";
inline constexpr std::string_view kBackfills = "backfills";
inline constexpr std::string_view kPushInDoubt = "push_in_doubt";
inline constexpr std::string_view kLastSync = "last_sync";      // Instant
inline constexpr std::string_view kDiverged = "diverged";       // client/served: Divergence
inline constexpr std::string_view kAgreed = "agreed";           // position: heads were the same
inline constexpr std::string_view kReadAgain = "read_again";    // hour of the last reading again
inline constexpr std::string_view kRumours = "rumours";         // client/gossip: forks heard of
inline constexpr std::string_view kBadEntries = "bad_entries";  // the log held refused entries
// wire::LogProof: the last seal and tags of the log, for a server that was put back
inline constexpr std::string_view kLogProof = "log_proof";
inline constexpr std::string_view kGivingBack = "giving_back";  // to a server that was put back
// This replica is an old copy, and never seals: "1" as far as a server says, "2" proven.
inline constexpr std::string_view kCopied = "copied";
inline constexpr std::string_view kLeaving = "leaving";  // client/carry_over: from this old copy
// And an old copy's device: what came of it to this one.
inline constexpr std::string_view kCarried = "carried/";
inline constexpr std::string_view kPlan = "plan";               // founding or joining, until done
inline constexpr std::string_view kUsedInvite = "used_invite";  // InviteSecret, once it has joined
inline constexpr std::string_view kRevealed =
    "revealed/";  // and an invite's id: hash of the joining entry that its digits were revealed for
inline constexpr std::string_view kNewCaseloads = "new_caseloads";  // made here, not sent yet
inline constexpr std::string_view kRefusals = "refusals";
inline constexpr std::string_view kRemovals = "removals";    // to say again: their cut was behind
inline constexpr std::string_view kRotations = "rotations";  // epochs that a person asked for
inline constexpr std::string_view kCuts = "cuts";            // the same, handing on no key
// And a circle: of which authors it has closed batches (client/closed); how far what a newcomer
// needs was carried over its last cut (client/history_cut).
inline constexpr std::string_view kClosedChains = "closed_chains/";
inline constexpr std::string_view kCutsBridged = "bridged/";
inline constexpr std::string_view kLazyEpochs = "lazy_epochs";  // Instant of the last wide ones
inline constexpr std::string_view kForms =
    "forms";  // hash of the forms that the tables were filled with
inline constexpr std::string_view kSetting = "setting/";  // and the name that an app chose
inline constexpr std::string_view kNamed = "named";       // circles that my name was sealed to
}  // namespace notes

// Loads the roster from the store, without checking signatures again. As long as this device gives
// back what a server that was put back has lost, with the entries that it gives back: nobody stops
// being a member for that.
Status load_roster(Context& context);
// As the log has it, which its digest is of and from which it goes on.
Status load_log_roster(Context& context);

// The device's clock of stamps, kept in the store. Call inside a transaction.
Result<StampClock> load_clock(Context& context);
Status save_clock(Context& context, const StampClock& clock);

// Makes the tables of all forms.
Status prepare_kinds(Context& context, std::vector<forms::Form> added_forms);

}  // namespace setu::client
