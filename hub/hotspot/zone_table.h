// Zones and sites of one jurisdiction, and the counts of each zone. Not thread-safe.
//
// A site is everything that one incident is counted in: the cells of its place on each level, the
// 3x3 blocks around them, its areas, its facility. Incidents of one site are counted in the same
// zones, so that the zones are looked up once.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hub/hotspot/settings.h"
#include "hub/model/cell.h"
#include "hub/model/zone.h"

namespace commonwatch::hotspot {

using ZoneIndex = std::uint32_t;
using SiteIndex = std::uint32_t;
// Names an area or facility within the jurisdiction; 0 is the jurisdiction itself.
using NamedZone = std::uint32_t;

// Persons of one zone. Adding the negative, modulo 2^32, takes back.
struct alignas(32) Counts {
  // By window; kBaseline: of the trailing period, in sixteenths of a person, weighted for sources
  // that are younger than it; kHistory: of the trailing period, as they are.
  static constexpr std::size_t kBaseline = 6;
  static constexpr std::size_t kHistory = 7;
  std::array<std::uint32_t, 8> n{};

  void add(const Counts& other) {
    for (std::size_t i = 0; i < n.size(); ++i) n[i] += other.n[i];
  }
  friend bool operator==(const Counts&, const Counts&) = default;
};
inline Counts operator-(const Counts& a, const Counts& b) {
  Counts difference;
  for (std::size_t i = 0; i < a.n.size(); ++i) difference.n[i] = a.n[i] - b.n[i];
  return difference;
}

// Where an incident is counted.
struct SitePlace {
  // Of level_max or finer; none: in no cell or block (a placeholder geocode).
  model::Cell cell;
  // Named zones that hold it, rising; the jurisdiction need not be named.
  std::vector<NamedZone> named;
  friend bool operator==(const SitePlace&, const SitePlace&) = default;
};

class ZoneTable {
 public:
  ZoneTable(int level_min, int level_max);

  // The site of this place; made if it is new.
  SiteIndex site_of(const SitePlace& place);
  // Nothing, where none was made.
  std::optional<SiteIndex> find_site(const SitePlace& place) const;
  const SitePlace& place_of(SiteIndex site) const { return sites_[site].place; }
  // Rising.
  std::span<const ZoneIndex> zones_of(SiteIndex site) const {
    return {pool_.data() + sites_[site].first, sites_[site].count};
  }
  std::size_t sites() const { return sites_.size(); }

  // The zone, if any site lies in it.
  std::optional<ZoneIndex> find(const model::Zone& zone, NamedZone named) const;
  std::size_t zones() const { return counts_.size(); }
  Counts& counts(ZoneIndex zone) { return counts_[zone]; }
  const Counts& counts(ZoneIndex zone) const { return counts_[zone]; }
  // The cell or block; of a named zone only the kind: kArea.
  model::Zone zone(ZoneIndex index) const;
  // Which area or facility it is; of cells and blocks 0.
  NamedZone named(ZoneIndex index) const;
  bool is_named(ZoneIndex index) const;
  // Whether the site lies in the zone.
  bool holds(ZoneIndex zone, SiteIndex site) const;

  // The same zones and sites, nothing counted.
  ZoneTable emptied() const;
  std::size_t bytes() const;

 private:
  struct Site {
    SitePlace place;
    std::uint32_t first = 0;  // in the pool
    std::uint32_t count = 0;
  };
  using SiteKey = std::pair<std::uint64_t, std::uint32_t>;
  ZoneIndex zone_of(std::uint64_t key);
  SiteKey key_of(const SitePlace& place, std::uint32_t named_set) const;
  std::uint32_t named_set(const std::vector<NamedZone>& named);
  void add_zones(Site& site);

  int level_min_;
  int level_max_;
  std::vector<Counts> counts_;
  std::vector<std::uint64_t> keys_;  // by zone
  boost::unordered_flat_map<std::uint64_t, ZoneIndex> zones_;
  std::vector<Site> sites_;
  boost::unordered_flat_map<SiteKey, SiteIndex> site_indexes_;
  std::vector<std::vector<NamedZone>> named_sets_ = {{}};
  std::vector<ZoneIndex> pool_;
};

}  // namespace commonwatch::hotspot
