#pragma once
// The tables that every replica has, as numbered migrations, and the settings of a connection.
// docs/storage.md explains each table and each setting. The tables of kinds are not here: forms
// make them (tables.hpp).
//
// A released migration never changes: databases in the field have run it. The next one is added at
// the end.

#include <span>

#include "store/db.hpp"

namespace setu::store {

struct Migration {
  std::string_view sql;
};

// All migrations of this build: the n-th (from 1) takes a database to user_version n.
[[nodiscard]] std::span<const Migration> migrations();

// Settings that live with the connection. `fresh`: the file has no table yet, so those that shape
// the file come first.
Status configure(Db& db, bool fresh);

// Runs the steps that the database has not seen, each in a transaction of its own with its number.
// kNewerFormat when the database has seen more steps than there are: nothing is changed.
Status migrate(Db& db, std::span<const Migration> steps);

// 0: a file whose creation was cut off before its first migration; it holds nothing.
Result<std::int64_t> format_version(Db& db);

}  // namespace setu::store
