#include "cli/replica_files.hpp"

#include <unistd.h>

namespace setu::cli {

std::string replica_path(const std::string& directory, std::uint8_t replica) {
  return directory + (replica == 0 ? "/replica.db" : "/replica2.db");
}

bool has_replica_file(const std::string& directory) {
  for (std::uint8_t i = 0; i < kReplicaFiles; ++i) {
    if (access(replica_path(directory, i).c_str(), F_OK) == 0) return true;
  }
  return false;
}

void remove_replica(const std::string& directory, std::uint8_t replica) {
  for (const char* suffix : {"", "-wal", "-shm"})
    unlink((replica_path(directory, replica) + suffix).c_str());
}

void remove_replicas(const std::string& directory) {
  for (std::uint8_t i = 0; i < kReplicaFiles; ++i) remove_replica(directory, i);
}

}  // namespace setu::cli
