#include "hub/sharing/generalise.h"

#include <catch2/catch.hpp>

namespace commonwatch::sharing::test {
namespace {

constexpr model::LatLng kPlace = {40.12, -75.34};
constexpr std::uint32_t kCount = 5;
const Instant kMidnight = instant_from_micros(1'500'000'000'000'000);
constexpr auto kDay = std::chrono::hours(24);

model::PublishedCount figure(model::FigureState state) {
  model::PublishedCount figure;
  figure.shared_with = "police";
  figure.cell = model::Cell::at(kPlace, 11);
  figure.period_start = kMidnight;
  figure.period_end = kMidnight + kDay;
  figure.state = state;
  figure.persons = state == model::FigureState::kShown ? 9 : 0;
  return figure;
}

model::Alert alert(model::Severity severity, double interval_days) {
  model::Alert alert;
  alert.state = model::AlertState::kOpen;
  alert.hotspot.center = kPlace;
  alert.hotspot.severity = severity;
  alert.hotspot.interval_days = interval_days;
  alert.hotspot.expected = 1.234;
  alert.evidence.window_end = kMidnight + std::chrono::hours(7);
  return alert;
}

model::SourceHealth source(const std::string& name, double expected, model::HealthState state) {
  model::SourceHealth health;
  health.name = name;
  health.expected = expected;
  health.state = state;
  health.received = 3;
  health.last_received = kMidnight;
  return health;
}

}  // namespace

TEST_CASE("an alert is stated with the figure it stands in, in bands") {
  const auto stated =
      generalise({alert(model::Severity::kNote, 40), alert(model::Severity::kWatch, 120.5)},
                 {figure(model::FigureState::kShown)}, kCount);
  REQUIRE(stated.size() == 1);
  CHECK(stated[0].cell == model::Cell::at(kPlace, 11));
  CHECK(stated[0].persons == 9);
  CHECK(stated[0].severity == model::Severity::kWatch);
  CHECK(stated[0].interval == model::IntervalBand::kDays100);
  CHECK(stated[0].expectation == model::ExpectationBand::kBelowK);
}

TEST_CASE("an alert is withheld where no figure is shown") {
  for (const auto state : {model::FigureState::kHidden, model::FigureState::kNoData}) {
    CHECK(generalise({alert(model::Severity::kAlert, 400)}, {figure(state)}, kCount).empty());
  }
  CHECK(generalise({alert(model::Severity::kAlert, 400)}, {}, kCount).empty());
}

TEST_CASE("an alert of another day or place, or one that is over, is not stated with a figure") {
  const auto stated = [](const model::Alert& alert) {
    return !generalise({alert}, {figure(model::FigureState::kShown)}, kCount).empty();
  };
  model::Alert other = alert(model::Severity::kAlert, 400);
  CHECK(stated(other));
  other.evidence.window_end = kMidnight + kDay;
  CHECK(stated(other));
  other.evidence.window_end = kMidnight;
  CHECK_FALSE(stated(other));
  other = alert(model::Severity::kAlert, 400);
  other.hotspot.center = {41, -75};
  CHECK_FALSE(stated(other));
  other = alert(model::Severity::kAlert, 400);
  other.state = model::AlertState::kClosed;
  CHECK_FALSE(stated(other));
}

TEST_CASE("two alerts of the same bands are stated alike whatever their numbers") {
  model::Alert a = alert(model::Severity::kAlert, 400);
  model::Alert b = alert(model::Severity::kAlert, 2000);
  b.hotspot.score = 17;
  b.hotspot.count = 8;
  b.hotspot.expected = 3.9;
  b.evidence.agencies = {{"county-ems", 8}};
  const std::vector<model::PublishedCount> figures = {figure(model::FigureState::kShown)};
  CHECK(generalise({a}, figures, kCount) == generalise({b}, figures, kCount));
}

TEST_CASE("bands begin where the levels do, and expectation in multiples of k") {
  CHECK(model::IntervalBand::kDays30 == interval_band(99.5));
  CHECK(model::IntervalBand::kYear1 == interval_band(365));
  CHECK(model::IntervalBand::kYears10 == interval_band(model::kIntervalDaysMax));
  CHECK(model::ExpectationBand::kBelowK == expectation_band(4.999, kCount));
  CHECK(model::ExpectationBand::kFromK == expectation_band(5, kCount));
  CHECK(model::ExpectationBand::kFrom5K == expectation_band(25, kCount));
}

TEST_CASE("small sources are pooled by partner, and then over all, until they are k a period") {
  using model::HealthState;
  const auto bands = banded_health({source("county-ems/cad", 20, HealthState::kOnTime),
                                    source("outreach/phone-1", 3, HealthState::kSilent),
                                    source("outreach/phone-2", 3, HealthState::kOnTime),
                                    source("clinic-a/desk", 3, HealthState::kSilent),
                                    source("clinic-b/desk", 2.5, HealthState::kSilent)},
                                   kCount, 1);
  REQUIRE(bands.size() == 3);
  CHECK(bands[0] == model::BandedHealth{"", HealthState::kSilent, 2});
  CHECK(bands[1] == model::BandedHealth{"county-ems/cad", HealthState::kOnTime, 1});
  CHECK(bands[2] == model::BandedHealth{"outreach", HealthState::kLate, 2});
}

TEST_CASE("nothing is said of sources that are below k all together") {
  CHECK(banded_health({source("clinic/desk", 1, model::HealthState::kSilent)}, kCount, 1).empty());
  CHECK(banded_health({source("clinic/desk", 1, model::HealthState::kSilent)}, kCount, 7).size() ==
        1);
}

}  // namespace commonwatch::sharing::test
