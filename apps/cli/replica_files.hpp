#pragma once
// The two replica files of a home. Which of them holds what is in use is drawn by lot and stands in
// the key file only.

#include <cstdint>
#include <string>

namespace setu::cli {

inline constexpr std::uint8_t kReplicaFiles = 2;

[[nodiscard]] std::string replica_path(const std::string& directory, std::uint8_t replica);
// Of any of them.
[[nodiscard]] bool has_replica_file(const std::string& directory);
// One replica with what SQLite keeps beside it.
void remove_replica(const std::string& directory, std::uint8_t replica);
void remove_replicas(const std::string& directory);

}  // namespace setu::cli
