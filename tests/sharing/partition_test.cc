#include "hub/sharing/partition.h"

#include <catch2/catch.hpp>

#include "tests/hotspot/random.h"

namespace commonwatch::sharing::test {
namespace {

using hotspot::test::Random;

constexpr int kLevel = 11;
constexpr int kCoarsest = 7;

PublicationSettings ground(Random& random) {
  PublicationSettings settings;
  settings.coarsest_level = kCoarsest;
  for (int i = 0; i < 60; ++i) {
    const model::LatLng where = {40 + random.unit(), -75 + random.unit()};
    const model::Cell cell = model::Cell::at(where, 13);
    const auto same = [&](const Population& entry) { return entry.cell == cell; };
    auto& population = settings.population;
    if (std::any_of(population.begin(), population.end(), same)) continue;
    population.push_back({cell, static_cast<std::uint64_t>(random.between(0, 9000))});
  }
  return settings;
}

void check_partition(const Partition& partition, const PublicationSettings& settings) {
  const auto& zones = partition.zones();
  std::uint64_t persons = 0;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    persons += zones[i].population;
    CHECK(zones[i].cell.level() >= settings.coarsest_level);
    if (i == 0) continue;
    CHECK(zones[i - 1].cell < zones[i].cell);
    CHECK_FALSE(zones[i - 1].cell.contains(zones[i].cell));
    CHECK_FALSE(zones[i].cell.contains(zones[i - 1].cell));
  }
  for (const Population& entry : settings.population) {
    persons -= entry.persons;
    const auto zone = partition.zone_of(entry.cell);
    REQUIRE(zone);
    CHECK(zone->contains(entry.cell));
    CHECK(partition.find(*zone) != nullptr);
  }
  CHECK(persons == 0);
}

}  // namespace

TEST_CASE(
    "zones are disjoint, hold all the ground, and pass the floor or are as coarse as may be") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const PublicationSettings settings = ground(random);
    const Partition partition(settings, kLevel, 20'000);
    check_partition(partition, settings);
    for (const Partition::Zone& zone : partition.zones()) {
      CHECK(zone.publishable == (zone.population >= 20'000));
      CHECK((zone.publishable || zone.cell.level() == kCoarsest));
      CHECK(zone.cell.level() <= kLevel);
    }
    CHECK_FALSE(partition.zone_of(model::Cell::at({10, 10}, 20)));
  }
}

TEST_CASE("a parent takes the place of its zones where none is kept, one level at a time") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const PublicationSettings settings = ground(random);
    const Partition partition(settings, kLevel, 5'000);
    const std::uint64_t kept = static_cast<std::uint64_t>(random.between(2, 9));
    const auto keep = [&](model::Cell cell) { return cell.id() / 1024 % kept == 0; };
    const Partition coarser = partition.coarsened(keep);
    check_partition(coarser, settings);
    for (const Partition::Zone& zone : partition.zones()) {
      const model::Cell now = *coarser.zone_of(zone.cell);
      if (keep(zone.cell)) CHECK(now == zone.cell);
    }
    CHECK(partition.coarsened([](model::Cell) { return true; }) == partition);
  }
}

}  // namespace commonwatch::sharing::test
