#pragma once
// The two replica files of a home, `replica.db` and `replica2.db`. Which of them holds what is in
// use is drawn by lot and stands in the key file only. The other one is a decoy, or random bytes in
// the shape of a replica: nobody without a passphrase can tell (docs/at-rest.md says what they
// can).
//
// Both have the same length at rest. What is missing is filled up with random bytes, which SQLite
// takes for room beyond the end of a database; a replica grows into them. Where the disk is nearly
// full, they stay unlike. Errors of filling up are not told: it is done again after the next
// command.

#include <cstdint>
#include <string>

#include "crypto/crypto.hpp"

namespace setu::cli {

inline constexpr std::uint8_t kReplicaFiles = 2;
inline constexpr std::uint64_t kSizeStep = 512 * 1024;  // bytes; the files are multiples of it
inline constexpr std::uint64_t kRoomToLeave = 16 * 1024 * 1024;  // bytes free on the disk

[[nodiscard]] std::string replica_path(const std::string& directory, std::uint8_t replica);
// Of any of them.
[[nodiscard]] bool has_replica_file(const std::string& directory);
// All of them, with what SQLite keeps beside them.
void remove_replicas(const std::string& directory);

// Of a replica that no passphrase opens: the log of last writes that a crash left beside it.
void remove_log(const std::string& directory, std::uint8_t replica);
// Of a replica that no passphrase opens: empty, under its old name and in its old place, for
// another one to be made in it.
[[nodiscard]] Status empty_replica(const std::string& directory, std::uint8_t replica);

// Call it before a replica of the home is opened: until this process levels them, or ends, nobody
// else does.
void use_replicas(const std::string& directory);
// Call it after all replicas are closed. Where nobody else uses them, makes both files equally long
// equally old and readable to nobody else, and makes one that is missing.
void level_replicas(const std::string& directory, crypto::Random& random);

}  // namespace setu::cli
