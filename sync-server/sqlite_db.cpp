#include "sqlite_db.hpp"

#include <sqlite3.h>

#include <limits>
#include <utility>

namespace setu::server {
namespace {

// How long a statement waits for another process (a token being made, a backup) before it gives up.
constexpr int kBusyTimeoutMs = 5'000;
// Pages copied per step of a backup, so that writers get a turn in between.
constexpr int kBackupPagesPerStep = 1'024;

tl::unexpected<Error> sqlite_error(int code, const char* operation) {
  const std::string what =
      std::string("log database: ") + operation + ": SQLite code " + std::to_string(code);
  switch (code & 0xff) {
    case SQLITE_FULL:
      return fail(Code::kDiskFull, what + "; nothing was changed",
                  "make room on the disk of the data directory");
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return fail(Code::kBusy, what + "; another process holds it", "try again");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fail(Code::kCorrupt, what + "; the file is damaged",
                  "stop the server and restore the newest backup");
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return fail(Code::kNotAllowed, what + "; the file cannot be opened for writing",
                  "check owner and permissions of the data directory");
    case SQLITE_IOERR:
      return fail(Code::kDiskFull, what + "; the disk refused; nothing was changed",
                  "check the disk of the data directory");
    default: return fail(Code::kInternal, what);
  }
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), idle_(other.idle_) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  // A statement that is not reset would keep its read transaction, and with it the whole WAL.
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  const bool kept = idle_->emplace(sqlite3_sql(statement_), statement_).second;
  if (!kept) sqlite3_finalize(statement_);
}

Statement& Statement::bind(int index, std::uint64_t value) {
  SETU_ASSERT(value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  SETU_ASSERT(sqlite3_bind_int64(statement_, index, static_cast<sqlite3_int64>(value)) ==
              SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int index, ByteView bytes) {
  // A null pointer would bind NULL instead of an empty blob.
  const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
  SETU_ASSERT(sqlite3_bind_blob64(statement_, index, data, bytes.size(), SQLITE_STATIC) ==
              SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return sqlite_error(sqlite3_extended_errcode(sqlite3_db_handle(statement_)), "step");
}

Status Statement::run() {
  SETU_TAKE(const bool row, step());
  SETU_ASSERT(!row);
  return {};
}

std::uint64_t Statement::number(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
}

ByteView Statement::blob(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  return {static_cast<const std::byte*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Result<Database> Database::open(const std::string& path) {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Database db(raw);
  if (code != SQLITE_OK) return sqlite_error(code, "open");
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  sqlite3_extended_result_codes(raw, 1);
  SETU_TRY(
      db.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"));
  return db;
}

Database::Database(sqlite3* db) : db_(db), idle_(std::make_unique<IdleStatements>()) {}

Database::Database(Database&& other) noexcept
    : db_(std::exchange(other.db_, nullptr)), idle_(std::move(other.idle_)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(db_, other.db_);
  std::swap(idle_, other.idle_);
  return *this;
}

Database::~Database() {
  if (idle_ != nullptr) {
    for (const auto& [sql, statement] : *idle_) sqlite3_finalize(statement);
  }
  sqlite3_close_v2(db_);
}

Result<Statement> Database::prepare(const std::string& sql) const {
  if (auto idle = idle_->extract(sql)) return Statement(idle.mapped(), idle_.get());
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return sqlite_error(sqlite3_extended_errcode(db_), "prepare");
  return Statement(statement, idle_.get());
}

Status Database::execute(const std::string& sql) const {
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_error(sqlite3_extended_errcode(db_), "execute");
  return {};
}

Result<std::uint64_t> Database::number(const std::string& sql) const {
  SETU_TAKE(Statement statement, prepare(sql));
  SETU_TAKE(const bool row, statement.step());
  return row ? statement.number(0) : 0;
}

std::uint64_t Database::changes() const {
  return static_cast<std::uint64_t>(sqlite3_changes64(db_));
}

Status Database::copy_to(const std::string& path) const {
  SETU_TAKE(const Database target, open(path));
  sqlite3_backup* backup = sqlite3_backup_init(target.db_, "main", db_, "main");
  if (backup == nullptr) return sqlite_error(sqlite3_extended_errcode(target.db_), "backup");
  int code = SQLITE_OK;
  while (code == SQLITE_OK) code = sqlite3_backup_step(backup, kBackupPagesPerStep);
  const int finished = sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) return sqlite_error(code, "backup");
  if (finished != SQLITE_OK) return sqlite_error(finished, "backup");
  return {};
}

Status Database::check_integrity() const {
  SETU_TAKE(Statement statement, prepare("PRAGMA integrity_check(1)"));
  SETU_TAKE(const bool row, statement.step());
  if (!row || as_text(statement.blob(0)) != "ok") {
    return fail(Code::kCorrupt, "log database: its pages do not add up",
                "stop the server and restore the newest backup");
  }
  return {};
}

}  // namespace setu::server
