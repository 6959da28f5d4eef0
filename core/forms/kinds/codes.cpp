#include "forms/kinds/codes.hpp"

#include <algorithm>
#include <array>

namespace setu::forms::kinds {
namespace {

struct Service {
  const char* code;
  const char* label;
  bool tells = false;
};

// A service tells where having had it says what a person's test said: art_support and sti_treatment
// follow a positive one, prep a negative one; hiv_test and self_test are where an HIV result is
// written down.
constexpr std::array<Service, 17> kServices = {{
    {"outreach_talk", "Outreach talk"},
    {"condoms", "Condoms"},
    {"lubricant", "Lubricant"},
    {"hiv_test", "HIV test", true},
    {"self_test", "HIV self-test", true},
    {"sti_screening", "STI screening"},
    {"sti_treatment", "STI treatment", true},
    {"counselling", "Counselling"},
    {"mental_health", "Mental health support"},
    {"prep", "PrEP", true},
    {"art_support", "HIV treatment support", true},
    {"tb_screening", "TB screening"},
    {"violence_support", "Support after violence"},
    {"legal_aid", "Legal aid"},
    {"shelter", "Shelter"},
    {"hygiene", "Hygiene items"},
    {"other", "Something else"},
}};

}  // namespace

std::vector<Choice> populations() {
  return {
      {"sex_worker", "Sex worker"},
      {"msm", "Man who has sex with men"},
      {"transgender", "Transgender person"},
      {"hijra", "Hijra"},
      {"pwid", "Person who injects drugs"},
      {"prison", "Person in prison"},
      {"partner", "Partner"},
      {"other", "Other"},
  };
}

std::vector<Choice> genders() {
  return {
      {"woman", "Woman"},
      {"man", "Man"},
      {"transgender_woman", "Transgender woman"},
      {"transgender_man", "Transgender man"},
      {"hijra", "Hijra"},
      {"non_binary", "Non-binary"},
      {"other", "In her or his own words"},
      {"not_said", "Prefers not to say"},
  };
}

std::vector<Choice> age_bands() {
  return {
      {"10-14", "10 to 14"}, {"15-19", "15 to 19"}, {"20-24", "20 to 24"},
      {"25-29", "25 to 29"}, {"30-34", "30 to 34"}, {"35-39", "35 to 39"},
      {"40-44", "40 to 44"}, {"45-49", "45 to 49"}, {"50+", "50 and older"},
  };
}

std::vector<Choice> services() {
  std::vector<Choice> all;
  for (const Service& service : kServices) all.push_back({service.code, service.label});
  return all;
}

std::vector<Choice> shown_services() {
  std::vector<Choice> shown;
  for (const Service& service : kServices) {
    if (!service.tells) shown.push_back({service.code, service.label});
  }
  shown.push_back({std::string(kClinical), "Clinical service"});
  return shown;
}

std::vector<Choice> test_results() {
  return {
      {"negative", "Negative"},
      {"positive", "Positive"},
      {"inconclusive", "Not clear: test again"},
      {"not_received", "Result not received"},
  };
}

bool tells_a_result(std::string_view service) {
  return std::ranges::any_of(
      kServices, [&](const Service& known) { return known.tells && known.code == service; });
}

}  // namespace setu::forms::kinds
