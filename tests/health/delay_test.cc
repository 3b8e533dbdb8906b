#include <catch2/catch.hpp>

#include "tests/health/arrivals.h"

namespace commonwatch::health::test {
namespace {

using model::HealthState;

const std::string kName = "county-ems/cad-1";
constexpr std::uint64_t kSeed = 77;

// Delays with mean 10 minutes, from day 60 on of 3 hours more.
Arrivals shifted(Random& random, Instant end) {
  Arrivals arrivals = steady(random, source(kName), kStart, end, 30, 600);
  for (Arrival& arrival : arrivals) {
    if (arrival.recorded >= kStart + days(60)) arrival.occurred -= hours(3);
  }
  return arrivals;
}

}  // namespace

TEST_CASE("Every delay lies in its bin, and bins follow each other") {
  for (std::size_t bin = 0; bin < DelayCounts::kBins; ++bin) {
    const std::uint32_t low = DelayCounts::lower_seconds(bin);
    REQUIRE(DelayCounts::lower_seconds(bin + 1) > low);
    CHECK(DelayCounts::bin_of(seconds(low)) == bin);
    CHECK(DelayCounts::bin_of(seconds(DelayCounts::lower_seconds(bin + 1)) - Duration(1)) == bin);
  }
  CHECK(DelayCounts::bin_of(days(4000)) == DelayCounts::kBins - 1);
  CHECK(DelayCounts::bin_of(-hours(1)) == 0);
}

TEST_CASE("A quantile of delays is within a bin's width of the sorted list's") {
  Random random(kSeed);
  INFO("seed " << kSeed);
  DelayCounts delays;
  std::vector<double> list;
  for (int i = 0; i < 5000; ++i) {
    list.push_back(random.exponential(4000));
    delays.add(DelayCounts::bin_of(after(kStart, list.back()) - kStart), 1);
  }
  std::sort(list.begin(), list.end());
  for (const double share : {0.1, 0.5, 0.9, 0.99}) {
    const double exact = list[static_cast<std::size_t>(share * 5000)];
    CHECK(delays.quantile_seconds(share) == Approx(exact).epsilon(0.25));
  }
  CHECK(DelayCounts().quantile_seconds(0.5) == 0);
}

TEST_CASE("A source whose delays are as usual is never late in a year") {
  Random random(kSeed);
  INFO("seed " << kSeed);
  const Instant end = kStart + days(365);
  Run run;
  run.feed(steady(random, source(kName), kStart, end, 30, 600), end);
  CHECK_FALSE(run.first(kName, HealthState::kLate, kStart).has_value());
  CHECK(run.of(kName).delay_median_s == Approx(600 * std::log(2.0)).epsilon(0.15));
  CHECK(run.of(kName).delay_p90_s == Approx(600 * std::log(10.0)).epsilon(0.15));
}

TEST_CASE("A source whose delays grow by three hours is late within a day, for four weeks") {
  Random random(kSeed);
  INFO("seed " << kSeed);
  const Instant shift = kStart + days(60);
  Run run;
  run.feed(shifted(random, kStart + days(110)), kStart + days(110));
  const auto late = run.first(kName, HealthState::kLate, kStart);
  REQUIRE(late.has_value());
  CHECK(*late >= shift);
  CHECK(*late < shift + days(1));
  const auto usual_again = run.first(kName, HealthState::kOnTime, *late);
  REQUIRE(usual_again.has_value());
  CHECK(*usual_again > shift + days(27));
  CHECK(*usual_again < shift + days(42));
}

TEST_CASE("99 percent of what occurred before the watermark had been received") {
  Random random(kSeed);
  INFO("seed " << kSeed);
  const Instant end = kStart + days(60);
  const Instant now = kStart + days(50) + hours(7) + minutes(13);
  const Arrivals arrivals = steady(random, source(kName), kStart, end, 2000, 600);
  Run run;
  run.feed(arrivals, now);
  const Instant watermark = run.of(kName).watermark;
  CHECK(now - watermark < hours(2));
  CHECK(watermark < now);
  const Instant from = watermark - hours(1);
  int known = 0;
  int all = 0;
  for (const Arrival& arrival : arrivals) {
    if (arrival.occurred < from || arrival.occurred >= watermark) continue;
    ++all;
    known += arrival.recorded < now ? 1 : 0;
  }
  REQUIRE(all > 30);
  CHECK(known >= 0.99 * all);
}

TEST_CASE("The watermark follows a shift of delays within a day") {
  Random random(kSeed);
  INFO("seed " << kSeed);
  Run run;
  run.feed(shifted(random, kStart + days(62)), kStart + days(60));
  CHECK(kStart + days(60) - run.of(kName).watermark < hours(2));
  Run later;
  later.feed(shifted(random, kStart + days(62)), kStart + days(61));
  CHECK(kStart + days(61) - later.of(kName).watermark > hours(3));
}

TEST_CASE("While a source is silent its watermark stands before its last event") {
  Random random(kSeed);
  INFO("seed " << kSeed);
  const Instant down = kStart + days(60);
  const Arrivals arrivals = steady(random, source(kName), kStart, down, 30, 600);
  Run run;
  run.feed(arrivals, down + days(3));
  REQUIRE(run.of(kName).state == HealthState::kSilent);
  const Instant watermark = run.of(kName).watermark;
  CHECK(watermark < arrivals.back().recorded);
  CHECK(run.sources.silences() == std::vector<Silence>{{kName, watermark}});
  CHECK(run.sources.silent_since(kName) == watermark);
  CHECK(run.sources.silent_since("county-ems") == watermark);
  run.catch_up(down + days(9));
  CHECK(run.of(kName).watermark == watermark);
}

TEST_CASE("Events received are those of the hour and the 23 before it") {
  Run run;
  Arrivals arrivals;
  for (int hour = 0; hour < 60; ++hour) {
    arrivals.push_back({kStart + hours(hour), source(kName), kStart + hours(hour)});
  }
  run.feed(arrivals, kStart + hours(48) + minutes(30));
  CHECK(run.of(kName).received == 24);
  CHECK(run.of(kName).last_received == kStart + hours(48));
  CHECK(run.of(kName).last_occurred == kStart + hours(48));
}

TEST_CASE("An event of the future moves the latest occurred time no further than its receipt") {
  Run run;
  run.feed({{kStart, source(kName), kStart + hours(20)}}, kStart + hours(1));
  CHECK(run.of(kName).last_occurred == kStart);
  CHECK(run.of(kName).delay_median_s <= 1);
}

}  // namespace commonwatch::health::test
