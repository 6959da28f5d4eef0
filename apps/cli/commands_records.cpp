#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "cli/commands.hpp"
#include "cli/json_lines.hpp"
#include "cli/lease.hpp"
#include "forms/form.hpp"

namespace setu::cli {
namespace {

struct Options {
  std::string kind, id, seen, file, caseload, org, key;
  std::vector<std::string> fields, where, map;
  std::size_t limit = 0;
  bool strict = false;
};
using Shared = std::shared_ptr<Options>;

// --- forms

std::string_view audience_name(forms::Audience audience) {
  switch (audience) {
    case forms::Audience::kHome: return "home";
    case forms::Audience::kFacts: return "facts";
    case forms::Audience::kLeads: return "leads";
    case forms::Audience::kProgramme: return "programme";
    case forms::Audience::kCommons: return "commons";
    case forms::Audience::kAlerts: return "alerts";
  }
  return "";
}

std::string_view type_name(forms::FieldType type) {
  constexpr std::string_view kNames[] = {"",          "text",     "integer", "decimal",  "boolean",
                                         "date",      "month",    "quarter", "choice",   "choices",
                                         "reference", "location", "counter", "counters", "log"};
  const auto number = static_cast<std::size_t>(type);
  return number < std::size(kNames) ? kNames[number] : "";
}

std::string choices_text(const forms::Field& field) {
  std::string text;
  for (const forms::Choice& choice : field.choices)
    text += (text.empty() ? "" : ", ") + choice.code;
  return text;
}

Json form_json(const forms::Form& form) {
  Json json{{"kind", form.name}, {"label", form.label}, {"fields", Json::array()}};
  for (const forms::Field& field : form.fields) {
    Json codes = Json::array();
    for (const forms::Choice& choice : field.choices)
      codes.push_back({{"code", choice.code}, {"label", choice.label}});
    json["fields"].push_back({{"field", field.name},
                              {"label", field.label},
                              {"hint", field.hint},
                              {"type", std::string(type_name(field.type))},
                              {"audience", std::string(audience_name(field.audience))},
                              {"required", field.required},
                              {"choices", codes}});
  }
  return json;
}

void add_form(CLI::App& parser, App& app, const Shared& options) {
  CLI::App* form = parser.add_subcommand("form", "what can be recorded");
  form->require_subcommand(1);
  form->add_subcommand("list", "kinds of records")->callback([&app] {
    app.run = [&app]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      Json json{{"forms", Json::array()}};
      std::vector<std::vector<std::string>> rows;
      for (const forms::Form& known : client.forms()) {
        json["forms"].push_back({{"kind", known.name}, {"label", known.label}});
        rows.push_back({known.name, known.label});
      }
      print(app, json, [&] { print_table({"KIND", ""}, rows); });
      return {};
    };
  });
  CLI::App* show = form->add_subcommand("show", "the fields of a kind");
  show->add_option("kind", options->kind)->required();
  show->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TAKE(const forms::Form* found, client.form(options->kind));
      std::vector<std::vector<std::string>> rows;
      for (const forms::Field& field : found->fields) {
        rows.push_back({field.name, std::string(type_name(field.type)),
                        std::string(audience_name(field.audience)),
                        field.required ? "required" : "", choices_text(field)});
      }
      print(app, form_json(*found), [&] {
        print_table({"FIELD", "TYPE", "READ BY", "", "CHOICES"}, rows);
      });
      return {};
    };
  });
}

// --- add, edit, delete

Result<std::vector<Client::Assignments>> read_records(const std::string& file) {
  if (file == "-") return read_json_lines(std::cin);
  std::ifstream stream(file);
  if (!stream)
    return fail(Code::kNotFound, "add: the file cannot be read",
                "check the path; - reads from standard input");
  return read_json_lines(stream);
}

void add_add(CLI::App& parser, App& app, const Shared& options) {
  CLI::App* add = parser.add_subcommand("add", "record something new: field=value ...");
  add->add_option("kind", options->kind)->required();
  add->add_option("fields", options->fields, "field=value ...");
  add->add_option("--file", options->file, "JSON lines from a file, or - for standard input");
  add->add_option("--caseload", options->caseload, "name or id");
  add->add_option("--org", options->org, "name or id");
  add->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      const Client::Home home{options->caseload, options->org};
      if (options->file.empty()) {
        SETU_TAKE(const std::string id, client.add(options->kind, options->fields, home));
        print(app, {{"id", id}}, [&] { std::cout << id << "\n"; });
        return {};
      }
      SETU_TAKE(const std::vector<Client::Assignments> records, read_records(options->file));
      SETU_TAKE(const std::vector<std::string> ids, client.add_many(options->kind, records, home));
      print(app, {{"ids", ids}}, [&] {
        for (const std::string& id : ids) std::cout << id << "\n";
      });
      return {};
    };
  });
}

void add_edit(CLI::App& parser, App& app, const Shared& options) {
  CLI::App* edit = parser.add_subcommand(
      "edit", "change fields: field=value, set+=element, counter+=3, log+=text");
  edit->add_option("id", options->id)->required();
  edit->add_option("fields", options->fields, "field=value ...")->required();
  edit->add_option("--seen", options->seen, "token of `show --json`: what you had on the screen");
  edit->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TAKE(const std::vector<Client::Replaced> replaced,
                client.edit(options->id, options->fields, options->seen));
      // It is saved, whatever may be shown of it.
      const auto record = client.show(options->id);
      const bool shown = record && may_show(client, *record);
      Json json{{"id", options->id}, {"replaced", Json::object()}};
      if (!shown) {
        print(app, json, [] { std::cout << "saved\n"; });
        return {};
      }
      for (const Client::Replaced& field : replaced)
        json["replaced"][field.field] = to_json(field.before);
      print(app, json, [&] {
        std::cout << "saved\n";
        for (const Client::Replaced& field : replaced)
          std::cout << "  " << field.field << " was: " << to_text(field.before) << "\n";
      });
      return {};
    };
  });
  CLI::App* remove = parser.add_subcommand("delete", "hide a record; its history stays");
  remove->add_option("id", options->id)->required();
  remove->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TRY(client.remove(options->id));
      print(app, {{"id", options->id}, {"deleted", true}}, [&] {
        std::cout << "deleted; `setu edit " << options->id << " deleted=no` brings it back\n";
      });
      return {};
    };
  });
}

// --- show, list, history

// Which device wrote it, and whose word that is.
std::string how_it_is_known(const ChangeView& change) {
  constexpr std::size_t kDigits = 8;
  const std::string device = "device " + change.device.substr(0, kDigits);
  if (!change.sealed) return device + ", not sent yet";
  if (!change.verified) return device + ", NOT VERIFIED";
  if (!change.brought_by.empty()) return device + ", brought and signed by " + change.brought_by;
  return device + ", signed by it";
}

void add_show(CLI::App& parser, App& app, const Shared& options) {
  CLI::App* show = parser.add_subcommand("show", "one record");
  show->add_option("id", options->id)->required();
  show->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TAKE(const RecordView record, client.show(options->id));
      SETU_TRY(may_show(client, record));
      print(app, to_json(record), [&] { print_record(record); });
      return {};
    };
  });
  CLI::App* list = parser.add_subcommand("list", "records of a kind");
  list->add_option("kind", options->kind)->required();
  list->add_option("--where", options->where, "field=value ...; sets: contains");
  list->add_option("--limit", options->limit, "at most so many");
  list->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      SETU_TAKE(const std::vector<RecordView> records,
                client.list(options->kind, options->where, options->limit));
      SETU_TRY(may_show(client, records));
      Json json{{"records", Json::array()}};
      for (const RecordView& record : records) json["records"].push_back(to_json(record));
      print(app, json, [&] {
        for (const RecordView& record : records) print_record(record);
        std::cout << records.size() << (records.size() == 1 ? " record\n" : " records\n");
      });
      return {};
    };
  });
  CLI::App* history = parser.add_subcommand("history", "who wrote what, when");
  history->add_option("id", options->id)->required();
  history->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(Client client, open_home(app.home));
      if (const auto record = client.show(options->id)) SETU_TRY(may_show(client, *record));
      SETU_TAKE(const std::vector<ChangeView> changes, client.history(options->id));
      Json json{{"changes", Json::array()}};
      for (const ChangeView& change : changes) json["changes"].push_back(to_json(change));
      print(app, json, [&] {
        for (const ChangeView& change : changes) {
          std::cout << change.at << "  " << change.person << "  (" << how_it_is_known(change)
                    << ")\n";
          if (!change.recorded_on.empty())
            std::cout << "    recorded " << change.recorded_at << " on her earlier device "
                      << change.recorded_on << ", a copied phone\n";
          for (const NamedValue& field : change.fields)
            std::cout << "    " << field.field << ": " << to_text(field.value) << "\n";
        }
      });
      return {};
    };
  });
}

// --- import

Result<std::string> read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return fail(Code::kNotFound, "import: the file cannot be read", "check the path");
  return std::string((std::istreambuf_iterator<char>(stream)), {});
}

void print_import(const ImportReport& report) {
  for (const ImportReport::Refused& row : report.refused)
    std::cout << "line " << row.line << ": " << row.reason << "\n";
  for (const std::string& column : report.ignored_columns)
    std::cout << "column ignored: " << column << "\n";
  if (!report.committed) {
    std::cout << "nothing was taken: " << report.refused.size()
              << " rows are wrong and --strict was asked for\n";
    return;
  }
  std::cout << report.added << " added, " << report.updated << " updated, " << report.unchanged
            << " unchanged, " << report.refused.size() << " refused\n";
}

Json import_json(const ImportReport& report) {
  Json json{{"added", report.added},
            {"updated", report.updated},
            {"unchanged", report.unchanged},
            {"refused", Json::array()}};
  for (const ImportReport::Refused& row : report.refused)
    json["refused"].push_back({{"line", row.line}, {"reason", row.reason}});
  json["ignored_columns"] = report.ignored_columns;
  json["committed"] = report.committed;
  return json;
}

void add_import(CLI::App& parser, App& app, const Shared& options) {
  CLI::App* import =
      parser.add_subcommand("import", "records from a CSV file; its first line names the columns");
  import->add_option("kind", options->kind)->required();
  import->add_option("file", options->file)->required();
  import->add_option("--key", options->key,
                     "column that tells rows apart: known ones are updated, not added again");
  import->add_option("--map", options->map, "COLUMN=FIELD ...");
  import->add_flag("--strict", options->strict, "one wrong row refuses all");
  import->add_option("--caseload", options->caseload, "name or id");
  import->add_option("--org", options->org, "name or id");
  import->callback([&app, options] {
    app.run = [&app, options]() -> Status {
      SETU_TAKE(const std::string csv, read_file(options->file));
  SETU_TAKE(Client client, open_home(app.home));
  Client::ImportRequest request;
  request.kind = options->kind;
  request.csv = csv;
  request.key = options->key;
  request.strict = options->strict;
  request.home = {options->caseload, options->org};
  for (const std::string& pair : options->map) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos)
      return fail(Code::kInvalidArgument, "import: --map wants COLUMN=FIELD",
                  "for example --map \"Facility name=name\"");
    request.column_map.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  const bool terminal = isatty(STDERR_FILENO) != 0;
  request.progress = [terminal](std::size_t done, std::size_t total) {
    std::cerr << (terminal ? "\r" : "") << "importing: " << done << " of " << total << " rows"
              << (terminal && done < total ? "" : "\n") << std::flush;
  };
  SETU_TAKE(const ImportReport report, client.import_csv(request));
  if (!report.committed) {
    if (app.json)
      print_json(import_json(report));
    else
      print_import(report);
    app.document_printed = app.json;
    return fail(
        Code::kRefused,
        "import: " + std::to_string(report.refused.size()) + " rows are wrong; nothing was taken",
        "mend them, or leave out --strict to take the others");
  }
  print(app, import_json(report), [&] { print_import(report); });
  return {};
};
}  // namespace
);
}  // namespace setu::cli

}  // namespace

void add_record_commands(CLI::App& parser, App& app) {
  const auto options = std::make_shared<Options>();
  add_form(parser, app, options);
  add_add(parser, app, options);
  add_edit(parser, app, options);
  add_show(parser, app, options);
  add_import(parser, app, options);
}

}  // namespace setu::cli
