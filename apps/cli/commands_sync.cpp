#include <chrono>
#include <iostream>
#include <thread>

#include "cli/commands.hpp"
#include "cli/lease.hpp"

namespace setu::cli {
namespace {

constexpr std::chrono::seconds kWatchEvery{30};

struct Options {
  bool watch = false;
  std::string conflict, keep;
};

// A lead has told this device to destroy what it holds, and it does so before anything else. What
// it could send has been sent; of the rest, `status` says how much there was.
Status obey_wipe_order(const App& app, Client& client, const StatusView& status) {
  { const Client closed = std::move(client); }
  wipe_home(app.home);
  print(app, {{"wiped", true}, {"lost", status.pending}, {"warnings", status.warnings}}, [&] {
    std::cout << "this device was removed, and told to destroy what it held: it has done so\n";
    if (status.pending > 0)
      std::cout << status.pending << " changes that were never sent went with it\n";
  });
  return {};
}

Json digits_of(const std::string& digits) { return digits.empty() ? Json(nullptr) : Json(digits); }

void print_digits(const std::string& digits) {
  if (digits.empty()) return;
  std::cout << "this device waits to be let in, or for keys. Read these six digits to who lets you "
               "in, and to "
               "who hands you\nkeys, face to face or by a call in which she knows your voice: "
            << digits.substr(0, 3) << " " << digits.substr(3) << "\n";
}

// True: the home is gone.
Result<bool> sync_once(const App& app, Client& client) {
  const auto synced = sync_until_settled(client, app.home.directory);
  SETU_TAKE(const StatusView status, client.status());
  if (status.wipe) {
    SETU_TRY(obey_wipe_order(app, client, status));
    return true;
  }
  if (!synced) return fail(synced.error());
  const SyncResult& result = *synced;
  Json json{{"pushed", result.pushed},
            {"pulled", result.pulled},
            {"requests", result.requests},
            {"bytes_up", result.bytes_up},
            {"bytes_down", result.bytes_down},
            {"parked", status.parked},
            {"quarantined", status.quarantined},
            {"conflicts", status.conflicts},
            {"refused", result.refusals},
            {"warnings", status.warnings},
            {"advice", status.advice}};
  const std::string digits = client.me().digits;
  json["digits"] = digits_of(digits);
  print(app, json, [&] {
    std::cout << "sent " << result.pushed << " and received " << result.pulled
              << (result.pulled == 1 ? " batch" : " batches") << " in " << result.requests
              << (result.requests == 1 ? " request" : " requests") << " (" << result.bytes_up
              << " bytes up, " << result.bytes_down << " down)\n";
    if (status.conflicts > 0)
      std::cout << status.conflicts << " open conflicts: `setu conflicts` shows them\n";
    if (status.parked > 0)
      std::cout << status.parked << " batches wait for a key or an earlier batch\n";
    if (status.quarantined > 0)
      std::cout << status.quarantined
                << " batches were refused and set aside: `setu verify` says why\n";
    for (const std::string& line : result.refusals) std::cout << "refused: " << line << "\n";
    for (const std::string& line : status.warnings) std::cout << "warning: " << line << "\n";
    for (const std::string& line : status.advice) std::cout << "warning: " << line << "\n";
    print_digits(digits);
  });
  return false;
}

void add_sync(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* sync = parser.add_subcommand("sync", "send and fetch what is new");
  sync->add_flag("--watch", options->watch, "go on, every 30 seconds, until interrupted");
  sync->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      for (;;) {
        const auto wiped = sync_once(app, client);
        if (!wiped && !options->watch) return fail(wiped.error());
        if (!wiped) report_error(wiped.error(), app.json);
        if (!options->watch || (wiped && *wiped)) return {};
        std::this_thread::sleep_for(kWatchEvery);
      }
    };
  });
}

void add_status(CLI::App& parser, App& app) {
  parser.add_subcommand("status", "what waits to be sent, and what needs a person")
      ->callback([&app] {
        app.run = [&app]() -> Status {
          SETU_TAKE(Client client, open_home(app.home));
          SETU_TAKE(const StatusView status, client.status());
          Json json{
              {"device", status.device},
              {"pending", status.pending},
              {"conflicts", status.conflicts},
              {"parked", status.parked},
              {"quarantined", status.quarantined},
              {"handed_over", status.handed_over},
              {"received", status.received},
              {"history_cut", to_json(status.history_cut)},
              {"last_sync", status.last_sync.empty() ? Json(nullptr) : Json(status.last_sync)},
              {"warnings", status.warnings},
              {"advice", status.advice}};
          const std::string digits = client.me().digits;
          json["digits"] = digits_of(digits);
          print(app, json, [&] {
            std::cout << "device " << status.device << "\n"
                      << "not sent yet: " << status.pending
                      << "\nopen conflicts: " << status.conflicts
                      << "\nwaiting for a key: " << status.parked
                      << "\nset aside: " << status.quarantined
                      << "\nlast sync: " << (status.last_sync.empty() ? "never" : status.last_sync)
                      << "\n";
            if (status.handed_over > 0)
              std::cout << "handed over: " << status.handed_over << " records\n";
            if (status.received > 0)
              std::cout << "received from other caseloads: " << status.received << " records\n";
            print_cut(status.history_cut);
            for (const std::string& line : status.warnings)
              std::cout << "warning: " << line << "\n";
            for (const std::string& line : status.advice) std::cout << "warning: " << line << "\n";
            print_digits(digits);
          });
          return {};
        };
      });
}

void add_conflicts(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  parser.add_subcommand("conflicts", "values that did not know of each other")->callback([&app] {
    app.run = [&app]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TAKE(const std::vector<ConflictView> conflicts, client.conflicts());
      for (const ConflictView& conflict : conflicts) {
        if (const auto record = client.show(conflict.record)) SETU_TRY(may_show(client, *record));
      }
      Json json{{"conflicts", Json::array()}};
      for (const ConflictView& conflict : conflicts) json["conflicts"].push_back(to_json(conflict));
      print(app, json, [&] {
        for (const ConflictView& conflict : conflicts) print_conflict(conflict);
        if (conflicts.empty())
          std::cout << "no open conflicts\n";
        else
          std::cout << "`setu resolve ID --keep shown|other|N|=VALUE` closes one\n";
      });
      return {};
    };
  });
  CLI::App* resolve = parser.add_subcommand("resolve", "close a conflict");
  resolve->add_option("conflict", options->conflict, "its id, from `setu conflicts`")->required();
  resolve
      ->add_option("--keep", options->keep, "shown, other, the number of an other value, or =VALUE")
      ->required();
  resolve->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TRY(client.resolve(options->conflict, options->keep));
      print(app, {{"resolved", options->conflict}}, [] { std::cout << "resolved\n"; });
      return {};
    };
  });
}

void add_verify(CLI::App& parser, App& app) {
  parser.add_subcommand("verify", "check this replica: chains, roster, records, database")
      ->callback([&app] {
        app.run = [&app]() -> Status {
          SETU_TAKE(Client client, open_home(app.home));
          SETU_TAKE(const std::vector<std::string> problems, client.verify());
          if (app.json) print_json({{"ok", problems.empty()}, {"problems", problems}});
          for (const std::string& problem : problems)
            (app.json ? std::cerr : std::cout) << problem << "\n";
          app.document_printed = app.json;
          if (problems.empty() && !app.json) std::cout << "all good\n";
          if (problems.empty()) return {};
          return fail(
              Code::kCorrupt,
              "verify: " + std::to_string(problems.size()) + " problems found; nothing was changed",
              "tell a lead; what was recorded here is kept, and syncs go on");
        };
      });
}

}  // namespace

void add_sync_commands(CLI::App& parser, App& app) {
  const auto options = std::make_shared<Options>();
  add_sync(parser, app, options);
  add_status(parser, app);
  add_conflicts(parser, app, options);
  add_verify(parser, app);
}

}  // namespace setu::cli
