#include "bench/report.h"

#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <sstream>

#include "bench/curve.h"

namespace commonwatch::bench {
namespace {

const char* name_of(Role role) {
  switch (role) {
    case Role::kHub:
      return "hub";
    case Role::kLimit:
      return "limit";
    case Role::kPeer:
      return "peer";
  }
  return "";
}

// Three significant digits, thousands set apart.
std::string number(double value) {
  std::array<char, 64> text{};
  if (value < 1000) {
    std::snprintf(text.data(), text.size(), "%.3g", value);
    return text.data();
  }
  const double unit = std::pow(10, std::floor(std::log10(value)) - 2);
  std::snprintf(text.data(), text.size(), "%.0f", std::round(value / unit) * unit);
  std::string digits = text.data();
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

// The hub's medians over this one's.
std::string ratios(const WorkloadResult& workload, const ContenderResult& contender,
                   const Figure& figure) {
  if (contender.role == Role::kHub) return "";
  std::string text;
  for (const ContenderResult& hub : workload.contenders) {
    const Figure* const same = hub.role == Role::kHub ? hub.find(figure.name) : nullptr;
    if (same == nullptr || figure.median() == 0) continue;
    if (!text.empty()) text += "; ";
    std::array<char, 32> ratio{};
    std::snprintf(ratio.data(), ratio.size(), "%.3g", same->median() / figure.median());
    text += ratio.data();
  }
  return text;
}

}  // namespace

std::string print_table(const Conditions& conditions, const std::vector<WorkloadResult>& results) {
  std::ostringstream table;
  table << conditions.machine << "; " << conditions.versions << "; " << conditions.date << "; "
        << conditions.rounds << " rounds in alternation.\n\n"
        << "| workload | who | figure | median | min to max | hub / this |\n"
        << "|---|---|---|--:|--:|--:|\n";
  for (const WorkloadResult& workload : results) {
    for (const ContenderResult& contender : workload.contenders) {
      if (!contender.skipped.empty()) {
        table << "| " << workload.name << " | " << contender.name
              << " | skipped: " << contender.skipped << " | | | |\n";
      }
      for (const Figure& figure : contender.figures) {
        table << "| " << workload.name << " | " << contender.name << " | " << figure.name << " | "
              << number(figure.median()) << " | " << number(figure.min()) << " to "
              << number(figure.max()) << " | " << ratios(workload, contender, figure) << " |\n";
      }
    }
  }
  return table.str();
}

std::string print_curves(const std::vector<WorkloadResult>& results) {
  std::ostringstream table;
  for (const WorkloadResult& workload : results) {
    for (const Curve& curve : curves_of(workload)) {
      const auto exponent = curve.exponent();
      if (!exponent) continue;
      std::array<char, 32> power{};
      std::snprintf(power.data(), power.size(), "%.2f", *exponent);
      table << "| " << workload.name << " | " << curve.figure << " | " << power.data() << " | "
            << number(curve.points.front().size) << " to " << number(curve.points.back().size)
            << " " << workload.axis << " |\n";
    }
  }
  if (table.tellp() == 0) return "";
  return "\nGrows as the number to the power of (least squares over the logarithms of the "
         "medians):\n\n| workload | figure | exponent | over |\n|---|---|--:|---|\n" +
         table.str();
}

std::string print_json(const Conditions& conditions, const std::vector<WorkloadResult>& results) {
  boost::json::array workloads;
  for (const WorkloadResult& workload : results) {
    boost::json::array contenders;
    for (const ContenderResult& contender : workload.contenders) {
      boost::json::array figures;
      for (const Figure& figure : contender.figures) {
        figures.push_back({{"figure", figure.name},
                           {"median", figure.median()},
                           {"min", figure.min()},
                           {"max", figure.max()},
                           {"rounds", boost::json::value_from(figure.rounds)}});
      }
      contenders.push_back({{"role", name_of(contender.role)},
                            {"name", contender.name},
                            {"skipped", contender.skipped},
                            {"size", contender.size},
                            {"figures", std::move(figures)}});
    }
    workloads.push_back({{"workload", workload.name},
                         {"summary", workload.summary},
                         {"axis", workload.axis},
                         {"contenders", std::move(contenders)}});
  }
  const boost::json::value document = {{"machine", conditions.machine},
                                       {"versions", conditions.versions},
                                       {"date", conditions.date},
                                       {"rounds", conditions.rounds},
                                       {"workloads", std::move(workloads)}};
  return boost::json::serialize(document) + "\n";
}

}  // namespace commonwatch::bench
