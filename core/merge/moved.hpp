#pragma once
// Parts that move from one circle to another: how a state that was written elsewhere joins the part
// that is here.
//
// A moved state (setu/base/change.hpp) is every live entry with its original stamp and the circle
// it was written in, the dead stamps, and covers: how far the chains of each circle had been
// applied. What a cover passes and the state does not list was superseded there. So two states can
// be joined without looking at what they came from: an entry that one of them lacks stays if that
// one had not heard of it, and goes if it had. Joining is commutative, associative and idempotent;
// it loses nothing, and counts no increment twice (docs/merge.md, "Moving").
//
// A part that was moved keeps its dead stamps: its own circle's tips say nothing of writes that
// come from elsewhere. Values only; not thread-safe; distinct objects are independent.

#include "merge/part.hpp"
#include "setu/base/result.hpp"

namespace setu::merge {

// What a part in one circle knows of other circles.
struct Origins {
  std::map<CircleId, ChainTips> covers;  // joined covers of what moved in; may name its own circle
  std::map<Stamp, CircleId> written_in;  // of live entries that were written elsewhere

  friend bool operator==(const Origins& a, const Origins& b);
};

// The circle that holds a part, and how far its chains have been applied to it.
struct Place {
  CircleId circle;
  const ChainTips& tips;
};

// The state of a part as it leaves. `origins` null: it never moved.
[[nodiscard]] MovedPart move_out(const Part& part, const Origins* origins, const Place& from);

// Joins a state that came from elsewhere.
void move_in(Part& part, Origins& origins, const MovedPart& moved, const Place& here);

// Applies a change of this circle's own chains to a part that was moved, with what moves in with
// it. The same promise to the caller as Part::apply.
void apply_moved(Part& part, Origins& origins, const Change& change, const Place& here);

// Whether all that this state claims to have heard was heard here. It may hold more than it claims:
// what its author had not sealed yet, or had adopted.
[[nodiscard]] bool is_heard(const MovedPart& moved, const Origins& origins, const Place& here);

// Makes a state claim nothing: what it does not list may still stand. For a state that leaves out
// what nobody needs. Its cover of `circle` names one stamp of the teller's, older than any write.
void claim_nothing(MovedPart& moved, const CircleId& circle, const DeviceId& teller);
// Whether it does, by that stamp.
[[nodiscard]] bool claims_nothing(const MovedPart& moved, const CircleId& circle);

// Origins as bytes, beside the part's blob. Version 1, on disk: never change the meaning of a
// version (proto/vectors/moved.txt). The same origins give the same bytes. unpack: kCorrupt.
[[nodiscard]] Bytes pack_origins(const Origins& origins);
[[nodiscard]] Result<Origins> unpack_origins(ByteView blob);

}  // namespace setu::merge
