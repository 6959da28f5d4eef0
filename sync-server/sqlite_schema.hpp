#pragma once
// The tables of log.db, as numbered steps from nothing. Released steps are never changed: add one
// at the end.

#include "sqlite_db.hpp"

namespace setu::server {

// Brings the database to the newest step, each step in one transaction. kNewerFormat: it is beyond
// this version.
[[nodiscard]] Status migrate(const Database& db);

}  // namespace setu::server
