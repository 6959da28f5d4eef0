#pragma once
// A device's own encrypted database: the only place that knows SQL. It keeps what it is told and
// judges nothing.
//
// SQLite with page encryption, WAL, synchronous=FULL: commit() returns when the data is on disk.
// Layout and migrations are in docs/storage.md; user_version numbers them from 1.
//
// Errors of every call: kDiskFull (nothing changed), kBusy (another process holds the write lock
// for over 5 s), kCorrupt (SQLite says the file is damaged, or a row cannot be read), kInternal.
// Those of single calls are named there. Reads outside a transaction see the last commit. Not
// thread-safe; several processes may open one file.

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "crypto/secret.hpp"
#include "merge/pack.hpp"
#include "store/kept_part.hpp"
#include "wire/body.hpp"
#include "wire/frames.hpp"

namespace setu::store {

// Page cipher, chosen when a replica is made: aegis where the processor has AES instructions. Never
// renumber.
enum class Cipher : std::uint8_t { kAegis = 1, kChaCha20 = 2 };

// A kind's table. Columns are named like fields and typed; `part` is the audience number that the
// column belongs to: one merge blob column per part.
enum class ColumnType : std::uint8_t { kInteger, kText, kBlob };
struct Column {
  FieldTag field = 0;
  std::string name;  // [a-z][a-z0-9_]*
  ColumnType type{};
  std::uint8_t part = 0;
};
struct TableSpec {
  KindTag kind = 0;
  std::string name;
  std::vector<Column> columns;
  std::vector<std::uint8_t> parts;  // ascending
};

// One record as this replica holds it.
struct Row {
  std::int64_t row_number = 0;  // 0: not stored yet
  KindTag kind = 0;
  RecordId id;
  CircleId home;
  bool deleted = false;
  std::vector<Value> columns;           // as TableSpec::columns
  std::map<std::uint8_t, Bytes> parts;  // part -> merge blob; absent: that part has not arrived
};

struct Filter {  // column = value; for kChoices columns: contains the element
  std::string column;
  Value value;
  bool contains = false;
};

struct ChainState {
  std::uint64_t seq = 0;  // of the last batch applied; 0: none
  Hash hash;              // its hash
  Stamp tip;              // highest stamp applied
};

// Numbers are on disk: never renumber.
enum class BatchState : std::uint8_t {
  kApplied = 1,
  kParked = 2,       // waits for a key, a roster entry or an earlier batch of its chain
  kQuarantined = 3,  // refused: kept, never applied
  kOwnUnsent = 4,    // sealed by this device, no durable ack yet
  kOwnAcked = 5,
  kDropped = 6,  // was in quarantine, and a person has looked at it
  kClosed = 7,   // sealed before the history was cut, to others: kept for its chain alone
};
struct StoredBatch {
  CircleId circle;
  DeviceId device;
  std::uint64_t seq = 0;
  std::uint64_t position = 0;  // in the log; 0: not known yet
  BatchState state{};
  std::string reason;  // kParked, kQuarantined: for people
  Hash hash;
  Bytes bytes;  // canonical, as received
};

struct OutboxItem {
  std::int64_t number = 0;  // ascending: order of writing
  CircleId circle;
  RecordId record;
  Bytes change;  // wire::encode_change
};

struct OpenConflict {
  KindTag kind = 0;
  RecordId record;
  std::uint8_t part = 0;
  FieldTag field = 0;
  std::string key;
};

inline constexpr std::uint64_t kAnyPosition = std::numeric_limits<std::int64_t>::max();

class Store {
  struct Impl;

 public:
  // The key is 32 random bytes. create: kInvalidArgument when a file is there already. open:
  // kWrongPassphrase when the key or the cipher does not fit, kNotFound without a file or where
  // creation was cut off (create() then finishes it), kNewerFormat for a higher user_version.
  static Result<Store> create(const std::string& path, const crypto::Secret& key, Cipher cipher);
  static Result<Store> open(const std::string& path, const crypto::Secret& key, Cipher cipher);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // Makes the kind's table, or adds columns and parts that a newer form brought. Rewrites no row.
  // kInvalidArgument: names that are not [a-z][a-z0-9_]*, or a field that has another name, type or
  // part already.
  Status ensure_table(const TableSpec& spec);
  // Every kind with a table, ascending: those given to ensure_table() as they were given, others
  // whole.
  Result<std::vector<TableSpec>> tables();

  // --- transactions: one per user action. Destroyed without commit(): rolled back. After an error
  // that left nothing to go on with (kDiskFull, kCorrupt, kInternal) every later call in it, and
  // commit(), give that error again. A call outside of a transaction is one of its own.
  class Transaction {
   public:
    Transaction(Transaction&&) noexcept;
    ~Transaction();
    Status commit();

   private:
    friend class Store;
    explicit Transaction(Impl* impl) : impl_(impl) {}
    Impl* impl_;
  };
  Result<Transaction> begin();  // takes the write lock at once; one at a time

  // --- records. kNotFound: no table of this kind, or the row is gone. kInvalidArgument: the row
  // has another shape than its table, its id is there already, or a filter names no column.
  Result<std::optional<Row>> find(const RecordId& id);  // in any kind
  Result<std::optional<Row>> find(KindTag kind, const RecordId& id);
  Status insert(Row& row);           // sets row_number
  Status update(const Row& row);     // by row_number: everything but id, kind and home
  Status erase_row(const Row& row);  // with its conflicts
  // In order of row_number, after `after_row`. deleted ones only when asked.
  Result<std::vector<Row>> list(KindTag kind, const std::vector<Filter>& filters, std::size_t limit,
                                bool with_deleted = false, std::int64_t after_row = 0);
  Result<std::uint64_t> count(KindTag kind, bool with_deleted = false);
  // Takes a part away from all records of a home (nil: of all homes): blob and columns become
  // empty, its conflicts go. For rebuild().
  Status clear_part(KindTag kind, std::uint8_t part, const CircleId& home);
  Status set_home(const Row& row);        // by row_number; update() writes the rest
  Status erase_empty_rows(KindTag kind);  // that have no part left. For rebuild()

  // --- parts of records that were handed over
  // Ordered by home, part.
  Result<std::vector<KeptPart>> kept_parts(const RecordId& record);
  Result<std::optional<KeptPart>> kept_part(const RecordId& record, const CircleId& home,
                                            std::uint8_t part);
  Status put_kept_part(const KeptPart& kept);  // one with neither state nor origins is removed
  Result<std::vector<std::pair<KindTag, RecordId>>> records_kept_in(std::uint8_t part,
                                                                    const CircleId& home);
  // Forgets them, and gives the records that had any. For rebuild().
  Result<std::vector<std::pair<KindTag, RecordId>>> clear_kept_parts(std::uint8_t part,
                                                                     const CircleId& home);
  Result<std::vector<KeptPart>> changed_kept_parts();
  // Records that are shown in a home while the record that they refer to in this column was kept
  // back there: it is shown elsewhere.
  Result<std::vector<RecordId>> left_behind(KindTag kind, std::string_view column);
  Result<std::vector<KeptPart>> moved_parts();  // given up, or of rows that something moved into

  // A number that cannot be stored (the disk is full) is 0; the next insert(), update() or commit()
  // says why.
  [[nodiscard]] merge::DeviceNumbers& device_numbers();

  // --- open conflicts: an index beside the merge blobs
  // Replaces those of the part. Costs a look-up when there were none and are none.
  Status set_conflicts(KindTag kind, const RecordId& record, std::uint8_t part,
                       const std::vector<OpenConflict>& open);
  // Ordered by record, part, field, key.
  Result<std::vector<OpenConflict>> conflicts(std::size_t limit);
  Result<std::vector<OpenConflict>> conflicts_of(const RecordId& record);
  Result<std::uint64_t> conflict_count();

  // --- outbox of unsealed changes
  Status outbox_add(const CircleId& circle, const RecordId& record, ByteView change);
  Result<std::vector<OutboxItem>> outbox(const CircleId& circle, std::size_t limit);
  Result<std::vector<OutboxItem>> outbox_of(const RecordId& record);
  Result<std::vector<CircleId>> outbox_circles();  // ascending
  Status outbox_remove(const CircleId& circle, std::int64_t through_number);
  Status outbox_drop(std::int64_t number);  // one of them
  Result<std::uint64_t> outbox_count();

  // --- batches, as received or sealed, kept until a checkpoint covers them
  // kInvalidArgument: (circle, device, seq) is there, or a number has more than 63 bits.
  Status add_batch(const StoredBatch& batch);
  // kNotFound: there is no such batch.
  Status set_batch_state(const CircleId& circle, const DeviceId& device, std::uint64_t seq,
                         BatchState state, std::string_view reason);
  Status set_batch_position(const CircleId& circle, const DeviceId& device, std::uint64_t seq,
                            std::uint64_t position);
  Result<std::optional<StoredBatch>> batch(const CircleId& circle, const DeviceId& device,
                                           std::uint64_t seq);
  // In order of arrival; `visit` returns false to stop. States as asked; circle nil: all. A visit
  // may write, commit and roll back; each sees its batch as it then is, and batches added meanwhile
  // are not visited.
  Status each_batch(const CircleId& circle, std::span<const BatchState> states,
                    const std::function<Result<bool>(const StoredBatch&)>& visit);
  // kOwnUnsent, each chain in order of seq, from its first; at least one when there is any.
  Result<std::vector<StoredBatch>> unsent_batches(std::size_t max_bytes);
  Result<std::uint64_t> batch_count(BatchState state);
  // The log was put back: batches beyond `kept` have no position any more; own acknowledged ones
  // are unsent again, others' are listed as lost. Also those whose position was not known yet.
  Status lose_batches(const DeviceId& self, std::uint64_t kept);
  // Others' that the log lost, each chain in order of seq, from its first; at least one when there
  // is any.
  Result<std::vector<StoredBatch>> lost_batches(std::size_t max_bytes);
  Result<std::uint64_t> lost_batch_count();
  // These of a chain are in the log again, or need not be given back.
  Status found_batches(const CircleId& circle, const DeviceId& device, std::uint64_t from_seq,
                       std::uint64_t through_seq);
  // Hashes of a circle's batches with a known position, at most `through`, in order of the log.
  Result<std::vector<Hash>> logged_batches(const CircleId& circle,
                                           std::uint64_t through = kAnyPosition);
  // Forgets one batch. For what this device has to unseal.
  Status remove_batch(const CircleId& circle, const DeviceId& device, std::uint64_t seq);
  // Of a chain, what a checkpoint covers: applied and acknowledged ones. What still waits, or was
  // lost by the log, stays.
  Status remove_batches(const CircleId& circle, const DeviceId& device, std::uint64_t through_seq);
  Result<ChainState> chain(const CircleId& circle, const DeviceId& device);
  Status set_chain(const CircleId& circle, const DeviceId& device, const ChainState& state);
  // Ascending by device.
  Result<std::vector<std::pair<DeviceId, ChainState>>> chains(const CircleId& circle);
  Status clear_chains(const CircleId& circle);  // for rebuild()

  // --- roster: the log's entries, and own ones not in the log yet
  // kInvalidArgument: the position or the hash is there.
  Status add_entry(std::uint64_t position, const Hash& hash, ByteView bytes);
  Result<std::vector<std::pair<std::uint64_t, Bytes>>> logged_entries();  // with their positions
  Result<std::vector<Bytes>> entries();                                   // by position
  Result<std::vector<std::pair<std::uint64_t, Hash>>> entry_hashes();     // the same, without bytes
  // The log was put back and ends there: what stood beyond becomes pending again, in its order,
  // before what was pending.
  Status lose_entries(std::uint64_t kept);
  Status add_pending_entry(const Hash& hash, ByteView bytes);
  // In order of adding; those that are known to be in the log only when asked.
  Result<std::vector<std::pair<Hash, Bytes>>> pending_entries(bool with_logged = false);
  // It is in the log, and comes from there; kept until then, for the log may lose it before.
  Status set_pending_position(const Hash& hash, std::uint64_t position);
  Status remove_pending_entry(const Hash& hash);

  // --- keys and small things
  Status put_epoch_key(const CircleId& circle, std::uint32_t epoch, const crypto::Secret& key);
  Result<std::optional<crypto::Secret>> epoch_key(const CircleId& circle, std::uint32_t epoch);
  Status put_secret(std::string_view name, const crypto::Secret& secret);  // an empty one removes
  Result<std::optional<crypto::Secret>> secret(std::string_view name);
  // Small named values: cursor, nonce, clock, ...
  Status put_note(std::string_view name, ByteView value);
  Result<std::optional<Bytes>> note(std::string_view name);
  // The running seed of a (home, month), made by `fresh` when there is none; each call takes the
  // next `count` numbers, of which the result names the first.
  Result<wire::RecordSeed> take_seed(const CircleId& home, std::uint32_t month, std::uint32_t count,
                                     const std::function<wire::Seed()>& fresh);
  Status drop_seeds();  // the numbers that they would give next were given by another
  // Head of the hash chain over the circle's batches in the log.
  Status put_circle_head(const CircleId& circle, const Hash& head);
  Status drop_circle_head(const CircleId& circle);       // it is not followed any more
  Result<std::vector<wire::CircleHead>> circle_heads();  // ascending by circle

  // --- care
  // Gives freed pages back, truncates the WAL. Outside of transactions. kBusy: another process is
  // reading.
  Status compact();
  // The same, when at least 64 pages and an eighth of the file are free: after a large outbox was
  // sealed. Never kBusy.
  Status compact_if_sparse();
  // Problems found: SQLite's own and those between tables; empty: none. Reads everything.
  Result<std::vector<std::string>> check();
  [[nodiscard]] std::uint64_t file_size() const;  // bytes of the main file, by page count

 private:
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// What differs between builds: for `setu --version` and tests.
[[nodiscard]] std::string_view sqlite_version();

}  // namespace setu::store
