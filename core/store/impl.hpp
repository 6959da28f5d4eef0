#pragma once
// What a Store is made of. Its members are spread over one source per family of tables:
// records.cpp, kept_parts.cpp, conflicts.cpp, outbox.cpp, batches.cpp, chains.cpp, entries.cpp,
// keys.cpp, care.cpp; store.cpp has opening and transactions.

#include <limits>
#include <utility>

#include "store/devices.hpp"
#include "store/interned.hpp"
#include "store/store.hpp"
#include "store/tables.hpp"

namespace setu::store {

// A limit as SQL takes it; "no limit" is more rows than there can be.
[[nodiscard]] inline std::int64_t as_limit(std::size_t limit) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return std::in_range<std::int64_t>(limit) ? static_cast<std::int64_t>(limit) : kMost;
}

struct Store::Impl {
  explicit Impl(std::unique_ptr<Db> opened)
      : db(std::move(opened)), circles(*db, "circles"), devices(*db), kinds(*db) {
    db->on_rollback([this] { forget(); });
  }
  void forget() {
    circles.forget();
    devices.forget();
    kinds.forget();
  }

  Result<Row> read_row(const KindTable& table, const Statement& statement);
  Result<KeptPart> read_kept_part(const Statement& statement);
  Result<StoredBatch> read_batch(const Statement& statement);
  Result<std::vector<StoredBatch>> listed_batches(std::string_view numbers, std::size_t max_bytes);
  // For a chain's (circle, device): nothing when either was never heard of, so no row can name it.
  struct ChainKey {
    std::int64_t circle = 0;
    std::int64_t device = 0;
  };
  Result<std::optional<ChainKey>> find_chain(const CircleId& circle, const DeviceId& device);
  Result<ChainKey> make_chain(const CircleId& circle, const DeviceId& device);

  std::unique_ptr<Db> db;
  Interned<CircleId> circles;
  DeviceTable devices;
  KindTables kinds;
};

}  // namespace setu::store
