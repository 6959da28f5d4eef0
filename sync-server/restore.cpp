#include "restore.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "generations.hpp"
#include "log_check.hpp"
#include "sqlite_log_store.hpp"

namespace setu::server {
namespace {

namespace fs = std::filesystem;
using Store = std::unique_ptr<SqliteLogStore>;

tl::unexpected<Error> not_done(const char* step, const std::error_code& error) {
  const std::string what =
      std::string("restore: ") + step + ": " + error.message() + "; the log in place is as it was";
  if (error == std::errc::no_space_on_device)
    return fail(Code::kDiskFull, what, "make room on the disk of the data directory");
  return fail(Code::kNotAllowed, what, "check that the data directory is writable");
}

std::error_code last_error() { return {errno, std::generic_category()}; }

Status make_durable(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  const std::error_code error = last_error();
  if (file >= 0) ::close(file);
  if (!synced) return not_done("write", error);
  return {};
}

void remove_draft(const std::string& draft) {
  std::error_code ignored;
  for (const char* part : {"", "-wal", "-shm"}) fs::remove(draft + part, ignored);
}

// Does the log in place hold anything that the backup lacks?
Result<bool> is_newer(LogStore& in_place, LogStore& backup) {
  SETU_TAKE(const auto programmes, in_place.programmes());
  for (const ProgrammeId& programme : programmes) {
    SETU_TAKE(const auto end, in_place.end_of(programme));
    SETU_TAKE(const auto kept, backup.end_of(programme));
    if (!end) continue;
    if (!kept || kept->position < end->position) return true;
    SETU_TAKE(const wire::LogTag here, in_place.tag_at(programme, end->position));
    SETU_TAKE(const wire::LogTag there, backup.tag_at(programme, end->position));
    if (here != there) return true;
  }
  return false;
}

Status check_may_replace(const Result<Store>& in_place, LogStore& backup, bool force) {
  if (force) return {};
  const auto newer = in_place ? is_newer(**in_place, backup) : Result<bool>(fail(in_place.error()));
  if (newer && !*newer) return {};
  return fail(
      Code::kRefused,
      newer ? "restore: the log in place holds what the backup lacks; nothing was changed"
            : "restore: the log in place cannot be read, so it may be newer than the backup; "
              "nothing was changed",
      "to put the backup in its place all the same, add --force: the log is kept beside it");
}

Status prove(SqliteLogStore& backup) {
  SETU_TRY(backup.check_integrity());
  SETU_TAKE(const LogReport report, check_log(backup));
  if (report.problems.empty()) return {};
  return fail(Code::kCorrupt, "restore: the backup does not prove itself; nothing was changed",
              "take another backup");
}

// The old log gets another name first; its own name then passes to the new one in one step.
Result<std::string> keep_beside(const std::string& log) {
  for (int number = 1;; ++number) {
    const std::string kept = log + ".replaced-" + std::to_string(number);
    if (::link(log.c_str(), kept.c_str()) == 0) {
      std::error_code error;
      // Only a log that was not closed well has one; it belongs to that file and no other.
      if (fs::exists(log + "-wal", error)) fs::rename(log + "-wal", kept + "-wal", error);
      if (error) return not_done("keep the log in place", error);
      fs::remove(log + "-shm", error);
      return kept;
    }
    if (errno != EEXIST) return not_done("keep the log in place", last_error());
  }
}

Result<Restored> put_in_place(const std::string& log, const std::string& draft, bool force) {
  Restored restored;
  const bool replaces = ::access(log.c_str(), F_OK) == 0;
  {
    SETU_TAKE(const Store backup, SqliteLogStore::open_file(draft));
    SETU_TRY(prove(*backup));
    SETU_TAKE(const auto programmes, backup->programmes());
    restored.programmes = programmes.size();
    LogStore* known = nullptr;
    Result<Store> in_place = fail(Code::kNotFound, "open log: there is none");
    if (replaces) {
      in_place = SqliteLogStore::open_file(log);
      SETU_TRY(check_may_replace(in_place, *backup, force));
      if (in_place) known = in_place->get();
    }
    SETU_TRY(begin_everywhere(*backup, known));
  }  // closed, so that each is one file again
  SETU_TRY(make_durable(draft, O_RDWR));
  if (replaces) {
    SETU_TAKE(restored.replaced, keep_beside(log));
  }
  if (::rename(draft.c_str(), log.c_str()) != 0)
    return not_done("put the backup in place", last_error());
  return restored;
}

}  // namespace

Result<Restored> restore_log(const std::string& directory, const std::string& file, bool force) {
  const std::string log = directory + "/log.db";
  const std::string draft = directory + "/log.db.restoring";
  remove_draft(draft);  // of a restore that was cut off
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    return fail(Code::kNotFound, "restore: there is no such backup; nothing was changed",
                "name a file that `setu-server backup` made");
  }
  if (!fs::copy_file(file, draft, error)) return not_done("copy the backup", error);
  fs::permissions(draft, fs::perms::owner_read | fs::perms::owner_write, error);
  Result<Restored> restored = put_in_place(log, draft, force);
  remove_draft(draft);
  if (!restored) return restored;
  SETU_TRY(make_durable(directory, O_RDONLY | O_DIRECTORY));
  restored->has_key = ::access((directory + "/server.key").c_str(), F_OK) == 0;
  return restored;
}

}  // namespace setu::server
