#pragma once
// A real setu-server on loopback, as a child process that ends with its owner.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace setu::bench {

class ServerProcess {
 public:
  // `program`: path of setu-server. Returns once it listens; throws if it does not.
  ServerProcess(std::filesystem::path program, std::filesystem::path data);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string make_token() const;  // one more programme

 private:
  std::filesystem::path program_, data_;
  pid_t process_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace setu::bench
