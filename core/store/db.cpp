#include "store/db.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

namespace setu::store {
namespace {

// Idle prepared statements of more distinct SQL texts than this are dropped: filters of lists can
// make many.
constexpr std::size_t kMostStatements = 256;

std::string in_sqlite_words(int result) {
  return std::string(sqlite3_errstr(result)) + " (sqlite " + std::to_string(result) + ")";
}

// A write that the system refused because of a quota or a limit on the size of files: to people,
// the disk is full.
bool ran_out_of_room(int extended, int system_errno) {
  if (extended == SQLITE_IOERR_SHMSIZE) return true;
  const bool writing = extended == SQLITE_IOERR_WRITE || extended == SQLITE_IOERR_TRUNCATE ||
                       extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC;
  return writing && (system_errno == EFBIG || system_errno == EDQUOT || system_errno == ENOSPC);
}

}  // namespace

// --- statements

Statement::Statement(Statement&& other) noexcept
    : db_(other.db_),
      stmt_(std::exchange(other.stmt_, nullptr)),
      shelf_(other.shelf_),
      bind_error_(other.bind_error_) {}

Statement::~Statement() {
  if (stmt_ == nullptr) return;
  sqlite3_reset(stmt_);
  sqlite3_clear_bindings(stmt_);
  shelf_->idle.push_back(stmt_);
  --shelf_->in_use;
}

void Statement::note(int result) {
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
}

void Statement::note_too_big() { note(SQLITE_TOOBIG); }

void Statement::bind_one(int index, ByteView bytes) {
  // A null pointer would bind NULL; an empty blob is not NULL.
  if (bytes.empty()) return note(sqlite3_bind_zeroblob(stmt_, index, 0));
  note(sqlite3_bind_blob64(stmt_, index, bytes.data(), bytes.size(), SQLITE_STATIC));
}

void Statement::bind_one(int index, std::string_view text) {
  const char* data = text.empty() ? "" : text.data();
  note(sqlite3_bind_text64(stmt_, index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind_one(int index, std::nullptr_t) { note(sqlite3_bind_null(stmt_, index)); }

void Statement::bind_integer(int index, std::int64_t number) {
  note(sqlite3_bind_int64(stmt_, index, number));
}

void Statement::bind_value(int index, const Value& value, bool text_as_blob) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return bind_integer(index, *number);
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return bind_one(index, nullptr);
  if (text_as_blob) return bind_one(index, as_bytes(*text));
  bind_one(index, std::string_view(*text));
}

Result<bool> Statement::step() {
  const int result = bind_error_ != SQLITE_OK ? bind_error_ : sqlite3_step(stmt_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return fail(db_->spoil(result));
}

Status Statement::run() {
  for (;;) {
    SETU_TAKE(const bool row, step());
    if (!row) return {};
  }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(stmt_, column); }

bool Statement::is_null(int column) const {
  return sqlite3_column_type(stmt_, column) == SQLITE_NULL;
}

std::string_view Statement::text(int column) const { return as_text(blob(column)); }

ByteView Statement::blob(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(stmt_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column))};
}

Value Statement::value(int column) const {
  switch (sqlite3_column_type(stmt_, column)) {
    case SQLITE_NULL: return std::monostate{};
    case SQLITE_INTEGER: return integer(column);
    default: return std::string(text(column));
  }
}

// --- opening

bool file_exists(const std::string& path) {
  sqlite3_initialize();
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  int exists = 0;
  return vfs->xAccess(vfs, path.c_str(), SQLITE_ACCESS_EXISTS, &exists) == SQLITE_OK && exists != 0;
}

Result<std::unique_ptr<Db>> Db::open(const DbOptions& options, const crypto::Secret& key) {
  constexpr std::size_t kKeyBytes = 32;
  if (key.size() != kKeyBytes) {
    return fail(Code::kInvalidArgument, "open database: the key is not 32 bytes");
  }
  if (!options.create && !file_exists(options.path)) {
    return fail(Code::kNotFound, "open database: there is no file");
  }
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                    (options.create ? SQLITE_OPEN_CREATE : 0);
  const int result = sqlite3_open_v2(options.path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Db> db(new Db(handle));  // SQLite gives a handle even where it fails
  if (result != SQLITE_OK) return fail(db->error_of(result));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  SETU_TRY(db->apply_key(options.cipher, key));
  SETU_TRY(db->prove_key());
  return db;
}

Status Db::apply_key(std::string_view cipher, const crypto::Secret& key) {
  // Freed pages and statement registers are wiped, where the build of SQLite can
  // (SQLITE3MC_SECURE_MEMORY).
  SETU_TRY(execute("PRAGMA memory_security = fill"));
  SETU_TRY(execute("PRAGMA cipher = '" + std::string(cipher) + "'"));
  constexpr std::string_view kPrefix = "raw:";
  constexpr std::string_view kDigits = "0123456789abcdef";
  crypto::Secret raw(kPrefix.size() + 2 * key.size());
  std::size_t at = 0;
  for (const char c : kPrefix) raw.writable()[at++] = static_cast<std::byte>(c);
  for (const std::byte b : key.reveal()) {
    raw.writable()[at++] = static_cast<std::byte>(kDigits[std::to_integer<std::size_t>(b >> 4)]);
    raw.writable()[at++] =
        static_cast<std::byte>(kDigits[std::to_integer<std::size_t>(b & std::byte{15})]);
  }
  const int result = sqlite3_key(handle_, raw.reveal().data(), static_cast<int>(raw.size()));
  if (result != SQLITE_OK) return fail(error_of(result));
  return {};
}

Status Db::prove_key() {
  SETU_TRY(number("SELECT count(*) FROM sqlite_master"));
  key_proven_ = true;
  return {};
}

Db::~Db() {
  SETU_ASSERT(!in_transaction_);
  drop_idle();
  const int result = sqlite3_close(handle_);
  SETU_ASSERT(result == SQLITE_OK);  // else a Statement outlived its Db
}

// --- running

void Db::drop_idle() {
  std::erase_if(shelves_, [](auto& entry) {
    for (sqlite3_stmt* stmt : entry.second->idle) sqlite3_finalize(stmt);
    entry.second->idle.clear();
    return entry.second->in_use == 0;  // statements in use know their way home to the others
  });
}

Result<Statement> Db::prepare(std::string_view sql) {
  if (spoilt_ != nullptr) return fail(*spoilt_);
  auto found = shelves_.find(sql);
  if (found == shelves_.end()) {
    if (shelves_.size() >= kMostStatements) drop_idle();
    found = shelves_.emplace(std::string(sql), std::make_unique<Shelf>()).first;
  }
  Shelf& shelf = *found->second;
  if (!shelf.idle.empty()) {
    sqlite3_stmt* stmt = shelf.idle.back();
    shelf.idle.pop_back();
    return Statement(this, stmt, &shelf);
  }
  sqlite3_stmt* stmt = nullptr;
  const int result = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &stmt, nullptr);
  if (result != SQLITE_OK) return fail(spoil(result));
  return Statement(this, stmt, &shelf);
}

Status Db::execute(const std::string& sql) {
  if (spoilt_ != nullptr) return fail(*spoilt_);
  const int result = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return fail(spoil(result));
  return {};
}

std::int64_t Db::last_row() const { return sqlite3_last_insert_rowid(handle_); }
std::int64_t Db::changed_rows() const { return sqlite3_changes64(handle_); }

// --- transactions

Status Db::begin() {
  SETU_ASSERT(!in_transaction_);
  SETU_TRY(run("BEGIN IMMEDIATE"));
  in_transaction_ = true;
  return {};
}

Status Db::commit() {
  SETU_ASSERT(in_transaction_);
  Status done = run("COMMIT");
  if (!done) {
    rollback();
    return done;
  }
  in_transaction_ = false;
  return {};
}

void Db::rollback() {
  SETU_ASSERT(in_transaction_);
  in_transaction_ = false;
  spoilt_.reset();
  // SQLite may have rolled back by itself; where ROLLBACK fails all the same, the next begin() will
  // say so.
  if (sqlite3_get_autocommit(handle_) == 0) (void)run("ROLLBACK");
  if (forget_) forget_();
}

Status Db::atomically(const std::function<Status()>& work) {
  if (in_transaction_) return work();
  SETU_TRY(begin());
  Status done = work();
  if (!done) {
    rollback();
    return done;
  }
  return commit();
}

// --- errors

Error Db::spoil(int result) {
  Error error = error_of(result);
  if (!in_transaction_ || spoilt_ != nullptr) return error;
  const bool rolled_back = sqlite3_get_autocommit(handle_) != 0;
  const bool refused_only = error.code == Code::kInvalidArgument;
  if (rolled_back || !refused_only) spoilt_ = std::make_unique<Error>(error);
  return error;
}

Error Db::error_of(int result) {
  const std::string words = in_sqlite_words(result);
  if (ran_out_of_room(result, sqlite3_system_errno(handle_))) result = SQLITE_FULL;
  switch (result & 0xff) {
    case SQLITE_FULL:
      return {Code::kDiskFull, "write database: " + words + "; nothing was changed",
              "free some space, then try again"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::kBusy, "lock database: another program holds it; nothing was changed",
              "try again"};
    case SQLITE_NOTADB:
      if (!key_proven_) {
        return {Code::kWrongPassphrase, "open database: the key does not fit",
                "check the passphrase"};
      }
      [[fallthrough]];
    case SQLITE_CORRUPT: return {Code::kCorrupt, "read database: " + words, "run `setu verify`"};
    case SQLITE_CONSTRAINT:
      return {Code::kInvalidArgument,
              "write database: something with this name is there already; nothing was changed",
              {}};
    case SQLITE_TOOBIG:
      return {Code::kInvalidArgument,
              "write database: a number or value is too big; nothing was changed",
              {}};
    case SQLITE_CANTOPEN:
      return {Code::kInternal, "open database: the system refused the file",
              "check the folder's permissions"};
    default: return {Code::kInternal, "use database: " + words, {}};
  }
}

}  // namespace setu::store
