#include "hub/hotspot/calibration.h"

#include <catch2/catch.hpp>

#include "tests/hotspot/quiet_city.h"
#include "tests/hotspot/shown.h"

namespace commonwatch::hotspot::test {
namespace {

TEST_CASE("An interval and its score are each other's inverse, and rise together") {
  const Calibration table = usual_calibration();
  double last = 0;
  for (double days = 14; days <= 3650; days *= 1.07) {
    const double score = score_of(table, days);
    CHECK(interval_of(table, score) == Approx(days).epsilon(1e-9));
    CHECK(score > last);
    last = score;
  }
  CHECK(interval_of(table, 9.8) == Approx(30));
  CHECK(score_of(table, 365) == Approx(13.3));
}

TEST_CASE("Below its table an interval is 0, at its end over ten years") {
  const Calibration table = usual_calibration();
  CHECK(interval_of(table, 7.99) == 0);
  CHECK(interval_of(table, 16) == model::kIntervalDaysMax);
  CHECK(interval_of(table, 1000) == model::kIntervalDaysMax);
  CHECK(score_of(table, 7) == 8);
  CHECK(score_of(table, 5000) == 16);
  CHECK(interval_of({}, 5) == 0);
}

TEST_CASE("A score that several intervals share is reached at the longest of them") {
  Calibration table = usual_calibration();
  table.scores = {8, 10, 10, 10, 16};
  CHECK(interval_of(table, 10) >= 365);
  CHECK(interval_of(table, 9.999) < 30.1);
}

TEST_CASE("The table is made of how often a day's maximum reaches a score") {
  const NullModel model{{}, "all", 7, 9, 365, 0, 2.5, 0, {}, {}, ZoneTable(9, 15), {}};
  std::vector<double> maxima;
  for (int day = 1; day <= 3650; ++day) maxima.push_back(3651 - day);
  const Calibration table = calibrate(model, maxima);
  CHECK(table.jurisdiction == "all");
  CHECK(table.due == 7);
  CHECK(table.seed == 9);
  CHECK(table.null_days == 3650);
  CHECK(table.exposure_days == 365);
  CHECK(table.rate_per_day == 2.5);
  // 365 of 3,650 days reach the score of once in ten; one reaches that of once in ten years.
  CHECK(score_of(table, 10) == 3650 - 364);
  CHECK(score_of(table, 365) == 3650 - 9);
  CHECK(score_of(table, 3650) == 3650);
}

// A county of three a day at 120 places around six towns, observed for a year; a small null.
NullModel county_model(int null_days, std::uint64_t seed_version = 9) {
  Settings settings;
  settings.null_days = null_days;
  settings.trailing_days = 120;
  settings.level_min = 10;
  settings.level_max = 14;
  QuietCity city(settings);
  Random random(3);
  std::vector<model::LatLng> places;
  for (int i = 0; i < 120; ++i) {
    places.push_back({40 + 0.08 * (i % 6) + 0.02 * random.unit(), -75 + 0.02 * random.unit()});
  }
  for (int day = 1; day <= 130; ++day) {
    for (int i = random.poisson(3); i > 0; --i) {
      city.report(kNow - days(day) - minutes(random.between(0, 1439)), random.any(places));
    }
  }
  city.advance();
  return city.engine().null_model({kWholeJurisdiction, model::Version(seed_version)}, {});
}

std::vector<double> all_maxima(const NullModel& model) {
  std::vector<double> maxima;
  for (int replicate = 0; replicate < model.replicates(); ++replicate) {
    const auto days = simulate_null(model, replicate);
    maxima.insert(maxima.end(), days.begin(), days.end());
  }
  return maxima;
}

TEST_CASE("The same seed gives the same table, another seed another") {
  const NullModel model = county_model(3650);
  CHECK(model.scored_days() == 120);
  CHECK(model.replicates() == 31);
  CHECK(simulate_null(model, 3) == simulate_null(model, 3));
  CHECK(simulate_null(model, 3) != simulate_null(model, 4));
  CHECK(simulate_null(model, 3) == simulate_null(county_model(3650), 3));
  CHECK(simulate_null(model, 3) != simulate_null(county_model(3650, 10), 3));
}

TEST_CASE("The null does not depend on the order in which sites were decided") {
  const auto model_of = [](bool jail_first) {
    QuietCity city;
    city.observe(390);
    const std::vector<model::SiteDecision> sites = {
        {cell_at(kCorner), model::SiteKind::kFacility, "Jail"},
        {cell_at({kCorner.latitude + 0.0002, kCorner.longitude}), model::SiteKind::kFacility,
         "Ward"}};
    for (int i = 0; i < 20; ++i) {
      city.report(kNow - days(20 + i), sites[0].cell);
      city.report(kNow - days(20 + i), sites[1].cell, 2);
    }
    city.engine().decide(sites[jail_first ? 0 : 1]);
    city.engine().decide(sites[jail_first ? 1 : 0]);
    city.advance();
    return city.engine().null_model({kWholeJurisdiction, model::Version(9)}, {});
  };
  REQUIRE(cell_at(kCorner).parent(15) ==
          cell_at({kCorner.latitude + 0.0002, kCorner.longitude}).parent(15));
  CHECK(simulate_null(model_of(true), 0) == simulate_null(model_of(false), 0));
}

TEST_CASE("Excluded episodes are no part of the null") {
  QuietCity city;
  city.observe(390);
  city.burst(30, 10, kCorner, kNow - days(30));
  city.advance();
  const Due due{kWholeJurisdiction, model::Version(9)};
  const model::Zone zone{model::ZoneKind::kCell, cell_at(kCorner).parent(13), {}};
  const auto whole = city.engine().null_model(due, {});
  const auto rest = city.engine().null_model(
      due, {{kWholeJurisdiction, zone, kNow - days(31), kNow - days(29)}});
  CHECK(whole.places.size() == rest.places.size() + 30);
  const auto elsewhere = city.engine().null_model(due, {{"other", zone, kNow - days(31), kNow}});
  CHECK(elsewhere.places.size() == whole.places.size());
}

TEST_CASE("Fresh null days reach the score of once in thirty days about so often") {
  const Calibration table = calibrate(county_model(12'000), all_maxima(county_model(12'000)));
  const std::vector<double> fresh = all_maxima(county_model(6'000, 77));
  const double note = score_of(table, 30);
  const auto reached = static_cast<double>(
      std::count_if(fresh.begin(), fresh.end(), [&](double day) { return day >= note; }));
  // 200 expected; days of one cluster reach it together.
  const double share = reached / static_cast<double>(fresh.size());
  CHECK(share > 0.7 / 30);
  CHECK(share < 1.35 / 30);
  CHECK(score_of(table, 30) < score_of(table, 365));
}

// Days made by other means than the null's own, run through the whole engine: every report a tick.
TEST_CASE("An engine fed with chance alone finds something on about one day in thirty") {
  const NullModel model = county_model(12'000);
  const Calibration table = calibrate(model, all_maxima(model));
  std::vector<model::Cell> places;
  for (const NullModel::Place& place : model.places) {
    places.push_back(model.zones.place_of(place.site).cell);
  }
  int days_seen = 0;
  int alarm_days = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Random random(seed);
    QuietCity city(model.settings);
    city.engine().apply(table);
    Instant day = std::chrono::floor<days>(kNow);
    for (int i = 0; i < 130 + 120; ++i, day += days(1)) {
      std::vector<Instant> reports;
      for (int n = random.poisson(model.incidents_per_day); n > 0; --n) {
        reports.push_back(day + minutes(random.between(0, 1439)));
      }
      std::sort(reports.begin(), reports.end());
      bool alarm = false;
      const auto look = [&](Instant now) { alarm = !city.advance(now).empty() || alarm; };
      for (int hour = 0; i >= 130 && hour < 24; ++hour) {
        const Instant now = day + hours(hour);
        look(now);
        for (const Instant report : reports) {
          if (report < now || report >= now + hours(1)) continue;
          city.report(report, random.any(places));
          look(report);
        }
      }
      if (i < 130) {
        for (const Instant report : reports) city.report(report, random.any(places));
        continue;
      }
      ++days_seen;
      alarm_days += alarm ? 1 : 0;
    }
  }
  REQUIRE(days_seen == 1440);
  // 48 expected.
  CHECK(alarm_days > 22);
  CHECK(alarm_days < 85);
}

}  // namespace
}  // namespace commonwatch::hotspot::test
