#include "cli/roster_change.hpp"

#include "cli/syncing.hpp"

namespace setu::cli {

Status settle_roster(const App& app, Client& client) {
  return settle_roster(app.home.directory, client);
}

Status settle_roster(const std::string& directory, Client& client) {
  SETU_TAKE(const SyncResult synced, sync_until_settled(client, directory));
  if (synced.refusals.empty()) return {};
  return fail(Code::kRefused, synced.refusals.front(),
              "run `setu sync`, look at `setu members`, then try again");
}

Status change_roster(const App& app, const std::function<Status(Client&)>& queue) {
  SETU_TAKE(Client client, open_home(app.home));
  SETU_TRY(queue(client));
  return settle_roster(app, client);
}

}  // namespace setu::cli
