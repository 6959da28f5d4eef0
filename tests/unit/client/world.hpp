#pragma once
// A whole programme in one process: the real server logic over its store, real replicas, no
// sockets, a clock that the test sets. For tests of the client as an app would use it.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "crypto/crypto.hpp"
#include "forms/form.hpp"
#include "service.hpp"
#include "setu/client.hpp"
#include "sqlite_log_store.hpp"
#include "tampering_store.hpp"

namespace setu::testing {

// A directory of its own, removed with everything in it.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  [[nodiscard]] std::string path(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Of every device: its database's.
[[nodiscard]] crypto::Secret replica_key();

// One device of one person. Its clock may be wrong by `clock_error_hours`.
class Device {
 public:
  Device(class World& world, std::string name, std::vector<forms::Form> added_forms);
  Client& operator*() { return *client_; }
  Client* operator->() { return client_.get(); }

  // As after a restart of the app, maybe of a newer version of it.
  void reopen();
  void reopen_with(std::vector<forms::Form> added_forms);

  // Syncs until nothing is left to do, and requires that it went well.
  void sync();
  // The same, saying how it ended.
  Status try_sync();

  [[nodiscard]] std::string path() const;  // of its database, under replica_key()

  // A copy of its files as they are, and the device as that copy was: a phone restored, or cloned.
  void save(const std::string& copy);
  void put_back(const std::string& copy);

  // The answer to this request of the next sync (from 1) is lost: the server has it, and no more.
  int lose_answer_of = 0;
  // What answers this device instead of the world's server: gives the whole answer to a request.
  std::function<Bytes(const Bytes& request)> answered_by;
  std::int64_t clock_error_hours = 0;
  std::uint64_t requests = 0;  // of all syncs so far

 private:
  World* world_;
  std::string name_;
  std::vector<forms::Form> added_forms_;
  std::unique_ptr<Client> client_;
};

class World {
 public:
  explicit World(std::vector<forms::Form> added_forms = {}, std::uint64_t seed = 1);

  // A coordinator's device with a new programme.
  std::unique_ptr<Device> found();
  // A lead of a new org, approved and settled.
  std::unique_ptr<Device> lead(Device& coordinator, const std::string& org);
  // A worker in a caseload of the lead's org; made if it is not there.
  std::unique_ptr<Device> worker(Device& lead, const std::string& caseload);
  std::unique_ptr<Device> device(const std::string& name);
  // One person reads her digits to the other, who types them. Both have synced before.
  static void approve(Device& approver, Device& joiner);

  // A copy of the server's log, and the server as that copy was: begun anew by its operator's
  // command, or files copied back by hand.
  enum class By { kCommand, kHand };
  [[nodiscard]] std::string save_log();
  void put_back_log(const std::string& copy, By by);
  // Of the one programme.
  [[nodiscard]] wire::LogPoint log_end();

  // The whole answer of a server that keeps to the protocol.
  [[nodiscard]] Bytes answer(server::Service& by, const Bytes& request) const;

  ScratchDirectory directory;
  std::int64_t now_ms = 1'795'000'000'000;  // November 2026
  std::vector<forms::Form> added_forms;
  crypto::SeededRandom random;
  crypto::SignKeyPair server_key;
  std::unique_ptr<server::SqliteLogStore> log;
  TamperingStore store;
  std::optional<server::Service> service;

 private:
  int devices_made_ = 0;
  int copies_made_ = 0;
};

// Requires a value; fails the test with the error's words otherwise.
template <class T>
T must(Result<T> result);
void must(Status status);

// A record's field as text; empty where it is not shown.
[[nodiscard]] std::string field(const RecordView& record, std::string_view name);
// Everything a device shows of a kind, one line a record, sorted: to compare replicas.
[[nodiscard]] std::vector<std::string> picture(Device& device, std::string_view kind);

}  // namespace setu::testing

#include "world_impl.hpp"
