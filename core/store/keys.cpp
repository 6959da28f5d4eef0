// Epoch keys, named secrets, named notes, and the seeds of record ids.

#include <limits>

#include "store/impl.hpp"

namespace setu::store {
namespace {

// Straight from SQLite's memory into locked memory, without a stop between.
template <class... Args>
Result<std::optional<crypto::Secret>> read_secret(Db& db, std::string_view sql,
                                                  const Args&... args) {
  SETU_TAKE(Statement row, db.prepare(sql));
  SETU_TAKE(const bool there, row.bind(args...).step());
  if (!there) return std::nullopt;
  return std::optional(crypto::Secret::copy_of(row.blob(0)));
}

}  // namespace

Status Store::put_epoch_key(const CircleId& circle, std::uint32_t epoch,
                            const crypto::Secret& key) {
  SETU_TAKE(const std::int64_t number, impl_->circles.number_of(circle));
  return impl_->db->run("INSERT OR REPLACE INTO epoch_keys (circle, epoch, key) VALUES (?, ?, ?)",
                        number, epoch, key.reveal());
}

Result<std::optional<crypto::Secret>> Store::epoch_key(const CircleId& circle,
                                                       std::uint32_t epoch) {
  SETU_TAKE(const std::optional<std::int64_t> number, impl_->circles.find(circle));
  if (!number) return std::nullopt;
  return read_secret(*impl_->db, "SELECT key FROM epoch_keys WHERE circle = ? AND epoch = ?",
                     *number, epoch);
}

Status Store::put_secret(std::string_view name, const crypto::Secret& secret) {
  if (secret.empty()) return impl_->db->run("DELETE FROM secrets WHERE name = ?", name);
  return impl_->db->run("INSERT OR REPLACE INTO secrets (name, secret) VALUES (?, ?)", name,
                        secret.reveal());
}

Result<std::optional<crypto::Secret>> Store::secret(std::string_view name) {
  return read_secret(*impl_->db, "SELECT secret FROM secrets WHERE name = ?", name);
}

Status Store::put_note(std::string_view name, ByteView value) {
  return impl_->db->run("INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", name, value);
}

Result<std::optional<Bytes>> Store::note(std::string_view name) {
  SETU_TAKE(Statement row, impl_->db->prepare("SELECT value FROM notes WHERE name = ?"));
  SETU_TAKE(const bool there, row.bind(name).step());
  if (!there) return std::nullopt;
  return std::optional(to_bytes(row.blob(0)));
}

Status Store::drop_seeds() { return impl_->db->run("DELETE FROM seeds"); }

Result<wire::RecordSeed> Store::take_seed(const CircleId& home, std::uint32_t month,
                                          std::uint32_t count,
                                          const std::function<wire::Seed()>& fresh) {
  wire::RecordSeed taken{.seed = {}, .month = month, .number = 0};
  SETU_TRY(impl_->db->atomically([&]() -> Status {
    SETU_TAKE(const std::int64_t home_number, impl_->circles.number_of(home));
    bool there = false;
    {
      SETU_TAKE(Statement row,
                impl_->db->prepare("SELECT seed, next FROM seeds WHERE home = ? AND month = ?"));
      SETU_TAKE(there, row.bind(home_number, month).step());
      const ByteView seed = there ? row.blob(0) : ByteView{};
      if (there && seed.size() != taken.seed.size())
        return fail(Code::kCorrupt, "read seed: it has the wrong length");
      if (there) std::memcpy(taken.seed.data(), seed.data(), seed.size());
      if (there) taken.number = static_cast<std::uint32_t>(row.integer(1));
    }
    // The last number a seed can give is 2^32 - 2: then a new one takes its place.
    const bool used_up = count > std::numeric_limits<std::uint32_t>::max() - taken.number;
    if (!there || used_up) {
      taken.seed = fresh();
      taken.number = 0;
    }
    return impl_->db->run(
        "INSERT OR REPLACE INTO seeds (home, month, seed, next) VALUES (?, ?, ?, ?)", home_number,
        month, ByteView(taken.seed), taken.number + count);
  }));
  return taken;
}

}  // namespace setu::store
