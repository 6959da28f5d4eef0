#pragma once
// What the tests of the store share: a folder that goes away, a key, ids that read well, and a kind
// to store.

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "store/db.hpp"
#include "store/store.hpp"

namespace setu::store {

class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "setu-store-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::string file(const std::string& name = "replica.db") const {
    return (folder_ / name).string();
  }

 private:
  std::filesystem::path folder_;
};

inline crypto::Secret key(char fill = 'k') {
  return crypto::Secret::copy_of(as_bytes(std::string(32, fill)));
}

template <class Id>
Id numbered(std::uint32_t number) {
  Id id;
  for (std::size_t i = 0; i < sizeof(number); ++i) {
    id.bytes[Id::size - 1 - i] = static_cast<std::byte>(number >> (8 * i));
  }
  return id;
}
inline RecordId record(std::uint32_t number) { return numbered<RecordId>(number); }
inline CircleId circle(std::uint32_t number) { return numbered<CircleId>(number); }
inline DeviceId device(std::uint32_t number) { return numbered<DeviceId>(number); }
inline Hash hash(std::uint32_t number) { return numbered<Hash>(number); }
inline Bytes bytes(std::string_view text) { return to_bytes(as_bytes(text)); }

inline constexpr KindTag kClient = 7;
inline TableSpec client_table() {
  return {.kind = kClient,
          .name = "client",
          .columns = {{.field = 1, .name = "name", .type = ColumnType::kText, .part = 1},
                      {.field = 2, .name = "visits", .type = ColumnType::kInteger, .part = 2},
                      {.field = 3, .name = "services", .type = ColumnType::kText, .part = 2},
                      {.field = 4, .name = "referred_by", .type = ColumnType::kBlob, .part = 2}},
          .parts = {1, 2}};
}
inline Row client(std::uint32_t number, std::string name = "Asha", std::uint32_t home = 1) {
  return {.row_number = 0,
          .kind = kClient,
          .id = record(number),
          .home = circle(home),
          .deleted = false,
          .columns = {std::move(name), std::int64_t{3}, std::string("condoms,hiv_test"), Value{}},
          .parts = {{1, bytes("one")}, {2, bytes("two")}}};
}

// The value, or a failed test that says why not.
template <class T>
T take(Result<T> result) {
  INFO((result ? std::string() : result.error().message));
  REQUIRE(result.has_value());
  return std::move(*result);
}
inline void ok(const Status& status) {
  INFO((status ? std::string() : status.error().message));
  REQUIRE(status.has_value());
}
template <class T>
Code error_of(const Result<T>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

inline Store new_store(const std::string& path, Cipher cipher = Cipher::kAegis) {
  Store store = take(Store::create(path, key(), cipher));
  ok(store.ensure_table(client_table()));
  return store;
}
inline Store open_store(const std::string& path, Cipher cipher = Cipher::kAegis) {
  Store store = take(Store::open(path, key(), cipher));
  ok(store.ensure_table(client_table()));
  return store;
}

// A connection beside the store's, to look at or damage what it wrote.
inline std::unique_ptr<Db> side_door(const std::string& path) {
  return take(Db::open({.path = path, .cipher = "aegis"}, key()));
}

inline std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline bool operator==(const Row& a, const Row& b) {
  return a.row_number == b.row_number && a.kind == b.kind && a.id == b.id && a.home == b.home &&
         a.deleted == b.deleted && a.columns == b.columns && a.parts == b.parts;
}

}  // namespace setu::store
