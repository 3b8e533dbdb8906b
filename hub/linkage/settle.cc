// Groups made anew where something was touched.
#include <algorithm>
#include <array>

#include "hub/linkage/linker_state.h"

namespace commonwatch::linkage {
namespace {

// The links that count, level by level: the first at which a record does not hang together with
// more than the limit. At the last nothing is too much.
constexpr std::array<std::uint32_t, 4> kScoreMin = {1, kCloseScore, kNumberScore, kOperatorScore};
constexpr std::size_t kLastLevel = kScoreMin.size() - 1;

}  // namespace

void Linker::State::settle() {
  ++round_;
  // It grows while it is walked.
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    const Slot slot = dirty_[i];
    if (records_[slot].is_live() && records_[slot].dirty) regroup(slot);
  }
  dirty_.clear();
}

void Linker::State::regroup(Slot slot) {
  if (records_[slot].edges.empty()) {
    set_group({slot}, 0);
    return;
  }
  std::size_t level = 0;
  while (!collect(slot, level)) ++level;
  for (std::size_t below = 0; below < level; ++below) {
    for (const Slot each : unit_) touch_below(each, below);
  }
  make_groups(level);
}

// All that hang together with `start` by the links of a level, into `unit_`; false if that is more
// than the limit.
bool Linker::State::collect(Slot start, std::size_t level) {
  const std::size_t records_max =
      level == kLastLevel ? records_.slots_end() : settings_.component_records_max;
  const auto is_known_over = [this, level](const Node& node) {
    return node.over_round == round_ && node.over_level > level;
  };
  unit_.assign(1, start);
  bool fits = !is_known_over(records_[start]);
  records_[start].visit = ++visit_;
  for (std::size_t i = 0; i < unit_.size() && fits; ++i) {
    for (const Edge& edge : records_[unit_[i]].edges) {
      Node& other = records_[edge.other];
      if (edge.score < kScoreMin[level] || other.visit == visit_) continue;
      other.visit = visit_;
      unit_.push_back(edge.other);
      if (unit_.size() > records_max || is_known_over(other)) fits = false;
    }
  }
  if (fits) return true;
  for (const Slot slot : unit_) {
    records_[slot].over_round = round_;
    records_[slot].over_level = static_cast<std::uint8_t>(level + 1);
  }
  return false;
}

// Its neighbours were grouped when fewer hung together: they hang together with too many now.
void Linker::State::touch_below(Slot slot, std::size_t level) {
  for (const Edge& edge : records_[slot].edges) {
    if (edge.score >= kScoreMin[level] && records_[edge.other].level <= level) touch(edge.other);
  }
}

void Linker::State::make_groups(std::size_t level) {
  for (const Slot slot : unit_) touch(slot);
  if (unit_.size() == 1) {
    set_group(unit_, level);
    return;
  }
  std::sort(unit_.begin(), unit_.end(),
            [this](Slot a, Slot b) { return records_[a].key < records_[b].key; });
  for (std::uint32_t i = 0; i < unit_.size(); ++i) records_[unit_[i]].local = i;
  const std::vector<std::uint32_t> firsts = group(connected(level));
  std::vector<std::vector<Slot>> groups(unit_.size());
  for (std::size_t i = 0; i < unit_.size(); ++i) groups[firsts[i]].push_back(unit_[i]);
  for (const std::vector<Slot>& members : groups) {
    if (!members.empty()) set_group(members, level);
  }
}

Connected Linker::State::connected(std::size_t level) const {
  Connected result;
  result.records = static_cast<std::uint32_t>(unit_.size());
  for (std::uint32_t i = 0; i < unit_.size(); ++i) {
    const Node& node = records_[unit_[i]];
    for (const Edge& edge : node.edges) {
      const std::uint32_t other = records_[edge.other].local;
      if (edge.score >= kScoreMin[level] && i < other) {
        result.links.push_back({edge.score, i, other});
      }
    }
    if (!node.decided) continue;
    for (const model::RecordKey& key : decisions_.others(node.key)) {
      const Slot other = records_.find(key);
      if (!(node.key < key) || other == kNoSlot || records_[other].visit != visit_) continue;
      if (decisions_.find(node.key, key) != model::PairVerdict::kSplit) continue;
      result.splits.emplace_back(i, records_[other].local);
    }
  }
  return result;
}

void Linker::State::set_group(const std::vector<Slot>& members, std::size_t level) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    Node& node = records_[members[i]];
    node.next_in_group = members[(i + 1) % members.size()];
    node.level = static_cast<std::uint8_t>(level);
    node.dirty = false;
    node.published = false;
    fresh_.push_back(members[i]);
  }
}

}  // namespace commonwatch::linkage
