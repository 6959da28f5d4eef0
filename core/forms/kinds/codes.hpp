#pragma once
// Lists of choices that several kinds share. Codes are stored and sealed: never rename one, never
// give an old one another meaning. Labels may change.

#include "forms/form.hpp"

namespace setu::forms::kinds {

[[nodiscard]] std::vector<Choice> populations();  // WHO SMART HIV B.DE51-55 and those beside them
[[nodiscard]] std::vector<Choice> genders();
[[nodiscard]] std::vector<Choice> age_bands();  // as PEPFAR MER, up to 50+
[[nodiscard]] std::vector<Choice> services();
[[nodiscard]] std::vector<Choice> shown_services();  // what remains of services() outside the home
[[nodiscard]] std::vector<Choice> test_results();

// What a service that tells a test's result, or a diagnosis, is called outside the home.
inline constexpr std::string_view kClinical = "clinical";
[[nodiscard]] bool tells_a_result(std::string_view service);

}  // namespace setu::forms::kinds
