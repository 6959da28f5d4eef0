#pragma once
// The subcommands of `setu`, a file for each group. Each sets up its options on the parser; the one
// that was called leaves in App::run what to do.

#include <CLI/CLI.hpp>
#include <functional>

#include "cli/output.hpp"

namespace setu::cli {

struct App {
  HomeOptions home;
  bool needs_home = true;
  bool json = false;
  bool document_printed =
      false;  // an answer that is also a failure: no second document for the error
  std::function<Status()> run;
};

void add_programme_commands(CLI::App& parser,
                            App& app);  // programme, org, caseload, invite, join, approve, members
void add_removal_commands(CLI::App& parser, App& app);  // revoke, rotate, quarantine, audit
void add_carry_commands(CLI::App& parser, App& app);    // carry
void add_recover_commands(CLI::App& parser, App& app);  // recover
void add_lock_commands(CLI::App& parser, App& app);     // passphrase, lock, wipe, duress
void add_record_commands(CLI::App& parser,
                         App& app);  // form, add, edit, show, list, history, delete, import
void add_hand_over_commands(CLI::App& parser, App& app);  // transfer
void add_sync_commands(CLI::App& parser, App& app);  // sync, status, conflicts, resolve, verify

// Prints the document with --json, else runs `otherwise`.
void print(const App& app, const Json& json, const std::function<void()>& otherwise);

}  // namespace setu::cli
