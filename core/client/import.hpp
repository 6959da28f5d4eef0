#pragma once
// Records from a CSV file: every row is checked before anything is written, then all good ones go
// in at once.

#include "client/context.hpp"

namespace setu::client {

[[nodiscard]] Result<ImportReport> import_csv(Context& context,
                                              const Client::ImportRequest& request);

}  // namespace setu::client
