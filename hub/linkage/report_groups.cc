#include "hub/linkage/report_groups.h"

#include <algorithm>
#include <utility>

#include "hub/linkage/pair_rules.h"

namespace commonwatch::linkage {

ReportGroups::ReportGroups(const Connected& connected, const std::vector<std::uint32_t>& reports)
    : connected_(connected),
      reports_(reports),
      group_(reports),
      length_(connected.records),
      linkable_(connected.records),
      common_(connected.records),
      members_(connected.records) {
  for (const PossibleLink& link : connected.links) {
    linkable_.set(reports[link.first], reports[link.second]);
    linkable_.set(reports[link.second], reports[link.first]);
  }
  for (const auto& [first, second] : connected.splits) {
    linkable_.clear(reports[first], reports[second]);
    linkable_.clear(reports[second], reports[first]);
  }
  common_ = linkable_;
  for (const std::uint32_t report : reports) {
    members_.set(report, report);
    length_[report] = 1;
  }
}

void ReportGroups::take_links() {
  for (const PossibleLink& link : connected_.links) {
    const std::uint32_t a = group_[reports_[link.first]];
    const std::uint32_t b = group_[reports_[link.second]];
    if (a != b && members_.row_within(a, common_, b)) join(std::min(a, b), std::max(a, b));
  }
}

void ReportGroups::join(std::uint32_t a, std::uint32_t b) {
  for (std::uint32_t& group : group_) {
    if (group == b) group = a;
  }
  length_[a] += std::exchange(length_[b], 0);
  members_.unite(a, b);
  common_.intersect(a, common_, b);
}

std::vector<std::uint32_t> ReportGroups::members_of(std::uint32_t group) const {
  std::vector<std::uint32_t> members;
  for (std::uint32_t i = group; i < connected_.records; ++i) {
    if (reports_[i] == i && group_[i] == group) members.push_back(i);
  }
  return members;
}

bool ReportGroups::exchange() {
  std::vector<std::uint32_t> lone;
  std::vector<std::uint32_t> groups;
  for (std::uint32_t i = 0; i < connected_.records; ++i) {
    if (length_[i] == 1) lone.push_back(i);
    if (length_[i] > 1) groups.push_back(i);
  }
  if (lone.size() < 2 || lone.size() > kLoneReportsMax) return false;
  std::optional<Exchange> best;
  for (const std::uint32_t comer : lone) {
    for (const std::uint32_t group : groups) {
      const auto leaver = members_.only_beyond(group, linkable_, comer);
      if (!leaver) continue;
      for (const std::uint32_t partner : lone) {
        if (partner == comer || !linkable_.has(partner, *leaver)) continue;
        score_pairs();
        const auto gained = gain(comer, *leaver);
        if (!gained) break;
        const Exchange found{*gained + score(*leaver, partner), comer, *leaver, partner};
        if (!best || found.order() < best->order()) best = found;
      }
    }
  }
  if (!best) return false;
  std::vector<std::uint32_t> members = members_of(group_[best->leaver]);
  std::replace(members.begin(), members.end(), best->leaver, best->comer);
  for (const std::uint32_t moved : {best->comer, best->leaver, best->partner}) {
    length_[group_[moved]] = 0;
  }
  make_group(members);
  make_group({best->leaver, best->partner});
  return true;
}

// What the sum of scores gains when `comer` takes the place of `leaver` in its group; nothing if
// that gives up a link by a number or a second.
std::optional<std::int64_t> ReportGroups::gain(std::uint32_t comer, std::uint32_t leaver) const {
  std::int64_t sum = 0;
  for (const std::uint32_t stays : members_of(group_[leaver])) {
    if (stays == leaver) continue;
    const std::uint32_t given_up = score(leaver, stays);
    if (given_up >= kNumberScore) return std::nullopt;
    sum += std::int64_t{score(comer, stays)} - given_up;
  }
  return sum;
}

void ReportGroups::make_group(const std::vector<std::uint32_t>& members) {
  const std::uint32_t first = *std::min_element(members.begin(), members.end());
  length_[first] = static_cast<std::uint32_t>(members.size());
  common_.copy(first, linkable_, members.front());
  for (std::uint32_t i = 0; i < connected_.records; ++i) members_.clear(first, i);
  for (const std::uint32_t member : members) {
    group_[member] = first;
    members_.set(first, member);
    common_.intersect(first, linkable_, member);
  }
}

void ReportGroups::score_pairs() {
  if (!pairs_.empty()) return;
  for (const PossibleLink& link : connected_.links) {
    const auto [first, second] = std::minmax(reports_[link.first], reports_[link.second]);
    if (first != second) pairs_.push_back({first, second, link.score});
  }
  // Stable: links come in order of falling score.
  std::stable_sort(pairs_.begin(), pairs_.end(),
                   [](const Pair& a, const Pair& b) { return a.reports() < b.reports(); });
}

std::uint32_t ReportGroups::score(std::uint32_t a, std::uint32_t b) const {
  const auto pair = std::minmax(a, b);
  const auto found = std::lower_bound(
      pairs_.begin(), pairs_.end(), std::tuple(pair.first, pair.second),
      [](const Pair& each, const auto& sought) { return each.reports() < sought; });
  return found->score;
}

}  // namespace commonwatch::linkage
