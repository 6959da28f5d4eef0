#pragma once
// What this device remembers of the server's log, to show a server that was put back to an old
// copy: the last seal that it kept, as the server signed it, and tags of ever fewer places towards
// the past.
//
// Kept in one note, at most about 850 bytes. Errors: the store's; kCorrupt for a damaged note.

#include "client/context.hpp"
#include "sync/exchange.hpp"

namespace setu::client {

// Nothing before the first seal that served anything.
[[nodiscard]] Result<std::optional<wire::LogProof>> load_log_proof(Context& context);

// Call inside the transaction that keeps what the seal covers.
Status keep_seal(Context& context, const wire::Seal& seal, const sync::Covered& covered);

// A log that was put back is another one beyond `kept`.
Status forget_tags_beyond(Context& context, std::uint64_t kept);

// Adds a pair beyond the others. Where there are too many, the one goes whose neighbours lie
// closest to each other as seen from the newest: of n positions about log n are named.
void add_thinning(std::vector<wire::TagAt>& tags, const wire::TagAt& newest);

}  // namespace setu::client
