#include "commands.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>

#include "data_dir.hpp"
#include "log_check.hpp"
#include "restore.hpp"
#include "sqlite_log_store.hpp"
#include "token.hpp"

namespace setu::server {
namespace {

using Store = std::unique_ptr<SqliteLogStore>;

// For commands that look at a server's directory but do not make one.
Result<Store> open_existing(const std::string& directory) {
  if (::access((directory + "/log.db").c_str(), F_OK) != 0) {
    return fail(Code::kNotFound, "open log: no log.db in the data directory",
                "give the directory of the server with --data");
  }
  return SqliteLogStore::open(directory);
}

void print_count(const char* what, std::uint64_t count) {
  std::printf("%s %llu\n", what, static_cast<unsigned long long>(count));
}

}  // namespace

Status serve(const std::string& directory, const ListenerOptions& options) {
  SETU_TRY(prepare_data_dir(directory));
  SETU_TAKE(const ServeLock lock, ServeLock::take(directory));
  SETU_TAKE(const crypto::SignKeyPair identity, load_identity(directory, crypto::system_random()));
  SETU_TAKE(const Store store, SqliteLogStore::open(directory));
  Service service(*store, identity);
  SETU_TAKE(const auto listener, Listener::open(service, options));

  const bool is_v6 = options.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + options.host + "]" : options.host;
  std::printf("listening on %s:%u\n", host.c_str(), static_cast<unsigned>(listener->port()));
  std::fflush(stdout);
  listener->run(true);

  const Counters& done = service.counters;
  spdlog::info(
      "stopped: {} requests ({} refused), {} entries and {} batches taken, {} pushes refused, {} "
      "failed appends",
      done.requests, done.refused_requests, done.entries_taken, done.batches_taken,
      done.pushes_refused, done.failed_appends);
  return {};
}

Status print_token(const std::string& directory) {
  SETU_TRY(prepare_data_dir(directory));
  SETU_TAKE(const crypto::SignKeyPair identity, load_identity(directory, crypto::system_random()));
  SETU_TAKE(const Store store, SqliteLogStore::open(directory));
  SETU_TAKE(const std::string token,
            make_token(*store, identity.public_key, crypto::system_random()));
  std::printf("%s\n", token.c_str());
  return {};
}

Status check(const std::string& directory) {
  SETU_TAKE(const Store store, open_existing(directory));
  SETU_TRY(store->check_integrity());
  SETU_TAKE(const LogReport report, check_log(*store));
  std::printf("%llu programmes, %llu roster entries, %llu batches\n",
              static_cast<unsigned long long>(report.programmes),
              static_cast<unsigned long long>(report.entries),
              static_cast<unsigned long long>(report.batches));
  for (const auto& [problem, count] : report.problems) {
    std::printf("%llu x %s\n", static_cast<unsigned long long>(count), problem.c_str());
  }
  if (!report.problems.empty()) {
    return fail(Code::kCorrupt, "check: the log does not prove itself",
                "stop the server and restore the newest backup that checks");
  }
  std::printf("ok\n");
  return {};
}

Status print_stats(const std::string& directory) {
  SETU_TAKE(const Store store, open_existing(directory));
  SETU_TAKE(const LogStore::Stats stats, store->stats());
  print_count("programmes", stats.programmes);
  print_count("roster_entries", stats.entries);
  print_count("batches", stats.batches);
  print_count("batch_bytes", stats.batch_bytes);
  print_count("unspent_tokens", stats.unspent_tokens);
  return {};
}

Status restore(const std::string& directory, const std::string& file, bool force) {
  SETU_TRY(prepare_data_dir(directory));
  SETU_TAKE(const ServeLock lock, ServeLock::take(directory));
  SETU_TAKE(const Restored restored, restore_log(directory, file, force));
  std::printf("restored %llu programmes; each begins a new generation\n",
              static_cast<unsigned long long>(restored.programmes));
  if (!restored.replaced.empty())
    std::printf("the log that was there is kept as %s\n", restored.replaced.c_str());
  if (!restored.has_key)
    std::printf(
        "put the backup of server.key into the data directory before you start the server\n");
  return {};
}

Status backup(const std::string& directory, const std::string& file) {
  SETU_TAKE(const Store store, open_existing(directory));
  const int made = ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (made < 0) {
    return fail(Code::kNotAllowed,
                "backup: the file exists already or cannot be made; nothing was written",
                "name a new file in a directory that this user may write to");
  }
  ::close(made);
  const Status copied = store->copy_to(file);
  if (!copied) (void)::unlink(file.c_str());
  return copied;
}

}  // namespace setu::server
