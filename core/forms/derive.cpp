#include <algorithm>

#include "forms/input.hpp"
#include "forms/kinds/codes.hpp"

namespace setu::forms {

std::string age_band(std::int64_t birth_year, CivilDate today) {
  constexpr std::int64_t kYoungest = 10;
  constexpr std::int64_t kOldest = 120;
  constexpr std::int64_t kLastBand = 50;
  constexpr std::int64_t kBandYears = 5;
  if (birth_year < today.year - kOldest || birth_year > today.year - kYoungest) return "";
  const std::int64_t age = today.year - birth_year;
  if (age >= kLastBand) return std::to_string(kLastBand) + "+";
  const std::int64_t first = age - age % kBandYears;
  return std::to_string(first) + "-" + std::to_string(first + kBandYears - 1);
}

std::string shown_service(std::string_view service) {
  return std::string(kinds::tells_a_result(service) ? kinds::kClinical : service);
}

std::vector<std::string> shown_services(const std::vector<std::string>& services) {
  std::vector<std::string> shown;
  for (const std::string& service : services) shown.push_back(shown_service(service));
  std::ranges::sort(shown);
  shown.erase(std::unique(shown.begin(), shown.end()), shown.end());
  return shown;
}

std::string month_of(std::string_view date) {
  return std::string(date.substr(0, std::string_view("2026-11").size()));
}

std::string quarter_of(CivilDate date) {
  std::string text = iso_date(date);
  text.resize(text.find('-', 1) + 1);  // the year and its dash
  return text + "Q" + std::to_string((date.month - 1) / 3 + 1);
}

}  // namespace setu::forms
