#pragma once
// Turns unsealed changes into sealed batches, and opens the batches of others.

#include "client/context.hpp"

namespace setu::client {

// Seals everything in the outbox whose circle's key this device holds; nothing on a device that is
// an old copy of itself. One durable transaction a batch: it stores the bytes, takes the sequence
// number and removes the changes; only stored bytes are ever sent.
Status seal_outbox(Context& context);

// The home that records of a circle have unless their change says otherwise; nil where none is
// implied.
[[nodiscard]] CircleId home_implied_by(const Context& context, const CircleId& circle);

// What a stored batch says: its body, opened with the epoch's key. kNotYet: the key has not
// arrived. kForged, kMalformed: it does not open or parse.
[[nodiscard]] Result<wire::BatchBody> open_body(Context& context, const wire::BatchView& batch);

// Whether a change with what moves in fits one batch, even when that has to be compressed. One that
// does not would never be sealed.
[[nodiscard]] bool fits_one_batch(const Context& context, const Change& change);

}  // namespace setu::client
