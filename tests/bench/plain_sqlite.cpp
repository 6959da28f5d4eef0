#include "plain_sqlite.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>

namespace setu::bench {

PlainSqlite::PlainSqlite(const std::string& path, const char* synchronous) {
  check(sqlite3_open(path.c_str(), &db_) == SQLITE_OK);
  execute("PRAGMA journal_mode=WAL");
  execute((std::string("PRAGMA synchronous=") + synchronous).c_str());
  execute(
      "CREATE TABLE r(id TEXT PRIMARY KEY NOT NULL, title TEXT, body TEXT, status TEXT, kind TEXT, "
      "prio INTEGER, "
      "qty INTEGER, amt INTEGER, done INTEGER, due TEXT, mtime INTEGER, owner TEXT, tag TEXT)");
  check(sqlite3_prepare_v2(db_, "INSERT INTO r VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &insert_,
                           nullptr) == SQLITE_OK);
}

PlainSqlite::~PlainSqlite() {
  sqlite3_finalize(insert_);
  sqlite3_close(db_);
}

void PlainSqlite::check(bool ok) const {
  if (!ok) throw std::runtime_error(std::string("plain SQLite: ") + sqlite3_errmsg(db_));
}

void PlainSqlite::execute(const char* sql) {
  check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
}

void PlainSqlite::insert(const std::string& id, const BenchRecord& record) {
  sqlite3_reset(insert_);
  sqlite3_bind_text(insert_, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const int place = static_cast<int>(i) + 2;
    if (const auto* text = std::get_if<std::string>(&record[i])) {
      sqlite3_bind_text(insert_, place, text->data(), static_cast<int>(text->size()),
                        SQLITE_STATIC);
    } else {
      sqlite3_bind_int64(insert_, place, std::get<std::int64_t>(record[i]));
    }
  }
  check(sqlite3_step(insert_) == SQLITE_DONE);
  sqlite3_reset(insert_);
}

std::uint64_t PlainSqlite::file_size() {
  execute("PRAGMA wal_checkpoint(TRUNCATE)");
  return std::filesystem::file_size(sqlite3_db_filename(db_, "main"));
}

}  // namespace setu::bench
