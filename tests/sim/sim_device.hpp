#pragma once
// One person's device: the real client on a disk of its own, with a clock that may be wrong.

#include <deque>
#include <memory>
#include <optional>

#include "checker.hpp"
#include "crypto/crypto.hpp"
#include "setu/client.hpp"
#include "store/store.hpp"
#include "vfs.hpp"

namespace setu::sim {

inline constexpr std::int64_t kEpochMs =
    1'795'000'000'000;  // when simulated time begins: November 2026

// Shows the true time (milliseconds since the beginning), but for what is wrong with it.
struct DeviceClock {
  std::int64_t offset_ms = 0;
  double drift = 0;              // ms gained per ms
  std::optional<Instant> stuck;  // stands at 1970, or 2100
  [[nodiscard]] Instant read(std::int64_t true_ms) const;
};

// What somebody had on the screen once.
struct Glance {
  std::string record;
  std::string token;
  Sight sight;
};

class SimDevice {
 public:
  SimDevice(int number, std::string name, Person person, const std::int64_t& true_ms,
            std::uint64_t seed);
  ~SimDevice();
  SimDevice(const SimDevice&) = delete;
  SimDevice& operator=(const SimDevice&) = delete;

  Status create();
  Status reopen();
  void close() { client_.reset(); }
  // Power fails in the middle of whatever it does; it comes back with reopen().
  void crash(Random& random);
  // Destroys all that it holds.
  void wipe();
  // The key of an epoch, as it lies in the replica of a device that is not running.
  [[nodiscard]] bool holds_key(const CircleId& circle, std::uint32_t epoch);
  // How much of another device's chain beyond a place counts there, the same way.
  [[nodiscard]] std::uint64_t applied_beyond(const CircleId& circle, const DeviceId& author,
                                             std::uint64_t seq);
  void take_copy() { copy_ = disk_; }
  [[nodiscard]] bool has_copy() const { return copy_.has_value(); }
  void put_copy_back() { disk_ = *copy_; }

  [[nodiscard]] bool is_up() const { return client_ != nullptr; }
  Client& client() { return *client_; }
  Disk& disk() { return disk_; }

  const int number;
  const std::string name;
  Person person;
  DeviceClock clock;
  std::deque<Glance> glances;
  bool joined = false;
  bool wiped = false;    // it has done as it was told, and holds nothing
  bool carried = false;  // what it held went over to another device
  bool lied_to = false;  // since the last contact that ended well
  std::string id;        // of the device, from when it belongs to the programme
  // The last writes of the whole world when its copy was taken, and when it was first put back.
  WriteId copied_at = 0, put_back_at = 0;
  // And when the contact that is open began, and the last one before it was put back that sent all.
  WriteId contact_began_at = 0, sent_through = 0;
  crypto::SeededRandom random;

 private:
  [[nodiscard]] Ports ports();
  [[nodiscard]] store::Store open_store();
  const std::int64_t& true_ms_;
  Disk disk_;
  Mount mount_;
  std::optional<Disk> copy_;
  std::unique_ptr<Client> client_;
};

}  // namespace setu::sim
