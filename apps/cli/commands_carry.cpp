#include <climits>
#include <cstdlib>
#include <iostream>

#include "cli/commands.hpp"

// A copied phone comes back: from its old home into the new one that its person joined with.

namespace setu::cli {
namespace {

struct Options {
  HomeOptions from{.directory = {},
                   .passphrase_file = {},
                   .passphrase_variable = "SETU_OLD_PASSPHRASE",
                   .passphrase_option = "--old-passphrase-file",
                   .prompt = "Passphrase of the old home"};
};

Json to_json(const std::vector<CarryReport::Left>& left) {
  Json json = Json::array();
  for (const CarryReport::Left& each : left)
    json.push_back({{"kind", each.kind}, {"record", each.record}, {"reason", each.reason}});
  return json;
}

void print_left(std::string_view what, const std::vector<CarryReport::Left>& left) {
  for (const CarryReport::Left& each : left)
    std::cout << what << ": " << each.kind << " " << each.record << ": " << each.reason << "\n";
}

void print_report(const App& app, const Options& options, const CarryReport& report) {
  const Json json{{"changes", report.changes},
                  {"records", report.records},
                  {"waiting", to_json(report.waiting)},
                  {"staying", to_json(report.staying)}};
  print(app, json, [&] {
    std::cout << report.changes << (report.changes == 1 ? " change of " : " changes of ")
              << report.records << (report.records == 1 ? " record is" : " records are")
              << " brought over\n";
    print_left("waits", report.waiting);
    print_left("stays", report.staying);
    if (!report.waiting.empty())
      std::cout << "run this again when what waits can come; keep the old home until then\n";
    else if (report.staying.empty())
      std::cout << "nothing is left in " << options.from.directory
                << "; `setu sync` tells the others, then `setu --home " << options.from.directory
                << " wipe` clears it away\n";
  });
}

bool is_same_directory(const std::string& a, const std::string& b) {
  char path_a[PATH_MAX];
  char path_b[PATH_MAX];
  return ::realpath(a.c_str(), path_a) != nullptr && ::realpath(b.c_str(), path_b) != nullptr &&
         std::string_view(path_a) == path_b;
}

// Both homes are closed again when it is done; neither syncs meanwhile.
Result<CarryReport> carry_between(const HomeOptions& to, const HomeOptions& from) {
  SETU_TAKE(Client new_home, open_home(to));
  SETU_TAKE(Client old_home, open_home(from));
  SETU_TAKE(const SyncLock new_rests, SyncLock::take(to.directory));
  SETU_TAKE(const SyncLock old_rests, SyncLock::take(from.directory));
  return new_home.carry_over(old_home);
}

Status carry(const App& app, const Options& options) {
  if (is_same_directory(app.home.directory, options.from.directory)) {
    return fail(Code::kInvalidArgument, "carry over: both are the same home",
                "--from is the old one, --home the new one");
  }
  auto report = carry_between(app.home, options.from);
  leave_home(options.from);
  if (!report) return fail(std::move(report).error());
  print_report(app, options, *report);
  return {};
}

}  // namespace

void add_carry_commands(CLI::App& parser, App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = parser.add_subcommand(
      "carry", "bring over what was recorded in the old home of a copied or restored phone");
  command->add_option("--from", options->from.directory, "the old home; --home is the new one")
      ->required();
  command->add_option("--old-passphrase-file", options->from.passphrase_file,
                      "file whose first line is the old home's passphrase (or "
                      "SETU_OLD_PASSPHRASE)");
  command->callback(
      [&app, options] { app.run = [&app, options]() -> Status { return carry(app, *options); }; });
}

}  // namespace setu::cli
