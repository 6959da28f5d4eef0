#include "probe_form.hpp"

#include <algorithm>

namespace setu::sim {
namespace {

constexpr KindTag kTag = 2000;
constexpr int kBelowAll = -1;

struct Shape {
  std::string_view name;
  Style style;
};
constexpr Shape kShapes[] = {
    {"name", Style::kRegister},   {"mood", Style::kCodes},        {"status", Style::kLadder},
    {"safety", Style::kCautious}, {"tags", Style::kSet},          {"consent", Style::kConsent},
    {"visits", Style::kCounter},  {"supplies", Style::kCounters}, {"diary", Style::kLog},
    {"trail", Style::kTrail},
};

std::vector<ProbeField> make_fields() {
  std::vector<ProbeField> fields;
  for (const bool facts : {false, true}) {
    for (const Shape& shape : kShapes)
      fields.push_back({(facts ? "f_" : "h_") + std::string(shape.name), shape.style, facts});
  }
  return fields;
}

forms::FieldType type_of(Style style) {
  switch (style) {
    case Style::kRegister: return forms::FieldType::kText;
    case Style::kCodes:
    case Style::kLadder:
    case Style::kCautious: return forms::FieldType::kChoice;
    case Style::kSet:
    case Style::kConsent: return forms::FieldType::kChoices;
    case Style::kCounter: return forms::FieldType::kCounter;
    case Style::kCounters: return forms::FieldType::kCounters;
    case Style::kLog:
    case Style::kTrail: return forms::FieldType::kLog;
  }
  return forms::FieldType::kText;
}

merge::Rule merge_rule_of(Style style) {
  switch (style) {
    case Style::kRegister:
    case Style::kCodes: return merge::Rule::kRegister;
    case Style::kLadder: return merge::Rule::kLadder;
    case Style::kCautious: return merge::Rule::kCautious;
    case Style::kSet: return merge::Rule::kSetAddWins;
    case Style::kConsent: return merge::Rule::kSetRemoveWins;
    case Style::kCounter: return merge::Rule::kCounter;
    case Style::kCounters: return merge::Rule::kKeyedCounter;
    case Style::kLog:
    case Style::kTrail: return merge::Rule::kLog;
  }
  return merge::Rule::kRegister;
}

}  // namespace

const std::vector<ProbeField>& probe_fields() {
  static const std::vector<ProbeField> kFields = make_fields();
  return kFields;
}

const ProbeField* probe_field(std::string_view name) {
  const auto& fields = probe_fields();
  const auto found = std::ranges::find(fields, name, &ProbeField::name);
  return found == fields.end() ? nullptr : &*found;
}

const std::vector<std::string>& codes_of(Style style) {
  static const std::vector<std::string> kMoods = {"low", "fair", "good"};
  static const std::vector<std::string> kRungs = {"made", "sent", "arrived", "completed",
                                                  "declined"};
  static const std::vector<std::string> kCautions = {"safe", "ask_first", "not_safe"};
  static const std::vector<std::string> kElements = {"alpha", "beta", "delta", "gamma"};
  switch (style) {
    case Style::kLadder: return kRungs;
    case Style::kCautious: return kCautions;
    case Style::kCodes: return kMoods;
    default: return kElements;
  }
}

int rung_of(Style style, std::string_view code) {
  if (style != Style::kLadder && style != Style::kCautious) return kBelowAll;
  const auto& codes = codes_of(style);
  const auto found = std::ranges::find(codes, code);
  if (found == codes.end()) return kBelowAll;
  const auto rung = static_cast<int>(found - codes.begin());
  return code == "declined" ? rung - 1 : rung;  // as far as `completed`: both are ends
}

std::string trail_name(bool facts) { return facts ? "f_trail" : "h_trail"; }

forms::Form probe_form() {
  forms::Form form{kTag, std::string(kProbeKind), "Probe", forms::HomeType::kCaseload, {}, {}};
  FieldTag tag = 0;
  for (const ProbeField& probe : probe_fields()) {
    forms::Field field;
    field.tag = ++tag;
    field.name = probe.name;
    field.type = type_of(probe.style);
    field.audience = probe.facts ? forms::Audience::kFacts : forms::Audience::kHome;
    field.rule.rule = merge_rule_of(probe.style);
    field.label = probe.name;
    if (probe.style != Style::kRegister && field.type != forms::FieldType::kLog &&
        field.type != forms::FieldType::kCounter) {
      for (const std::string& code : codes_of(probe.style)) {
        const int rung = std::max(0, rung_of(probe.style, code));
        field.choices.push_back({code, code, rung});
        if (rung_of(probe.style, code) >= 0) field.rule.ranks.emplace_back(code, rung);
      }
    }
    form.fields.push_back(std::move(field));
  }
  return form;
}

}  // namespace setu::sim
