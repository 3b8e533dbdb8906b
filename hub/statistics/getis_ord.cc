#include "hub/statistics/getis_ord.h"

#include <cmath>

namespace commonwatch::statistics {

double Universe::mean() const { return static_cast<double>(sum) / static_cast<double>(cells); }

double Universe::deviation() const {
  // n sum x² - (sum x)², in integers, is never negative and exact.
  const auto spread = static_cast<double>(cells * squares - sum * sum);
  return std::sqrt(spread) / static_cast<double>(cells);
}

std::optional<double> getis_ord_z(std::uint64_t in_block, std::uint64_t cells_in_block,
                                  const Universe& universe) {
  if (universe.cells < 2 || cells_in_block == 0 || cells_in_block >= universe.cells) {
    return std::nullopt;
  }
  const double deviation = universe.deviation();
  if (!(deviation > 0)) return std::nullopt;
  const auto n = static_cast<double>(universe.cells);
  const auto weight = static_cast<double>(cells_in_block);
  const double scale = deviation * std::sqrt((n * weight - weight * weight) / (n - 1));
  return (static_cast<double>(in_block) - weight * universe.mean()) / scale;
}

double normal_tail(double z) { return std::erfc(z / std::sqrt(2.0)) / 2; }

}  // namespace commonwatch::statistics
