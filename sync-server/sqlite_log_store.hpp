#pragma once
// The LogStore that needs nothing installed: one SQLite file, log.db, in the data directory.
//
// Plain, not encrypted: all content is sealed by its authors (docs/threat-model.md says what rows
// still show). WAL and synchronous=FULL: what commit() reported survives a power cut. Another
// process may add tokens, check or back up while a server runs. Ownership and threads as LogStore
// says.

#include "log_store.hpp"
#include "sqlite_db.hpp"

namespace setu::server {

class SqliteLogStore final : public LogStore {
 public:
  // Opens `directory`/log.db, makes it if missing and brings older files up to date. kNewerFormat:
  // made by a newer version; kCorrupt, kNotAllowed, kBusy as SQLite says.
  [[nodiscard]] static Result<std::unique_ptr<SqliteLogStore>> open(const std::string& directory);

  // The same of a file that is not in place yet.
  [[nodiscard]] static Result<std::unique_ptr<SqliteLogStore>> open_file(const std::string& path);

  Result<std::unique_ptr<Appender>> begin(const ProgrammeId& programme) override;
  Result<std::vector<ProgrammeId>> programmes() override;
  Result<std::optional<wire::LogPoint>> end_of(const ProgrammeId& programme) override;
  Result<wire::LogTag> tag_at(const ProgrammeId& programme, std::uint64_t position) override;
  Result<std::vector<wire::GenerationStart>> generations(const ProgrammeId& programme) override;
  Result<std::vector<StoredEntry>> entries(const ProgrammeId& programme, Range range,
                                           std::size_t max_bytes) override;
  Result<std::optional<std::uint64_t>> entry_position(const ProgrammeId& programme,
                                                      const Hash& hash) override;
  Result<Hash> roster_head_at(const ProgrammeId& programme, std::uint64_t position) override;
  Result<std::vector<BatchKey>> batch_keys(const ProgrammeId& programme,
                                           const std::optional<CircleId>& circle, Range range,
                                           std::size_t max_count) override;
  Result<Bytes> batch_bytes(const ProgrammeId& programme, std::uint64_t position) override;
  Result<ChainHead> chain_head(const ProgrammeId& programme, const DeviceId& device,
                               const CircleId& circle) override;
  Result<std::optional<std::uint64_t>> batch_position(const ProgrammeId& programme,
                                                      const DeviceId& device,
                                                      const CircleId& circle,
                                                      std::uint64_t seq) override;
  Result<CircleState> circle_state(const ProgrammeId& programme, const CircleId& circle,
                                   std::uint64_t at_position) override;
  Status add_token(const Hash& token) override;
  Result<bool> is_unspent(const Hash& token) override;
  Result<Stats> stats() override;

  // kCorrupt: the database's own structure is damaged.
  [[nodiscard]] Status check_integrity() const { return db_.check_integrity(); }
  // A consistent copy into a new file, while a server runs.
  [[nodiscard]] Status copy_to(const std::string& path) const { return db_.copy_to(path); }

 private:
  explicit SqliteLogStore(Database db) : db_(std::move(db)) {}
  Database db_;
};

}  // namespace setu::server
