// Roster entries: the log's, and own ones that the log does not have yet.

#include "store/impl.hpp"

namespace setu::store {

Status Store::add_entry(std::uint64_t position, const Hash& hash, ByteView bytes) {
  return impl_->db->run("INSERT INTO entries (position, hash, bytes) VALUES (?, ?, ?)", position,
                        hash, bytes);
}

Result<std::vector<Bytes>> Store::entries() {
  SETU_TAKE(Statement rows, impl_->db->prepare("SELECT bytes FROM entries ORDER BY position"));
  std::vector<Bytes> entries;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return entries;
    entries.push_back(to_bytes(rows.blob(0)));
  }
}

Status Store::remove_entries(std::uint64_t after_position) {
  return impl_->db->run("DELETE FROM entries WHERE position > ?", after_position);
}

Status Store::add_pending_entry(const Hash& hash, ByteView bytes) {
  return impl_->db->run("INSERT INTO pending_entries (hash, bytes) VALUES (?, ?)", hash, bytes);
}

Result<std::vector<std::pair<Hash, Bytes>>> Store::pending_entries() {
  SETU_TAKE(Statement rows,
            impl_->db->prepare("SELECT hash, bytes FROM pending_entries ORDER BY number"));
  std::vector<std::pair<Hash, Bytes>> entries;
  for (;;) {
    SETU_TAKE(const bool there, rows.step());
    if (!there) return entries;
    SETU_TAKE(const Hash hash, rows.id<Hash>(0));
    entries.emplace_back(hash, to_bytes(rows.blob(1)));
  }
}

Status Store::remove_pending_entry(const Hash& hash) {
  return impl_->db->run("DELETE FROM pending_entries WHERE hash = ?", hash);
}

}  // namespace setu::store
