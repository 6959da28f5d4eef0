#pragma once
// The sync server of a simulated world: the real store and the real request handling, on a disk
// that can lose power, fill up and be put back to an old copy.

#include <memory>
#include <optional>

#include "crypto/crypto.hpp"
#include "service.hpp"
#include "setu/base/instant.hpp"
#include "sqlite_log_store.hpp"
#include "vfs.hpp"

namespace setu::sim {

class SimServer {
 public:
  explicit SimServer(std::uint64_t seed);
  ~SimServer();
  SimServer(const SimServer&) = delete;
  SimServer& operator=(const SimServer&) = delete;

  // False: it could not start (its disk is full, or power failed meanwhile).
  bool start();
  [[nodiscard]] bool is_up() const { return service_ != nullptr; }
  // It stops as by SIGKILL or a power cut; whoever holds a Responder must have dropped it before.
  void stop();
  void crash(Random& random);

  void take_copy() { copy_ = disk_; }
  [[nodiscard]] bool has_copy() const { return copy_.has_value(); }
  void put_copy_back() { disk_ = *copy_; }
  [[nodiscard]] const Disk& copy() const { return *copy_; }

  [[nodiscard]] server::Service& service() { return *service_; }
  [[nodiscard]] server::SqliteLogStore& log() { return *log_; }
  [[nodiscard]] Disk& disk() { return disk_; }
  [[nodiscard]] const crypto::SignKeyPair& identity() const { return identity_; }
  std::string make_token();

 private:
  Disk disk_;
  Mount mount_;
  std::optional<Disk> copy_;
  crypto::SeededRandom random_;
  crypto::SignKeyPair identity_;
  std::unique_ptr<server::SqliteLogStore> log_;
  std::unique_ptr<server::Service> service_;
};

}  // namespace setu::sim
