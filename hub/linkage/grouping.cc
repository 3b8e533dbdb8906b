#include "hub/linkage/grouping.h"

#include <algorithm>
#include <numeric>

#include "hub/linkage/pair_rules.h"
#include "hub/linkage/report_groups.h"

namespace commonwatch::linkage {
namespace {

using Roots = std::vector<std::uint32_t>;

// A root is the first of its set.
std::uint32_t root_of(Roots& roots, std::uint32_t at) {
  while (roots[at] != at) at = roots[at] = roots[roots[at]];
  return at;
}

void join(Roots& roots, std::uint32_t a, std::uint32_t b) {
  roots[std::max(a, b)] = std::min(a, b);
}

bool is_split(const Connected& connected, Roots& roots, std::uint32_t a, std::uint32_t b) {
  return std::any_of(connected.splits.begin(), connected.splits.end(), [&](const auto& split) {
    const std::uint32_t x = root_of(roots, split.first);
    const std::uint32_t y = root_of(roots, split.second);
    return (x == a && y == b) || (x == b && y == a);
  });
}

// What operators linked is one report. The links are sorted, theirs first.
Roots reports_of(const Connected& connected) {
  Roots roots(connected.records);
  std::iota(roots.begin(), roots.end(), 0U);
  for (const PossibleLink& link : connected.links) {
    if (link.score < kOperatorScore) break;
    const std::uint32_t a = root_of(roots, link.first);
    const std::uint32_t b = root_of(roots, link.second);
    if (a != b && !is_split(connected, roots, a, b)) join(roots, a, b);
  }
  for (std::uint32_t i = 0; i < connected.records; ++i) roots[i] = root_of(roots, i);
  return roots;
}

}  // namespace

std::vector<std::uint32_t> group(Connected connected) {
  std::sort(connected.links.begin(), connected.links.end(),
            [](const PossibleLink& a, const PossibleLink& b) {
              if (a.score != b.score) return a.score > b.score;
              return std::pair(a.first, a.second) < std::pair(b.first, b.second);
            });
  Roots reports = reports_of(connected);
  if (connected.links.empty() || connected.links.back().score >= kOperatorScore) return reports;
  ReportGroups groups(connected, reports);
  do {
    groups.take_links();
  } while (groups.exchange());
  for (std::uint32_t& first : reports) first = groups.first_of(first);
  return reports;
}

}  // namespace commonwatch::linkage
