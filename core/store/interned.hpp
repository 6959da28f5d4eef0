#pragma once
// Ids that rows refer to by a small integer: circles and devices. Numbers rise from 1 and are never
// taken away.
//
// The cache stays right whatever other processes do, because a number once committed never changes;
// only a rollback of this connection can undo one, so forget() is called after each.

#include <optional>
#include <string>
#include <unordered_map>

#include "store/db.hpp"

namespace setu::store {

template <class Id>
class Interned {
 public:
  // `table` has the columns number and id.
  Interned(Db& db, std::string_view table)
      : db_(db),
        find_sql_("SELECT number FROM " + std::string(table) + " WHERE id = ?"),
        add_sql_("INSERT INTO " + std::string(table) + " (id) VALUES (?)"),
        read_sql_("SELECT id FROM " + std::string(table) + " WHERE number = ?") {}

  // Nothing when the id has no number.
  Result<std::optional<std::int64_t>> find(const Id& id) {
    if (auto known = numbers_.find(id); known != numbers_.end())
      return std::optional(known->second);
    SETU_TAKE(const std::int64_t number, db_.number(find_sql_, id));
    if (number == 0) return std::nullopt;
    remember(id, number);
    return std::optional(number);
  }

  // Makes a number where there is none.
  Result<std::int64_t> number_of(const Id& id) {
    SETU_TAKE(const std::optional<std::int64_t> known, find(id));
    if (known) return *known;
    SETU_TRY(db_.run(add_sql_, id));
    const std::int64_t number = db_.last_row();
    remember(id, number);
    return number;
  }

  // kCorrupt: no such number.
  Result<Id> id_of(std::int64_t number) {
    if (auto known = ids_.find(number); known != ids_.end()) return known->second;
    SETU_TAKE(Statement statement, db_.prepare(read_sql_));
    SETU_TAKE(const bool row, statement.bind(number).step());
    if (!row)
      return fail(Code::kCorrupt,
                  "read database: a row names a circle or device that is not listed");
    SETU_TAKE(const Id id, statement.id<Id>(0));
    remember(id, number);
    return id;
  }

  void forget() {
    numbers_.clear();
    ids_.clear();
  }

 private:
  void remember(const Id& id, std::int64_t number) {
    numbers_.emplace(id, number);
    ids_.emplace(number, id);
  }

  Db& db_;
  std::string find_sql_;
  std::string add_sql_;
  std::string read_sql_;
  std::unordered_map<Id, std::int64_t> numbers_;
  std::unordered_map<std::int64_t, Id> ids_;
};

}  // namespace setu::store
