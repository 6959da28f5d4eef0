#pragma once
// A SQLite connection and its statements, as far as the server's log needs them: RAII, errors as
// values.
//
// Errors: kDiskFull, kBusy, kCorrupt, kNotAllowed (not writable, not to be opened), kInternal.
// A Statement borrows its Database, which keeps it prepared for the next use: it costs a map
// lookup, not a parse. Bound views must live as long as the Statement. Not thread-safe.

#include <memory>
#include <string>
#include <unordered_map>

#include "setu/base/ids.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace setu::server {

// Statements that are prepared and not in use, by their SQL.
using IdleStatements = std::unordered_map<std::string, sqlite3_stmt*>;

class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // From 1, as SQLite counts.
  Statement& bind(int index, std::uint64_t value);
  Statement& bind(int index, ByteView bytes);
  template <class Tag, std::size_t kSize>
  Statement& bind(int index, const FixedId<Tag, kSize>& id) {
    return bind(index, id.view());
  }

  // True: a row is there. False: done.
  [[nodiscard]] Result<bool> step();
  // Steps a statement that gives no rows.
  [[nodiscard]] Status run();

  // From 0, as SQLite counts; of the current row. Views live until the next step.
  [[nodiscard]] std::uint64_t number(int column) const;
  [[nodiscard]] ByteView blob(int column) const;
  // kCorrupt: a stored id of another length.
  template <class Id>
  [[nodiscard]] Result<Id> id(int column) const {
    auto read = Id::from(blob(column));
    if (!read)
      return fail(Code::kCorrupt, "read log: an id of a wrong length", "restore the newest backup");
    return *read;
  }

 private:
  friend class Database;
  Statement(sqlite3_stmt* statement, IdleStatements* idle) : statement_(statement), idle_(idle) {}
  sqlite3_stmt* statement_;
  IdleStatements* idle_;
};

class Database {
 public:
  // Opens or makes a plain database in WAL mode with synchronous=FULL.
  [[nodiscard]] static Result<Database> open(const std::string& path);
  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;
  ~Database();

  [[nodiscard]] Result<Statement> prepare(const std::string& sql) const;
  [[nodiscard]] Status execute(
      const std::string& sql) const;  // statements without parameters or rows
  [[nodiscard]] Result<std::uint64_t> number(const std::string& sql) const;
  [[nodiscard]] std::uint64_t changes() const;  // rows changed by the last statement
  // A consistent copy of the whole database into a new file, while others write.
  [[nodiscard]] Status copy_to(const std::string& path) const;
  // kCorrupt: SQLite's own check found something.
  [[nodiscard]] Status check_integrity() const;

 private:
  explicit Database(sqlite3* db);
  sqlite3* db_;
  std::unique_ptr<IdleStatements> idle_;
};

}  // namespace setu::server
