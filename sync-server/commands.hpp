#pragma once
// What `setu-server` does, one function per command. Each prints its result and returns an error to
// be printed. Error messages carry what, why and what to do, and never ids, addresses or names.

#include <string>

#include "listener.hpp"

namespace setu::server {

// Serves until SIGTERM or SIGINT. Prints one line, "listening on HOST:PORT", once connections are
// taken.
[[nodiscard]] Status serve(const std::string& directory, const ListenerOptions& options);

// Prints a new one-time token. Works while a server runs.
[[nodiscard]] Status print_token(const std::string& directory);

// Proves the log and prints what was found; kCorrupt when there are problems. Works while a server
// runs.
[[nodiscard]] Status check(const std::string& directory);

// Prints counts.
[[nodiscard]] Status print_stats(const std::string& directory);

// Puts a backup in place of the log and begins a new generation in every programme, so that devices
// give back what it lacks. The server must not run. What was there is kept beside under another
// name. kRefused without `force`: the log in place has what the backup lacks, or cannot be read.
[[nodiscard]] Status restore(const std::string& directory, const std::string& file, bool force);

// Copies the log into a new file, readable by its owner only, while a server runs. The key file is
// not in it.
[[nodiscard]] Status backup(const std::string& directory, const std::string& file);

}  // namespace setu::server
