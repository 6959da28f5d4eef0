#pragma once
// What devices tell each other of the server's log, inside the batches that they seal, where no
// server can change it: a digest of what they were shown (wire::shown_digest). Every reader of the
// circle computes the same from what she herself was shown. Where the two differ, the server showed
// two histories, or one of the two devices lies: both sides are kept, and people are told.
//
// Compared only within one generation of the log: another one is another history beyond what it
// kept, and everybody is told of it anyway. A device that gives back what a log lost tells nothing
// and compares nothing meanwhile. A tip that has not come although it must have is reported as long
// as it does not come.
//
// Kept in one note, at most kMostRumours. Errors: the store's; kCorrupt for a damaged note. Cost:
// an index probe for each tip; the roster's heads are folded once for each state of the roster.

#include "client/context.hpp"

namespace setu::client {

inline constexpr std::size_t kMostRumours = 8;

// What to tell with a batch that is sealed now: tips of which the log is known to hold the batch,
// from among these, and the digest. Nothing where nothing can be compared.
struct Telling {
  std::vector<wire::Tip> tips;
  std::optional<wire::HeadDigest> digest;
};
[[nodiscard]] Result<Telling> tell(Context& context, const CircleId& circle,
                                   std::vector<wire::Tip> tips);

// Compares what the author of an opened batch was shown with what this device was shown, and keeps
// both where they differ. Refuses nothing: the batch proves itself.
Status hear(Context& context, const wire::BatchView& batch, const wire::BatchBody& body);

// What was heard and still stands, for people.
[[nodiscard]] Result<std::vector<std::string>> rumours(Context& context);

}  // namespace setu::client
