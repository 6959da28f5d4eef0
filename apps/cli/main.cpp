#include <sys/resource.h>

#include <iostream>

#include "cli/commands.hpp"

// `setu`: the command line contract is in README and `setu --help`.

namespace setu::cli {

void print(const App& app, const Json& json, const std::function<void()>& otherwise) {
  if (app.json)
    print_json(json);
  else
    otherwise();
}

namespace {

// CLI11 repeats what was typed, and that may be somebody's name with a quote forgotten.
std::string what_is_wrong(const CLI::ParseError& wrong) {
  if (dynamic_cast<const CLI::ExtrasError*>(&wrong) != nullptr)
    return "there is more than this command takes; a value with spaces needs quotes";
  if (dynamic_cast<const CLI::ValidationError*>(&wrong) != nullptr ||
      dynamic_cast<const CLI::ConversionError*>(&wrong) != nullptr)
    return "an option has a value that it does not take";
  return wrong.what();
}

int run(int argc, char** argv) {
  const rlimit no_core_files{0, 0};
  setrlimit(RLIMIT_CORE, &no_core_files);  // a core file would hold keys

  CLI::App parser("Setu: records that sync when there is a link, sealed from the first byte");
  App app;
  parser.add_option("--home", app.home.directory, "directory of this replica")
      ->envname("SETU_HOME");
  parser.add_option("--passphrase-file", app.home.passphrase_file,
                    "file whose first line is the passphrase (or SETU_PASSPHRASE)");
  parser.add_flag("--json", app.json, "one JSON document on stdout");
  parser.set_version_flag("--version",
                          "setu " SETU_VERSION ", SQLite " + std::string(Client::sqlite_version()));
  parser.fallthrough();
  parser.require_subcommand(1);
  add_programme_commands(parser, app);
  add_removal_commands(parser, app);
  add_record_commands(parser, app);
  add_hand_over_commands(parser, app);
  add_sync_commands(parser, app);
  add_lock_commands(parser, app);
  add_recover_commands(parser, app);
  add_carry_commands(parser, app);

  try {
    parser.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return parser.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return parser.exit(version);
  } catch (const CLI::ParseError& wrong) {
    return report_error({Code::kInvalidArgument, "usage: " + what_is_wrong(wrong),
                         "`setu --help` and `setu COMMAND --help` tell more"},
                        app.json);
  }
  if (app.needs_home && app.home.directory.empty()) {
    return report_error({Code::kInvalidArgument, "open home: no home directory named",
                         "use --home DIR or set SETU_HOME"},
                        app.json);
  }
  const Status done = app.run();
  if (app.needs_home) leave_home(app.home);
  return done ? 0 : report_error(done.error(), app.json && !app.document_printed);
}

}  // namespace
}  // namespace setu::cli

int main(int argc, char** argv) {
  try {
    return setu::cli::run(argc, argv);
  } catch (const std::exception& unexpected) {
    return setu::cli::report_error(
        {setu::Code::kInternal, std::string("broken: ") + unexpected.what(), "please report this"},
        false);
  }
}
