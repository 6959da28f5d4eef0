#include <iostream>

#include "cli/ask.hpp"
#include "cli/bearer.hpp"
#include "cli/commands.hpp"
#include "cli/new_file.hpp"
#include "cli/qr.hpp"
#include "cli/recovery_pdf.hpp"
#include "cli/roster_change.hpp"
#include "crypto/secret.hpp"

// The printed recovery keys of organisations: printing one, and using it when nobody is left who
// could sign.

namespace setu::cli {
namespace {

struct Options {
  std::string org, pdf, id, device, digits, role, qr;
  bool wipe = false;
  BearerOptions bearer;
};

// --- printing

void wipe_print(RecoveryPrint& print) {
  crypto::wipe(print.link);
  for (std::string& line : print.code) crypto::wipe(line);
}

Status write_sheet(NewFile& file, const RecoveryPrint& print) {
  RecoveryPage page = recovery_page(print, clock_now());
  auto drawn = draw_recovery_pdf(page, clock_now());
  wipe_page(page);
  if (!drawn) return fail(std::move(drawn).error());
  Status written = file.write(*drawn);
  crypto::wipe(*drawn);
  return written;
}

Result<RecoveryView> view_of(Client& client, const std::string& id) {
  SETU_TAKE(const std::vector<RecoveryView> views, client.recovery_keys());
  for (const RecoveryView& view : views) {
    if (view.id == id) return view;
  }
  return fail(Code::kNotFound, "recovery sheet: the log does not have it", "run `setu sync`");
}

void print_state(const App& app, const RecoveryView& view, const std::string& pdf) {
  const Json json{{"id", view.id},
                  {"org", view.org},
                  {"org_id", view.org_id},
                  {"pdf", pdf.empty() ? Json(nullptr) : Json(pdf)},
                  {"state", view.in_force ? "in_force" : "signed"}};
  print(app, json, [&] {
    if (view.in_force)
      std::cout << "the recovery sheet " << grouped(view.id) << " of " << view.org
                << " counts from now on; one printed before it does not any more\n";
    else
      std::cout << "signed; the recovery sheet " << grouped(view.id) << " of " << view.org
                << " counts when a second one has signed too: setu recover sign " << view.id
                << "\n";
    if (!pdf.empty())
      std::cout << "print " << pdf << ", lock the paper away, then delete the file: whoever has "
                << "either can use it\n";
  });
}

// Nothing waits and the log does not have it: it never will. A refusal alone does not say so much.
Result<bool> is_lost(Client& client, const std::string& id) {
  SETU_TAKE(const StatusView status, client.status());
  return status.pending == 0 && !view_of(client, id);
}

// The file stays where its key counts or may come to: what was queued is sent by any later sync.
Status settle_sheet(const App& app, Client& client, NewFile& file, const std::string& id) {
  Status settled = settle_roster(app, client);
  const auto lost = is_lost(client, id);
  if (!lost || !*lost) file.keep();
  if (settled) return {};
  Error error = std::move(settled).error();
  if (lost && *lost) {
    error.message += "; the sheet does not count, and its file was removed";
    return fail(std::move(error));
  }
  error.message += "; the sheet " + grouped(id) +
                   " is written, and does not count until its signature has arrived";
  error.hint =
      "`setu sync` sends it, then `setu recover list` shows whether it counts; until then "
      "the sheet before it does";
  return fail(std::move(error));
}

Status print_sheet(const App& app, const Options& options) {
  SETU_TAKE(Client client, open_home(app.home));
  SETU_TAKE(RecoveryPrint print, client.draw_recovery(options.org));
  const auto make = [&]() -> Status {
    SETU_TAKE(NewFile file, NewFile::reserve(options.pdf));
    SETU_TRY(write_sheet(file, print));
    SETU_TRY(client.sign_recovery(print));
    return settle_sheet(app, client, file, print.id);
  };
  Status made = make();
  wipe_print(print);
  SETU_TRY(std::move(made));
  SETU_TAKE(const RecoveryView view, view_of(client, print.id));
  print_state(app, view, options.pdf);
  return {};
}

void add_print(CLI::App& recover, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* command = recover.add_subcommand(
      "print", "print an organisation's recovery sheet; it replaces the one before (leads)");
  command->add_option("--org", options->org, "name or id; default: yours");
  command->add_option("--pdf", options->pdf, "a new file, one A4 page")->required();
  command->callback(
      [&app, options] { app.run = [&app, options] { return print_sheet(app, *options); }; });
}

void add_sign(CLI::App& recover, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* command =
      recover.add_subcommand("sign", "where two must sign: say that somebody else's sheet counts");
  command->add_option("sheet", options->id, "its id, as printed on it, or the first letters of it")
      ->required();
  command->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TAKE(const std::vector<RecoveryView> before, client.recovery_keys());
      SETU_TRY(client.cosign_recovery(options->id));
      SETU_TRY(settle_roster(app, client));
      for (const RecoveryView& view : before) {
        if (!view.id.starts_with(options->id) || view.in_force) continue;
        SETU_TAKE(const RecoveryView now, view_of(client, view.id));
        print_state(app, now, {});
      }
      return {};
    };
  });
}

std::string state_of(const RecoveryView& view) {
  if (view.in_force) return view.used ? "counts; was used, print a new one" : "counts";
  return view.signed_by.empty() ? "replaced" : "one must sign still";
}

void add_list(CLI::App& recover, App& app) {
  recover.add_subcommand("list", "which sheets count")->callback([&app] {
    app.run = [&app]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TAKE(const std::vector<RecoveryView> views, client.recovery_keys());
      Json json{{"sheets", Json::array()}};
      std::vector<std::vector<std::string>> rows;
      for (const RecoveryView& view : views) {
        json["sheets"].push_back({{"id", view.id},
                                  {"org", view.org},
                                  {"org_id", view.org_id},
                                  {"in_force", view.in_force},
                                  {"used", view.used},
                                  {"signed_by", view.signed_by}});
        rows.push_back({view.org, grouped(view.id), state_of(view)});
      }
      print(app, json, [&] {
        if (rows.empty()) std::cout << "no sheet was printed: setu recover print --pdf FILE\n";
        if (!rows.empty()) print_table({"ORGANISATION", "SHEET", ""}, rows);
      });
      return {};
    };
  });
}

// --- using

void add_key(CLI::App& command, const std::shared_ptr<Options>& options) {
  BearerOptions& bearer = options->bearer;
  command.add_option("--key-file", bearer.key_file,
                     "file with the sheet's first two lines, or its link; default: asks for them");
  command.add_flag("--without-home", bearer.without_home,
                   "where no member's device is at hand: all four lines, or the link");
  command.add_option("--server", bearer.server, "its address, for --without-home with lines");
}

// As a command's action: opens what the key is used from, then runs `act`.
void set_action(CLI::App& command, App& app, const std::shared_ptr<Options>& options,
                const std::function<Status(Bearer& bearer)>& act) {
  command.callback([&app, options, act] {
    app.needs_home = !options->bearer.without_home;
    app.run = [&app, options, act]() -> Status {
      SETU_TAKE(Bearer bearer, Bearer::open(app.home, options->bearer));
      return act(bearer);
    };
  });
}

// An organisation's name can only be read by its members.
const std::string& name_of(const RecoveryView& view) {
  return view.org.empty() ? view.org_id : view.org;
}

void add_check(CLI::App& recover, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* command = recover.add_subcommand("check", "whose sheet this is; nothing is signed");
  add_key(*command, options);
  set_action(*command, app, options, [&app](Bearer& bearer) -> Status {
    RecoveryView view;
    SETU_TRY(bearer.use([&](Client& client, const std::string& key) -> Status {
      SETU_TAKE(view, client.read_recovery(key));
      return {};
    }));
    print(app, {{"id", view.id}, {"org", view.org}, {"org_id", view.org_id}}, [&] {
      std::cout << "this is the sheet " << grouped(view.id) << " of " << name_of(view)
                << ", and it counts\n";
    });
    return {};
  });
}

void add_invite(CLI::App& recover, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* command = recover.add_subcommand(
      "invite", "an invite for a new lead or coordinator, signed with the sheet");
  command->add_option("--org", options->org, "name or id; default: the sheet's");
  command->add_option("--role", options->role, "lead or coordinator; default: as the sheet's");
  command->add_option("--qr", options->qr, "also write the link as a QR picture (PNG)");
  add_key(*command, options);
  set_action(*command, app, options, [&app, options](Bearer& bearer) -> Status {
    Client::InviteResult made;
    SETU_TRY(bearer.use([&](Client& client, const std::string& key) -> Status {
      SETU_TAKE(made, client.recover_invite(key, {options->org, options->role, ""}));
      return {};
    }));
    if (!options->qr.empty()) SETU_TRY(write_qr_png(made.link, options->qr));
    print(app, {{"link", made.link}, {"expires", made.expires}}, [&] {
      std::cout << made.link << "\nsingle use, until " << made.expires
                << "; when she has joined: setu recover approve DEVICE\n";
    });
    return {};
  });
}

Result<MemberView> member_after(Client& client, const std::string& device) {
  SETU_TAKE(const std::vector<MemberView> members, client.members());
  for (const MemberView& view : members) {
    if (!view.device.empty() && view.device.starts_with(device)) return view;
  }
  return fail(Code::kNotFound, "recovery key: that device is not on the roster",
              "`setu members` shows who is");
}

// Her screen shows the digits once the key has revealed them; then they are typed here.
Status approve(Bearer& bearer, const Options& options) {
  SETU_TRY(bearer.use([&](Client& client, const std::string& key) {
    return client.recover_reveal(key, options.device);
  }));
  const auto sign = [&](const std::string& digits) {
    return bearer.use([&](Client& client, const std::string& key) {
      return client.recover_approve(key, options.device, digits);
    });
  };
  Status done = sign(options.digits);
  if (done || done.error().code != Code::kMissingRequired) return done;
  const std::string digits = ask_line("she runs `setu sync` now; the six digits on her screen: ");
  return digits.empty() ? done : sign(digits);
}

void add_approve(CLI::App& recover, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* command =
      recover.add_subcommand("approve", "let a device in that joined, signed with the sheet");
  command->add_option("device", options->device, "its id, or the first letters of it")->required();
  command->add_option("--digits", options->digits,
                      "the six digits that her `setu sync` shows once this was run");
  add_key(*command, options);
  set_action(*command, app, options, [&app, options](Bearer& bearer) -> Status {
    SETU_TRY(approve(bearer, *options));
    SETU_TAKE(const MemberView view, member_after(bearer.client(), options->device));
    print(app, {{"device", view.device}, {"state", view.state}}, [&] {
      if (view.state == "active")
        std::cout << "she is let in, and holds no keys yet: each who does types the same six "
                  << "digits: setu approve " << view.device << "\n";
      else
        std::cout << "signed; a second one must sign too: setu approve " << view.device << "\n";
    });
    return {};
  });
}

void add_revoke(CLI::App& recover, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* command =
      recover.add_subcommand("revoke", "take a lost device out, signed with the sheet");
  command->add_option("device", options->device, "its id, or the first letters of it")->required();
  command->add_flag("--wipe", options->wipe,
                    "and have it destroy what it holds when it next syncs");
  add_key(*command, options);
  set_action(*command, app, options, [&app, options](Bearer& bearer) -> Status {
    SETU_TRY(bearer.use([&](Client& client, const std::string& key) {
      return client.recover_revoke(key, options->device, options->wipe);
    }));
    SETU_TAKE(const MemberView view, member_after(bearer.client(), options->device));
    print(app, {{"device", view.device}, {"state", view.state}}, [&] {
      if (view.state == "removed")
        std::cout << view.device << " is removed; new keys follow with the others' next syncs\n";
      else
        std::cout << "signed; a second one must sign too: setu revoke " << view.device << "\n";
    });
    return {};
  });
}

}  // namespace

void add_recover_commands(CLI::App& parser, App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* recover = parser.add_subcommand(
      "recover", "an organisation's printed recovery key, for when its leads are lost");
  recover->require_subcommand(1);
  add_print(*recover, app, options);
  add_list(*recover, app);
  add_sign(*recover, app, options);
  add_check(*recover, app, options);
  add_invite(*recover, app, options);
  add_approve(*recover, app, options);
  add_revoke(*recover, app, options);
}

}  // namespace setu::cli
