#include <iostream>

#include "cli/commands.hpp"
#include "cli/roster_change.hpp"

// Taking devices out, and what they leave behind.

namespace setu::cli {
namespace {

struct Options {
  std::string device, id;
  bool wipe = false, leave = false;
};

// As the log has it after the sync: another may have to sign too.
Result<MemberView> member_after(Client& client, std::string_view device) {
  SETU_TAKE(const std::vector<MemberView> members, client.members());
  for (const MemberView& view : members) {
    if (!view.device.empty() && view.device.starts_with(device)) return view;
  }
  return fail(Code::kNotFound, "revoke: that device is not on the roster",
              "`setu members` shows who is");
}

void print_revoked(const App& app, const MemberView& view, bool wipe) {
  const Json json{{"device", view.device},
                  {"state", view.state},
                  {"revoked_by", view.revoked_by},
                  {"wipe", wipe}};
  print(app, json, [&] {
    if (view.state != "removed") {
      std::cout << "signed; a second one must sign too: setu revoke " << view.device << "\n";
      return;
    }
    std::cout << view.device << " is removed; the others get new keys with their next syncs\n"
              << "what it had not sent goes to `setu quarantine list`\n";
    if (wipe) std::cout << "it is told to destroy what it holds when it next syncs\n";
  });
}

Status revoke(const App& app, const Options& options) {
  SETU_TAKE(Client client, open_home(app.home));
  if (client.me().device.starts_with(options.device) && !options.leave) {
    return fail(Code::kInvalidArgument, "revoke: that is this very device",
                "to leave the programme for good: setu revoke " + options.device + " --leave");
  }
  SETU_TRY(client.revoke(options.device, options.wipe));
  SETU_TRY(settle_roster(app, client));
  SETU_TAKE(const MemberView view, member_after(client, options.device));
  print_revoked(app, view, options.wipe);
  return {};
}

void add_revoke(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* revoke_command = parser.add_subcommand(
      "revoke", "take a device out: it is lost or seized, or its person leaves");
  revoke_command->add_option("device", options->device, "its id, or the first letters of it")
      ->required();
  revoke_command->add_flag("--wipe", options->wipe,
                           "and have it destroy what it holds when it next syncs");
  revoke_command->add_flag("--leave", options->leave, "needed to take out this very device");
  revoke_command->callback(
      [&app, options] { app.run = [&app, options] { return revoke(app, *options); }; });
}

void add_rotate(CLI::App& parser, App& app) {
  CLI::App* rotate =
      parser.add_subcommand("rotate", "new keys for everything that this device leads");
  rotate->callback([&app] {
    app.run = [&app]() -> Status {
      std::size_t circles = 0;
      SETU_TRY(change_roster(app, [&](Client& client) -> Status {
        SETU_TAKE(circles, client.rotate());
        return {};
      }));
      print(app, {{"circles", circles}}, [&] {
        std::cout << circles
                  << " circles get new keys; the others have them after their next sync\n";
      });
      return {};
    };
  });
}

std::string where(const QuarantineView& view) {
  return view.caseload.empty() ? view.org : view.org + ", " + view.caseload;
}

Json json_of(const QuarantineView& view) {
  Json json{{"id", view.id},           {"device", view.device},     {"person", view.person},
            {"org", view.org},         {"caseload", view.caseload}, {"reason", view.reason},
            {"changes", Json::array()}};
  for (const QuarantineView::Item& item : view.items) {
    Json change = cli::to_json(item.change);
    change["kind"] = item.kind;
    change["record"] = item.record;
    json["changes"].push_back(std::move(change));
  }
  return json;
}

void print_batch(const QuarantineView& view) {
  std::cout << view.id << "  " << view.person << "  " << where(view) << "\n    " << view.reason
            << "\n";
  for (const QuarantineView::Item& item : view.items) {
    std::cout << "    " << item.kind << " " << item.record << ":";
    for (const NamedValue& named : item.change.fields)
      std::cout << " " << named.field << "=" << to_text(named.value);
    std::cout << "\n";
  }
}

Status list_quarantine(const App& app) {
  SETU_TAKE(Client client, open_home(app.home));
  SETU_TAKE(const std::vector<QuarantineView> views, client.quarantine());
  Json json{{"quarantine", Json::array()}};
  for (const QuarantineView& view : views) json["quarantine"].push_back(json_of(view));
  print(app, json, [&] {
    if (views.empty()) std::cout << "nothing is in quarantine\n";
    for (const QuarantineView& view : views) print_batch(view);
  });
  return {};
}

void add_quarantine(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* quarantine = parser.add_subcommand(
      "quarantine", "what is kept apart: written too late by removed devices, or not acceptable");
  quarantine->require_subcommand(1);
  quarantine->add_subcommand("list", "what there is, and what it says")->callback([&app] {
    app.run = [&app] { return list_quarantine(app); };
  });
  CLI::App* drop =
      quarantine->add_subcommand("drop", "out of sight on this device; it never counted");
  drop->add_option("id", options->id, "from `setu quarantine list`")->required();
  drop->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TRY(client.drop_quarantined(options->id));
      print(app, {{"dropped", options->id}}, [] { std::cout << "dropped\n"; });
      return {};
    };
  });
}

}  // namespace

void add_removal_commands(CLI::App& parser, App& app) {
  const auto options = std::make_shared<Options>();
  add_revoke(parser, app, options);
  add_rotate(parser, app);
  add_quarantine(parser, app, options);
}

}  // namespace setu::cli
