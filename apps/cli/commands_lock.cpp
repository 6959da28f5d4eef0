#include <iostream>

#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/lease.hpp"
#include "cli/syncing.hpp"
#include "lock/passphrase.hpp"

// Who may open this home, and how to leave nothing behind.

namespace setu::cli {
namespace {

struct Options {
  std::string language, new_file;
  std::string duress_file, link, person;
  bool words = false, yes = false, off = false;
  std::optional<unsigned> wipe_after, lease_days;
};

constexpr unsigned kMostWipeTries = 255;

Result<std::uint8_t> allowed_tries(unsigned wipe_after) {
  if (wipe_after == 0 || (wipe_after >= lock::kFewestWipeTries && wipe_after <= kMostWipeTries))
    return static_cast<std::uint8_t>(wipe_after);
  return fail(Code::kInvalidArgument,
              "set passphrase: --wipe-after wants 5 to 255 wrong tries, or 0 for never; nothing "
              "was changed",
              "fewer than 5, and a tired hand destroys its own records");
}

// --- passphrase

Result<std::string> new_passphrase(const Options& options) {
  if (options.words) return draw_words(options.language);
  return ask_new_passphrase(
      {"SETU_NEW_PASSPHRASE", options.new_file, "--new-passphrase-file", "New passphrase"},
      options.language);
}

Json told(const Options& options, const std::string& passphrase, std::uint8_t wipe_after) {
  Json json{{"changed", !passphrase.empty()}, {"wipe_after", wipe_after}};
  if (options.words) json["passphrase"] = passphrase;
  return json;
}

Status passphrase(const App& app, const Options& options) {
  // All that can be refused is asked for before the home is opened.
  std::optional<std::uint8_t> wipe_after;
  if (options.wipe_after) {
    SETU_TAKE(wipe_after, allowed_tries(*options.wipe_after));
  }
  SETU_TAKE(HomeWithKey home, open_home_with_key(app.home));
  lock::KeyFile& file = home.key.content;
  std::string chosen;
  const bool is_change = options.words || !options.new_file.empty() || !wipe_after;
  if (is_change) {
    SETU_TAKE(chosen, new_passphrase(options));
    Status changed =
        lock::change_passphrase(file, home.key.unlocked, chosen, crypto::system_random());
    if (!changed) crypto::wipe(chosen);
    SETU_TRY(std::move(changed));
  }
  if (wipe_after) file.tries.wipe_after = *wipe_after;
  SETU_TRY(home.key.save(crypto::system_random()));
  print(app, told(options, chosen, file.tries.wipe_after), [&] {
    if (is_change) std::cout << "the passphrase is changed; the old one opens nothing any more\n";
    if (options.words) std::cout << "it is: " << chosen << "\n";
    if (file.tries.wipe_after != 0) {
      std::cout << "after " << int{file.tries.wipe_after}
                << " wrong tries in a row all that this home holds is destroyed\n";
    }
  });
  crypto::wipe(chosen);
  return {};
}

void add_passphrase(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* command = parser.add_subcommand("passphrase", "change the passphrase of this home");
  command->add_flag("--words", options->words, "have five or six words drawn, and print them");
  command->add_option("--lang", options->language,
                      "language of the words: bn, en, fr, id, pt, ru, sw, vi");
  command->add_option("--new-passphrase-file", options->new_file,
                      "file whose first line is the new one (or SETU_NEW_PASSPHRASE)");
  command->add_option("--wipe-after", options->wipe_after,
                      "destroy all that this home holds after so many wrong tries in a row; 0: "
                      "never");
  command->callback(
      [&app, options] { app.run = [&app, options] { return passphrase(app, *options); }; });
}

// --- lock

void add_lock(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* command = parser.add_subcommand(
      "lock",
      "before the device is put away: the log of last writes is emptied, nothing is kept open");
  command->add_option("--lease", options->lease_days,
                      "show caseloads only for so many days after a server was reached; 0: always");
  command->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      if (options->lease_days) SETU_TRY(set_lease(client, *options->lease_days));
      SETU_TRY(client.compact());
      print(app, {{"locked", true}},
            [] { std::cout << "locked; every command asks for the passphrase again\n"; });
      return {};
    };
  });
}

// --- wipe

std::string what_is_lost(std::uint64_t pending) {
  if (pending == 0) return "all that was recorded here has been sent";
  return std::to_string(pending) + (pending == 1 ? " change was" : " changes were") +
         " not sent yet, and will be lost for good (`setu sync` sends)";
}

Status wipe(const App& app, const Options& options) {
  std::uint64_t lost = 0;
  {
    SETU_TAKE(Client client, open_home(app.home));
    SETU_TAKE(const StatusView status, client.status());
    lost = status.pending;
  }
  SETU_TRY(confirm("this destroys all that this home holds; " + what_is_lost(lost), "wipe",
                   options.yes));
  wipe_home(app.home);
  print(app, {{"wiped", true}, {"lost", lost}}, [&] {
    std::cout << "destroyed: nothing of this home can be read any more\n";
    if (lost > 0) std::cout << lost << " changes that were never sent went with it\n";
    std::cout << "the others go on; ask a lead to take this device out: setu revoke\n";
  });
  return {};
}

void add_wipe(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* command = parser.add_subcommand(
      "wipe", "destroy all that this home holds: its keys first, then its files");
  command->add_flag("--yes", options->yes, "do not ask");
  command->callback([&app, options] { app.run = [&app, options] { return wipe(app, *options); }; });
}

// --- duress

Status check_duress(const Options& options) {
  if (options.link.empty() != options.person.empty()) {
    return fail(Code::kInvalidArgument, "duress: --join and --as go together",
                "setu duress --join LINK --as NAME, or neither of them");
  }
  return {};
}

// What the duress passphrase opens: an installation that belongs to no programme, or to another
// one.
Result<crypto::Secret> fresh_decoy(const App& app, const lock::Contents& own,
                                   const Options& options) {
  crypto::Secret key = crypto::random_key(crypto::system_random()).locked();
  SETU_TAKE(Client decoy, make_decoy(app.home, own, key));
  if (options.link.empty()) return key;
  SETU_TRY(decoy.begin_join(options.link, options.person));
  SETU_TAKE(const SyncResult synced, sync_until_settled(decoy, app.home.directory));
  if (synced.refusals.empty() && decoy.me().state != "new") return key;
  return fail(Code::kRefused,
              "duress: the server did not take the second installation in; nothing was changed",
              "ask for a new invite");
}

Status set_duress(const App& app, HomeWithKey& home, const Options& options) {
  lock::Contents& own = home.key.unlocked.contents;
  if (own.keeps_other && !options.link.empty()) {
    return fail(Code::kInvalidArgument, "duress: there is one already; nothing was changed",
                "leave --join out to change its passphrase, or take it away first: --off");
  }
  SETU_TAKE(std::string chosen,
            ask_new_passphrase({"SETU_DURESS_PASSPHRASE", options.duress_file,
                                "--duress-passphrase-file", "Duress passphrase"},
                               options.language));
  const auto seal = [&]() -> Status {
    if (own.keeps_other) {  // its replica stays
      return lock::set_duress(home.key.content, home.key.unlocked, chosen, own.other_key.clone(),
                              crypto::system_random());
    }
    SETU_TAKE(crypto::Secret key, fresh_decoy(app, own, options));
    return lock::set_duress(home.key.content, home.key.unlocked, chosen, std::move(key),
                            crypto::system_random());
  };
  Status sealed = seal();
  crypto::wipe(chosen);
  return sealed;
}

Status duress(const App& app, const Options& options) {
  SETU_TRY(check_duress(options));
  SETU_TAKE(HomeWithKey home, open_home_with_key(app.home));
  if (options.off)
    lock::clear_duress(home.key.content, home.key.unlocked, crypto::system_random());
  else
    SETU_TRY(set_duress(app, home, options));
  SETU_TRY(home.key.save(crypto::system_random()));
  print(app, {{"duress", !options.off}}, [&] {
    if (options.off) {
      std::cout << "there is no duress passphrase any more\n";
      return;
    }
    std::cout << "from now on the duress passphrase opens the other replica, and destroys the key "
                 "of this one\n"
              << "what was not sent by then is lost; the rest comes back with a new invite\n";
  });
  return {};
}

void add_duress(CLI::App& parser, App& app, const std::shared_ptr<Options>& options) {
  CLI::App* command = parser.add_subcommand(
      "duress",
      "set a second passphrase, to be given under threat: it destroys what this one opens");
  command->add_option("--duress-passphrase-file", options->duress_file,
                      "file whose first line is the second one (or SETU_DURESS_PASSPHRASE)");
  command->add_option("--lang", options->language, "language of the words that are offered");
  command->add_option("--join", options->link,
                      "invite of another programme, such as a plain facility directory, which it "
                      "is to show; else it shows an installation that was never used");
  command->add_option("--as", options->person, "the name to join it with");
  command->add_flag("--off", options->off, "take it away again");
  command->callback(
      [&app, options] { app.run = [&app, options] { return duress(app, *options); }; });
}

}  // namespace

void add_lock_commands(CLI::App& parser, App& app) {
  const auto options = std::make_shared<Options>();
  add_passphrase(parser, app, options);
  add_lock(parser, app, options);
  add_wipe(parser, app, options);
  add_duress(parser, app, options);
}

}  // namespace setu::cli
