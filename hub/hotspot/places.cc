#include "hub/hotspot/places.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "hub/statistics/benjamini_hochberg.h"
#include "hub/statistics/emerging.h"
#include "hub/statistics/getis_ord.h"
#include "hub/statistics/poisson_tail.h"

namespace commonwatch::hotspot {
namespace {

constexpr Day kYearDays = 365;
constexpr std::array<Day, 3> kPeriods = {28, 90, kYearDays};
constexpr Day kSliceDays = 28;
constexpr std::size_t kSlices = statistics::kEmergingSlicesMin;

double thousandths(double value) { return std::round(value * 1000) / 1000; }

// To four significant digits, so that it reads the same in every encoding.
double significant(double value) {
  if (value <= 0) return 0;
  const double unit = std::pow(10.0, std::floor(std::log10(value)) - 3);
  return std::round(value / unit) * unit;
}

// Persons of one cell, by period and by slice (the newest last).
struct CellCounts {
  std::array<std::uint32_t, kPeriods.size()> periods{};
  std::array<std::uint32_t, kSlices> slices{};
};

struct Block {
  model::Cell cell;
  std::vector<std::size_t> members;  // of the universe: the cell itself and those around it
};

class PlaceMap {
 public:
  explicit PlaceMap(const Scan& scan);
  std::vector<model::Place> find(std::size_t period) const;

 private:
  template <class Member>
  std::uint64_t in_block(const Block& block, Member member) const {
    std::uint64_t sum = 0;
    for (const std::size_t at : block.members) sum += member(counts_[at]);
    return sum;
  }
  template <class Member>
  statistics::Universe universe(Member member) const {
    statistics::Universe all{counts_.size(), 0, 0};
    for (const CellCounts& counts : counts_) {
      const std::uint64_t count = member(counts);
      all.sum += count;
      all.squares += count * count;
    }
    return all;
  }
  model::PlaceTrend trend(const Block& block) const;

  Day observed_days_ = 0;
  std::vector<CellCounts> counts_;
  std::vector<Block> blocks_;  // one for each cell of the universe, in the same order
};

PlaceMap::PlaceMap(const Scan& scan) {
  const Day today = day_of(*scan.now());
  observed_days_ = scan.baseline().exposure_days + today - scan.trailing().to;
  std::map<model::Cell, CellCounts> by_cell;
  scan.for_each((today - kYearDays) * kHoursOfDay, today * kHoursOfDay,
                [&](Hour hour, const Item& item) {
    const model::Cell site = scan.zones().place_of(item.site).cell;
    if (!site.is_valid()) return;
    CellCounts& counts = by_cell[site.parent(kPlaceLevel)];
    const Day age = today - 1 - day_of(hour);
    for (std::size_t i = 0; i < kPeriods.size(); ++i) {
      if (age < kPeriods[i]) counts.periods[i] += item.persons;
    }
    const auto slice = static_cast<std::size_t>(age / kSliceDays);
    if (slice < kSlices) counts.slices[kSlices - 1 - slice] += item.persons;
  });
  std::vector<model::Cell> occupied;
  for (const auto& [cell, counts] : by_cell) occupied.push_back(cell);
  for (const model::Cell cell : occupied) {
    for (const model::Cell near : cell.neighbors()) by_cell.try_emplace(near);
  }
  std::map<model::Cell, std::size_t> index;
  for (const auto& [cell, counts] : by_cell) {
    index.emplace(cell, counts_.size());
    counts_.push_back(counts);
  }
  for (const auto& [cell, at] : index) {
    Block block{cell, {at}};
    for (const model::Cell near : cell.neighbors()) {
      if (const auto found = index.find(near); found != index.end()) {
        block.members.push_back(found->second);
      }
    }
    blocks_.push_back(std::move(block));
  }
}

model::PlaceTrend PlaceMap::trend(const Block& block) const {
  if (observed_days_ < static_cast<Day>(kSlices) * kSliceDays) {
    return model::PlaceTrend::kUnspecified;
  }
  std::array<double, kSlices> z{};
  std::array<statistics::SliceState, kSlices> states{};
  for (std::size_t i = 0; i < kSlices; ++i) {
    const auto slice = [i](const CellCounts& counts) { return counts.slices[i]; };
    z[i] = statistics::getis_ord_z(in_block(block, slice), block.members.size(), universe(slice))
               .value_or(0);
    states[i] = statistics::slice_state(z[i]);
  }
  return static_cast<model::PlaceTrend>(
      statistics::emerging_pattern(states, statistics::mann_kendall(z)));
}

std::vector<model::Place> PlaceMap::find(std::size_t period) const {
  if (observed_days_ < kPeriods[period]) return {};
  const auto member = [period](const CellCounts& counts) { return counts.periods[period]; };
  const statistics::Universe all = universe(member);
  if (all.sum == 0) return {};
  std::vector<double> p_values;
  for (const Block& block : blocks_) {
    const double expected = static_cast<double>(all.sum) *
                            static_cast<double>(block.members.size()) /
                            static_cast<double>(all.cells);
    p_values.push_back(statistics::poisson_tail(in_block(block, member), expected));
  }
  const std::vector<double> q_values = statistics::q_values(p_values);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (q_values[i] <= statistics::kFalseDiscoveryRate) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto count_a = in_block(blocks_[a], member);
    const auto count_b = in_block(blocks_[b], member);
    return std::tie(p_values[a], count_b, blocks_[a].cell) <
           std::tie(p_values[b], count_a, blocks_[b].cell);
  });
  std::vector<bool> taken(blocks_.size());
  std::vector<model::Place> places;
  for (const std::size_t at : order) {
    const Block& block = blocks_[at];
    const bool touches = std::any_of(block.members.begin(), block.members.end(),
                                     [&](std::size_t cell) { return taken[cell]; });
    if (touches) continue;
    for (const std::size_t cell : block.members) taken[cell] = true;
    model::Place place;
    place.days = static_cast<std::uint32_t>(kPeriods[period]);
    place.zone = {model::ZoneKind::kBlock, block.cell, {}};
    place.id = "place:" + block.cell.token() + "-" + std::to_string(place.days);
    place.center = model::zone_center(place.zone);
    place.count = static_cast<std::uint32_t>(in_block(block, member));
    place.expected = thousandths(static_cast<double>(all.sum) *
                                 static_cast<double>(block.members.size()) /
                                 static_cast<double>(all.cells));
    place.q_value = significant(q_values[at]);
    place.gi_star = thousandths(
        statistics::getis_ord_z(place.count, block.members.size(), all).value_or(0));
    place.trend = trend(block);
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace

std::vector<model::Place> find_places(const Scan& scan) {
  if (!scan.now() || scan.baseline().exposure_days == 0) return {};
  const PlaceMap map(scan);
  std::vector<model::Place> places;
  for (std::size_t period = 0; period < kPeriods.size(); ++period) {
    const auto found = map.find(period);
    places.insert(places.end(), found.begin(), found.end());
  }
  std::sort(places.begin(), places.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  return places;
}

}  // namespace commonwatch::hotspot
