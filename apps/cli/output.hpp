#pragma once
// What the command prints: tables and sentences for people, one JSON document for scripts.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/syncing.hpp"
#include "setu/client.hpp"

namespace setu::cli {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json to_json(const FieldValue& value);
[[nodiscard]] Json to_json(const RecordView& record);
[[nodiscard]] Json to_json(const ConflictView& conflict);
[[nodiscard]] Json to_json(const ChangeView& change);
[[nodiscard]] Json to_json(const HistoryCutView& cut);

[[nodiscard]] std::string to_text(const FieldValue& value);

// Columns as wide as their widest cell; the last one is not padded.
void print_table(const std::vector<std::string>& header,
                 const std::vector<std::vector<std::string>>& rows);
void print_record(const RecordView& record);
void print_cut(const HistoryCutView& cut);  // what of it is not done, and never will be
void print_conflict(const ConflictView& conflict);
void print_json(const Json& json);

// stderr: what, why, what to do; with --json a document on stdout too. Gives the exit code.
int report_error(const Error& error, bool json);

}  // namespace setu::cli
