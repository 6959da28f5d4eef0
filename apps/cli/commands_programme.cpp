#include <unistd.h>

#include <iostream>

#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/qr.hpp"
#include "cli/roster_change.hpp"

namespace setu::cli {
namespace {

// The server has said no: nothing of what was begun stands there.
bool is_refusal(const Error& error) {
  return error.code == Code::kNotAllowed || error.code == Code::kRefused ||
         error.code == Code::kForged;
}

// A home that has just been made is taken away again on an error, so that the same command can be
// tried again. Not while something that names it may have been taken in by the server: then it
// holds the only keys that the invite or token was spent on.
template <class Begin>
Status start_home(const App& app, bool small_kdf, Begin begin) {
  bool keep = true;  // what is not ours
  const auto make = [&]() -> Result<Client> {
    SETU_TAKE(NewHome made, create_home(app.home, small_kdf));
    keep = false;
    SETU_TRY(begin(made.client));
    SETU_TRY(settle_home(app.home));
    return std::move(made.client);
  };
  const auto start = [&]() -> Status {
    SETU_TAKE(Client client, make());
    const auto synced = sync_until_settled(client, app.home.directory);
    SETU_TAKE(const StatusView status, client.status());
    const bool is_new = client.me().state == "new";
    keep = !is_new || (status.pending > 0 && (synced || !is_refusal(synced.error())));
    if (!synced) {
      Error error = synced.error();
      if (keep) error.hint = "this home is kept: `setu sync` finishes what was begun";
      return fail(std::move(error));
    }
    if (!synced->refusals.empty()) {
      return fail(Code::kRefused, synced->refusals.front(), "ask for a new invite or token");
    }
    if (is_new) {
      return fail(Code::kNotYet, "start: the server has not taken this device in", "try again");
    }
    return {};
  };
  Status started = start();
  if (!started && !keep) remove_new_home(app.home);
  return started;
}

struct Options {
  std::string name, server, org, person, token, link, role = "worker", caseload, qr, device, digits,
                                                      kdf = "standard";
  bool show_qr = false;
};

void add_programme(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* programme = parser.add_subcommand("programme", "the network of organisations");
  programme->require_subcommand(1);
  CLI::App* create = programme->add_subcommand(
      "create", "found a programme; this device becomes its first coordinator's");
  create->add_option("name", options->name, "the programme's name")->required();
  create->add_option("--server", options->server, "https://HOST:PORT")->required();
  create->add_option("--org", options->org, "name of the umbrella organisation")->required();
  create->add_option("--as", options->person, "your working name")->required();
  create->add_option("--token", options->token, "one-time token from the server's operator")
      ->envname("SETU_TOKEN")
      ->required();
  create->add_option("--kdf", options->kdf, "standard or small")
      ->check(CLI::IsMember({"standard", "small"}));
  create->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TRY(start_home(app, options->kdf == "small", [&](Client& client) {
        return client.begin_programme(
            {options->name, options->org, options->person, options->server, options->token});
      }));
      SETU_TAKE(Client client, open_home(app.home));
      const Client::Me me = client.me();
      print(app, {{"programme", me.programme_id}, {"org", me.org_id}, {"device", me.device}}, [&] {
        std::cout << "programme " << me.programme_id
                  << " is made; this is its first coordinator's device\n"
                  << "next: `setu org add NAME`, then `setu invite --org NAME --role lead`\n";
      });
      return {};
    };
  });
}

void add_org(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* org = parser.add_subcommand("org", "organisations of the programme");
  org->require_subcommand(1);
  CLI::App* add = org->add_subcommand("add", "add an organisation (coordinators)");
  add->add_option("name", options->name)->required();
  add->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      std::string id;
      SETU_TRY(change_roster(app, [&](Client& client) -> Status {
        SETU_TAKE(id, client.add_org(options->name));
        return {};
      }));
      print(app, {{"org_id", id}},
            [&] { std::cout << "organisation " << id << " is added; invite its first lead\n"; });
      return {};
    };
  });
  org->add_subcommand("list", "organisations")->callback([&app] {
    app.run = [&app]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TAKE(const std::vector<OrgView> orgs, client.orgs());
      Json json{{"orgs", Json::array()}};
      std::vector<std::vector<std::string>> rows;
      for (const OrgView& view : orgs) {
        json["orgs"].push_back({{"org_id", view.id},
                                {"org", view.name},
                                {"umbrella", view.umbrella},
                                {"ready", view.ready}});
        rows.push_back({view.name, view.id,
                        view.umbrella ? "umbrella"
                        : view.ready  ? ""
                                      : "waits for its first lead"});
      }
      print(app, json, [&] { print_table({"ORGANISATION", "ID", ""}, rows); });
      return {};
    };
  });
}

void add_caseload(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* caseload = parser.add_subcommand("caseload", "who works with whom");
  caseload->require_subcommand(1);
  CLI::App* add = caseload->add_subcommand("add", "add a caseload (leads)");
  add->add_option("name", options->name)->required();
  add->add_option("--org", options->org, "name or id; default: yours");
  add->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      std::string id;
      SETU_TRY(change_roster(app, [&](Client& client) -> Status {
        SETU_TAKE(id, client.add_caseload(options->name, options->org));
        return {};
      }));
      print(app, {{"caseload_id", id}}, [&] { std::cout << "caseload " << id << " is added\n"; });
      return {};
    };
  });
  caseload->add_subcommand("list", "caseloads that this device works with")->callback([&app] {
    app.run = [&app]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TAKE(const std::vector<CaseloadView> caseloads, client.caseloads());
      Json json{{"caseloads", Json::array()}};
      std::vector<std::vector<std::string>> rows;
      for (const CaseloadView& view : caseloads) {
        json["caseloads"].push_back({{"caseload_id", view.id},
                                     {"caseload", view.name},
                                     {"org_id", view.org_id},
                                     {"org", view.org}});
        rows.push_back({view.name, view.org, view.id});
      }
      print(app, json, [&] { print_table({"CASELOAD", "ORGANISATION", "ID"}, rows); });
      return {};
    };
  });
}

void add_invite(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* invite =
      parser.add_subcommand("invite", "make an invite: single use, good for 72 hours");
  invite->add_option("--org", options->org, "name or id; default: yours");
  invite->add_option("--role", options->role, "worker, lead or coordinator")->required();
  invite->add_option("--caseload", options->caseload,
                     "a worker's caseload; made if there is none of that name");
  invite->add_option("--qr", options->qr, "also write the link as a QR picture (PNG)");
  invite->add_flag("--show-qr", options->show_qr,
                   "draw the QR code here; done anyway where this is a terminal");
  invite->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      Client::InviteResult made;
      SETU_TRY(change_roster(app, [&](Client& client) -> Status {
        SETU_TAKE(made, client.invite({options->org, options->role, options->caseload}));
        return {};
      }));
      if (!options->qr.empty()) SETU_TRY(write_qr_png(made.link, options->qr));
      print(app, {{"link", made.link}, {"expires", made.expires}, {"invite", made.id}}, [&] {
        if (options->show_qr || isatty(STDOUT_FILENO) != 0) std::cout << draw_qr(made.link);
        std::cout << made.link << "\n"
                  << "single use, until " << made.expires
                  << "; hand it over in person or by a channel that you trust\n"
                  << "if it goes astray: setu withdraw " << made.id << "\n";
      });
      return {};
    };
  });
}

void add_withdraw(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* withdraw =
      parser.add_subcommand("withdraw", "make an invite useless: its link went astray");
  withdraw->add_option("invite", options->link, "its link, or its id from `setu members`")
      ->required();
  withdraw->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TRY(change_roster(
          app, [&](Client& client) { return client.withdraw_invite(options->link); }));
      print(app, Json::object(), [] {
        std::cout << "nobody can join by it any more; keys that lay in it are renewed\n";
      });
      return {};
    };
  });
}

void add_join(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* join = parser.add_subcommand("join", "join a programme by an invite");
  join->add_option("link", options->link, "the invite's link")->required();
  join->add_option("--as", options->person, "your working name")->required();
  join->add_option("--kdf", options->kdf, "standard or small")
      ->check(CLI::IsMember({"standard", "small"}));
  join->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TRY(start_home(app, options->kdf == "small", [&](Client& client) {
        return client.begin_join(options->link, options->person);
      }));
      SETU_TAKE(Client client, open_home(app.home));
      const Client::Me me = client.me();
      print(app,
            {{"device", me.device}, {"role", me.role}, {"state", me.state}, {"org_id", me.org_id}},
            [&] {
              std::cout << "this device (" << me.device << ") has joined as " << me.role << "\n";
              if (me.state == "pending")
                std::cout << "who invited you runs `setu sync`; then run it here: it shows six "
                             "digits.\nRead them to her; she runs: setu approve "
                          << me.device << "\n";
            });
      return {};
    };
  });
}

// Lets a device in that may have joined, or whose digits may have come, since the last sync. On a
// terminal they are asked for.
Status approve(const App& app, Client& client, const Options& options) {
  Status done = client.approve(options.device, options.digits);
  const auto failed_with = [&](Code code) { return !done && done.error().code == code; };
  if (failed_with(Code::kNotFound) || failed_with(Code::kNotYet)) {
    SETU_TRY(sync_until_settled(client, app.home.directory));
    done = client.approve(options.device, options.digits);
  }
  if (!failed_with(Code::kMissingRequired)) return done;
  const std::string digits = ask_line("the six digits on the other screen: ");
  return digits.empty() ? done : client.approve(options.device, digits);
}

void add_approve(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* approving = parser.add_subcommand(
      "approve", "let a device in that joined, and hand it the keys it may have");
  approving->add_option("device", options->device, "its id, or the first letters of it")
      ->required();
  approving->add_option("--digits", options->digits,
                        "a lead's or coordinator's: the six digits that her `setu sync` shows");
  approving->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TRY(change_roster(app, [&](Client& client) { return approve(app, client, *options); }));
      print(app, {{"device", options->device}},
            [&] { std::cout << "approved; it gets its keys with its next sync\n"; });
      return {};
    };
  });
}

void add_members(CLI::App& parser, App& app) {
  parser.add_subcommand("members", "who belongs to the programme")->callback([&app] {
    app.run = [&app]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TAKE(const std::vector<MemberView> members, client.members());
      Json json{{"members", Json::array()}};
      std::vector<std::vector<std::string>> rows;
      for (const MemberView& view : members) {
        json["members"].push_back(
            {{"device", view.device.empty() ? Json(nullptr) : Json(view.device)},
             {"invite", view.invite.empty() ? Json(nullptr) : Json(view.invite)},
             {"person", view.person.empty() ? Json(nullptr) : Json(view.person)},
             {"org", view.org.empty() ? Json(nullptr) : Json(view.org)},
             {"org_id", view.org_id},
             {"role", view.role},
             {"state", view.state},
             {"let_in_by", view.let_in_by.empty() ? Json(nullptr) : Json(view.let_in_by)},
             {"taken_out_by", view.taken_out_by.empty() ? Json(nullptr) : Json(view.taken_out_by)},
             {"approved_by", view.approved_by},
             {"revoked_by", view.revoked_by},
             {"copied", view.copied}});
        const bool asked = !view.revoked_by.empty();
        rows.push_back({view.org, view.role, view.person,
                        view.invite.empty() ? view.device : "invite " + view.invite,
                        view.state + (view.copied ? ", copied phone" : "") +
                            (asked ? ", one signed its removal" : ""),
                        view.taken_out_by.empty() ? view.let_in_by : view.taken_out_by});
      }
      print(app, json, [&] {
        print_table({"ORGANISATION", "ROLE", "PERSON", "DEVICE", "STATE", "BY"}, rows);
      });
      return {};
    };
  });
}

}  // namespace

void add_programme_commands(CLI::App& parser, App& app) {
  const auto options = std::make_shared<Options>();
  add_programme(parser, app, options);
  add_org(parser, app, options);
  add_caseload(parser, app, options);
  add_invite(parser, app, options);
  add_withdraw(parser, app, options);
  add_join(parser, app, options);
  add_approve(parser, app, options);
  add_members(parser, app);
}

}  // namespace setu::cli
