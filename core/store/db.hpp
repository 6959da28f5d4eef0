#pragma once
// One keyed SQLite connection: open, prepared statements, transactions, and SQLite's result codes
// as Setu's errors.
//
// Errors of every call, mapped in error_of(): kDiskFull, kBusy (after kBusyTimeoutMs), kCorrupt,
// kWrongPassphrase (only while opening), kInvalidArgument (a uniqueness rule refused the row, or a
// number has more than 63 bits), kInternal. Messages name the operation and SQLite's own words for
// the code, never values.
//
// A failure that leaves a transaction unfit to be committed (no room, damage, a rollback by SQLite
// itself) is kept: every later statement and commit() of that transaction return it, so nothing can
// be half done, or done outside of it.
//
// Statements borrow the Db and must die before it. Not thread-safe. Db is pinned: it is neither
// copied nor moved.

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crypto/secret.hpp"
#include "setu/base/ids.hpp"
#include "setu/base/value.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace setu::store {

class Db;

// The prepared statements of one SQL text: those that wait for use, and how many are in use.
struct Shelf {
  std::vector<sqlite3_stmt*> idle;
  std::size_t in_use = 0;
};

// One use of a prepared statement: bind, step until no row is left, read columns. Goes back to the
// cache when it dies. What is bound is borrowed until then; what a column gives is borrowed until
// the next step.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Binds the parameters from `first` (1-based) on. Errors show at the next step.
  template <class... Args>
  Statement& bind_from(int first, const Args&... args) {
    (bind_one(first++, args), ...);
    return *this;
  }
  template <class... Args>
  Statement& bind(const Args&... args) {
    return bind_from(1, args...);
  }
  // Text is stored as a blob when asked, so that raw bytes are never taken for text.
  void bind_value(int index, const Value& value, bool text_as_blob);

  Result<bool> step();  // true: a row is there
  Status run();         // steps to the end

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::uint64_t count(int column) const {
    return static_cast<std::uint64_t>(integer(column));
  }
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] ByteView blob(int column) const;
  [[nodiscard]] Value value(int column) const;
  template <class Id>
  [[nodiscard]] Result<Id> id(int column) const {  // kCorrupt: not as many bytes as an Id has
    Result<Id> id = Id::from(blob(column));
    if (!id) return fail(Code::kCorrupt, "read database: an id has the wrong length");
    return id;
  }

 private:
  friend class Db;
  Statement(Db* db, sqlite3_stmt* stmt, Shelf* shelf) : db_(db), stmt_(stmt), shelf_(shelf) {
    ++shelf_->in_use;
  }

  void bind_one(int index, ByteView bytes);
  void bind_one(int index, std::string_view text);
  void bind_one(int index, const char* text) { bind_one(index, std::string_view(text)); }
  void bind_one(int index, const std::string& text) { bind_one(index, std::string_view(text)); }
  void bind_one(int index, const Bytes& bytes) { bind_one(index, ByteView(bytes)); }
  void bind_one(int index, std::nullptr_t);
  void bind_integer(int index, std::int64_t number);
  void bind_one(int index, const Value& value) { bind_value(index, value, false); }
  template <class Tag, std::size_t kSize>
  void bind_one(int index, const FixedId<Tag, kSize>& id) {
    bind_one(index, id.view());
  }
  void bind_one(int index, bool flag) { bind_integer(index, flag ? 1 : 0); }
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) void bind_one(int index, Integer number) {
    if (!std::in_range<std::int64_t>(number)) return note_too_big();
    bind_integer(index, static_cast<std::int64_t>(number));
  }
  void note(int result);  // keeps the first error of binding
  void note_too_big();

  Db* db_;
  sqlite3_stmt* stmt_;
  Shelf* shelf_;
  int bind_error_ = 0;
};

// What a Db is opened as. The cipher's name is SQLite3 Multiple Ciphers' ("aegis", "chacha20").
struct DbOptions {
  std::string path;
  std::string_view cipher;
  bool create = false;
};

class Db {
 public:
  static constexpr int kBusyTimeoutMs = 5'000;

  // Opens and keys the file and reads its schema, which proves that the key fits. Without `create`
  // a missing file is kNotFound. kInvalidArgument: the key is not 32 bytes.
  static Result<std::unique_ptr<Db>> open(const DbOptions& options, const crypto::Secret& key);
  Db(const Db&) = delete;
  Db& operator=(const Db&) = delete;
  ~Db();

  Result<Statement> prepare(std::string_view sql);
  Status execute(
      const std::string& sql);  // any number of statements; not cached; results are dropped

  template <class... Args>
  Status run(std::string_view sql, const Args&... args) {
    SETU_TAKE(Statement statement, prepare(sql));
    return statement.bind(args...).run();
  }
  // The first column of the first row; 0 when there is no row.
  template <class... Args>
  Result<std::int64_t> number(std::string_view sql, const Args&... args) {
    SETU_TAKE(Statement statement, prepare(sql));
    SETU_TAKE(const bool row, statement.bind(args...).step());
    return row ? statement.integer(0) : 0;
  }

  Status begin();  // takes the write lock at once
  Status commit();
  void rollback();
  [[nodiscard]] bool in_transaction() const { return in_transaction_; }
  // Runs `work` in the open transaction, or in one of its own.
  Status atomically(const std::function<Status()>& work);
  // Called after every rollback: what was cached of the database may never have been.
  void on_rollback(std::function<void()> forget) { forget_ = std::move(forget); }

  [[nodiscard]] std::int64_t last_row() const;
  [[nodiscard]] std::int64_t changed_rows() const;  // by the last INSERT, UPDATE or DELETE

 private:
  friend class Statement;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  explicit Db(sqlite3* handle) : handle_(handle) {}
  Status apply_key(std::string_view cipher, const crypto::Secret& key);
  Status prove_key();
  Error error_of(int result);
  Error spoil(int result);  // error_of, kept when the open transaction cannot go on after it
  void drop_idle();

  sqlite3* handle_;
  std::unordered_map<std::string, std::unique_ptr<Shelf>, TextHash, std::equal_to<>> shelves_;
  std::function<void()> forget_;
  bool key_proven_ = false;
  bool in_transaction_ = false;
  std::unique_ptr<Error> spoilt_;  // why the open transaction cannot be committed
};

// SQLite's own check that a file exists, through its VFS: core opens no files.
[[nodiscard]] bool file_exists(const std::string& path);

}  // namespace setu::store
