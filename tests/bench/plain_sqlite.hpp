#pragma once
// The baseline: the same records in the same SQLite library, without a key, a merge state or
// anything else. WAL, one table with a text id, as the peers' baseline has it.

#include <cstdint>
#include <string>

#include "bench_record.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace setu::bench {

class PlainSqlite {
 public:
  // `synchronous`: FULL (each commit reaches the disk, as Setu's do) or NORMAL. Throws what SQLite
  // says.
  PlainSqlite(const std::string& path, const char* synchronous);
  PlainSqlite(const PlainSqlite&) = delete;
  PlainSqlite& operator=(const PlainSqlite&) = delete;
  ~PlainSqlite();

  void begin() { execute("BEGIN IMMEDIATE"); }
  void insert(const std::string& id, const BenchRecord& record);
  void commit() { execute("COMMIT"); }
  [[nodiscard]] std::uint64_t file_size();

 private:
  void execute(const char* sql);
  void check(bool ok) const;

  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

}  // namespace setu::bench
