#include "store/store.hpp"

#include <sqlite3.h>

#include <utility>

#include "store/impl.hpp"
#include "store/schema.hpp"

namespace setu::store {
namespace {

std::string_view cipher_name(Cipher cipher) {
  return cipher == Cipher::kAegis ? "aegis" : "chacha20";
}

}  // namespace

Result<Store> Store::create(const std::string& path, const crypto::Secret& key, Cipher cipher) {
  const auto in_the_way = [] {
    return fail(Code::kInvalidArgument,
                "create database: a file is there already; nothing was changed");
  };
  const bool existed = file_exists(path);
  Result<std::unique_ptr<Db>> opened =
      Db::open({.path = path, .cipher = cipher_name(cipher), .create = true}, key);
  if (!opened && existed && opened.error().code == Code::kWrongPassphrase) return in_the_way();
  SETU_TAKE(std::unique_ptr<Db> db, std::move(opened));
  // A file of ours without any table is a creation that was cut off: finish it.
  SETU_TAKE(const std::int64_t version, format_version(*db));
  if (version != 0) return in_the_way();
  SETU_TRY(configure(*db, true));
  SETU_TRY(migrate(*db, migrations()));
  return Store(std::make_unique<Impl>(std::move(db)));
}

Result<Store> Store::open(const std::string& path, const crypto::Secret& key, Cipher cipher) {
  SETU_TAKE(std::unique_ptr<Db> db, Db::open({.path = path, .cipher = cipher_name(cipher)}, key));
  SETU_TAKE(const std::int64_t version, format_version(*db));
  if (version == 0)
    return fail(Code::kNotFound, "open database: its creation was cut off, it holds nothing",
                "create it again");
  SETU_TRY(
      migrate(*db, migrations()));  // before any setting is written: a newer file stays as it is
  SETU_TRY(configure(*db, false));
  return Store(std::make_unique<Impl>(std::move(db)));
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Status Store::ensure_table(const TableSpec& spec) { return impl_->kinds.ensure(spec); }

Result<std::vector<TableSpec>> Store::tables() {
  SETU_TAKE(const auto* all, impl_->kinds.all());
  std::vector<TableSpec> specs;
  for (const auto& [kind, table] : *all) specs.push_back(table.spec);
  return specs;
}

merge::DeviceNumbers& Store::device_numbers() { return impl_->devices; }

// --- transactions

Result<Store::Transaction> Store::begin() {
  SETU_TRY(impl_->devices.take_failure());
  SETU_TRY(impl_->db->begin());
  return Transaction(impl_.get());
}

Store::Transaction::Transaction(Transaction&& other) noexcept
    : impl_(std::exchange(other.impl_, nullptr)) {}

Store::Transaction::~Transaction() {
  if (impl_ != nullptr) impl_->db->rollback();
}

Status Store::Transaction::commit() {
  SETU_ASSERT(impl_ != nullptr);
  Impl& impl = *std::exchange(impl_, nullptr);
  if (Status failed = impl.devices.take_failure(); !failed) {
    impl.db->rollback();
    return failed;
  }
  return impl.db->commit();
}

std::string_view sqlite_version() { return sqlite3_libversion(); }

}  // namespace setu::store
