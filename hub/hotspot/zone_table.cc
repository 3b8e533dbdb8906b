#include "hub/hotspot/zone_table.h"

#include <algorithm>

namespace commonwatch::hotspot {
namespace {

// A zone's key: a cell's id; with bit 0, which no cell of level 29 or coarser has, its block; with
// the three topmost bits, which no cell has, a named zone.
constexpr std::uint64_t kBlockBit = 1;
constexpr std::uint64_t kNamedBits = std::uint64_t{7} << 61U;

}  // namespace

ZoneTable::ZoneTable(int level_min, int level_max) : level_min_(level_min), level_max_(level_max) {}

std::uint32_t ZoneTable::named_set(const std::vector<NamedZone>& named) {
  const auto at = std::find(named_sets_.begin(), named_sets_.end(), named);
  if (at == named_sets_.end()) named_sets_.push_back(named);
  return static_cast<std::uint32_t>(at - named_sets_.begin());
}

ZoneTable::SiteKey ZoneTable::key_of(const SitePlace& place, std::uint32_t named_set) const {
  return {place.cell.is_valid() ? place.cell.parent(level_max_).id() : 0, named_set};
}

std::optional<SiteIndex> ZoneTable::find_site(const SitePlace& place) const {
  const auto named = std::find(named_sets_.begin(), named_sets_.end(), place.named);
  const auto set = static_cast<std::uint32_t>(named - named_sets_.begin());
  const auto at = site_indexes_.find(key_of(place, set));
  return at == site_indexes_.end() ? std::nullopt : std::optional(at->second);
}

SiteIndex ZoneTable::site_of(const SitePlace& place) {
  const SiteKey key = key_of(place, place.named.empty() ? 0 : named_set(place.named));
  const model::Cell cell(key.first);
  const auto [at, is_new] = site_indexes_.try_emplace(key, static_cast<SiteIndex>(sites_.size()));
  if (!is_new) return at->second;
  const SiteIndex index = at->second;
  Site site{SitePlace{cell, place.named}, static_cast<std::uint32_t>(pool_.size()), 0};
  add_zones(site);
  sites_.push_back(std::move(site));
  return index;
}

void ZoneTable::add_zones(Site& site) {
  pool_.push_back(zone_of(kNamedBits));
  for (const NamedZone named : site.place.named) pool_.push_back(zone_of(kNamedBits | named));
  if (site.place.cell.is_valid()) {
    for (int level = level_min_; level <= level_max_; ++level) {
      const model::Cell cell = site.place.cell.parent(level);
      pool_.push_back(zone_of(cell.id()));
      if (level == level_min_) continue;
      pool_.push_back(zone_of(cell.id() | kBlockBit));
      for (const model::Cell near : cell.neighbors()) {
        pool_.push_back(zone_of(near.id() | kBlockBit));
      }
    }
  }
  site.count = static_cast<std::uint32_t>(pool_.size()) - site.first;
  std::sort(pool_.begin() + site.first, pool_.end());
}

ZoneIndex ZoneTable::zone_of(std::uint64_t key) {
  const auto [at, is_new] = zones_.try_emplace(key, static_cast<ZoneIndex>(counts_.size()));
  if (is_new) {
    counts_.emplace_back();
    keys_.push_back(key);
  }
  return at->second;
}

std::optional<ZoneIndex> ZoneTable::find(const model::Zone& zone, NamedZone named) const {
  std::uint64_t key = zone.cell.id();
  if (zone.kind == model::ZoneKind::kBlock) key |= kBlockBit;
  if (zone.kind == model::ZoneKind::kArea || zone.kind == model::ZoneKind::kFacility) {
    key = kNamedBits | named;
  }
  const auto at = zones_.find(key);
  return at == zones_.end() ? std::nullopt : std::optional(at->second);
}

bool ZoneTable::is_named(ZoneIndex index) const {
  return (keys_[index] & kNamedBits) == kNamedBits;
}

NamedZone ZoneTable::named(ZoneIndex index) const {
  return is_named(index) ? static_cast<NamedZone>(keys_[index] & ~kNamedBits) : 0;
}

model::Zone ZoneTable::zone(ZoneIndex index) const {
  if (is_named(index)) return {model::ZoneKind::kArea, model::Cell(), {}};
  const std::uint64_t key = keys_[index];
  const bool block = (key & kBlockBit) != 0;
  return {block ? model::ZoneKind::kBlock : model::ZoneKind::kCell,
          model::Cell(key & ~kBlockBit), {}};
}

bool ZoneTable::holds(ZoneIndex zone, SiteIndex site) const {
  const auto zones = zones_of(site);
  return std::binary_search(zones.begin(), zones.end(), zone);
}

ZoneTable ZoneTable::emptied() const {
  ZoneTable copy = *this;
  std::fill(copy.counts_.begin(), copy.counts_.end(), Counts{});
  return copy;
}

std::size_t ZoneTable::bytes() const {
  return counts_.capacity() * sizeof(Counts) + keys_.capacity() * sizeof(std::uint64_t) +
         zones_.bucket_count() * 17 + sites_.capacity() * sizeof(Site) +
         site_indexes_.bucket_count() * 25 + pool_.capacity() * sizeof(ZoneIndex);
}

}  // namespace commonwatch::hotspot
