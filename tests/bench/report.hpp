#pragma once
// Prints what was measured, beside the targets and the peers' figures.

#include <string>

#include "measure.hpp"

namespace setu::bench {

// A line of the table. Bytes and ratios have targets; times of one machine have none.
struct Figure {
  std::string name, unit;
  double value = 0;
  double target = 0;  // at most; 0: none
  [[nodiscard]] bool within() const { return target == 0 || value <= target; }
};

[[nodiscard]] std::vector<Figure> figures_of(const Measurement& m);
// Figure by figure: the median of what the runs gave (of ratios too, not the ratio of medians).
[[nodiscard]] std::vector<Figure> medians_of(const std::vector<Measurement>& runs);
void print_table(const std::vector<Figure>& figures, int runs);
void print_json(const std::vector<Figure>& figures, int runs);

}  // namespace setu::bench
