#include <algorithm>

#include "hub/linkage/linker_state.h"

namespace commonwatch::linkage {
namespace {

PairView view_of(const PairFacts& facts) {
  return {facts.apart, facts.distance_m, facts.distance_limit_m, facts.time_limit};
}

// Distance and time as shares of their limits, in thousandths, together.
std::int64_t farness(const PairView& view) {
  return std::int64_t{view.distance_m} * 1'000 / view.distance_limit_m +
         view.apart.count() * 1'000 / view.time_limit.count();
}

}  // namespace

std::optional<Explanation> Linker::State::explain(const model::RecordKey& key) {
  const Slot slot = records_.find(key);
  if (slot == kNoSlot || !records_[slot].is_live()) return std::nullopt;
  settle();
  std::vector<Slot> members = members_of(slot);
  std::sort(members.begin(), members.end(),
            [this](Slot a, Slot b) { return records_[a].key < records_[b].key; });
  Explanation explanation;
  explanation.incident = records_[members.front()].key;
  for (std::size_t i = 0; i < members.size(); ++i) {
    explanation.records.push_back(records_[members[i]].key);
    for (std::size_t j = i + 1; j < members.size(); ++j) {
      explanation.links.push_back(linked_pair(members[i], members[j]));
    }
  }
  explanation.candidates = candidates_of(slot, members);
  return explanation;
}

LinkedPair Linker::State::linked_pair(Slot a, Slot b) const {
  const Node& first = records_[a];
  const Node& second = records_[b];
  const PairFacts facts = facts_of(first.record, second.record, settings_);
  LinkedPair pair{first.key, second.key, 0, {}, view_of(facts)};
  for (const Edge& edge : first.edges) {
    if (edge.other == b) pair.score = edge.score;
  }
  if (pair.score == kOperatorScore) pair.reasons.push_back(LinkReason::kOperator);
  if (pair.score == 0) pair.reasons.push_back(LinkReason::kOperatorThrough);
  const std::uint8_t rules = candidates_.trusted_rules(first, second);
  if ((rules & kSecondRule) != 0) pair.reasons.push_back(LinkReason::kSameSecond);
  if ((rules & kNumberRule) != 0) pair.reasons.push_back(LinkReason::kSameNumber);
  if ((rules & kNearRule) != 0) pair.reasons.push_back(LinkReason::kNear);
  return pair;
}

std::vector<Candidate> Linker::State::candidates_of(Slot slot,
                                                    const std::vector<Slot>& members) const {
  const Node& node = records_[slot];
  std::vector<Slot> others =
      candidates_.around(node, 2 * settings_.distance_cap_m,
                         2 * std::chrono::minutes(settings_.time_facility_minutes));
  for (const Edge& edge : node.edges) others.push_back(edge.other);
  for (const model::RecordKey& key : decisions_.others(node.key)) {
    const Slot other = records_.find(key);
    if (other != kNoSlot && records_[other].is_live()) others.push_back(other);
  }
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());
  std::vector<Candidate> found;
  for (const Slot other : others) {
    if (std::find(members.begin(), members.end(), other) != members.end()) continue;
    const Node& away = records_[other];
    const PairView view = view_of(facts_of(node.record, away.record, settings_));
    const Obstacle obstacle = obstacle_of(node, away);
    const bool in_sight =
        view.distance_m <= 2 * view.distance_limit_m && view.apart <= 2 * view.time_limit;
    if (!in_sight && (obstacle == Obstacle::kTooFar || obstacle == Obstacle::kTooLongApart ||
                      obstacle == Obstacle::kPersons || obstacle == Obstacle::kSameSource)) {
      continue;
    }
    found.push_back({away.key, obstacle, view});
  }
  const auto kept = std::min<std::size_t>(found.size(), settings_.explain_candidates_max);
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(),
                    [](const Candidate& a, const Candidate& b) {
                      return std::pair(farness(a.view), a.key) < std::pair(farness(b.view), b.key);
                    });
  found.resize(kept);
  return found;
}

Obstacle Linker::State::obstacle_of(const Node& a, const Node& b) const {
  if (decisions_.find(a.key, b.key) == model::PairVerdict::kSplit) return Obstacle::kSplit;
  const PairFacts facts = facts_of(a.record, b.record, settings_);
  if (!facts.persons_compatible) return Obstacle::kPersons;
  if (facts.rules == kNoRule) {
    if (facts.same_source) return Obstacle::kSameSource;
    return facts.distance_m > facts.distance_limit_m ? Obstacle::kTooFar : Obstacle::kTooLongApart;
  }
  const std::uint8_t trusted = candidates_.trusted_rules(a, b);
  const bool weakened = a.level > 0 && (trusted & (kNumberRule | kSecondRule)) == 0;
  return trusted == kNoRule || weakened ? Obstacle::kFlood : Obstacle::kBetterLinks;
}

}  // namespace commonwatch::linkage
