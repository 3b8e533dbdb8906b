// A table of daily series: a header of names, then a row a day of counts, comma-separated; plain or
// gzip. The format of the simulations that Noufaily et al. 2019 published.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace commonwatch::detection {

struct Matrix {
  std::vector<std::string> names;                  // one a column, no two the same
  std::vector<std::vector<std::uint32_t>> series;  // series[column][day]

  std::size_t days() const { return series.empty() ? 0 : series.front().size(); }
};

// Throws BadInput.
Matrix read_matrix(const std::filesystem::path& file);

}  // namespace commonwatch::detection
