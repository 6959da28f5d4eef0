#pragma once
// Records in more than one home. A hand-over leaves a merge state of the record in the circles of
// its old home and brings one into those of the new; both go on hearing from their own chains. The
// row shows one of them, the others are kept beside it. Which one is shown is a function of what
// the parts say in their register of homes; no rule of merging looks across circles.

#include "client/context.hpp"
#include "merge/moved.hpp"

namespace setu::client {

// The audiences whose circles belong to one home. Parts of other audiences stay where they are when
// a record moves.
[[nodiscard]] bool is_of_one_home(Audience audience);

// Under which home the store keeps what it knows of a part beside its row: parts of other audiences
// are the same wherever the record belongs.
[[nodiscard]] CircleId kept_under(const CircleId& home, Audience audience);

// Two caseloads of one organisation: what records may move between.
[[nodiscard]] bool may_move_between(const roster::Roster& roster, const CircleId& a,
                                    const CircleId& b);

// Is this device's to hand over from there and on to there?
[[nodiscard]] bool leads_home(const Context& context, const CircleId& home);

// Does this device read records of that home, or facts of them?
[[nodiscard]] bool reads_home(const Context& context, const CircleId& home);

// A record as this device holds it: its row, if it is shown, and what is kept beside it.
struct Holding {
  std::optional<store::Row> row;
  std::vector<store::KeptPart> kept;

  [[nodiscard]] const store::KeptPart* find(const CircleId& home, Audience audience) const;
  [[nodiscard]] bool gave_up(const CircleId& home) const;
  [[nodiscard]] bool has_state(const CircleId& home) const;  // beside the row
};
[[nodiscard]] Result<Holding> load_holding(Context& context, const Kind& kind,
                                           const RecordId& record);

// A part in one home, wherever it is kept. Empty when it has not arrived.
struct PartState {
  merge::Part part;
  merge::Origins origins;
  bool moved = false;  // it moved in once, or what it saw did
};
[[nodiscard]] Result<PartState> load_state(Context& context, const Kind& kind,
                                           const Holding& holding, const CircleId& home,
                                           Audience audience);

// Who says where the record belongs: the live writes of all its registers of homes that no other
// part knows to be superseded, highest stamp first. None: it never moved.
struct HomeClaim {
  CircleId home;
  Stamp stamp;
};
[[nodiscard]] Result<std::vector<HomeClaim>> home_claims(Context& context, const Kind& kind,
                                                         const Holding& holding);

// apply_change() of a record that was handed over, or of a change that names another home than the
// record's row. kRefused: records of this home and the row's may not be one.
Status apply_across_homes(Context& context, const Kind& kind, Audience audience,
                          const Change& change, const merge::ChainTips& tips, Holding holding);

// Forgets what is kept of one part in one home, before its circle is replayed. Call while
// Unsettled.
Status clear_kept(Context& context, Audience audience, const CircleId& home);

// Circles of other homes whose parts have been joined with what is kept of this one's: where
// records of this circle are shown to who reads both. Replayed after it.
[[nodiscard]] Result<std::set<CircleId>> joined_with(Context& context, const CircleId& circle);

// How many records this device gave up, and how many are shown in a home that they moved into.
struct HandOvers {
  std::uint64_t gone = 0, arrived = 0;
};
[[nodiscard]] Result<HandOvers> hand_overs(Context& context);

// While it lives, records stay where they are shown: for replaying a circle, whose registers are
// right only at its end. settle() then decides for each.
class Unsettled {
 public:
  explicit Unsettled(Context& context);
  ~Unsettled();
  Unsettled(const Unsettled&) = delete;
  Unsettled& operator=(const Unsettled&) = delete;
  Status settle();

 private:
  Context& context_;
  bool outermost_;
};

}  // namespace setu::client
