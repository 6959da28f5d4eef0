#pragma once
// Does everything that this replica keeps still hold together?

#include "client/context.hpp"

namespace setu::client {

// Problems found, one line each, without content: the database, the roster's signatures, the
// chains' hashes and signatures, batches that were quarantined, and every record's merge state
// against its columns. Empty: none.
[[nodiscard]] Result<std::vector<std::string>> verify(Context& context);

}  // namespace setu::client
