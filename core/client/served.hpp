#pragma once
// What a log serves, judged before it is believed: whether a statement or a batch can be what it
// says it is. Authors are not judged here (roster/rules, intake): only whether the server shows
// what they wrote, whole and in its place.
//
// Errors: the store's. Cost: a signature check for each batch that is new.

#include "client/context.hpp"

namespace setu::client {

// Signed by who it names as its author, with the keys that the roster, or the entry itself, has of
// her.
[[nodiscard]] bool is_authentic(const roster::Roster& roster, const wire::Entry& entry);

enum class Fit {
  kFits,       // the next of its chain, or one that is known and was always there
  kGap,        // an earlier one of its chain was left out
  kNotHers,    // its author did not sign these bytes for this place
  kElsewhere,  // known, and served once more as news: no log holds one twice
};
// Of another's batch; of an own one (to a copy of this device) only what take_batch() says.
// `is_news`: from beyond the cursor. What is read again may stand elsewhere than it was shown
// first: the log as it is now stands.
[[nodiscard]] Result<Fit> fit_of(Context& context, bool is_news, const DeviceId& author,
                                 const CircleId& circle, const wire::CompactBatch& compact);

// Where the last batch of a chain stands that this device holds; 0: nowhere.
[[nodiscard]] Result<std::uint64_t> place_of_last(Context& context, const CircleId& circle,
                                                  const DeviceId& author);

// How a server's log differs from what it should be, kept in one note (notes::kDiverged) until it
// does not any more. Numbers are on disk: never renumber.
enum class Divergence : std::uint8_t {
  kNone = 0,
  kHeads = '1',    // its heads are others than those of what it served
  kLeftOut = '2',  // batches are missing that must be there
};
Status note_divergence(Context& context, Divergence divergence);

// Up to where the server's heads were ours last: what differs since is read again from there.
[[nodiscard]] Result<std::uint64_t> agreed_through(Context& context);
Status note_agreed(Context& context, std::uint64_t position);
// At most once a day, whatever the server says, because reading again costs what was logged since;
// or with every eighth sync: on a phone whose clock stands a day never ends.
[[nodiscard]] Result<bool> may_read_again(Context& context);

// All that is held against the server, for people: this, statements of its log that the rules
// refuse, and what other devices told (gossip).
[[nodiscard]] Result<std::vector<std::string>> warnings_about_server(Context& context);

}  // namespace setu::client
