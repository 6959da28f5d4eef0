#include <iostream>

#include "cli/commands.hpp"
#include "cli/lease.hpp"
#include "cli/roster_change.hpp"

// Taking devices out, and what they leave behind.

namespace setu::cli {
namespace {

struct Options {
  std::string device, id, author, caseload;
  bool wipe = false, leave = false, cuts = false;
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

Status rotate(App& app, const Options& options) {
  std::size_t circles = 0;
  SETU_TAKE(Client client, open_home(app.home));
  SETU_TAKE(circles, options.cuts ? client.cut_history(options.caseload) : client.rotate());
  SETU_TRY(settle_roster(app, client));
  Json json{{"circles", circles}};
  HistoryCutView cut;
  if (options.cuts) {
    SETU_TAKE(const StatusView status, client.status());
    cut = status.history_cut;
    json["history_cut"] = to_json(cut);
  }
  print(app, json, [&] {
    std::cout << circles << " circles get new keys; the others have them after their next sync\n";
    if (!options.cuts) return;
    std::cout << "who joins from now on reads nothing from before but what stands: " << cut.carried
              << " parts of records were carried over\n";
    print_cut(cut);
  });
  return {};
}

void add_rotate(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* command =
      parser.add_subcommand("rotate", "new keys for everything that this device leads");
  CLI::Option* cut = command->add_flag("--cut-history", options->cuts,
                                       "and who joins later reads nothing of what was before, but "
                                       "what stands now");
  command->add_option("caseload", options->caseload, "with --cut-history: only this caseload")
      ->needs(cut);
  command->callback(
      [&app, options] { app.run = [&app, options] { return rotate(app, *options); }; });
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
  for (const QuarantineView& view : views) {
    if (!view.caseload.empty()) SETU_TRY(may_show_caseloads(client));
  }
  Json json{{"quarantine", Json::array()}};
  for (const QuarantineView& view : views) json["quarantine"].push_back(json_of(view));
  print(app, json, [&] {
    if (views.empty()) std::cout << "nothing is in quarantine\n";
    for (const QuarantineView& view : views) print_batch(view);
  });
  return {};
}

// What was asked for, by one id or all of one device.
Result<std::vector<std::string>> chosen(Client& client, const Options& options) {
  if (options.id.empty() == options.author.empty()) {
    return fail(Code::kInvalidArgument, "adopt: one batch, or all of one device",
                "`setu quarantine adopt ID` or `setu quarantine adopt --device DEVICE`");
  }
  if (!options.id.empty()) return std::vector{options.id};
  std::vector<std::string> ids;
  SETU_TAKE(const std::vector<QuarantineView> views, client.quarantine());
  for (const QuarantineView& view : views) {
    if (options.author.size() >= 4 && view.device.starts_with(options.author))
      ids.push_back(view.id);
  }
  if (!ids.empty()) return ids;
  return fail(Code::kNotFound, "adopt: nothing of that device is in quarantine",
              "`setu quarantine list` shows what there is; give at least 4 letters of the id");
}

// One that cannot be adopted is told and does not hold up the others.
Status adopt(const App& app, const Options& options) {
  SETU_TAKE(Client client, open_home(app.home));
  SETU_TAKE(const std::vector<std::string> ids, chosen(client, options));
  Json json{{"adopted", Json::array()}, {"refused", Json::array()}};
  std::optional<Error> refusal;
  for (const std::string& id : ids) {
    const auto adopted = client.adopt_quarantined(id);
    if (adopted) {
      json["adopted"].push_back(
          {{"id", id}, {"records", adopted->records}, {"changes", adopted->changes}});
      continue;
    }
    json["refused"].push_back({{"id", id}, {"reason", adopted.error().message}});
    if (ids.size() == 1 || adopted.error().code != Code::kRefused) return fail(adopted.error());
    refusal = adopted.error();
  }
  print(app, json, [&] {
    for (const Json& each : json["adopted"]) {
      const bool news = each["changes"] > 0;
      std::cout << each["id"].get<std::string>() << "  "
                << (news ? "adopted, " + each["records"].dump() +
                               " records; the others get it "
                               "with the next sync"
                         : "known already: another lead adopted it")
                << "\n";
    }
    for (const Json& each : json["refused"])
      std::cout << each["id"].get<std::string>() << "  " << each["reason"].get<std::string>()
                << "\n";
  });
  return refusal && json["adopted"].empty() ? Status(fail(*refusal)) : Status{};
}

void add_adopt(CLI::App& quarantine, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* command = quarantine.add_subcommand(
      "adopt", "take it in after all; who wrote it stays written, and so does who adopted it");
  command->add_option("id", options->id, "from `setu quarantine list`");
  command->add_option("--device", options->author, "all that this device wrote too late");
  command->callback(
      [&app, options] { app.run = [&app, options] { return adopt(app, *options); }; });
}

void add_quarantine(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* quarantine = parser.add_subcommand(
      "quarantine", "what is kept apart: written too late by removed devices, or not acceptable");
  quarantine->require_subcommand(1);
  quarantine->add_subcommand("list", "what there is, and what it says")->callback([&app] {
    app.run = [&app] { return list_quarantine(app); };
  });
  add_adopt(*quarantine, app, options);
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

// --- audit

struct AuditOptions {
  std::string event, about;
};

bool is_asked_for(const AuditView& view, const AuditOptions& options) {
  const std::string& id = options.about;
  return (options.event.empty() || view.event == options.event) &&
         (id.empty() || view.device.starts_with(id) || view.subject.starts_with(id));
}

Json json_of(const AuditView& view) {
  return {{"position", view.position},
          {"at", view.at.empty() ? Json(nullptr) : Json(view.at)},
          {"event", view.event},
          {"device", view.device},
          {"person", view.person},
          {"subject", view.subject},
          {"subject_name", view.subject_name},
          {"detail", view.detail},
          {"verified", view.verified}};
}

Status audit(const App& app, const AuditOptions& options) {
  SETU_TAKE(Client client, open_home(app.home));
  SETU_TAKE(std::vector<AuditView> views, client.audit());
  std::erase_if(views, [&](const AuditView& view) { return !is_asked_for(view, options); });
  Json json{{"events", Json::array()}};
  std::vector<std::vector<std::string>> rows;
  for (const AuditView& view : views) {
    json["events"].push_back(json_of(view));
    const std::string what = view.subject_name.empty() ? view.subject : view.subject_name;
    rows.push_back({view.position == 0 ? "-" : std::to_string(view.position), view.at, view.event,
                    view.person + (view.verified ? "" : " (NOT VERIFIED)"), what, view.detail});
  }
  print(app, json, [&] {
    if (rows.empty()) std::cout << "nothing of that\n";
    if (!rows.empty()) print_table({"log", "about", "what", "who", "whom or what", ""}, rows);
  });
  return {};
}

void add_audit(CLI::App& parser, App& app) {
  const auto options = std::make_shared<AuditOptions>();
  CLI::App* command = parser.add_subcommand(
      "audit",
      "who came and went, and what was handed over, adopted, hidden or kept apart (leads)");
  command->add_option("--event", options->event, "only these: joined, revoked, handed_over, ...");
  command->add_option("--about", options->about,
                      "only by or about this device, caseload or record; the first letters do");
  command->callback(
      [&app, options] { app.run = [&app, options] { return audit(app, *options); }; });
}

}  // namespace

void add_removal_commands(CLI::App& parser, App& app) {
  const auto options = std::make_shared<Options>();
  add_revoke(parser, app, options);
  add_rotate(parser, app, options);
  add_quarantine(parser, app, options);
  add_audit(parser, app);
}

}  // namespace setu::cli
