#include "hub/linkage/candidates.h"

#include <algorithm>

namespace commonwatch::linkage {
namespace {

// Fine records widen by at most this each (pair_rules.cc).
constexpr std::uint32_t kFineWideningMax = 100;

std::uint64_t mixed(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  std::uint64_t hash = a * 0x9e3779b97f4a7c15U;
  for (const std::uint64_t word : {b, c}) {
    hash = (hash ^ (hash >> 32U) ^ word) * 0xbf58476d1ce4e5b9U;
  }
  return (hash ^ (hash >> 29U)) | 1U;
}

}  // namespace

Candidates::Candidates(const Settings& settings, RecordStore& records, const Decisions& decisions)
    : settings_(settings),
      records_(records),
      decisions_(decisions),
      blocks_(records, Lookup::kBlock),
      seconds_(records, Lookup::kSecond),
      numbers_(records, Lookup::kNumber) {}

Grain Candidates::grain_of(const model::Record& record) const {
  return is_coarse(record, settings_) ? Grain::kCoarse : Grain::kFine;
}

std::uint64_t Candidates::block_name(const Node& node) const {
  return block_of(node.point, node.record.occurred, grain_of(node.record));
}

std::uint64_t Candidates::second_name(const Node& node) const {
  return mixed(node.record.source, static_cast<std::uint64_t>(second_of(node.record.occurred)),
               node.record.cell.id());
}

std::uint64_t Candidates::number_name(const Node& node, int day_shift) const {
  const auto day = std::chrono::floor<std::chrono::days>(node.record.occurred);
  return mixed(node.record.partner, node.record.match_key,
               static_cast<std::uint64_t>(day.time_since_epoch().count() + day_shift));
}

bool Candidates::is_flood(const Buckets& buckets, std::uint64_t name,
                          std::uint32_t records_max) const {
  return buckets.find(name).count > records_max;
}

void Candidates::add(Slot slot) {
  const Node& node = records_[slot];
  if (node.record.reduced) return relink(slot);
  const std::uint64_t block = block_name(node);
  const std::uint64_t second = second_name(node);
  if (grain_of(node.record) == Grain::kCoarse) ++coarse_;
  const bool floods_block = blocks_.add(block, slot) == settings_.block_records_max + 1;
  const bool floods_second = seconds_.add(second, slot) == settings_.second_records_max + 1;
  if (node.record.match_key != 0) {
    const std::uint64_t number = number_name(node, 0);
    if (numbers_.add(number, slot) == settings_.number_records_max + 1) {
      relink_members(numbers_, number, slot);
    }
  }
  if (floods_block) relink_members(blocks_, block, slot);
  if (floods_second) relink_members(seconds_, second, slot);
  relink(slot);
}

void Candidates::remove(Slot slot) {
  const Node& node = records_[slot];
  if (node.record.reduced) return drop_edges(slot);
  const std::uint64_t block = block_name(node);
  const std::uint64_t second = second_name(node);
  drop_edges(slot);
  if (grain_of(node.record) == Grain::kCoarse) --coarse_;
  const bool ends_block = blocks_.remove(block, slot) == settings_.block_records_max;
  const bool ends_second = seconds_.remove(second, slot) == settings_.second_records_max;
  if (node.record.match_key != 0) {
    const std::uint64_t number = number_name(node, 0);
    if (numbers_.remove(number, slot) == settings_.number_records_max) {
      relink_members(numbers_, number, slot);
    }
  }
  if (ends_block) relink_members(blocks_, block, slot);
  if (ends_second) relink_members(seconds_, second, slot);
}

void Candidates::relink_members(const Buckets& buckets, std::uint64_t name, Slot except) {
  for (Slot slot = buckets.find(name).first; slot != kNoSlot; slot = buckets.next(slot)) {
    if (slot != except) relink(slot);
  }
}

void Candidates::drop_edges(Slot slot) {
  Node& node = records_[slot];
  for (const Edge& edge : node.edges) {
    std::vector<Edge>& back = records_[edge.other].edges;
    const auto entry = std::find_if(back.begin(), back.end(),
                                    [slot](const Edge& other) { return other.other == slot; });
    *entry = back.back();
    back.pop_back();
    touched_.push_back(edge.other);
  }
  node.edges.clear();
}

void Candidates::relink(Slot slot) {
  drop_edges(slot);
  touched_.push_back(slot);
  const Node& node = records_[slot];
  if (node.record.reduced) {
    if (node.decided) link_decided(slot);
    return;
  }
  found_.clear();
  find_near(node);
  find_by_name(seconds_, second_name(node), settings_.second_records_max, kSecondRule);
  if (node.record.match_key != 0 &&
      !is_flood(numbers_, number_name(node, 0), settings_.number_records_max)) {
    for (const int day_shift : {-1, 0, 1}) {
      find_by_name(numbers_, number_name(node, day_shift), settings_.number_records_max,
                   kNumberRule);
    }
  }
  merge_found();
  for (const Found& found : found_) {
    if (found.slot == slot) continue;
    const std::uint32_t points = score(node, records_[found.slot], found.rules);
    if (points != 0) link(slot, found.slot, points);
  }
  if (node.decided) link_decided(slot);
}

void Candidates::find_near(const Node& node) {
  if (is_flood(blocks_, block_name(node), settings_.block_records_max)) return;
  const auto base = std::chrono::minutes(settings_.time_base_minutes);
  const auto facility = std::chrono::minutes(settings_.time_facility_minutes);
  if (coarse_ > 0) find_in_blocks(node, Grain::kCoarse, settings_.distance_cap_m, facility);
  if (grain_of(node.record) == Grain::kCoarse) {
    find_in_blocks(node, Grain::kFine, settings_.distance_cap_m, facility);
  } else {
    const std::uint32_t radius =
        std::min(settings_.distance_cap_m,
                 settings_.distance_base_m + widening_m(node.record, settings_) + kFineWideningMax);
    find_in_blocks(node, Grain::kFine, radius, base);
  }
}

void Candidates::find_in_blocks(const Node& node, Grain grain, std::uint32_t radius_m,
                                Duration span) {
  names_.clear();
  blocks_around(node.point, node.record.occurred, grain, radius_m, span, names_);
  for (const std::uint64_t name : names_) {
    find_by_name(blocks_, name, settings_.block_records_max, kNearRule);
  }
}

void Candidates::find_by_name(const Buckets& buckets, std::uint64_t name, std::uint32_t records_max,
                              std::uint8_t rule) {
  const Bucket bucket = buckets.find(name);
  if (bucket.count > records_max) return;
  for (Slot slot = bucket.first; slot != kNoSlot; slot = buckets.next(slot)) {
    found_.push_back({slot, rule});
  }
}

// Each record once, with all the rules it was found by.
void Candidates::merge_found() {
  if (found_.size() < 2) return;
  std::sort(found_.begin(), found_.end(),
            [](const Found& a, const Found& b) { return a.slot < b.slot; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < found_.size(); ++i) {
    if (found_[i].slot == found_[kept].slot) {
      found_[kept].rules |= found_[i].rules;
    } else {
      found_[++kept] = found_[i];
    }
  }
  found_.resize(kept + 1);
}

std::uint32_t Candidates::score(const Node& a, const Node& b, std::uint8_t rules) const {
  if (!within_reach(a.record, a.point, b.record, b.point, settings_)) return 0;
  if (a.decided && b.decided && decisions_.find(a.key, b.key) != model::PairVerdict::kByRules) {
    return 0;  // an operator's link is made by link_decided
  }
  return score_of(a.record, b.record, facts_of(a.record, b.record, settings_), rules);
}

void Candidates::link(Slot a, Slot b, std::uint32_t score) {
  records_[a].edges.push_back({b, score});
  records_[b].edges.push_back({a, score});
  touched_.push_back(b);
}

void Candidates::link_decided(Slot slot) {
  const model::RecordKey key = records_[slot].key;
  for (const model::RecordKey& other : decisions_.others(key)) {
    const Slot found = records_.find(other);
    if (found == kNoSlot || found == slot || !records_[found].is_live()) continue;
    if (decisions_.find(key, other) == model::PairVerdict::kLinked) {
      link(slot, found, kOperatorScore);
    } else {
      touched_.push_back(found);
    }
  }
}

std::uint8_t Candidates::trusted_rules(const Node& a, const Node& b) const {
  std::uint8_t rules = kNoRule;
  const auto calm = [this](const Node& node) {
    return !is_flood(blocks_, block_name(node), settings_.block_records_max);
  };
  const auto numbered = [this](const Node& node) {
    return !is_flood(numbers_, number_name(node, 0), settings_.number_records_max);
  };
  if (calm(a) && calm(b)) rules |= kNearRule;
  if (numbered(a) && numbered(b)) rules |= kNumberRule;
  if (!is_flood(seconds_, second_name(a), settings_.second_records_max)) rules |= kSecondRule;
  return rules & facts_of(a.record, b.record, settings_).rules;
}

std::vector<Slot> Candidates::around(const Node& node, std::uint32_t radius_m,
                                     Duration span) const {
  std::vector<std::uint64_t> names;
  for (const Grain grain : {Grain::kFine, Grain::kCoarse}) {
    blocks_around(node.point, node.record.occurred, grain, radius_m, span, names);
  }
  std::vector<Slot> slots;
  for (const std::uint64_t name : names) {
    for (Slot slot = blocks_.find(name).first; slot != kNoSlot; slot = blocks_.next(slot)) {
      slots.push_back(slot);
    }
  }
  return slots;
}

std::size_t Candidates::bytes() const {
  return blocks_.bytes() + seconds_.bytes() + numbers_.bytes();
}

}  // namespace commonwatch::linkage
