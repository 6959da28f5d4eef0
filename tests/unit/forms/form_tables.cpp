#include "form_tables.hpp"

namespace setu::forms::testing {
namespace {

std::string text(std::string_view view) { return std::string(view); }

std::string codes(const Field& field) {
  std::string listed;
  for (const Choice& choice : field.choices) {
    listed += (listed.empty() ? "`" : ", `") + choice.code + "`";
    if (!field.rule.ranks.empty()) listed += " " + std::to_string(choice.rank);
  }
  return listed;
}

std::string writers(const Roles& roles) {
  std::string who;
  const auto add = [&](bool may, const char* name) {
    if (may) who += (who.empty() ? "" : " and ") + text(name);
  };
  add(roles.worker, "workers");
  add(roles.lead, "leads");
  add(roles.coordinator, "coordinators");
  return who;
}

// Everything about a field that its type, audience and rule do not say.
std::string details(const Field& field) {
  std::vector<std::string> all;
  if (field.required) all.emplace_back("required");
  if (field.derivation != Derivation::kNone) {
    all.push_back(text(name_of(field.derivation)) +
                  (field.source.empty() ? "" : " (`" + field.source + "`)"));
  }
  if (field.min && field.max)
    all.push_back(std::to_string(*field.min) + " to " + std::to_string(*field.max));
  if (field.type == FieldType::kLocation)
    all.push_back(std::to_string(field.location_decimals) + " decimals");
  if (!field.reference_kind.empty()) all.push_back("of a record of kind " + field.reference_kind);
  if (field.reference_kind == "org") all.back() = "of an organisation";
  if (!field.choices.empty()) all.push_back(codes(field));
  if (field.type == FieldType::kChoices && field.choices.empty()) all.emplace_back("any words");
  if (field.writers != Roles{}) all.push_back("written by " + writers(field.writers) + " only");
  std::string joined;
  for (const std::string& each : all) joined += (joined.empty() ? "" : "; ") + each;
  return joined;
}

}  // namespace

std::string vector_line(const Form& form, const Field& field) {
  return form.name + " " + std::to_string(form.kind) + " " + std::to_string(field.tag) + " " +
         field.name + " | " + text(name_of(field.type)) + " | " + text(name_of(field.audience)) +
         " | " + text(name_of(field.rule.rule));
}

std::string markdown_table(const Form& form) {
  std::string table = "| tag | field | type | read by | merges as | |\n|---|---|---|---|---|---|\n";
  for (const Field& field : form.fields) {
    table += "| " + std::to_string(field.tag) + " | `" + field.name + "` | " +
             text(name_of(field.type)) + " | " + text(name_of(field.audience)) + " | " +
             text(name_of(field.rule.rule)) + " | " + details(field) + " |\n";
  }
  return table;
}

}  // namespace setu::forms::testing
