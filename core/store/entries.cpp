// Roster entries: the log's, and those that the log does not have: own ones, and what it lost.

#include "store/impl.hpp"

namespace setu::store {

Status Store::add_entry(std::uint64_t position, const Hash& hash, ByteView bytes) {
  return impl_->db->run("INSERT INTO entries (position, hash, bytes) VALUES (?, ?, ?)", position,
                        hash, bytes);
}

Result<std::vector<std::pair<std::uint64_t, Bytes>>> Store::logged_entries() {
  SETU_TAKE(Statement rows,
            impl_->db->prepare("SELECT position, bytes FROM entries ORDER BY position"));
  std::vector<std::pair<std::uint64_t, Bytes>> entries;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return entries;
    entries.emplace_back(rows.count(0), to_bytes(rows.blob(1)));
  }
}

Result<std::vector<std::pair<std::uint64_t, Hash>>> Store::entry_hashes() {
  SETU_TAKE(Statement rows,
            impl_->db->prepare("SELECT position, hash FROM entries ORDER BY position"));
  std::vector<std::pair<std::uint64_t, Hash>> hashes;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return hashes;
    SETU_TAKE(const Hash hash, rows.id<Hash>(1));
    hashes.emplace_back(rows.count(0), hash);
  }
}

Result<std::vector<Bytes>> Store::entries() {
  SETU_TAKE(auto logged, logged_entries());
  std::vector<Bytes> entries;
  entries.reserve(logged.size());
  for (auto& [position, bytes] : logged) entries.push_back(std::move(bytes));
  return entries;
}

// What was in the log stands before what was not: later entries may build on earlier ones.
Status Store::lose_entries(std::uint64_t kept) {
  std::vector<std::pair<Hash, Bytes>> pending;
  for (const char* sql :
       {"SELECT hash, bytes FROM entries WHERE position > ? ORDER BY position",
        "SELECT hash, bytes FROM pending_entries WHERE hash NOT IN (SELECT hash FROM entries WHERE "
        "position > ?) ORDER BY number"}) {
    SETU_TAKE(Statement rows, impl_->db->prepare(sql));
    rows.bind(kept);
    for (;;) {
      SETU_TAKE(const bool there, rows.step());
      if (!there) break;
      SETU_TAKE(const Hash hash, rows.id<Hash>(0));
      pending.emplace_back(hash, to_bytes(rows.blob(1)));
    }
  }
  SETU_TRY(impl_->db->run("DELETE FROM entries WHERE position > ?", kept));
  SETU_TRY(impl_->db->run("DELETE FROM pending_entries"));
  for (const auto& [hash, bytes] : pending) SETU_TRY(add_pending_entry(hash, bytes));
  return {};
}

Status Store::add_pending_entry(const Hash& hash, ByteView bytes) {
  return impl_->db->run("INSERT INTO pending_entries (hash, bytes) VALUES (?, ?)", hash, bytes);
}

Result<std::vector<std::pair<Hash, Bytes>>> Store::pending_entries(bool with_logged) {
  SETU_TAKE(Statement rows,
            impl_->db->prepare(
                "SELECT hash, bytes FROM pending_entries WHERE position = 0 OR ? ORDER BY number"));
  rows.bind(with_logged ? 1 : 0);
  std::vector<std::pair<Hash, Bytes>> entries;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return entries;
    SETU_TAKE(const Hash hash, rows.id<Hash>(0));
    entries.emplace_back(hash, to_bytes(rows.blob(1)));
  }
}

Status Store::set_pending_position(const Hash& hash, std::uint64_t position) {
  return impl_->db->run("UPDATE pending_entries SET position = ? WHERE hash = ?", position, hash);
}

Status Store::remove_pending_entry(const Hash& hash) {
  return impl_->db->run("DELETE FROM pending_entries WHERE hash = ?", hash);
}

}  // namespace setu::store
