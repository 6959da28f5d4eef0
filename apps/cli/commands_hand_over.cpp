#include <unistd.h>

#include <iostream>

#include "cli/commands.hpp"

namespace setu::cli {
namespace {

struct Options {
  std::string record, from, caseload;
};

Json to_json(const TransferReport& report) {
  Json refused = Json::array();
  for (const TransferReport::Refused& each : report.refused)
    refused.push_back({{"record", each.record}, {"reason", each.reason}});
  return {{"moved", report.moved}, {"refused", refused}};
}

Status transfer(const App& app, const Options& options) {
  SETU_TAKE(Client client, open_home(app.home));
  Client::TransferRequest request{options.record, options.from, options.caseload, {}};
  const bool terminal = isatty(STDERR_FILENO) == 1;
  request.progress = [&](std::size_t done, std::size_t total) {
    if (total < 2 || app.json) return;
    std::cerr << (terminal ? "\r" : "") << "handing over: " << done << " of " << total << " records"
              << (terminal && done < total ? "" : "\n") << std::flush;
  };
  SETU_TAKE(const TransferReport report, client.transfer(request));
  print(app, to_json(report), [&] {
    std::cout << report.moved << (report.moved == 1 ? " record is" : " records are")
              << " handed over; `setu sync` tells the others\n";
    for (const TransferReport::Refused& each : report.refused)
      std::cout << "stays where it is: " << each.record << ": " << each.reason << "\n";
  });
  return {};
}

}  // namespace

void add_hand_over_commands(CLI::App& parser, App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = parser.add_subcommand(
      "transfer", "hand a record, or a whole caseload, over to another caseload (leads)");
  command->add_option("record", options->record, "its id; what refers to it goes along");
  command->add_option("--from", options->from, "all records of this caseload: name or id");
  command->add_option("--caseload", options->caseload, "where they go: name or id")->required();
  command->callback([&app, options] {
    app.run = [&app, options]() -> Status { return transfer(app, *options); };
  });
}

}  // namespace setu::cli
