// Batches as received or sealed. Rows are numbered in order of arrival.

#include "store/impl.hpp"

namespace setu::store {
namespace {

constexpr std::string_view kSelect =
    "SELECT number, circle, device, seq, position, state, hash, reason, bytes FROM batches ";
// The partial index batches_waiting holds just these; a query must repeat its condition to be given
// it.
constexpr std::string_view kWaiting = "state IN (2, 3, 4)";

bool waits(BatchState state) {
  return state == BatchState::kParked || state == BatchState::kQuarantined ||
         state == BatchState::kOwnUnsent;
}

bool all_wait(std::span<const BatchState> states) {
  for (const BatchState state : states) {
    if (!waits(state)) return false;
  }
  return true;
}

std::string listed(std::span<const BatchState> states) {
  std::string list;
  for (const BatchState state : states) {
    if (!list.empty()) list += ", ";
    list += std::to_string(static_cast<int>(state));
  }
  return list;
}

tl::unexpected<Error> no_such_batch(std::string_view operation) {
  return fail(Code::kNotFound, std::string(operation) + ": this replica does not have it");
}

}  // namespace

Result<StoredBatch> Store::Impl::read_batch(const Statement& statement) {
  StoredBatch batch;
  SETU_TAKE(batch.circle, circles.id_of(statement.integer(1)));
  SETU_TAKE(batch.device, devices.ids().id_of(statement.integer(2)));
  batch.seq = statement.count(3);
  batch.position = statement.count(4);
  batch.state = static_cast<BatchState>(statement.integer(5));
  SETU_TAKE(batch.hash, statement.id<Hash>(6));
  batch.reason = std::string(statement.text(7));
  batch.bytes = to_bytes(statement.blob(8));
  return batch;
}

Status Store::add_batch(const StoredBatch& batch) {
  SETU_TAKE(const Impl::ChainKey chain, impl_->make_chain(batch.circle, batch.device));
  return impl_->db->run(
      "INSERT INTO batches (circle, device, seq, position, state, hash, reason, bytes) VALUES (?, "
      "?, ?, ?, ?, ?, ?, ?)",
      chain.circle, chain.device, batch.seq, batch.position, static_cast<int>(batch.state),
      batch.hash, batch.reason, batch.bytes);
}

Status Store::set_batch_state(const CircleId& circle, const DeviceId& device, std::uint64_t seq,
                              BatchState state, std::string_view reason) {
  SETU_TAKE(const std::optional<Impl::ChainKey> chain, impl_->find_chain(circle, device));
  if (!chain) return no_such_batch("set state of batch");
  SETU_TRY(impl_->db->run(
      "UPDATE batches SET state = ?, reason = ? WHERE circle = ? AND device = ? AND seq = ?",
      static_cast<int>(state), reason, chain->circle, chain->device, seq));
  if (impl_->db->changed_rows() == 0) return no_such_batch("set state of batch");
  return {};
}

Status Store::set_batch_position(const CircleId& circle, const DeviceId& device, std::uint64_t seq,
                                 std::uint64_t position) {
  SETU_TAKE(const std::optional<Impl::ChainKey> chain, impl_->find_chain(circle, device));
  if (!chain) return no_such_batch("set position of batch");
  SETU_TRY(
      impl_->db->run("UPDATE batches SET position = ? WHERE circle = ? AND device = ? AND seq = ?",
                     position, chain->circle, chain->device, seq));
  if (impl_->db->changed_rows() == 0) return no_such_batch("set position of batch");
  return {};
}

Status Store::remove_batches(const CircleId& circle, const DeviceId& device,
                             std::uint64_t through_seq) {
  SETU_TAKE(const std::optional<Impl::ChainKey> chain, impl_->find_chain(circle, device));
  if (!chain) return {};
  return impl_->db->run(
      "DELETE FROM batches WHERE circle = ? AND device = ? AND seq <= ? AND state IN (1, 5, 7) AND "
      "number NOT IN (SELECT number FROM lost_batches)",
      chain->circle, chain->device, through_seq);
}

Result<std::optional<StoredBatch>> Store::batch(const CircleId& circle, const DeviceId& device,
                                                std::uint64_t seq) {
  SETU_TAKE(const std::optional<Impl::ChainKey> chain, impl_->find_chain(circle, device));
  if (!chain) return std::nullopt;
  SETU_TAKE(Statement row, impl_->db->prepare(std::string(kSelect) +
                                              "WHERE circle = ? AND device = ? AND seq = ?"));
  SETU_TAKE(const bool there, row.bind(chain->circle, chain->device, seq).step());
  if (!there) return std::nullopt;
  SETU_TAKE(StoredBatch batch, impl_->read_batch(row));
  return std::optional(std::move(batch));
}

// One row at a time, and no statement open while `visit` runs: it may write, commit and roll back
// as it likes, and no more than one batch is in memory. What it adds is not visited.
Status Store::each_batch(const CircleId& circle, std::span<const BatchState> states,
                         const std::function<Result<bool>(const StoredBatch&)>& visit) {
  std::int64_t only_circle = 0;
  if (!circle.is_nil()) {
    SETU_TAKE(const std::optional<std::int64_t> number, impl_->circles.find(circle));
    if (!number) return {};
    only_circle = *number;
  }
  std::string sql(kSelect);
  if (all_wait(states))
    sql.append("INDEXED BY batches_waiting WHERE ").append(kWaiting).append(" AND ");
  else
    sql += "WHERE ";
  sql += "number > ? AND number <= ? AND (?3 = 0 OR circle = ?3) AND state IN (" + listed(states) +
         ") ORDER BY number LIMIT 1";
  SETU_TAKE(const std::int64_t last, impl_->db->number("SELECT max(number) FROM batches"));
  std::int64_t after = 0;
  for (;;) {
    StoredBatch batch;
    {
      SETU_TAKE(Statement row, impl_->db->prepare(sql));
      SETU_TAKE(const bool there, row.bind(after, last, only_circle).step());
      if (!there) return {};
      after = row.integer(0);
      SETU_TAKE(batch, impl_->read_batch(row));
    }
    SETU_TAKE(const bool go_on, visit(batch));
    if (!go_on) return {};
  }
}

// The batches that `numbers` lists, as many as fit; at least one.
Result<std::vector<StoredBatch>> Store::Impl::listed_batches(std::string_view numbers,
                                                             std::size_t max_bytes) {
  SETU_TAKE(Statement waiting, db->prepare(std::string(numbers)));
  std::vector<StoredBatch> batches;
  std::size_t bytes = 0;
  for (;;) {
    SETU_TAKE(const bool more, waiting.step());
    if (!more) return batches;
    SETU_TAKE(Statement row, db->prepare(std::string(kSelect) + "WHERE number = ?"));
    SETU_TAKE(const bool there, row.bind(waiting.integer(0)).step());
    if (!there) return fail(Code::kCorrupt, "read batches: an index names a row that is not there");
    bytes += row.blob(8).size();
    if (bytes > max_bytes && !batches.empty()) return batches;
    SETU_TAKE(StoredBatch batch, read_batch(row));
    batches.push_back(std::move(batch));
  }
}

Result<std::vector<StoredBatch>> Store::unsent_batches(std::size_t max_bytes) {
  return impl_->listed_batches(
      "SELECT number FROM batches INDEXED BY batches_waiting "
      "WHERE state IN (2, 3, 4) AND state = 4 ORDER BY circle, device, seq",
      max_bytes);
}

Result<std::vector<StoredBatch>> Store::lost_batches(std::size_t max_bytes) {
  return impl_->listed_batches(
      "SELECT number FROM lost_batches JOIN batches USING (number) ORDER BY circle, device, seq",
      max_bytes);
}

Result<std::uint64_t> Store::lost_batch_count() {
  SETU_TAKE(const std::int64_t count, impl_->db->number("SELECT count(*) FROM lost_batches"));
  return static_cast<std::uint64_t>(count);
}

Status Store::lose_batches(const DeviceId& self, std::uint64_t kept) {
  SETU_TAKE(const std::int64_t own, impl_->devices.ids().number_of(self));
  SETU_TRY(impl_->db->run(
      "INSERT OR IGNORE INTO lost_batches SELECT number FROM batches WHERE (position > ? OR "
      "position = 0) AND device <> ?",
      kept, own));
  return impl_->db->run(
      "UPDATE batches SET position = 0, state = CASE state WHEN 5 THEN 4 ELSE state END "
      "WHERE position > ? OR (position = 0 AND state = 5)",
      kept);
}

Status Store::found_batches(const CircleId& circle, const DeviceId& device, std::uint64_t from_seq,
                            std::uint64_t through_seq) {
  SETU_TAKE(const std::optional<Impl::ChainKey> chain, impl_->find_chain(circle, device));
  if (!chain) return {};
  return impl_->db->run(
      "DELETE FROM lost_batches WHERE number IN (SELECT number FROM batches WHERE circle = ? AND "
      "device = ? AND seq >= ? AND seq <= ?)",
      chain->circle, chain->device, from_seq, through_seq);
}

Result<std::vector<Hash>> Store::logged_batches(const CircleId& circle, std::uint64_t through) {
  std::vector<Hash> hashes;
  SETU_TAKE(const std::optional<std::int64_t> number, impl_->circles.find(circle));
  if (!number) return hashes;
  SETU_TAKE(Statement rows, impl_->db->prepare("SELECT hash FROM batches WHERE circle = ? AND "
                                               "position > 0 AND position <= ? ORDER BY position"));
  rows.bind(*number, through);
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return hashes;
    SETU_TAKE(const Hash hash, rows.id<Hash>(0));
    hashes.push_back(hash);
  }
}

Status Store::remove_batch(const CircleId& circle, const DeviceId& device, std::uint64_t seq) {
  SETU_TAKE(const std::optional<Impl::ChainKey> chain, impl_->find_chain(circle, device));
  if (!chain) return no_such_batch("remove batch");
  SETU_TRY(found_batches(circle, device, seq, seq));
  return impl_->db->run("DELETE FROM batches WHERE circle = ? AND device = ? AND seq = ?",
                        chain->circle, chain->device, seq);
}

Result<std::uint64_t> Store::batch_count(BatchState state) {
  const std::string sql = waits(state) ? "SELECT count(*) FROM batches INDEXED BY batches_waiting "
                                         "WHERE state IN (2, 3, 4) AND state = ?"
                                       : "SELECT count(*) FROM batches WHERE state = ?";
  SETU_TAKE(const std::int64_t count, impl_->db->number(sql, static_cast<int>(state)));
  return static_cast<std::uint64_t>(count);
}

}  // namespace setu::store
