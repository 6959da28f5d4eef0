#include "cli/output.hpp"

#include <algorithm>
#include <iostream>

namespace setu::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;
constexpr int kLockedExit = 3;
constexpr int kNoLinkExit = 4;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json claim_json(const Claim& claim) {
  return {{"value", to_json(claim.value)}, {"person", claim.person}, {"at", claim.at}};
}

Json fields_json(const std::vector<NamedValue>& fields) {
  Json json = Json::object();
  for (const NamedValue& field : fields) {
    const auto known = json.find(field.field);
    if (known == json.end()) {
      json[field.field] = to_json(field.value);
    } else if (known->is_array()) {
      known->push_back(to_json(field.value));
    } else {
      *known = Json::array({*known, to_json(field.value)});
    }
  }
  return json;
}

int exit_code(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kMissingRequired:
    case Code::kTooLarge:
    case Code::kAmbiguous: return kWrongUsage;
    case Code::kLocked:
    case Code::kWrongPassphrase: return kLockedExit;
    case Code::kNoLink: return kNoLinkExit;
    default: return kFailed;
  }
}

// Terminal columns a text takes: code points, which is right for all scripts but those with wide or
// joined characters.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

struct Printer {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(bool value) const { return value ? "yes" : "no"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const std::vector<std::string>& elements) const {
    std::string text;
    for (const std::string& element : elements) text += (text.empty() ? "" : ", ") + element;
    return text;
  }
  std::string operator()(const std::vector<std::pair<std::string, std::int64_t>>& counts) const {
    std::string text;
    for (const auto& [key, count] : counts)
      text += (text.empty() ? "" : ", ") + key + " " + std::to_string(count);
    return text;
  }
  std::string operator()(const std::vector<LogLine>& lines) const {
    std::string text;
    for (const LogLine& line : lines)
      text += (text.empty() ? "" : "\n") + line.at + " " + line.person + ": " + line.text;
    return text;
  }
};

}  // namespace

Json to_json(const FieldValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* elements = std::get_if<std::vector<std::string>>(&value)) return *elements;
  if (const auto* counts = std::get_if<std::vector<std::pair<std::string, std::int64_t>>>(&value)) {
    Json json = Json::object();
    for (const auto& [key, count] : *counts) json[key] = count;
    return json;
  }
  if (const auto* lines = std::get_if<std::vector<LogLine>>(&value)) {
    Json json = Json::array();
    for (const LogLine& line : *lines)
      json.push_back({{"at", line.at}, {"person", line.person}, {"text", line.text}});
    return json;
  }
  return nullptr;
}

Json to_json(const ConflictView& conflict) {
  Json json{{"id", conflict.id},
            {"record", conflict.record},
            {"kind", conflict.kind},
            {"field", conflict.field}};
  json["shown"] = claim_json(conflict.shown);
  json["others"] = Json::array();
  for (const Claim& other : conflict.others) json["others"].push_back(claim_json(other));
  return json;
}

Json to_json(const RecordView& record) {
  Json json{{"id", record.id},
            {"kind", record.kind},
            {"org", or_null(record.org)},
            {"org_id", or_null(record.org_id)},
            {"caseload", or_null(record.caseload)},
            {"caseload_id", or_null(record.caseload_id)},
            {"fields", fields_json(record.fields)},
            {"seen", record.seen}};
  json["conflicts"] = Json::array();
  for (const ConflictView& conflict : record.conflicts)
    json["conflicts"].push_back(to_json(conflict));
  json["partial"] = record.partial;
  json["deleted"] = record.deleted;
  return json;
}

Json to_json(const HistoryCutView& cut) {
  Json too_large = Json::array();
  for (const HistoryCutView::Record& record : cut.too_large)
    too_large.push_back({{"kind", record.kind}, {"id", record.id}});
  return {{"circles", cut.circles},
          {"unfinished", cut.unfinished},
          {"carried", cut.carried},
          {"too_large", std::move(too_large)}};
}

Json to_json(const ChangeView& change) {
  return {{"at", change.at},
          {"device", change.device},
          {"person", change.person},
          {"fields", fields_json(change.fields)},
          {"verified", change.verified},
          {"sealed", change.sealed},
          {"brought_by", or_null(change.brought_by)},
          {"recorded_at", or_null(change.recorded_at)},
          {"recorded_on", or_null(change.recorded_on)}};
}

std::string to_text(const FieldValue& value) { return std::visit(Printer{}, value); }

void print_table(const std::vector<std::string>& header,
                 const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const std::string& cell : header) widths.push_back(width_of(cell));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  const auto print_row = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    std::cout << line << "\n";
  };
  print_row(header);
  for (const auto& row : rows) print_row(row);
  if (rows.empty()) std::cout << "(none)\n";
}

void print_cut(const HistoryCutView& cut) {
  if (cut.unfinished > 0)
    std::cout << "history cut: not complete in " << cut.unfinished << " of " << cut.circles
              << " circles; the next sync goes on\n";
  for (const HistoryCutView::Record& record : cut.too_large)
    std::cout << "history cut: " << record.kind << " " << record.id
              << " holds more than can be carried over: who joins later does not see it\n";
}

void print_conflict(const ConflictView& conflict) {
  std::cout << conflict.id << "\n  " << conflict.kind << "." << conflict.field << "\n";
  const auto print_claim = [](const std::string& label, const Claim& claim) {
    std::cout << "    " << label << "  " << to_text(claim.value) << "  (" << claim.person << ", "
              << claim.at << ")\n";
  };
  print_claim("shown", conflict.shown);
  for (std::size_t i = 0; i < conflict.others.size(); ++i)
    print_claim("    " + std::to_string(i + 1), conflict.others[i]);
}

void print_record(const RecordView& record) {
  std::cout << record.kind << " " << record.id << "\n";
  if (!record.org_id.empty())
    std::cout << "  organisation: " << (record.org.empty() ? record.org_id : record.org) << "\n";
  if (!record.caseload_id.empty())
    std::cout << "  caseload: " << (record.caseload.empty() ? record.caseload_id : record.caseload)
              << "\n";
  if (record.deleted)
    std::cout << "  deleted (`setu edit " << record.id << " deleted=no` restores it)\n";
  if (record.partial) std::cout << "  a part of this record has not arrived yet: sync\n";
  for (const NamedValue& field : record.fields)
    std::cout << "  " << field.field << ": " << to_text(field.value) << "\n";
  for (const ConflictView& conflict : record.conflicts) print_conflict(conflict);
}

void print_json(const Json& json) {
  std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

int report_error(const Error& error, bool json) {
  std::cerr << "setu: " << error.message << "\n";
  if (!error.hint.empty()) std::cerr << "  " << error.hint << "\n";
  if (json) {
    print_json({{"error",
                 {{"code", std::string(code_name(error.code))},
                  {"message", error.message},
                  {"hint", error.hint}}}});
  }
  return exit_code(error.code);
}

}  // namespace setu::cli
