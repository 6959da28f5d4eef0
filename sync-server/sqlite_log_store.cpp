#include "sqlite_log_store.hpp"

#include <cstring>

#include "sqlite_schema.hpp"
#include "wire/frames.hpp"

namespace setu::server {
namespace {

constexpr const char* kDatabaseName = "/log.db";

Result<wire::LogTag> read_tag(const Statement& read, int column) {
  const ByteView stored = read.blob(column);
  wire::LogTag tag{};
  if (stored.size() != tag.size()) {
    return fail(Code::kCorrupt, "read log: a tag of a wrong length", "restore the newest backup");
  }
  std::memcpy(tag.data(), stored.data(), tag.size());
  return tag;
}

// An entry or a batch: one of two index probes finds it.
Result<wire::LogTag> find_tag(const Database& db, const ProgrammeId& programme,
                              std::uint64_t position) {
  if (position == 0) return wire::LogTag{};
  for (const char* table : {"batch", "entry"}) {
    SETU_TAKE(
        Statement read,
        db.prepare("SELECT tag_after FROM " + std::string(table) +
                   " WHERE programme=(SELECT number FROM programme WHERE id=?1) AND position=?2"));
    SETU_TAKE(const bool found, read.bind(1, programme).bind(2, position).step());
    if (found) return read_tag(read, 0);
  }
  return fail(Code::kNotFound, "read log: nothing at this position");
}

// BEGIN IMMEDIATE is the lock under which positions are given.
class SqliteAppender final : public Appender {
 public:
  static Result<std::unique_ptr<Appender>> begin(const Database& db, const ProgrammeId& programme) {
    SETU_TRY(db.execute("BEGIN IMMEDIATE"));
    auto appender = std::make_unique<SqliteAppender>(db, programme);
    SETU_TRY(appender->read_end());
    return std::unique_ptr<Appender>(std::move(appender));
  }

  SqliteAppender(const Database& db, const ProgrammeId& programme)
      : db_(db), programme_(programme) {}
  SqliteAppender(const SqliteAppender&) = delete;
  SqliteAppender& operator=(const SqliteAppender&) = delete;
  ~SqliteAppender() override {
    if (open_) (void)db_.execute("ROLLBACK");
  }

  wire::LogPoint end() const override { return end_; }

  Status create_programme(const Hash& token) override {
    SETU_ASSERT(end_.generation == 0);
    {
      SETU_TAKE(Statement spend, db_.prepare("UPDATE token SET spent=1 WHERE hash=?1 AND spent=0"));
      SETU_TRY(spend.bind(1, token).run());
      if (db_.changes() != 1)
        return fail(Code::kRefused, "create programme: no such token, or used already");
    }
    {
      SETU_TAKE(
          Statement insert,
          db_.prepare("INSERT INTO programme(id, generation, end_position) VALUES(?1, 1, 0)"));
      SETU_TRY(insert.bind(1, programme_).run());
    }
    return read_end();
  }

  Result<std::uint64_t> add_entry(const Hash& hash, const Hash& roster_head,
                                  ByteView bytes) override {
    SETU_TAKE(Statement insert,
              db_.prepare("INSERT INTO entry(programme, position, hash, roster_head_after, "
                          "tag_after, bytes) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
    tag_ = wire::log_tag(tag_, hash);
    insert.bind(1, number_)
        .bind(2, end_.position + 1)
        .bind(3, hash)
        .bind(4, roster_head)
        .bind(5, tag_)
        .bind(6, bytes);
    SETU_TRY(insert.run());
    return ++end_.position;
  }

  Result<std::uint64_t> add_batch(const NewBatch& batch) override {
    SETU_TAKE(Statement insert, db_.prepare("INSERT INTO batch(programme, position, circle, "
                                            "device, seq, hash, circle_head_after, tag_after, "
                                            "bytes) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
    tag_ = wire::log_tag(tag_, batch.hash);
    insert.bind(1, number_)
        .bind(2, end_.position + 1)
        .bind(3, batch.circle)
        .bind(4, batch.device)
        .bind(5, batch.seq);
    insert.bind(6, batch.hash).bind(7, batch.circle_head).bind(8, tag_).bind(9, batch.bytes);
    SETU_TRY(insert.run());
    return ++end_.position;
  }

  Status begin_generation(const wire::GenerationStart& start) override {
    if (start.generation <= end_.generation || start.kept > end_.position)
      return fail(Code::kInvalidArgument, "begin generation: not higher, or beyond the log's end");
    SETU_TRY(remember_generation(start));
    end_.generation = start.generation;
    return {};
  }

  Status remember_generation(const wire::GenerationStart& lost) override {
    SETU_TAKE(Statement insert,
              db_.prepare("INSERT OR IGNORE INTO generation(programme, generation, "
                          "kept) VALUES(?1, ?2, ?3)"));
    insert.bind(1, number_).bind(2, std::uint64_t{lost.generation}).bind(3, lost.kept);
    return insert.run();
  }

  Status commit() override {
    {
      SETU_TAKE(Statement update,
                db_.prepare("UPDATE programme SET generation=?2, end_position=?3 WHERE number=?1"));
      update.bind(1, number_).bind(2, std::uint64_t{end_.generation}).bind(3, end_.position);
      SETU_TRY(update.run());
    }
    SETU_TRY(db_.execute("COMMIT"));
    open_ = false;
    return {};
  }

 private:
  Status read_end() {
    SETU_TAKE(Statement read,
              db_.prepare("SELECT number, generation, end_position FROM programme WHERE id=?1"));
    SETU_TAKE(const bool found, read.bind(1, programme_).step());
    if (!found) return {};
    number_ = read.number(0);
    end_ = {static_cast<std::uint32_t>(read.number(1)), read.number(2)};
    SETU_TAKE(tag_, find_tag(db_, programme_, end_.position));
    return {};
  }

  const Database& db_;
  ProgrammeId programme_;
  std::uint64_t number_ = 0;
  wire::LogPoint end_;
  wire::LogTag tag_{};  // at the end
  bool open_ = true;
};

}  // namespace

Result<std::unique_ptr<SqliteLogStore>> SqliteLogStore::open(const std::string& directory) {
  return open_file(directory + kDatabaseName);
}

Result<std::unique_ptr<SqliteLogStore>> SqliteLogStore::open_file(const std::string& path) {
  SETU_TAKE(Database db, Database::open(path));
  SETU_TRY(migrate(db));
  return std::unique_ptr<SqliteLogStore>(new SqliteLogStore(std::move(db)));
}

Result<std::unique_ptr<Appender>> SqliteLogStore::begin(const ProgrammeId& programme) {
  return SqliteAppender::begin(db_, programme);
}

Result<std::vector<ProgrammeId>> SqliteLogStore::programmes() {
  SETU_TAKE(Statement read, db_.prepare("SELECT id FROM programme ORDER BY number"));
  std::vector<ProgrammeId> found;
  for (;;) {
    SETU_TAKE(const bool row, read.step());
    if (!row) return found;
    SETU_TAKE(const auto id, read.id<ProgrammeId>(0));
    found.push_back(id);
  }
}

Result<std::optional<wire::LogPoint>> SqliteLogStore::end_of(const ProgrammeId& programme) {
  SETU_TAKE(Statement read,
            db_.prepare("SELECT generation, end_position FROM programme WHERE id=?1"));
  SETU_TAKE(const bool found, read.bind(1, programme).step());
  if (!found) return std::optional<wire::LogPoint>();
  return std::optional(wire::LogPoint{static_cast<std::uint32_t>(read.number(0)), read.number(1)});
}

Result<wire::LogTag> SqliteLogStore::tag_at(const ProgrammeId& programme, std::uint64_t position) {
  return find_tag(db_, programme, position);
}

Result<std::vector<wire::GenerationStart>> SqliteLogStore::generations(
    const ProgrammeId& programme) {
  SETU_TAKE(Statement read, db_.prepare("SELECT generation, kept FROM generation WHERE "
                                        "programme=(SELECT number FROM programme WHERE id=?1) "
                                        "ORDER BY generation"));
  read.bind(1, programme);
  std::vector<wire::GenerationStart> found;
  for (;;) {
    SETU_TAKE(const bool row, read.step());
    if (!row) return found;
    found.push_back({static_cast<std::uint32_t>(read.number(0)), read.number(1)});
  }
}

Result<std::vector<StoredEntry>> SqliteLogStore::entries(const ProgrammeId& programme, Range range,
                                                         std::size_t max_bytes) {
  SETU_TAKE(Statement read,
            db_.prepare("SELECT position, hash, roster_head_after, tag_after, bytes FROM entry "
                        "WHERE programme=(SELECT number FROM programme WHERE id=?1) "
                        "AND position>?2 AND position<=?3 ORDER BY position"));
  read.bind(1, programme).bind(2, range.after).bind(3, range.until);
  std::vector<StoredEntry> found;
  std::size_t used = 0;
  for (;;) {
    SETU_TAKE(const bool row, read.step());
    if (!row) return found;
    const ByteView bytes = read.blob(4);
    used += bytes.size();
    if (!found.empty() && used > max_bytes) return found;
    SETU_TAKE(const auto hash, read.id<Hash>(1));
    SETU_TAKE(const auto head, read.id<Hash>(2));
    SETU_TAKE(const wire::LogTag tag, read_tag(read, 3));
    found.push_back({read.number(0), hash, head, to_bytes(bytes), tag});
  }
}

Result<std::optional<std::uint64_t>> SqliteLogStore::entry_position(const ProgrammeId& programme,
                                                                    const Hash& hash) {
  SETU_TAKE(Statement read,
            db_.prepare("SELECT position FROM entry "
                        "WHERE programme=(SELECT number FROM programme WHERE id=?1) AND hash=?2"));
  SETU_TAKE(const bool found, read.bind(1, programme).bind(2, hash).step());
  return found ? std::optional(read.number(0)) : std::nullopt;
}

Result<Hash> SqliteLogStore::roster_head_at(const ProgrammeId& programme, std::uint64_t position) {
  SETU_TAKE(Statement read,
            db_.prepare("SELECT roster_head_after FROM entry "
                        "WHERE programme=(SELECT number FROM programme WHERE id=?1) "
                        "AND position<=?2 ORDER BY position DESC LIMIT 1"));
  SETU_TAKE(const bool found, read.bind(1, programme).bind(2, position).step());
  if (!found) return Hash{};
  return read.id<Hash>(0);
}

Result<std::vector<BatchKey>> SqliteLogStore::batch_keys(const ProgrammeId& programme,
                                                         const std::optional<CircleId>& circle,
                                                         Range range, std::size_t max_count) {
  const std::string columns =
      "SELECT position, circle, device, seq, hash, circle_head_after, tag_after FROM batch "
      "WHERE programme=(SELECT number FROM programme WHERE id=?1) ";
  const std::string order = "AND position>?2 AND position<=?3 ORDER BY position LIMIT ?4";
  SETU_TAKE(Statement read, db_.prepare(columns + (circle ? "AND circle=?5 " : "") + order));
  read.bind(1, programme)
      .bind(2, range.after)
      .bind(3, range.until)
      .bind(4, std::uint64_t{max_count});
  if (circle) read.bind(5, *circle);
  std::vector<BatchKey> found;
  for (;;) {
    SETU_TAKE(const bool row, read.step());
    if (!row) return found;
    BatchKey key;
    key.position = read.number(0);
    SETU_TAKE(key.circle, read.id<CircleId>(1));
    SETU_TAKE(key.device, read.id<DeviceId>(2));
    key.seq = read.number(3);
    SETU_TAKE(key.hash, read.id<Hash>(4));
    SETU_TAKE(key.circle_head, read.id<Hash>(5));
    SETU_TAKE(key.tag, read_tag(read, 6));
    found.push_back(key);
  }
}

Result<Bytes> SqliteLogStore::batch_bytes(const ProgrammeId& programme, std::uint64_t position) {
  SETU_TAKE(
      Statement read,
      db_.prepare("SELECT bytes FROM batch "
                  "WHERE programme=(SELECT number FROM programme WHERE id=?1) AND position=?2"));
  SETU_TAKE(const bool found, read.bind(1, programme).bind(2, position).step());
  if (!found) return fail(Code::kNotFound, "read log: no batch at this position");
  return to_bytes(read.blob(0));
}

Result<ChainHead> SqliteLogStore::chain_head(const ProgrammeId& programme, const DeviceId& device,
                                             const CircleId& circle) {
  SETU_TAKE(Statement read,
            db_.prepare("SELECT seq, hash FROM batch "
                        "WHERE programme=(SELECT number FROM programme WHERE id=?1) "
                        "AND device=?2 AND circle=?3 ORDER BY seq DESC LIMIT 1"));
  SETU_TAKE(const bool found, read.bind(1, programme).bind(2, device).bind(3, circle).step());
  if (!found) return ChainHead{};
  SETU_TAKE(const auto hash, read.id<Hash>(1));
  return ChainHead{read.number(0), hash};
}

Result<std::optional<std::uint64_t>> SqliteLogStore::batch_position(const ProgrammeId& programme,
                                                                    const DeviceId& device,
                                                                    const CircleId& circle,
                                                                    std::uint64_t seq) {
  SETU_TAKE(Statement read,
            db_.prepare("SELECT position FROM batch "
                        "WHERE programme=(SELECT number FROM programme WHERE id=?1) "
                        "AND device=?2 AND circle=?3 AND seq=?4"));
  SETU_TAKE(const bool found,
            read.bind(1, programme).bind(2, device).bind(3, circle).bind(4, seq).step());
  return found ? std::optional(read.number(0)) : std::nullopt;
}

Result<CircleState> SqliteLogStore::circle_state(const ProgrammeId& programme,
                                                 const CircleId& circle,
                                                 std::uint64_t at_position) {
  SETU_TAKE(Statement read,
            db_.prepare("SELECT position, circle_head_after FROM batch "
                        "WHERE programme=(SELECT number FROM programme WHERE id=?1) "
                        "AND circle=?2 AND position<=?3 ORDER BY position DESC LIMIT 1"));
  SETU_TAKE(const bool found, read.bind(1, programme).bind(2, circle).bind(3, at_position).step());
  if (!found) return CircleState{circle, {}, 0};
  SETU_TAKE(const auto head, read.id<Hash>(1));
  return CircleState{circle, head, read.number(0)};
}

Status SqliteLogStore::add_token(const Hash& token) {
  SETU_TAKE(Statement insert, db_.prepare("INSERT INTO token(hash, spent) VALUES(?1, 0)"));
  return insert.bind(1, token).run();
}

Result<bool> SqliteLogStore::is_unspent(const Hash& token) {
  SETU_TAKE(Statement read, db_.prepare("SELECT 1 FROM token WHERE hash=?1 AND spent=0"));
  return read.bind(1, token).step();
}

Result<LogStore::Stats> SqliteLogStore::stats() {
  Stats stats;
  SETU_TAKE(stats.programmes, db_.number("SELECT count(*) FROM programme"));
  SETU_TAKE(stats.entries, db_.number("SELECT count(*) FROM entry"));
  SETU_TAKE(stats.batches, db_.number("SELECT count(*) FROM batch"));
  SETU_TAKE(stats.batch_bytes, db_.number("SELECT coalesce(sum(length(bytes)), 0) FROM batch"));
  SETU_TAKE(stats.unspent_tokens, db_.number("SELECT count(*) FROM token WHERE spent=0"));
  return stats;
}

}  // namespace setu::server
