#pragma once
// Hand-over: a lead moves records from one caseload to another of her organisation. Each part's
// merge state goes into the new home's circles as it is; a register in all of them, and in the
// leads' circle, says where the record is now. Edits that were made in the old home meanwhile
// follow from any lead's device. docs/decisions/0011-moving-a-record.md says why.

#include "client/context.hpp"
#include "client/show.hpp"

namespace setu::client {

// kNotAllowed: not a lead of the organisation. kNotFound, kAmbiguous: no such caseload or record.
// kInvalidArgument: records of this kind have no caseload, or it is there already.
Result<TransferReport> transfer(Context& context, const Client::TransferRequest& request);

// What reached the old home of a record after it had moved goes after it, and so do records that
// refer to it. On leads' devices; others have nothing to do. How many parts and records went.
Result<std::uint64_t> pass_on_late(Context& context);

// Leads moved one record to different homes without knowing of each other: it stays in this one.
Status settle_home(Context& context, const Kind& kind, const store::Row& row, const CircleId& home);

}  // namespace setu::client
