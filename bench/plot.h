// Curves as pictures: SVG, both axes logarithmic.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/curve.h"

namespace commonwatch::bench {

// Medians as a line, the range of the rounds as a bar; figures without a value above 0 are left
// out.
std::string draw(const std::string& title, const std::string& axis,
                 const std::vector<Curve>& curves);

// Throughput against subscribers and latency against load, as far as they were measured.
void write_plots(const std::filesystem::path& directory,
                 const std::vector<WorkloadResult>& results);

}  // namespace commonwatch::bench
