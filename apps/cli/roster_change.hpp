#pragma once
// A change of the roster from the command line: queued, then synced until the log has answered.

#include "cli/commands.hpp"

namespace setu::cli {

// Without a link (kNoLink) it stays queued. kRefused: the log did not take it.
[[nodiscard]] Status change_roster(const App& app, const std::function<Status(Client&)>& queue);
// The same for a client that is open.
[[nodiscard]] Status settle_roster(const App& app, Client& client);
[[nodiscard]] Status settle_roster(const std::string& directory, Client& client);

}  // namespace setu::cli
