// The overdoses of Montgomery County in the order in which they arrived, time following the data.
#include "tests/hotspot/montgomery.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "hub/hotspot/engine.h"
#include "tests/hotspot/shown.h"

namespace commonwatch::hotspot::test {
namespace {

// Place among those shown, the highest score first; 0: not shown.
std::size_t rank_of(const Engine& engine, model::LatLng town) {
  constexpr double kReachKm = 3;
  auto all = shown(engine);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double north_km = (all[i].center.latitude - town.latitude) * 111.2;
    const double east_km = (all[i].center.longitude - town.longitude) * 85.0;
    if (std::hypot(north_km, east_km) < kReachKm) return i + 1;
  }
  return 0;
}

TEST_CASE("Norristown and Pottstown lead the hotspots while the data of Montgomery County end") {
  const auto calls = read_overdoses();
  if (calls.empty()) {
    WARN("SKIPPED: no data at " << montgomery_file() << "; set COMMONWATCH_SHARED");
    return;
  }
  REQUIRE(calls.size() == 1900);
  const auto source = *model::SourceName::parse("montgomery/911");
  const Instant last_days = *parse_rfc3339("2016-12-30T00:00:00Z");
  Engine engine({});
  Subscriber subscriber;
  model::Version version(0);
  Instant recorded{};
  std::size_t looks = 0;
  std::size_t most_shown = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    engine.apply(incident_key(source, std::to_string(i)), 1,
                 Incident{calls[i].occurred, model::Cell::at(calls[i].where, model::kLeafLevel)});
    recorded = std::max(recorded, calls[i].occurred);
    version = version.next();
    subscriber.receive(engine.advance(version, recorded));
    const std::size_t now_shown = shown(engine).size();
    most_shown = std::max(most_shown, now_shown);
    if (recorded < last_days) continue;
    ++looks;
    CAPTURE(to_rfc3339(recorded));
    const std::size_t norristown = rank_of(engine, {40.115, -75.344});
    const std::size_t pottstown = rank_of(engine, {40.245, -75.65});
    CHECK(norristown >= 1);
    CHECK(norristown <= 3);
    CHECK(pottstown >= 1);
    CHECK(pottstown <= 3);
  }
  CHECK(looks >= 10);
  CHECK(most_shown < 15);  // a list that somebody can read
  CHECK(subscriber.tiles() == engine.tiles());
}

}  // namespace
}  // namespace commonwatch::hotspot::test
