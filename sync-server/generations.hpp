#pragma once
// What happens when a log was put back to an old copy: whether a caller's cursor is of the log that
// this server has, and the beginning of a new generation when it is not.
//
// `setu-server restore` begins one in every programme. Where files were copied back by hand the
// server learns of it from a caller: her cursor lies beyond the log's end, or the log's tag there
// is another. She is asked for proof (wire::LogProof); only what this server itself signed, and
// what its log contradicts, begins a generation, so that no member can force one.
//
// Errors: what the store returns. Nothing here is kept; borrows for the call. Cost: an index probe;
// for a proof, one for each tag it names and a signature check.

#include "log_store.hpp"
#include "wire/frames.hpp"

namespace setu::server {

enum class CursorFit {
  kFits,         // of this log and generation, or of none yet
  kOlder,        // of an earlier generation of this log: serve after Placed::after
  kContradicts,  // of another log
};
struct Placed {
  CursorFit fit = CursorFit::kFits;
  std::uint64_t after = 0;  // as far as the cursor stands
};

// A tag of zeros is not compared.
[[nodiscard]] Result<Placed> place_cursor(LogStore& store, const ProgrammeId& programme,
                                          const wire::LogPoint& cursor, const wire::LogTag& tag);

// Begins a new generation if the proof holds. False: it does not; nothing was changed.
[[nodiscard]] Result<bool> begin_on_proof(LogStore& store, const ProgrammeId& programme,
                                          const crypto::SignPublicKey& server_key,
                                          const wire::LogProof& proof);

// After a log was put back: begins a new generation in every programme, keeping all that is there.
// Above those that `known` holds (the log that was replaced), where there is one.
[[nodiscard]] Status begin_everywhere(LogStore& store, LogStore* known);

}  // namespace setu::server
