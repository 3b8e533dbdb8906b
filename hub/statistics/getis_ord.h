// The Getis-Ord Gi* statistic with binary weights over a fixed universe of cells. Pure; any thread.
//
// Source: Ord, Getis 1995, Geogr Anal 27:286. With x the count of each of the n cells of the
// universe (zeros included), L the sum over a cell's block (the cell itself and its neighbours in
// the universe) and W how many cells that are:
//   z = (L - W mean) / (S sqrt((n W - W²) / (n - 1))),   S² = sum x² / n - mean²
// A map for people who know it; its normal p-values do not hold on sparse counts.
#pragma once

#include <cstdint>
#include <optional>

namespace commonwatch::statistics {

// What of the whole universe enters every cell's z. Sums of integers: add and remove counts in any
// order.
struct Universe {
  std::uint64_t cells = 0;
  std::uint64_t sum = 0;
  std::uint64_t squares = 0;  // sum of the squared counts

  double mean() const;
  double deviation() const;  // S
};

// Nothing where all cells count the same, or the block is the universe. For blocks of equal W, z
// grows with `in_block`.
std::optional<double> getis_ord_z(std::uint64_t in_block, std::uint64_t cells_in_block,
                                  const Universe& universe);

// P(Z >= z) of the standard normal distribution: the p-value that GIS tools show beside z.
double normal_tail(double z);

}  // namespace commonwatch::statistics
