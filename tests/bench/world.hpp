#pragma once
// A programme to measure in: one server, a coordinator, one organisation with its lead and two
// workers.

#include <filesystem>
#include <optional>

#include "crypto/crypto.hpp"
#include "server_process.hpp"
#include "setu/client.hpp"

namespace setu::bench {

inline constexpr const char* kOrg = "Organisation";

struct Traffic {
  std::uint64_t requests = 0, up = 0,
                down = 0;  // bytes with HTTP heads, on one fresh TCP connection
  double ms = 0;           // connecting, sealing, the server's part and applying
};

// One installation with its encrypted database.
class Device {
 public:
  Device(const std::filesystem::path& directory, const std::string& name);

  [[nodiscard]] Client& client() { return *client_; }
  // Closes and opens again, so that nothing but the disk is remembered.
  void reopen();
  // One exchange over a new connection, as `setu sync` does it.
  Traffic sync();
  // Until nothing that it queued is unanswered.
  void sync_until_settled();
  [[nodiscard]] std::uint64_t disk_bytes();  // closed and opened: the whole file, no log beside it

 private:
  std::filesystem::path path_;
  crypto::Secret key_;
  bool fast_aes_;
  std::optional<Client> client_;
};

class World {
 public:
  World(const std::filesystem::path& directory, const ServerProcess& server);
  Device a, b;  // two workers of one organisation
  [[nodiscard]] Device& lead() { return lead_; }

 private:
  Device coordinator_, lead_;
  void join(Device& device, Device& inviter, const char* role);
};

}  // namespace setu::bench
